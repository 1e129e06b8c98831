"""What is no whole answer of a server ends a connection: it neither hangs nor raises."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from psycopg.errors import Error
from psycopg.pq import ConnStatus, ExecStatus, PGnotify

from psycopg_wasm import messages
from psycopg_wasm.backend import Backend
from psycopg_wasm.connection import PGconn
from psycopg_wasm.messages import message
from tests.psycopg_wasm.socket_carrier import SocketCarrier, split

GREETING = (
    message(b"R", bytes(4))
    + message(b"S", b"client_encoding\0UTF8\0")
    + message(b"K", bytes([0, 0, 0, 42, 0, 0, 0, 7]))
    + message(b"Z", b"I")
)
READY = message(b"Z", b"I")
COLUMN = message(b"T", b"\0\1a\0", bytes(18))


class Script:
    """A server that says what it was told to say, whatever it is asked."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = iter(answers)

    def __call__(self, sent: bytes) -> bytes:
        return GREETING if sent[0] == 0 else next(self.answers, READY)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Callable[..., PGconn]:
    """Makes a connection to a server that gives these answers."""

    def connected(*answers: bytes) -> PGconn:
        monkeypatch.setattr(PGconn, "backend", Backend(Script(*answers)), raising=False)
        return PGconn.connect(b"")

    return connected


def results(connection: PGconn) -> Iterator[tuple[int, str]]:
    """Statuses and errors of what a query gives; at most so many."""
    connection.send_query(b"SELECT 1")
    connection.flush()
    for _ in range(10_000):
        result = connection.get_result()
        if result is None:
            return
        if result.status in {ExecStatus.COPY_IN, ExecStatus.COPY_OUT}:
            if result.status == ExecStatus.COPY_IN:
                connection.put_copy_end()
            else:
                while connection.get_copy_data(0)[0] > 0:
                    pass
        yield result.status, result.get_error_message()
    pytest.fail("there is no end of results")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "server closed the connection unexpectedly"),
        (b"Z", "has no end within 1 bytes"),
        (b"Z\0\0\0\3I", "has no end"),
        (b"Z\0\0\0\6I", "has no end"),
        (message(b"Z", b""), "unknown state"),
        (message(b"Z", b"?"), "unknown state"),
        (message(b"?", b"x") + READY, "unknown kind b'?'"),
        (READY + message(b"C", b"SELECT 1\0"), "nothing asked for"),
        (message(b"D", bytes(2)) + READY, "does not fit"),
        (COLUMN + message(b"D", b"\0\1\0\0\0\1xy") + READY, "another length than it says"),
        (message(b"T", b"\0\2a\0") + READY, "shorter than it says"),
        (message(b"T", b"\0\1abc") + READY, "has no end"),
        (message(b"C", b"SELECT 1") + READY, "has no end"),
        (message(b"E", b"SERROR\0Mno end") + READY, "has no end"),
        (message(b"E", b"SERROR\0") + READY, "shorter than it says"),
        (message(b"S", b"name\0value") + READY, "has no end"),
        (message(b"A", b"\0\0") + READY, "shorter than it says"),
        (message(b"R", bytes([0, 0, 0, 3])) + READY, "asks for a password"),
    ],
)
def test_a_broken_answer_ends_the_connection(
    connect: Callable[..., PGconn], answer: bytes, reason: str
) -> None:
    """With a result that says what was wrong."""
    connection = connect(answer)
    found = list(results(connection))
    assert found[-1][0] == ExecStatus.FATAL_ERROR
    assert reason in found[-1][1]
    assert connection.status == ConnStatus.BAD


def answers_of(carrier: SocketCarrier) -> list[bytes]:
    """Answers of a server with each kind of message."""
    queries = [
        b"SELECT 1 AS a, NULL, 'x' FROM generate_series(1, 3); SELECT 2",
        b"SELECT nope",
        b"DO $$ BEGIN RAISE NOTICE 'n' USING HINT = 'h'; END $$",
        b"SET application_name = 'x'; LISTEN a; NOTIFY a, 'b'",
        b"COPY (VALUES (1, 'x'), (2, NULL)) TO STDOUT",
        b"",
    ]
    return [carrier(messages.query(sql)) for sql in queries]


def test_an_answer_that_is_cut_anywhere_ends_the_connection(
    carrier: SocketCarrier, connect: Callable[..., PGconn]
) -> None:
    """Each answer of a server, cut after each of its bytes."""
    for answer in answers_of(carrier):
        for end in range(len(answer)):
            connection = connect(answer[:end])
            found = [status for status, _ in results(connection)]
            assert found[-1:] == [ExecStatus.FATAL_ERROR], answer[:end]
            assert connection.status == ConnStatus.BAD


def test_whatever_bytes_come_a_connection_answers_or_ends(
    carrier: SocketCarrier, connect: Callable[..., PGconn]
) -> None:
    """Answers with changed, doubled, dropped and swapped bytes and messages."""
    chance = random.Random(8)
    kept = 0
    for answer in answers_of(carrier) * 150:
        connection = connect(mutated(answer, chance))
        with suppress(Error):
            list(results(connection))
        kept += connection.status == ConnStatus.OK
        connection.finish()
    assert 0 < kept < 900


def mutated(answer: bytes, chance: random.Random) -> bytes:
    """An answer in which one thing is other than it was."""
    parts = [message(*part) for part in split(answer)]
    place, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    match chance.randrange(5):
        case 0:
            parts[place], parts[other] = parts[other], parts[place]
        case 1:
            del parts[place]
        case 2:
            parts.insert(place, parts[other])
        case 3:
            data = bytearray(answer)
            data[chance.randrange(len(data))] = chance.randrange(256)
            return bytes(data)
        case 4:
            start = chance.randrange(len(answer))
            return answer[:start] + answer[start + chance.randrange(1, 9) :]
    return b"".join(parts)


def test_what_comes_at_any_time_is_taken_at_any_time(connect: Callable[..., PGconn]) -> None:
    """Notices, notifications and settings between other messages, before and after them."""
    anytime = (
        message(b"N", b"SNOTICE\0Mheard\0\0")
        + message(b"A", b"\0\0\0\5a\0b\0")
        + message(b"S", b"TimeZone\0UTC\0")
    )
    row = message(b"D", b"\0\1\0\0\0\1x")
    parts = [b"", COLUMN, row, row, message(b"C", b"SELECT 2\0"), READY, b""]
    connection = connect(anytime.join(parts))
    heard: list[str] = []
    connection.notice_handler = lambda notice: heard.append(notice.get_error_message())
    result = connection.exec_(b"SELECT 1")
    assert (result.status, result.ntuples) == (ExecStatus.TUPLES_OK, 2)
    assert heard == ["heard"] * 6
    assert [connection.notifies() for _ in range(7)] == [PGnotify(b"a", 5, b"b")] * 6 + [None]
    assert connection.parameter_status(b"TimeZone") == b"UTC"


def test_a_server_that_refuses_a_connection_is_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its error is the one of the connection."""
    error = message(b"E", b"SFATAL\0VFATAL\0C28000\0Mnot you\0\0")
    monkeypatch.setattr(PGconn, "backend", Backend(lambda sent: error), raising=False)
    connection = PGconn.connect(b"")
    assert connection.status == ConnStatus.BAD
    assert connection.get_error_message() == "not you"


def test_psycopg_has_no_message_of_copy_left_waiting(carrier: SocketCarrier) -> None:
    """A query that may be COPY FROM STDIN is never sent without what ends a COPY."""
    sent: list[bytes] = []

    def carry(data: bytes) -> bytes:
        sent.append(data)
        return carrier(data)

    connection = PGconn.__new__(PGconn)
    PGconn.backend = Backend(carry)
    connection.__init__(b"")  # type: ignore[misc]
    connection.exec_(b"CREATE TEMP TABLE t (a int)")
    result = connection.exec_(b"SELECT 1; COPY t FROM STDIN")
    assert "COPY FROM STDIN has to be the only statement" in result.get_error_message()
    connection.finish()
