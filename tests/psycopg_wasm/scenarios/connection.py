"""What a connection tells of itself and of what happens on it."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import pq

from .registry import collected, opened, scenario, told, tried


@scenario
def rows_one_by_one(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        found = []
        for sql in (
            b"SELECT generate_series(1, 3)",
            b"SELECT 1 WHERE false",
            b"SELECT 1 / (3 - n) FROM generate_series(1, 5) AS n",
            b"CREATE TABLE t ()",
        ):
            connection.send_query_params(sql, None)
            connection.set_single_row_mode()
            found.append(collected(connection))
        return [found, tried(connection.set_single_row_mode)]


@scenario
def a_command_at_a_time(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        connection.send_query(b"SELECT 1; SELECT 2")
        second = [
            tried(connection.send_query, b"SELECT 3"),
            tried(connection.send_prepare, b"", b""),
        ]
        first = told(connection.get_result())
        dropped = told(connection.exec_(b"SELECT 4"))
        return [second, first, dropped, told(connection.get_result())]


@scenario
def closed(conninfo: str) -> Any:
    """What a connection says that was ended, and one that never began."""
    connection = pq.PGconn.connect(conninfo.encode())
    bad = pq.PGconn.connect(b"nonsense")
    connection.finish()
    names = (
        *("db", "user", "host", "port", "status", "error_message", "backend_pid", "socket"),
        *("server_version", "protocol_version", "transaction_status", "pipeline_status", "info"),
    )
    calls: list[tuple[str, tuple[Any, ...]]] = [
        ("parameter_status", (b"x",)),
        ("exec_", (b"SELECT 1",)),
        ("exec_params", (b"SELECT 1", None)),
        ("send_query", (b"SELECT 1",)),
        ("send_query_params", (b"SELECT 1", None)),
        ("send_prepare", (b"", b"SELECT 1")),
        ("send_query_prepared", (b"", None)),
        ("prepare", (b"", b"SELECT 1")),
        ("get_result", ()),
        ("is_busy", ()),
        ("flush", ()),
        ("reset", ()),
        ("get_error_message", ()),
    ]
    found = [[name, tried(getattr, connection, name)] for name in names]
    found += [[name, tried(getattr(connection, name), *given)] for name, given in calls]
    found += [["bad", tried(getattr, bad, name)] for name in ("status", "transaction_status")]
    found += [["bad", tried(bad.send_query, b"SELECT 1")], ["bad", bad.get_error_message()]]
    found += [["bad", tried(psycopg.connect, "nonsense")], ["type", tried(pq.PGconn.connect, "x")]]
    return found


@scenario
def what_a_connection_says_of_itself(conninfo: str) -> Any:
    more = f"{conninfo} application_name=me options='-c work_mem=3MB -c statement_timeout=7000'"
    with opened(more) as connection:
        reported = (
            "server_encoding",
            "client_encoding",
            "application_name",
            "TimeZone",
            "DateStyle",
        )
        reported += ("integer_datetimes", "standard_conforming_strings", "IntervalStyle", "nope")
        said = [connection.parameter_status(name.encode()) for name in reported]
        numbers = [connection.server_version, connection.protocol_version]
        numbers += [connection.backend_pid > 0]
        flags = [connection.needs_password, connection.used_password, connection.ssl_in_use]
        shown = [
            connection.exec_(b"SHOW " + name).get_value(0, 0)
            for name in (b"work_mem", b"statement_timeout", b"application_name")
        ]
        connection.exec_(b"SET application_name = 'you'")
        changed = connection.parameter_status(b"application_name")
        connection.reset()
        again = [connection.status, connection.exec_(b"SHOW application_name").get_value(0, 0)]
        return [said, numbers, flags, shown, changed, again, connection.options, connection.port]


@scenario
def notices(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        heard: list[Any] = []
        connection.notice_handler = lambda notice: heard.append(told(notice))
        connection.exec_(b"SET client_min_messages = debug1")
        levels = ("DEBUG", "LOG", "INFO", "NOTICE", "WARNING")
        lines = " ".join(f"RAISE {level} 'an %', '{level}' USING HINT = 'h';" for level in levels)
        connection.exec_(f"DO $$ BEGIN {lines} END $$".encode())
        connection.exec_(b"SET client_min_messages = notice")
        connection.exec_(b"COMMIT; BEGIN; BEGIN; ROLLBACK; ROLLBACK")
        connection.exec_params(b"DROP TABLE IF EXISTS nope", None)
        connection.exec_(b"DO $$ BEGIN RAISE NOTICE 'before'; PERFORM 1 / 0; END $$")
        connection.notice_handler = lambda notice: 1 / 0
        last = told(connection.exec_(b"DO $$ BEGIN RAISE NOTICE 'x'; END $$; SELECT 1"))
        return [heard, last]


@scenario
def notifications(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        connection.exec_(b"LISTEN a")
        connection.exec_(b"NOTIFY a, 'one'; NOTIFY b; NOTIFY a")
        connection.exec_(b"BEGIN; NOTIFY a, 'two'")
        connection.exec_(b"COMMIT")
        connection.consume_input()
        found = []
        while heard := connection.notifies():
            found.append([heard.relname, heard.extra, heard.be_pid == connection.backend_pid])
        return found


@scenario
def encodings(conninfo: str) -> Any:
    with opened(conninfo) as connection:
        found = [connection._encoding]
        for sql in (
            "SELECT 'é'",
            "SET client_encoding = 'LATIN1'",
            "SELECT 'é', length('é')",
            "SELECT 'é', nope",
            "SELECT chr(8364)",
            "SELECT U&'\\00E9' AS \"é\"",
            "SET client_encoding = 'EUC_JP'",
            "SET client_encoding = 'nope'",
            "SET client_encoding = 'SQL_ASCII'",
            "SELECT 'e', nope",
        ):
            result = connection.exec_(sql.encode(connection._encoding))
            found.append([sql, told(result), tried(lambda: connection._encoding)])
        return found


@scenario
def escapes(conninfo: str) -> Any:
    texts = [
        b"",
        b"it's",
        b"back\\slash",
        b'"quoted"',
        b"a\0b",
        "é🐘".encode(),
        b"\\'",
        b"\xff\xfe",
        b"\xc3",
    ]
    with opened(conninfo) as connection:
        found = []
        for scs in (b"on", b"off"):
            connection.exec_(b"SET standard_conforming_strings = " + scs)
            escaping = pq.Escaping(connection)
            for name in ("escape_literal", "escape_identifier", "escape_string", "escape_bytea"):
                whole = texts if name == "escape_bytea" else texts[:-2]
                found.append([tried(getattr(escaping, name), text) for text in whole])
            found.append([tried(escaping.escape_literal, b"\xc3")[0]])
            octal = (b"\\x00ff", b"a\\\\b", b"\\000\\377x", b"plain", b"\\x0", b"\\9")
            found.extend([tried(escaping.unescape_bytea, text) for text in octal])
    alone = pq.Escaping()
    found.append([tried(alone.escape_literal, b"x"), tried(alone.escape_identifier, b"x")])
    found.append(tried(pq.Escaping(connection).escape_string, b"x"))
    return found


@scenario
def connection_strings(conninfo: str) -> Any:
    strings = [
        "", " ", "dbname=x user = y", "dbname = ''", "a=b", "dbname", "dbname=", "=x", "dbname='x",
        "dbname='x'user=y", "password='it\\'s \\\\ x' user=a\\ b", "dbname=a dbname=b", "host=a,b",
        "dbname=x\\", "user='' port=1", "dbname==", "dbname = a=b",
        "postgresql://", "postgres:///x", "postgresql:///tutorial", "postgresql://u@/d",
        "postgresql://u:p%20w@h:1/d?application_name=a%20b&sslmode=disable",
        "postgresql://u:@h", "postgresql://:p@h", "postgresql://h/d?x=1", "postgresql://h/d?x",
        "postgresql://h/d?host=a=b", "postgresql://h?ssl=true", "postgresql://h?dbname=x&dbname=y",
        "postgresql://[::1]:5/d", "postgresql://[::1", "postgresql://[]/d", "postgresql://[::1]x/",
        "postgresql://a:1,b:2,[::1]/d", "postgresql://u%zz@h", "postgresql://u%00@h",
        "postgresql://%2Ftmp/d", "postgresql://h:/d", "postgresql://h/a%2Fb?", "postgresqlx://h",
        "postgresql://u:p@q@h/d", "postgresql://h/d?user=%C3%A9",
    ]  # fmt: skip
    found: list[Any] = []
    for text in strings:
        try:
            options = pq.Conninfo.parse(text.encode())
        except Exception as error:
            words = "" if text.startswith("postgresql:") else str(error)  # fewer of a URI
            found.append([text, type(error).__name__, words])
        else:
            found.append(
                [text, [[each.keyword, each.val] for each in options if each.val is not None]]
            )
    defaults = pq.Conninfo.get_defaults()
    known = [[each.keyword, each.envvar, each.compiled] for each in defaults]
    return [found, known, tried(pq.Conninfo.parse, "text")]
