"""What a connection says to the server, and the answers that nobody has collected yet.

libpq sends and reads as a socket allows. Here nothing ever waits: what is said is answered at
once, and whole. What is left of libpq's states is the order in which results are given out.
"""

import re
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum, auto

from psycopg._encodings import pg2pyenc
from psycopg.errors import NotSupportedError, OperationalError
from psycopg.pq import ExecStatus, PGnotify, TransactionStatus
from psycopg.pq.abc import Buffer

from psycopg_wasm import messages
from psycopg_wasm.messages import ProtocolError
from psycopg_wasm.result import PGresult

COPIES = {ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH}
STATES = {
    b"I": TransactionStatus.IDLE,
    b"T": TransactionStatus.INTRANS,
    b"E": TransactionStatus.INERROR,
}
QUERIES = {b"BEGIN", b"SELECT", b"SHOW"}
"""The commands of a transaction that reads, as the server names them."""
STDIN = re.compile(rb"\bstdin\b", re.IGNORECASE)
NO_COPY = b"COPY FROM STDIN has to be the only statement of its query"
CANCELLED = b"57014"
"""The error code of a COPY that the client ended."""
SAVEPOINT = b'"psycopg_wasm: COPY"'
CLOSED = "server closed the connection unexpectedly"


class ConnectionLost(Exception):
    """The server did not answer as the protocol says; it cannot be asked again."""


class Kind(Enum):
    """What a command asks for, which says what ends its answer."""

    SIMPLE = auto()
    EXTENDED = auto()
    PREPARE = auto()
    DESCRIBE = auto()


@dataclass
class Command:
    """A command, and what is left of its answer."""

    kind: Kind
    sent: bytes
    """Its messages, without Sync."""
    query: bytes = b""
    """The SQL in it, which errors quote."""
    name: bytes = b""
    """The statement that it prepares."""
    row_by_row: bool = False
    """Whether each row comes in a result of its own."""
    results: deque[PGresult] = field(default_factory=deque)
    copied: deque[bytes] = field(default_factory=deque)
    """The data of COPY TO STDOUT."""
    answered: bool = False
    filling: PGresult | None = None
    """The result whose rows are arriving."""

    @property
    def copying(self) -> int | None:
        """The status of the result that comes next, where that is a COPY."""
        status = self.results[0].status if self.results else None
        return status if status in COPIES else None


class Conversation:
    """A command at a time, and its answer.

    ``exchange`` carries messages to the server and brings back all that it says to them.
    """

    def __init__(self, exchange: Callable[[bytes], bytes]) -> None:
        self.exchange = exchange
        self.command: Command | None = None
        """The command that was given, until its last result is collected."""
        self.waiting: Command | None = None
        """What was sent and whose answer is not read."""
        self.copy_in: list[bytes] = []
        """Data for COPY FROM STDIN."""
        self.parameters: dict[bytes, bytes] = {}
        self.process = 0
        self.state = TransactionStatus.UNKNOWN
        self.only_queries = True
        """Whether nothing but queries has run in the transaction."""
        self.statements: dict[bytes, bytes] = {}
        """The messages that prepared statements, by the names of these."""
        self.on_notice: Callable[[PGresult], None] = lambda notice: None
        self.notifications: deque[PGnotify] = deque()
        self.error_message = b""

    @property
    def encoding(self) -> str:
        """The codec of text in both directions; ``latin-1`` where Python has none."""
        try:
            return pg2pyenc(self.parameters.get(b"client_encoding", b"UTF8"))
        except NotSupportedError:
            return "latin-1"

    # ---------- giving commands ----------

    def start(self, settings: dict[bytes, bytes]) -> None:
        """Say who connects, and read what the server says of itself."""
        command = Command(Kind.SIMPLE, messages.startup(settings))
        self.waiting = command
        self._ask(command.sent)
        for result in command.results:
            raise ConnectionLost(result.get_error_message())
        self._check_answered()

    @property
    def busy(self) -> bool:
        """Whether a result was asked for that nobody has collected."""
        return self.command is not None and (bool(self.command.results) or self.unanswered)

    @property
    def in_use(self) -> bool:
        """Whether the server's session cannot be put away now."""
        reads = self.state == TransactionStatus.INTRANS and self.only_queries
        return self.busy or (self.state != TransactionStatus.IDLE and not reads)

    @property
    def unanswered(self) -> bool:
        """Whether the command is still to be sent: what was sent is answered at once."""
        return self.command is not None and not self.command.answered

    # ---------- sending ----------

    def flush(self) -> None:
        """Send the command, and read the answer.

        Raises ConnectionLost where that is no whole answer.
        """
        assert self.command
        if STDIN.search(self.command.query):
            self._try_copy_in(self.command)
        else:
            self._send(self.command)

    def _send(self, command: Command, data: bytes = b"") -> list[PGresult]:
        """Send a command, with data of COPY, and read the answer; gives the results."""
        self.waiting = command
        self._ask(command.sent + data + (b"" if command.kind is Kind.SIMPLE else messages.SYNC))
        self._check_answered()
        return list(command.results)

    def _ask(self, sent: bytes) -> None:
        """Send messages and read what comes back."""
        received, at = self.exchange(sent), 0
        try:
            while at < len(received):
                kind, body, at = messages.next_message(received, at)
                self._take(kind, body)
        except ProtocolError as error:
            raise ConnectionLost(f"lost synchronization with server: {error}") from None

    def _check_answered(self) -> None:
        if self.waiting:
            raise ConnectionLost(CLOSED)

    def give_up(self, result: PGresult) -> None:
        """End the command, if there is one, with this result."""
        self.error_message = result.error_message
        self.waiting = None
        if self.command:
            self.command.answered = True
            self.command.results.append(result)

    # ---------- reading ----------

    def _take(self, kind: bytes, body: bytes) -> None:
        """Read one message of the server: it may come at any time, or is part of an answer."""
        match kind:
            case b"A":
                self.notifications.append(messages.notification(body))
            case b"K":
                self.process = messages.Body(body).integer(4)
            case b"N":
                self._notice(body)
            case b"R":
                self._authentication(body)
            case b"S":
                content = messages.Body(body)
                name = content.string()
                self.parameters[name] = content.string()
            case b"Z":
                self._ready(body)
            case _ if self.waiting:
                self._take_result(self.waiting, kind, body)
            case _:
                raise ProtocolError(f"a message {kind!r} that nothing asked for")

    def _take_result(self, command: Command, kind: bytes, body: bytes) -> None:
        """Read a message that is part of the answer to a command."""
        match kind:
            case b"D":
                self._row(command, body)
            case b"T":
                self._columns(command, body)
            case b"C":
                self._complete(command, body)
            case b"E":
                self._error(command, body)
            case b"I":
                self._end(command, PGresult(ExecStatus.EMPTY_QUERY))
            case b"1" | b"n":
                self._end_without_rows(command, kind)
            case b"G" | b"H":
                status = ExecStatus.COPY_IN if kind == b"G" else ExecStatus.COPY_OUT
                command.results.append(PGresult.copy(status, *messages.copy_formats(body)))
            case b"d":
                command.copied.append(body)
            case b"2" | b"c":
                pass  # what follows says how it went
            case _:
                raise ProtocolError(f"a message of the unknown kind {kind!r}")

    def _authentication(self, body: bytes) -> None:
        if messages.Body(body).integer(4):
            raise ConnectionLost("the server asks for a password, which is not supported")

    def _notice(self, body: bytes) -> None:
        query = self.waiting.query if self.waiting else b""
        fields = messages.error_fields(body)
        self.on_notice(PGresult.error(fields, query, self.encoding, notice=True))

    def _ready(self, body: bytes) -> None:
        if body not in STATES:
            raise ProtocolError(f"an unknown state of the transaction: {body!r}")
        self.state = STATES[body]
        self.only_queries |= self.state == TransactionStatus.IDLE
        if self.waiting:
            self.waiting.answered = True
            self.waiting = None

    def _columns(self, command: Command, body: bytes) -> None:
        described = command.kind is Kind.DESCRIBE
        command.filling = PGresult(ExecStatus.COMMAND_OK if described else ExecStatus.TUPLES_OK)
        command.filling.columns = messages.columns(body)
        if described:
            self._end(command, command.filling)

    def _row(self, command: Command, body: bytes) -> None:
        result, row = command.filling, messages.data_row(body)
        if result is None or len(row) != len(result.columns):
            raise ProtocolError("a row that does not fit to the columns before it")
        result.rows.append(row)

    def _complete(self, command: Command, body: bytes) -> None:
        result = command.filling or PGresult()
        result.command_status = messages.Body(body).string()
        if (result.command_status or b"").partition(b" ")[0] not in QUERIES:
            self.only_queries = False
        if result.command_status in {b"DEALLOCATE ALL", b"DISCARD ALL"}:
            self.statements.clear()
        elif result.command_status == b"DEALLOCATE":
            self.statements.pop(command.query.split()[-1], None)
        if command.row_by_row and result.status == ExecStatus.TUPLES_OK:
            command.results += result.take_rows()
        self._end(command, result)

    def _error(self, command: Command, body: bytes) -> None:
        if command.row_by_row and command.filling:
            command.results += command.filling.take_rows()
        result = PGresult.error(messages.error_fields(body), command.query, self.encoding)
        self.error_message += result.error_message
        self._end(command, result)

    def _end_without_rows(self, command: Command, kind: bytes) -> None:
        """A statement is prepared, or has no columns: all that some commands ask for."""
        if kind == b"1" and command.kind is Kind.PREPARE:
            self.statements[command.name] = command.sent
            self._end(command, PGresult())
        elif kind == b"n" and command.kind is Kind.DESCRIBE:
            self._end(command, PGresult())

    def _end(self, command: Command, result: PGresult) -> None:
        command.filling = None
        command.results.append(result)

    # ---------- giving out results ----------

    def next_result(self) -> PGresult | None:
        """The next result of the command; None at its end."""
        if self.command is None:
            return None
        if self.command.copying is not None:
            return self.command.results[0]
        if self.command.results:
            return self.command.results.popleft()
        self.command = None
        return None

    # ---------- COPY ----------

    def next_copied(self, command: Command) -> bytes | None:
        """The next piece of data of COPY TO STDOUT; None after the last one."""
        while command.copied:
            if data := command.copied.popleft():
                return data
        command.results.popleft()
        return None

    def _try_copy_in(self, command: Command) -> None:
        """Send a query that may be COPY FROM STDIN, with the message that ends a COPY.

        The server cannot be left waiting for data, which only a later call of Python would bring:
        PGlite takes that for the end of the client. So the COPY is asked for with no data, which
        tells the columns or what is wrong, is undone, and is sent again with all its data.
        """
        inside = self.state == TransactionStatus.INTRANS
        if inside:
            self.ask(b"SAVEPOINT " + SAVEPOINT)
        self._send(command, messages.copy_fail(NO_COPY))
        copies = [result for result in command.results if result.status == ExecStatus.COPY_IN]
        if len(command.results) == 2 and copies and command.results[1].sqlstate == CANCELLED:
            self.error_message = b""
            if inside:
                self.ask(b"ROLLBACK TO SAVEPOINT " + SAVEPOINT)
            command.results = deque(copies)
        else:
            command.results = deque(each for each in command.results if each not in copies)
        if inside and self.state == TransactionStatus.INTRANS:
            self.ask(b"RELEASE SAVEPOINT " + SAVEPOINT)

    def end_copy_in(self, command: Command, error: bytes | None) -> None:
        """Send COPY FROM STDIN with its data."""
        command.results.clear()
        data, self.copy_in = self.copy_in, []
        last = messages.COPY_DONE if error is None else messages.copy_fail(error)
        self._send(command, b"".join(data) + last)
        if command.copying is not None:
            command.results.popleft()

    def put_copy_data(self, data: Buffer) -> None:
        """Keep data for COPY FROM STDIN."""
        self.copy_in.append(messages.copy_data(data))

    # ---------- asides ----------

    def ask(self, sql: bytes) -> list[PGresult]:
        """Run a statement at once, whose results are not the connection's."""
        return self._send(Command(Kind.SIMPLE, messages.query(sql), sql))

    def end_empty(self) -> bool:
        """Answer a COMMIT or ROLLBACK that has nothing to end; False where it is something else."""
        command = self.command
        if not command or command.answered or command.query not in {b"COMMIT", b"ROLLBACK"}:
            return False
        result = PGresult()
        result.command_status = command.query
        command.results.append(result)
        command.answered = True
        return True

    def set(self, name: str, value: bytes) -> None:
        """Set a parameter of the session; raises OperationalError where it cannot be."""
        sql = b"SELECT set_config($1, $2, false)"
        bound = messages.bind(b"", [name.encode(), value], (), 0)
        sent = messages.parse(b"", sql, ()) + bound + messages.execute()
        check(self._send(Command(Kind.EXTENDED, sent, sql)))

    def prepare_again(self) -> None:
        """Prepare the statements of this connection in a new session of the backend."""
        for sent in self.statements.values():
            # One that cannot be prepared any more fails as soon as it is used.
            self._send(Command(Kind.EXTENDED, sent))


def check(results: Iterable[PGresult]) -> None:
    """Raise OperationalError where one of the results is an error."""
    for result in results:
        if result.status == ExecStatus.FATAL_ERROR:
            raise OperationalError(result.get_error_message())
