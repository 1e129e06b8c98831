"""Connections take turns on the one backend, and leave it as they found it."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus

from psycopg_wasm import messages
from psycopg_wasm.backend import Backend
from psycopg_wasm.connection import PGconn
from tests.psycopg_wasm.socket_carrier import SocketCarrier

Connect = Callable[..., PGconn]
DROP = b"""DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT nspname FROM pg_namespace WHERE nspname LIKE '=%' LOOP
        EXECUTE format('DROP SCHEMA %I CASCADE', name);
    END LOOP;
END $$"""
"""Forgets all databases but the one whose turn it was."""
BUSY = "another connection is in a transaction"
WRITES = b"BEGIN; SELECT pg_current_xact_id()"
"""A transaction that has a number, as one that has written."""


@pytest.fixture
def connect(carrier: SocketCarrier, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connect]:
    """Makes connections to one backend, and ends them."""
    monkeypatch.setattr(PGconn, "backend", Backend(carrier), raising=False)
    made: list[PGconn] = []

    def connected(conninfo: str = "user=postgres") -> PGconn:
        made.append(PGconn.connect(conninfo.encode()))
        return made[-1]

    yield connected
    for each in made:
        each.finish()
    with suppress(BrokenPipeError):  # a test has ended it
        carrier(messages.query(DROP))


def value(connection: PGconn, sql: str) -> str:
    """The first value of a query's first row."""
    result = connection.exec_(sql.encode())
    assert result.status == ExecStatus.TUPLES_OK, result.get_error_message()
    found = result.get_value(0, 0)
    return "NULL" if found is None else found.decode()


def test_a_second_connection_works_while_the_first_is_in_no_transaction(connect: Connect) -> None:
    """An engine keeps its connection in a pool; another engine may be made and used."""
    first, second = connect(), connect()
    assert value(second, "SELECT 2") == "2"
    assert value(first, "SELECT 1") == "1"


def test_a_second_connection_is_refused_while_the_first_is_in_a_transaction(
    connect: Connect,
) -> None:
    """One backend has one transaction: two connections would share it."""
    first = connect()
    first.exec_(WRITES)
    second = connect()
    assert second.status == ConnStatus.BAD
    assert BUSY in second.get_error_message()
    first.exec_(b"COMMIT")
    second.reset()
    assert value(second, "SELECT 2") == "2"


def test_a_connection_that_stepped_aside_has_to_wait_for_the_others_transaction(
    connect: Connect,
) -> None:
    """Its statements fail with an error of a server, and it is none the worse for it."""
    first, second = connect(), connect()
    second.exec_(WRITES)
    refused = first.exec_(b"BEGIN")
    assert (refused.status, refused.sqlstate) == (ExecStatus.FATAL_ERROR, b"53300")
    assert BUSY in refused.get_error_message()
    assert first.transaction_status == TransactionStatus.IDLE
    second.exec_(b"COMMIT")
    assert value(first, "SELECT 1") == "1"


def test_a_transaction_that_has_only_read_steps_aside(connect: Connect) -> None:
    """At READ COMMITTED it sees next what the other has committed, as on a server."""
    first, second = connect(), connect()
    first.prepare(b"p", b"SELECT 3")
    first.exec_(b"BEGIN READ ONLY; SELECT 1; SHOW work_mem")
    second.exec_(b"CREATE TABLE there ()")
    assert first.transaction_status == TransactionStatus.INTRANS
    assert value(first, "SELECT to_regclass('there')") == "there"
    assert first.exec_prepared(b"p", None).get_value(0, 0) == b"3"
    assert first.exec_(b"DROP TABLE there").sqlstate == b"25006"  # it is still read-only
    assert first.transaction_status == TransactionStatus.INERROR
    first.exec_(b"ROLLBACK")
    assert second.exec_(b"DROP TABLE there").command_status == b"DROP TABLE"


@pytest.mark.parametrize("end", [b"COMMIT", b"ROLLBACK"])
def test_it_can_end_while_the_other_is_in_a_transaction(connect: Connect, end: bytes) -> None:
    """A pool rolls back what it gets back; there is nothing to be ended."""
    first, second = connect(), connect()
    first.exec_(b"BEGIN; SELECT 1")
    second.exec_(WRITES)
    assert BUSY in first.exec_(b"SELECT 1").get_error_message()
    result = first.exec_(end)
    assert (result.status, result.command_status) == (ExecStatus.COMMAND_OK, end)
    assert first.transaction_status == TransactionStatus.IDLE
    second.exec_(b"COMMIT")
    assert value(first, "SELECT 1") == "1"
    assert first.transaction_status == TransactionStatus.IDLE


@pytest.mark.parametrize(
    "sql",
    [
        "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1",
        "BEGIN; SELECT 1 FROM pg_class LIMIT 1 FOR UPDATE",
        "BEGIN; SELECT pg_advisory_xact_lock(1)",
        "BEGIN; SAVEPOINT a",
        "BEGIN; SET LOCAL work_mem = '3MB'",
        "BEGIN; DECLARE c CURSOR FOR SELECT 1",
    ],
)
def test_a_transaction_that_would_be_another_does_not_step_aside(
    connect: Connect, sql: str
) -> None:
    """It has a snapshot, a lock, a savepoint or the like, which would be gone."""
    first, second = connect(), connect()
    first.exec_(sql.encode())
    assert BUSY in second.exec_(b"SELECT 1").get_error_message()
    assert first.transaction_status == TransactionStatus.INTRANS
    first.exec_(b"ROLLBACK")
    assert value(second, "SELECT 1") == "1"


def test_an_error_in_a_transaction_keeps_the_others_out_until_its_rollback(
    connect: Connect,
) -> None:
    """A failed transaction is one, too."""
    first, second = connect(), connect()
    second.exec_(b"BEGIN; SELECT nope")
    assert BUSY in first.exec_(b"SELECT 1").get_error_message()
    second.exec_(b"ROLLBACK")
    assert value(first, "SELECT 1") == "1"


def test_settings_and_prepared_statements_come_back_with_a_turn(connect: Connect) -> None:
    """And are not seen by the other connection."""
    first, second = connect("user=postgres application_name=one"), connect()
    first.exec_(b"SET work_mem = '3MB'; SET search_path = 'it''s \\ \"x\"', public")
    first.prepare(b"p", b"SELECT $1::int + 1", [23])
    assert value(second, "SHOW work_mem") == "4MB"
    assert value(second, "SELECT count(*) FROM pg_prepared_statements") == "0"
    assert value(second, "SHOW search_path") == '"$user", public'
    assert second.exec_prepared(b"p", [b"1"]).sqlstate == b"26000"
    second.prepare(b"p", b"SELECT 'second'")
    assert value(first, "SHOW work_mem") == "3MB"
    assert value(first, "SHOW application_name") == "one"
    assert value(first, "SHOW search_path") == '"it\'s \\ ""x""", public'
    assert first.exec_prepared(b"p", [b"1"]).get_value(0, 0) == b"2"
    assert second.exec_prepared(b"p", None).get_value(0, 0) == b"second"
    assert second.parameter_status(b"application_name") == b""


def test_a_connection_leaves_the_backend_clean(connect: Connect) -> None:
    """Whatever was open, set, prepared or temporary is gone for the next one."""
    first = connect()
    first.exec_(
        b"SET work_mem = '3MB'; CREATE TEMP TABLE briefly (); LISTEN a; PREPARE p AS SELECT 1"
    )
    first.exec_(b"SELECT pg_advisory_lock(5)")
    first.exec_(b"BEGIN; CREATE TABLE never ()")
    first.finish()
    second = connect()
    assert value(second, "SHOW work_mem") == "4MB"
    assert value(second, "SELECT to_regclass('briefly')") == "NULL"
    assert value(second, "SELECT to_regclass('never')") == "NULL"
    assert value(second, "SELECT count(*) FROM pg_prepared_statements") == "0"
    assert value(second, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == "0"
    assert value(second, "SELECT count(*) FROM pg_listening_channels()") == "0"


def test_a_connection_that_nobody_has_any_more_stands_in_nobodys_way(connect: Connect) -> None:
    """Engines and pools refer to each other in circles, which waits for a garbage collection."""

    class Engine:
        """Refers to itself."""

    engine = Engine()
    engine.itself = engine  # type: ignore[attr-defined]
    engine.connection = PGconn.connect(b"user=postgres")  # type: ignore[attr-defined]
    engine.connection.exec_(WRITES)  # type: ignore[attr-defined]
    gc.disable()
    try:
        del engine
        assert value(connect(), "SELECT 1") == "1"
    finally:
        gc.enable()


def test_each_database_has_tables_of_its_own(connect: Connect) -> None:
    """Two engines with two databases, in turns; a table of one is not found in the other."""
    shop, archive = connect("dbname=shop"), connect("dbname='a \"b\"'")
    shop.exec_(b"CREATE TABLE one (n serial); INSERT INTO one DEFAULT VALUES")
    shop.prepare(b"p", b"INSERT INTO one DEFAULT VALUES RETURNING n")
    archive.exec_(b"CREATE TABLE two ()")
    assert value(archive, "SELECT to_regclass('one')") == "NULL"
    assert value(archive, "SELECT to_regclass('public.two')") == "two"
    assert shop.exec_prepared(b"p", None).get_value(0, 0) == b"2"
    assert value(shop, "SELECT to_regclass('two')") == "NULL"
    assert shop.exec_(b"INSERT INTO one VALUES (NULL)").error_field(ord("s")) == b"public"
    shop.finish()
    assert value(connect("dbname=shop"), "SELECT count(*) FROM one") == "2"
    assert value(connect("dbname=third"), "SELECT to_regclass('one')") == "NULL"
    assert value(archive, "DROP SCHEMA public CASCADE; SELECT 1") == "1"
    assert 'schema "public" does not exist' in connect("dbname=shop").get_error_message()
    assert value(archive, "CREATE SCHEMA public; SELECT 1") == "1"
    assert value(connect("dbname=shop"), "SELECT count(*) FROM one") == "2"


def test_a_setting_that_cannot_be_is_an_error_of_the_connection(connect: Connect) -> None:
    """As on a server; and nothing of it stays."""
    bad = connect("application_name=bad options='-c work_mem=lots'")
    assert 'invalid value for parameter "work_mem": "lots"' in bad.get_error_message()
    assert value(connect(), "SHOW application_name") == ""


def failing(carrier: SocketCarrier, error: BaseException) -> Callable[[bytes], bytes]:
    """A carrier that raises an error once a query has the word ``fail``."""

    def carry(sent: bytes) -> bytes:
        answer = carrier(sent)
        if b"fail" in sent:
            raise error
        return answer

    return carry


def test_an_interrupt_ends_the_connection_and_leaves_the_backend_clean(
    carrier: SocketCarrier, connect: Connect
) -> None:
    """Ctrl-C, or Stop in a browser: the answer is lost, and the next connection works."""
    PGconn.backend = Backend(failing(carrier, KeyboardInterrupt()))
    first = connect()
    first.exec_(b"BEGIN; CREATE TABLE never ()")
    with pytest.raises(KeyboardInterrupt):
        first.exec_(b"SELECT 'fail'")
    assert first.status == ConnStatus.BAD
    assert value(connect(), "SELECT to_regclass('never')") == "NULL"


def test_a_backend_that_failed_is_not_asked_again(carrier: SocketCarrier, connect: Connect) -> None:
    """PGlite would not return from the call."""
    asked: list[bytes] = []

    def carry(sent: bytes) -> bytes:
        asked.append(sent)
        return failing(carrier, RuntimeError("out of memory"))(sent)

    PGconn.backend = Backend(carry)
    first = connect()
    result = first.exec_(b"SELECT 'fail'")
    assert "PostgreSQL failed: out of memory" in result.get_error_message()
    assert first.status == ConnStatus.BAD
    first.finish()
    count = len(asked)
    second = connect()
    assert "has to be started again" in second.get_error_message()
    assert len(asked) == count


def test_a_connection_keeps_the_backend_that_it_began_with(
    carrier: SocketCarrier, connect: Connect
) -> None:
    """Whatever is installed later."""
    first = connect()
    PGconn.backend = Backend(lambda sent: b"")
    assert value(first, "SELECT 1") == "1"


def test_a_server_that_ends_is_a_lost_connection(server: Path, connect: Connect) -> None:
    """The last words of the server are the error; then there is no connection."""
    first = connect()
    first.send_query(b"SELECT pg_terminate_backend(pg_backend_pid())")
    results = []
    while result := first.get_result():
        results.append(result)
    assert [each.sqlstate for each in results] == [b"57P01", None]
    assert "server closed the connection unexpectedly" in results[1].get_error_message()
    assert first.status == ConnStatus.BAD
