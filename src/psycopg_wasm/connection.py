"""``PGconn``: a connection, as psycopg knows it from libpq."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Concatenate, NoReturn, ParamSpec

from psycopg.errors import NotSupportedError, OperationalError
from psycopg.pq import ConnStatus, ExecStatus, Format, PGnotify, PipelineStatus, Trace
from psycopg.pq.abc import Buffer
from psycopg.pq.misc import connection_summary

from psycopg_wasm import messages
from psycopg_wasm.cancelling import PGcancel, PGcancelConn
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


class PGconn(Session):
    """A connection: what it is asked to do."""

    def __repr__(self) -> str:
        cls = f"{type(self).__module__}.{type(self).__qualname__}"
        return f"<{cls} {connection_summary(self)} at 0x{id(self):x}>"

    # ---------- commands ----------

    def send_query(self, command: bytes) -> None:
        """Any number of statements, without parameters."""
        self._check_bytes(command)
        self._check_ready("sending query failed")
        if self._conversation.pipeline:
            self._refuse("sending query failed", "PQsendQuery not allowed in pipeline mode")
        self._conversation.give(Command(Kind.SIMPLE, messages.query(command), command))

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
        self._conversation.give(Command(Kind.EXTENDED, sent, command))

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
        self._conversation.give(Command(Kind.EXTENDED, sent))

    def send_prepare(
        self, name: bytes, command: bytes, param_types: Sequence[int] | None = None
    ) -> None:
        """Prepare a statement."""
        self._check_bytes(name)
        self._check_bytes(command)
        self._check_ready("sending query and params failed")
        sent = messages.parse(name, command, param_types or ())
        self._conversation.give(Command(Kind.PREPARE, sent, command, name))

    def send_describe_prepared(self, name: bytes) -> None:
        """Ask for the parameters and columns of a prepared statement."""
        self._send_about(Kind.DESCRIBE, messages.describe(b"S", name), name)

    def send_describe_portal(self, name: bytes) -> None:
        """Ask for the columns of a cursor."""
        self._send_about(Kind.DESCRIBE, messages.describe(b"P", name), name)

    def send_close_prepared(self, name: bytes) -> None:
        """Forget a prepared statement."""
        self._send_about(Kind.CLOSE, messages.close(b"S", name), name)

    def send_close_portal(self, name: bytes) -> None:
        """Close a cursor."""
        self._send_about(Kind.CLOSE, messages.close(b"P", name), b"")

    def _send_about(self, kind: Kind, sent: bytes, name: bytes) -> None:
        self._check_bytes(name)
        self._check_ready(f"sending {kind.name.lower()} failed")
        self._conversation.give(Command(kind, sent, name=name))

    def _check_bytes(self, text: bytes) -> None:
        if not isinstance(text, bytes):
            raise TypeError(f"bytes expected, got {type(text)} instead")
        self._check_open()

    def _check_ready(self, failed: str) -> None:
        """Raise an error where no command can be given now."""
        self._check_open()
        if not self._conversation.commands:
            self._conversation.error_message = b""
        if self.status != ConnStatus.OK:
            self._refuse(failed, "no connection to the server")
        if self._conversation.commands and not self._conversation.pipeline:
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
    describe_prepared = waiting(send_describe_prepared, "describe prepared failed")
    describe_portal = waiting(send_describe_portal, "describe portal failed")
    close_prepared = waiting(send_close_prepared, "close prepared failed")
    close_portal = waiting(send_close_portal, "close portal failed")

    def _last_result(self, failed: str, send: Callable[[], None]) -> PGresult:
        """Give a command and collect its results, after dropping those of earlier ones."""
        self._check_open()
        if self._conversation.pipeline:
            self._refuse(
                failed, "synchronous command execution functions are not allowed in pipeline mode"
            )
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
        if self._conversation.unsent:
            self._talk(self._conversation.flush)
        return 0

    def consume_input(self) -> None:
        """Read what came."""
        if self.status != ConnStatus.OK and not self._conversation.commands:
            raise OperationalError("consuming input failed: no connection to the server")
        self.flush()

    def is_busy(self) -> int:
        """Whether ``get_result()`` would have to wait: never, once the command is sent."""
        return int(self._conversation.unanswered)

    def get_result(self) -> PGresult | None:
        """The next result; None where a command has no more."""
        if self._conversation.unsent:
            self._talk(self._conversation.flush)
        return self._conversation.next_result()

    def set_single_row_mode(self) -> None:
        """Give each row of the last command in a result of its own."""
        self._set_rows_at_once(1, "setting single row mode failed")

    def set_chunked_rows_mode(self, size: int) -> None:
        """Give the rows of the last command in results of this size."""
        self._set_rows_at_once(size, "setting chunked rows mode failed")

    def _set_rows_at_once(self, size: int, failed: str) -> None:
        if size < 1 or not self._conversation.unsent:
            raise OperationalError(failed)
        self._conversation.unsent[-1].rows_at_once = size

    def make_empty_result(self, exec_status: int) -> PGresult:
        """A result without rows; one of an error has the text of the last one."""
        result = PGresult(exec_status)
        if exec_status in {ExecStatus.FATAL_ERROR, ExecStatus.NONFATAL_ERROR}:
            result.error_message = self.error_message
        return result

    def notifies(self) -> PGnotify | None:
        """The next notification of a channel that the connection listens to."""
        queue = self._conversation.notifications
        return queue.popleft() if queue else None

    # ---------- COPY ----------

    def put_copy_data(self, buffer: Buffer) -> int:
        """Data for COPY FROM STDIN, kept until its end."""
        self._check_copy("sending copy data failed", ExecStatus.COPY_IN)
        self._conversation.put_copy_data(buffer)
        return 1

    def put_copy_end(self, error: bytes | None = None) -> int:
        """Send the data of COPY FROM STDIN; with an error, the statement fails."""
        self._check_copy("sending copy end failed", ExecStatus.COPY_IN)
        self._talk(lambda: self._conversation.end_copy_in(error))
        return 1

    def get_copy_data(self, async_: int) -> tuple[int, memoryview]:
        """The next row of COPY TO STDOUT with its size; -1 after the last one."""
        self._check_copy("receiving copy data failed", ExecStatus.COPY_OUT)
        data = self._conversation.next_copied()
        return (-1, memoryview(b"")) if data is None else (len(data), memoryview(data))

    def _check_copy(self, failed: str, direction: int) -> None:
        commands = self._conversation.commands
        if not commands or commands[0].copying != direction:
            self._refuse(failed, "no COPY in progress")

    # ---------- pipelines ----------

    @property
    def pipeline_status(self) -> int:
        """Whether the connection is in pipeline mode, and whether a command in it has failed."""
        return self._conversation.pipeline

    def enter_pipeline_mode(self) -> None:
        """Give commands without collecting the results of earlier ones."""
        self._check_open()
        if not self._conversation.pipeline:
            if self._conversation.busy or self.status != ConnStatus.OK:
                raise OperationalError("failed to enter pipeline mode")
            self._conversation.commands.clear()
            self._conversation.pipeline = PipelineStatus.ON

    def exit_pipeline_mode(self) -> None:
        """Give one command at a time again."""
        if self._conversation.commands:
            raise OperationalError("cannot exit pipeline mode with uncollected results")
        self._conversation.pipeline = PipelineStatus.OFF

    def pipeline_sync(self) -> None:
        """End a transaction that no BEGIN began; after an error, go on from here."""
        if not self._conversation.pipeline:
            raise OperationalError("connection not in pipeline mode")
        self._check_ready("failed to sync pipeline")
        self._conversation.give(Command(Kind.SYNC, messages.SYNC))
        self.flush()

    def send_flush_request(self) -> None:
        """Ask for the results so far, which come without being asked for."""
        self._check_ready("flush request failed")

    # ---------- what there is no server for ----------

    def cancel_conn(self) -> PGcancelConn:
        """A request to cancel, which finds nothing to cancel."""
        self._check_open()
        return PGcancelConn()

    def get_cancel(self) -> PGcancel:
        """A request to cancel, which finds nothing to cancel."""
        self._check_open()
        return PGcancel()

    def trace(self, fileno: int) -> None:
        """Not supported."""
        raise NotSupportedError("psycopg_wasm does not trace messages")

    def set_trace_flags(self, flags: Trace) -> None:
        """Not supported."""
        raise NotSupportedError("psycopg_wasm does not trace messages")

    def untrace(self) -> None:
        """There is no tracing to end."""

    def encrypt_password(self, passwd: bytes, user: bytes, algorithm: bytes | None = None) -> bytes:
        """Not supported."""
        raise NotSupportedError("psycopg_wasm does not encrypt passwords: nobody asks for one")

    def change_password(self, user: bytes, passwd: bytes) -> None:
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
