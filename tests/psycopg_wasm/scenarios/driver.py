"""What psycopg's own connections and cursors make of it."""

from __future__ import annotations

from typing import Any

import psycopg

from .registry import scenario, tried


@scenario
def python_values(conninfo: str) -> Any:
    import datetime as dt
    import decimal
    import ipaddress
    import uuid

    from psycopg.types.json import Jsonb
    from psycopg.types.range import Range

    values = [
        None, True, 7, 2**40, 2**70, 1.5, float("inf"), decimal.Decimal("1.50"), "größe 🐘", "",
        b"\0\xff", dt.date(2026, 2, 28), dt.time(1, 2, 3, 4), dt.datetime(2026, 2, 28, 1, 2),  # noqa: DTZ001
        dt.datetime(2026, 2, 28, tzinfo=dt.UTC), dt.timedelta(days=40, seconds=5),
        [1, None, 3], [["a"], ["b,\"'\\"]], uuid.UUID(int=5), Jsonb({"a": [1, "é"]}),
        ipaddress.ip_address("10.0.0.1"), Range(1, 5), (1, "x"),
    ]  # fmt: skip
    found = []
    with psycopg.connect(conninfo, autocommit=True) as connection:
        for binary in (False, True):
            cursor = connection.cursor(binary=binary)
            for value in values:
                sent = "%b" if binary and not isinstance(value, tuple) else "%s"
                try:
                    row = cursor.execute(f"SELECT {sent}", (value,)).fetchone()
                    found.append(repr(row))
                except psycopg.Error as error:
                    found.append(repr(error))
                found.append([column.type_code for column in cursor.description or ()])
    return found


@scenario
def a_session_of_psycopg(conninfo: str) -> Any:
    heard: list[Any] = []
    with psycopg.connect(conninfo, autocommit=False) as connection:
        connection.add_notice_handler(
            lambda notice: heard.append([notice.severity, notice.message_primary])
        )
        cursor = connection.execute("CREATE TABLE t (id serial PRIMARY KEY, n int UNIQUE)")
        found: list[Any] = [cursor.statusmessage, cursor.description]
        for n in range(8):  # from the sixth on, the statement is prepared
            cursor.execute("INSERT INTO t (n) VALUES (%s) RETURNING id", (n,))
            found.append([cursor.fetchone(), cursor.rowcount, cursor.statusmessage])
        prepared = cursor.execute("SELECT statement, parameter_types FROM pg_prepared_statements")
        found.append(prepared.fetchall())
        with connection.cursor("named") as named:
            named.execute("SELECT id FROM t ORDER BY id")
            found.append([named.fetchone(), named.fetchmany(2), named.fetchall()])
            named.scroll(0, mode="absolute")
            found.append([column.name for column in named.description or ()])
        found.append(list(connection.cursor().stream("SELECT id FROM t WHERE id < %s", (4,))))
        try:
            with connection.transaction():
                connection.execute("INSERT INTO t (n) VALUES (100)")
                with connection.transaction():
                    connection.execute("INSERT INTO t (n) VALUES (100)")
        except psycopg.errors.UniqueViolation as error:
            found.append(
                [str(error), error.sqlstate, error.diag.constraint_name, error.diag.message_detail]
            )
        found.append([connection.info.transaction_status.name, heard])
        found.append(tried(connection.execute, "SELECT nope"))
        found.append(tried(connection.execute, "SELECT 1"))
        connection.rollback()
        found.append(tried(connection.execute, "COPY t FROM STDIN"))
        found.append(tried(connection.execute, "SELECT 1")[:1])
        connection.close()
    return found


@scenario
def calls_that_few_make(conninfo: str) -> Any:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.cancel()
        connection.cancel_safe()
        connection.execute("LISTEN a; NOTIFY a, 'x'")
        heard = [each.payload for each in connection.notifies(timeout=0.01)]
        heard += [each.payload for each in connection.notifies(timeout=0.01)]
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.autocommit = False
        connection.read_only = True
        levels = connection.execute("SELECT current_setting('transaction_isolation')").fetchone()
        refused = tried(connection.execute, "CREATE TABLE t ()")
        connection.rollback()
        info = connection.info
        said = [info.dbname, info.user, info.port, info.encoding, info.status.name, info.vendor]
        said += [info.server_version, str(info.timezone)]
        client = psycopg.ClientCursor(connection)
        merged = client.mogrify("SELECT %s, %s, %s", ("it's \\ x", b"\0\\'", [1, None]))
        rows = client.execute("SELECT %s, %s", ("it's \\ x", b"\0\\'")).fetchall()
        literal = psycopg.sql.Literal("a\\'").as_string(connection)
        name = psycopg.sql.Identifier('a"b', "c").as_string(connection)
        raw = psycopg.RawCursor(connection).execute("SELECT $1::int + $2", [1, 2]).fetchone()
        reopened = [connection.closed, connection.broken]
        return [heard, levels, refused, said, merged, repr(rows), literal, name, raw, reopened]


@scenario
def many_rows_and_large_values(conninfo: str) -> Any:
    with psycopg.connect(conninfo) as connection:
        rows = connection.execute(
            "SELECT g, repeat('x', g % 50), g::text FROM generate_series(1, 20000) g"
        )
        total = sum(len(text) for _, text, _ in rows)
        text = "é" * 1_000_000
        same = connection.execute("SELECT %s::text", (text,)).fetchone() == (text,)
        wide = connection.execute("SELECT " + ", ".join(f"{n} AS c{n}" for n in range(1600)))
        columns = len(wide.description or ())
        too_wide = tried(connection.execute, "SELECT " + ", ".join(["1"] * 1700))
        return [total, same, columns, too_wide]


@scenario
def copying_by_psycopg(conninfo: str) -> Any:
    with psycopg.connect(conninfo) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE t (id int PRIMARY KEY, name text, at date)")
        rows = [(n, f"größe {n}" if n % 3 else None, None) for n in range(3000)]
        with cursor.copy("COPY t FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        found: list[Any] = [cursor.rowcount, cursor.statusmessage]
        with cursor.copy("COPY (SELECT * FROM t ORDER BY id LIMIT 4) TO STDOUT") as copy:
            copy.set_types(["int4", "text", "date"])
            found += list(copy.rows())
        with cursor.copy("COPY (SELECT id FROM t LIMIT %s) TO STDOUT (FORMAT csv)", (2,)) as copy:
            found += [bytes(data) for data in copy]
        with cursor.copy("COPY t (id, name) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int4", "text"])
            copy.write_row((5000, "binary"))
        connection.commit()

        def fails(sql: str, row: Any) -> None:
            with cursor.copy(sql) as copy:
                copy.write_row(row)

        def stops() -> None:
            with cursor.copy("COPY t FROM STDIN"):
                raise ValueError("stop")

        for call in (
            lambda: fails("COPY t FROM STDIN", (1, "again", None)),
            lambda: fails("COPY t FROM STDIN", ("x", "y", None)),
            lambda: fails("COPY nope FROM STDIN", (1,)),
            lambda: fails("SELECT 1", (1,)),
            stops,
        ):
            found.append([tried(call), connection.info.transaction_status.name])
            connection.rollback()
        found.append(cursor.execute("SELECT count(*) FROM t").fetchall())
        return found


@scenario
def the_same_with_many_values(conninfo: str) -> Any:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("CREATE TABLE t (id int PRIMARY KEY)")
        cursor = connection.cursor()
        cursor.executemany("INSERT INTO t VALUES (%s)", [(n,) for n in range(10, 13)])
        found: list[Any] = [[cursor.rowcount, cursor.statusmessage]]
        cursor.executemany(
            "INSERT INTO t VALUES (%s) RETURNING id", [(n,) for n in range(20, 23)], returning=True
        )
        found.append([each.fetchall() for each in cursor.results()])

        def fails() -> None:
            with connection.transaction():  # without, what comes before an error stays here
                cursor.executemany("INSERT INTO t VALUES (%s)", [(30,), (10,), (31,)])

        found.append(tried(fails))
        found.append(connection.execute("SELECT id FROM t ORDER BY id").fetchall())
        found.append([connection.info.transaction_status.name, connection.closed])
        return found
