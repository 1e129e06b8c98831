"""``PGconn``: a connection, as psycopg knows it from libpq."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Concatenate, NoReturn, ParamSpec

from psycopg.errors import NotSupportedError, OperationalError
from psycopg.pq import ConnStatus, ExecStatus, Format, PGnotify, PipelineStatus
from psycopg.pq.abc import Buffer
from psycopg.pq.misc import connection_summary

from psycopg_wasm import messages
from psycopg_wasm.conversation import COPIES, Command, Kind
from psycopg_wasm.result import PGresult
from psycopg_wasm.session import Session

MANY = 0xFFFF
"""The parameters that a statement has at most."""
P = ParamSpec("P")
Waiting = Callable[Concatenate["PGconn", P], PGresult]


def waiting(send: Callable[Concatenate[PGconn, P], None], failed: str) -> Waiting[P]:
    """A method that gives a command as ``send`` does, and collects the last of its results."""

    def wait(self: PGconn, /, *given: P.args, **named: P.kwargs) -> PGresult:
        return self._last_result(failed, lambda: send(self, *given, **named))

    return wait


class PGcancel:
    """A request to cancel, which finds nothing to cancel: a statement has ended by then.

    A server to which a request comes too late passes over it without an error, too.
    """

    def free(self) -> None:
        """Forget the request."""

    def cancel(self) -> None:
        """Do nothing."""


class PGconn(Session):
    """A connection: what it is asked to do."""

    def __repr__(self) -> str:
        cls = f"{type(self).__module__}.{type(self).__qualname__}"
        summary = connection_summary(self)  # type: ignore[arg-type]  # it asks for few of its parts
        return f"<{cls} {summary} at 0x{id(self):x}>"

    # ---------- commands ----------

    def send_query(self, command: bytes) -> None:
        """Any number of statements, without parameters."""
        self._check_bytes(command)
        self._check_ready("sending query failed")
        self._conversation.command = Command(Kind.SIMPLE, messages.query(command), command)

    def send_query_params(
        self,
        command: bytes,
        param_values: Sequence[Buffer | None] | None,
        param_types: Sequence[int] | None = None,
        param_formats: Sequence[int] | None = None,
        result_format: int = Format.TEXT,
    ) -> None:
        """One statement, with parameters."""
        self._check_bytes(command)
        self._check_ready("sending query and params failed")
        values = param_values or ()
        sent = messages.parse(b"", command, checked("types", param_types, values))
        sent += messages.bind(b"", values, checked("formats", param_formats, values), result_format)
        sent += messages.execute()
        self._conversation.command = Command(Kind.EXTENDED, sent, command)

    def send_query_prepared(
        self,
        name: bytes,
        param_values: Sequence[Buffer | None] | None,
        param_formats: Sequence[int] | None = None,
        result_format: int = Format.TEXT,
    ) -> None:
        """A prepared statement, with its parameters."""
        self._check_bytes(name)
        self._check_ready("sending prepared query failed")
        values = param_values or ()
        formats = checked("formats", param_formats, values)
        sent = messages.bind(name, values, formats, result_format) + messages.execute()
        self._conversation.command = Command(Kind.EXTENDED, sent)

    def send_prepare(
        self, name: bytes, command: bytes, param_types: Sequence[int] | None = None
    ) -> None:
        """Prepare a statement."""
        self._check_bytes(name)
        self._check_bytes(command)
        self._check_ready("sending query and params failed")
        sent = messages.parse(name, command, param_types or ())
        self._conversation.command = Command(Kind.PREPARE, sent, command, name)

    def send_describe_portal(self, name: bytes) -> None:
        """Ask for the columns of a cursor."""
        self._check_bytes(name)
        self._check_ready("sending describe failed")
        self._conversation.command = Command(Kind.DESCRIBE, messages.describe(name))

    def _check_bytes(self, text: bytes) -> None:
        if not isinstance(text, bytes):
            raise TypeError(f"bytes expected, got {type(text)} instead")
        self._check_open()

    def _check_ready(self, failed: str) -> None:
        """Raise an error where no command can be given now."""
        self._check_open()
        if not self._conversation.command:
            self._conversation.error_message = b""
        if self.status != ConnStatus.OK:
            self._refuse(failed, "no connection to the server")
        if self._conversation.command:
            self._refuse(failed, "another command is already in progress")

    def _refuse(self, failed: str, reason: str) -> NoReturn:
        """Raise what libpq says of a call at the wrong time; it adds to what it said before."""
        self._conversation.error_message += f"{reason}\n".encode()
        raise OperationalError(f"{failed}: {self.get_error_message()}")

    # ---------- commands whose result is waited for ----------

    exec_ = waiting(send_query, "executing query failed")
    exec_params = waiting(send_query_params, "executing query failed")
    prepare = waiting(send_prepare, "preparing query failed")
    exec_prepared = waiting(send_query_prepared, "executing prepared query failed")
    describe_portal = waiting(send_describe_portal, "describe portal failed")

    def _last_result(self, failed: str, send: Callable[[], None]) -> PGresult:
        """Give a command and collect its results, after dropping those of earlier ones."""
        self._check_open()
        while (dropped := self.get_result()) is not None:
            if dropped.status == ExecStatus.COPY_IN:
                self.put_copy_end(b"COPY terminated by new PQexec")
            while dropped.status == ExecStatus.COPY_OUT and self.get_copy_data(0)[0] > 0:
                pass
        try:
            send()
        except OperationalError as error:
            _, _, reason = str(error).partition(": ")
            raise OperationalError(f"{failed}: {reason}") from None
        last = PGresult(ExecStatus.FATAL_ERROR)
        while (result := self.get_result()) is not None:
            last = result
            if result.status in COPIES:
                break
        return last

    # ---------- results ----------

    def flush(self) -> int:
        """Send what was not sent; returns 0, since nothing is left."""
        if self._finished:
            raise OperationalError("flushing failed: the connection is closed")
        if self._conversation.unanswered:
            self._talk(self._conversation.flush)
        return 0

    def consume_input(self) -> None:
        """Read what came."""
        if self.status != ConnStatus.OK and not self._conversation.command:
            raise OperationalError("consuming input failed: no connection to the server")
        self.flush()

    def is_busy(self) -> int:
        """Whether ``get_result()`` would have to wait: never, once the command is sent."""
        return int(self._conversation.unanswered)

    def get_result(self) -> PGresult | None:
        """The next result; None where a command has no more."""
        if self._conversation.unanswered:
            self._talk(self._conversation.flush)
        return self._conversation.next_result()

    def set_single_row_mode(self) -> None:
        """Give each row of the last command in a result of its own."""
        if not self._conversation.unanswered or not self._conversation.command:
            raise OperationalError("setting single row mode failed")
        self._conversation.command.row_by_row = True

    def notifies(self) -> PGnotify | None:
        """The next notification of a channel that the connection listens to."""
        queue = self._conversation.notifications
        return queue.popleft() if queue else None

    # ---------- COPY ----------

    def put_copy_data(self, buffer: Buffer) -> int:
        """Data for COPY FROM STDIN, kept until its end."""
        self._copying("sending copy data failed", ExecStatus.COPY_IN)
        self._conversation.put_copy_data(buffer)
        return 1

    def put_copy_end(self, error: bytes | None = None) -> int:
        """Send the data of COPY FROM STDIN; with an error, the statement fails."""
        command = self._copying("sending copy end failed", ExecStatus.COPY_IN)
        self._talk(lambda: self._conversation.end_copy_in(command, error))
        return 1

    def get_copy_data(self, async_: int) -> tuple[int, memoryview]:
        """The next row of COPY TO STDOUT with its size; -1 after the last one."""
        command = self._copying("receiving copy data failed", ExecStatus.COPY_OUT)
        data = self._conversation.next_copied(command)
        return (-1, memoryview(b"")) if data is None else (len(data), memoryview(data))

    def _copying(self, failed: str, direction: int) -> Command:
        command = self._conversation.command
        if not command or command.copying != direction:
            self._refuse(failed, "no COPY in progress")
        return command

    # ---------- what there is no server for ----------

    pipeline_status = PipelineStatus.OFF

    def get_cancel(self) -> PGcancel:
        """A request to cancel, which finds nothing to cancel."""
        self._check_open()
        return PGcancel()

    def encrypt_password(self, passwd: bytes, user: bytes, algorithm: bytes | None = None) -> bytes:
        """Not supported."""
        raise NotSupportedError("psycopg_wasm does not encrypt passwords: nobody asks for one")


def checked(
    what: str, given: Sequence[int] | None, values: Sequence[Buffer | None]
) -> Sequence[int]:
    """Types or formats of parameters, if there are as many as values."""
    count = len(values)
    if count > MANY:
        raise OperationalError(
            f"sending query and params failed: number of parameters must be between 0 and {MANY}"
        )
    if given and len(given) != count:
        raise ValueError(f"got {count} param_values but {len(given)} param_{what}")
    return given or ()
