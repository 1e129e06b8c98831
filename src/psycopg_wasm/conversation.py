"""What a connection says to the server, and the answers that nobody has collected yet.

libpq sends and reads as a socket allows. Here nothing ever waits: what is said is answered at
once, and whole. What is left of libpq's states is the order in which results are given out.
"""

import re
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from psycopg._encodings import pg2pyenc
from psycopg.errors import NotSupportedError, OperationalError
from psycopg.pq import ExecStatus, PGnotify, PipelineStatus, TransactionStatus
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
    CLOSE = auto()
    SYNC = auto()


@dataclass
class Command:
    """A command, and what is left of its answer."""

    kind: Kind
    sent: bytes
    """Its messages, without Sync."""
    query: bytes = b""
    """The SQL in it, which errors quote."""
    name: bytes = b""
    """The statement that it prepares or forgets."""
    rows_at_once: int | None = None
    """In single-row and chunked mode, the size of results."""
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
    """Commands in the order in which they were given, and their answers.

    ``exchange`` carries messages to the server and brings back all that it says to them.
    """

    def __init__(self, exchange: Callable[[bytes], bytes]) -> None:
        self.exchange = exchange
        self.commands: deque[Command] = deque()
        self.waiting: deque[Command] = deque()
        """The commands that were sent and whose answer is not read."""
        self.unsent: deque[Command] = deque()
        self.copy_in: list[bytes] = []
        """Data for COPY FROM STDIN."""
        self.parameters: dict[bytes, bytes] = {}
        self.process = 0
        self.state = TransactionStatus.UNKNOWN
        self.only_queries = True
        """Whether nothing but queries has run in the transaction."""
        self.pipeline = PipelineStatus.OFF
        self.aborted = False
        """Whether the server passes over everything up to the next Sync."""
        self.unsynced = False
        """Whether commands of a pipeline were sent with no Sync after them."""
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
        self.waiting.append(command)
        self._ask(command.sent)
        for result in command.results:
            raise ConnectionLost(result.get_error_message())
        self._check_answered()

    def give(self, command: Command) -> None:
        """Take a command; it is sent when the answer is asked for."""
        if not self.commands:
            self.error_message = b""
        self.commands.append(command)
        self.unsent.append(command)

    @property
    def busy(self) -> bool:
        """Whether a result was asked for that nobody has collected."""
        if not self.commands:
            return False
        first = self.commands[0]
        return bool(self.pipeline) or bool(first.results) or not first.answered

    @property
    def in_use(self) -> bool:
        """Whether the server's session cannot be put away now."""
        if self.busy or self.unsynced:
            return True
        reads = self.state == TransactionStatus.INTRANS and self.only_queries
        return self.state != TransactionStatus.IDLE and not reads

    @property
    def unanswered(self) -> bool:
        """Whether the next result is still to be asked for."""
        return bool(self.commands) and not self.commands[0].answered

    # ---------- sending ----------

    def flush(self) -> None:
        """Send the commands that were not sent, and read the answer.

        Raises ConnectionLost where that is no whole answer.
        """
        commands, self.unsent = self.unsent, deque()
        if not self.pipeline and STDIN.search(commands[0].query):
            self._try_copy_in(commands[0])
            return
        self.waiting += commands
        self.unsynced = bool(self.pipeline)
        self._skip_aborted()
        # Sync ends a command, or a pipeline; where a pipeline goes on, Flush makes servers answer.
        closing = messages.FLUSH if self.pipeline else messages.SYNC
        if commands[-1].kind in {Kind.SIMPLE, Kind.SYNC}:
            closing = b""
        self._ask(b"".join(map(guarded, commands)) + closing)
        self._check_answered()

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
        """End the commands that are not answered, the first of them with this result."""
        self.error_message = result.error_message
        left = [command for command in self.commands if not command.answered]
        left = left or list(self.commands)[-1:]
        self.unsent.clear()
        self.waiting.clear()
        for number, command in enumerate(left):
            command.answered = True
            after = PGresult(ExecStatus.PIPELINE_ABORTED)
            if command.kind is Kind.SYNC:
                after.status = ExecStatus.PIPELINE_SYNC
            command.results.append(after if number else result)

    # ---------- reading ----------

    def _take(self, kind: bytes, body: bytes) -> None:
        """Read one message of the server."""
        read = ANSWERS.get(kind)
        if read is not None:
            read(self, body)
        elif not self.waiting:
            raise ProtocolError(f"a message {kind!r} that nothing asked for")
        else:
            read_result = RESULTS.get(kind)
            if read_result is None:
                raise ProtocolError(f"a message of the unknown kind {kind!r}")
            read_result(self, self.waiting[0], body)

    def _parameter(self, body: bytes) -> None:
        content = messages.Body(body)
        name = content.string()
        self.parameters[name] = content.string()

    def _process(self, body: bytes) -> None:
        self.process = messages.Body(body).integer(4)

    def _authentication(self, body: bytes) -> None:
        if messages.Body(body).integer(4):
            raise ConnectionLost("the server asks for a password, which is not supported")

    def _notice(self, body: bytes) -> None:
        query = self.waiting[0].query if self.waiting else b""
        fields = messages.error_fields(body)
        self.on_notice(PGresult.error(fields, query, self.encoding, notice=True))

    def _notification(self, body: bytes) -> None:
        self.notifications.append(messages.notification(body))

    def _ready(self, body: bytes) -> None:
        if body not in STATES:
            raise ProtocolError(f"an unknown state of the transaction: {body!r}")
        self.state = STATES[body]
        self.aborted = self.unsynced = False
        self.only_queries |= self.state == TransactionStatus.IDLE
        if self.waiting:
            command = self.waiting.popleft()
            if self.pipeline and command.kind is not Kind.SYNC:
                raise ProtocolError("the server is ready before it has answered")
            command.answered = True
            if command.kind is Kind.SYNC:
                command.results.append(PGresult(ExecStatus.PIPELINE_SYNC))

    def _columns(self, command: Command, body: bytes) -> None:
        described = command.kind is Kind.DESCRIBE
        result = (described and command.filling) or PGresult(ExecStatus.TUPLES_OK)
        result.columns = messages.columns(body)
        command.filling = result
        if described:
            result.status = ExecStatus.COMMAND_OK
            self._end(command, result)

    def _parameter_types(self, command: Command, body: bytes) -> None:
        command.filling = PGresult()
        command.filling.parameter_types = messages.parameter_types(body)

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
        if command.rows_at_once and result.status == ExecStatus.TUPLES_OK:
            command.results += result.take_chunks(command.rows_at_once)
        self._end(command, result)

    def _empty(self, command: Command, body: bytes) -> None:
        self._end(command, PGresult(ExecStatus.EMPTY_QUERY))

    def _error(self, command: Command, body: bytes) -> None:
        if (size := command.rows_at_once) and command.filling:
            chunks = command.filling.take_chunks(size)
            command.results += [chunk for chunk in chunks if chunk.ntuples == size]
        result = PGresult.error(messages.error_fields(body), command.query, self.encoding)
        self.error_message += result.error_message
        self._end(command, result)
        if self.pipeline:
            self.aborted = True
            self._skip_aborted()

    def _skip_aborted(self) -> None:
        while self.aborted and self.waiting and self.waiting[0].kind is not Kind.SYNC:
            command = self.waiting.popleft()
            command.answered = True
            command.results.append(PGresult(ExecStatus.PIPELINE_ABORTED))

    def _parsed(self, command: Command, body: bytes) -> None:
        if command.kind is Kind.PREPARE:
            self.statements[command.name] = command.sent
            self._end(command, PGresult())

    def _no_columns(self, command: Command, body: bytes) -> None:
        if command.kind is Kind.DESCRIBE:
            self._end(command, command.filling or PGresult())

    def _closed(self, command: Command, body: bytes) -> None:
        if command.kind is Kind.CLOSE:
            self.statements.pop(command.name, None)
            self._end(command, PGresult())

    def _nothing(self, command: Command, body: bytes) -> None:
        pass

    def _copy_in(self, command: Command, body: bytes) -> None:
        if self.pipeline:
            return  # it fails at once: see guarded()
        command.results.append(PGresult.copy(ExecStatus.COPY_IN, *messages.copy_formats(body)))

    def _copy_out(self, command: Command, body: bytes) -> None:
        command.results.append(PGresult.copy(ExecStatus.COPY_OUT, *messages.copy_formats(body)))

    def _copy_data(self, command: Command, body: bytes) -> None:
        command.copied.append(body)

    def _end(self, command: Command, result: PGresult) -> None:
        """Keep a result; in a pipeline, it is the only one of its command."""
        command.filling = None
        command.results.append(result)
        if self.pipeline:
            command.answered = True
            self.waiting.popleft()

    # ---------- giving out results ----------

    def next_result(self) -> PGresult | None:
        """The next result of the first command; None ends a command."""
        if not self.commands:
            return None
        first = self.commands[0]
        if first.copying is not None:
            return first.results[0]
        if not first.results:
            self.commands.popleft()
            return None
        result = first.results.popleft()
        if self.pipeline and result.status == ExecStatus.FATAL_ERROR:
            self.pipeline = PipelineStatus.ABORTED
        if result.status == ExecStatus.PIPELINE_SYNC:
            self.pipeline = PipelineStatus.ON
            self.commands.popleft()
        return result

    # ---------- COPY ----------

    def next_copied(self) -> bytes | None:
        """The next piece of data of COPY TO STDOUT; None after the last one."""
        command = self.commands[0]
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
        self._send_copy(command, messages.copy_fail(NO_COPY))
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

    def end_copy_in(self, error: bytes | None) -> None:
        """Send COPY FROM STDIN with its data."""
        command = self.commands[0]
        command.results.clear()
        data, self.copy_in = self.copy_in, []
        last = messages.COPY_DONE if error is None else messages.copy_fail(error)
        self._send_copy(command, b"".join(data) + last)
        if command.copying is not None:
            command.results.popleft()

    def put_copy_data(self, data: Buffer) -> None:
        """Keep data for COPY FROM STDIN."""
        self.copy_in.append(messages.copy_data(data))

    def _send_copy(self, command: Command, data: bytes) -> None:
        sync = b"" if command.kind is Kind.SIMPLE else messages.SYNC
        self.waiting.append(command)
        self._ask(command.sent + data + sync)
        self._check_answered()

    # ---------- asides ----------

    def ask(self, sql: bytes) -> list[PGresult]:
        """Run a statement at once, whose results are not the connection's."""
        return self._ask_aside(Command(Kind.SIMPLE, messages.query(sql), sql))

    def end_empty(self) -> bool:
        """Answer a COMMIT or ROLLBACK that has nothing to end; False where it is something else."""
        command = self.unsent[0] if len(self.unsent) == 1 else None
        if command is None or command.query not in {b"COMMIT", b"ROLLBACK"}:
            return False
        self.unsent.clear()
        result = PGresult()
        result.command_status = command.query
        command.results.append(result)
        command.answered = True
        return True

    def set(self, name: str, value: bytes) -> None:
        """Set a parameter of the session; raises OperationalError where it cannot be."""
        sql = b"SELECT set_config($1, $2, false)"
        bound = messages.bind(b"", [name.encode(), value], (), 0)
        sent = messages.parse(b"", sql, ()) + bound + messages.execute() + messages.SYNC
        for result in self._ask_aside(Command(Kind.SIMPLE, sent, sql)):
            if result.status == ExecStatus.FATAL_ERROR:
                raise OperationalError(result.get_error_message())

    def prepare_again(self) -> None:
        """Prepare the statements of this connection in a new session of the backend."""
        for sent in self.statements.values():
            # One that cannot be prepared any more fails as soon as it is used.
            self._ask_aside(Command(Kind.SIMPLE, sent + messages.SYNC))

    def synchronize(self) -> None:
        """End what a pipeline has begun."""
        self._ask_aside(Command(Kind.SIMPLE, messages.SYNC))

    def _ask_aside(self, command: Command) -> list[PGresult]:
        pipeline, self.pipeline = self.pipeline, PipelineStatus.OFF
        self.waiting.append(command)
        self._ask(command.sent)
        self._check_answered()
        self.pipeline = pipeline
        return list(command.results)


def guarded(command: Command) -> bytes:
    """The messages of a command; if it is COPY FROM STDIN, it fails and does not wait for data."""
    return command.sent + (messages.copy_fail(NO_COPY) if STDIN.search(command.query) else b"")


ANSWERS: dict[bytes, Callable[[Conversation, bytes], None]] = {
    b"A": Conversation._notification,
    b"K": Conversation._process,
    b"N": Conversation._notice,
    b"R": Conversation._authentication,
    b"S": Conversation._parameter,
    b"Z": Conversation._ready,
}
"""Messages of the server that may come at any time."""
RESULTS: dict[bytes, Callable[[Conversation, Command, bytes], None]] = {
    b"1": Conversation._parsed,
    b"2": Conversation._nothing,
    b"3": Conversation._closed,
    b"C": Conversation._complete,
    b"D": Conversation._row,
    b"E": Conversation._error,
    b"G": Conversation._copy_in,
    b"H": Conversation._copy_out,
    b"I": Conversation._empty,
    b"T": Conversation._columns,
    b"c": Conversation._nothing,
    b"d": Conversation._copy_data,
    b"n": Conversation._no_columns,
    b"t": Conversation._parameter_types,
}
"""Messages that are part of the answer to a command."""
