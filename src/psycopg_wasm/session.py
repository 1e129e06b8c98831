"""How a connection begins, takes its turn and ends, and what it says of itself."""

import logging
import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import ClassVar, Self

from psycopg._encodings import pg2pyenc
from psycopg.errors import OperationalError
from psycopg.pq import (
    ConninfoOption,
    ConnStatus,
    DiagnosticField,
    PGnotify,
    PollingStatus,
    TransactionStatus,
)

from psycopg_wasm.backend import Backend, Refused, leave, put_away
from psycopg_wasm.conninfo import Conninfo, with_defaults
from psycopg_wasm.conversation import ConnectionLost, Conversation
from psycopg_wasm.error_text import without_severity
from psycopg_wasm.result import PGresult

logger = logging.getLogger("psycopg")


class Session:
    """A session with the backend that ``psycopg_wasm.install()`` was given."""

    backend: ClassVar[Backend]
    """The backend of connections that begin from now on."""

    def __init__(self, conninfo: bytes) -> None:
        self.notice_handler: Callable[[PGresult], None] | None = None
        self.notify_handler: Callable[[PGnotify], None] | None = None
        self.nonblocking = 0
        self.status = ConnStatus.BAD
        self._backend = self.backend
        self._conninfo = conninfo
        self._info: list[ConninfoOption] = []
        self._socket = -1
        self._put_away = b""
        """SQL that brings back the settings of this session."""
        self._begin = b""
        """SQL that begins the transaction again in which the connection stepped aside."""
        self._finished = False
        self._conversation = Conversation(self._backend.exchange)
        self.reset()

    def __del__(self) -> None:
        self.finish()

    # ---------- beginning and end ----------

    @classmethod
    def connect(cls, conninfo: bytes) -> Self:
        """Connect; what went wrong is in ``status`` and ``error_message``."""
        if not isinstance(conninfo, bytes):
            raise TypeError(f"bytes expected, got {type(conninfo)} instead")
        return cls(conninfo)

    connect_start = connect  # at once

    def connect_poll(self) -> int:
        """Connecting is done."""
        self._check_open()
        return PollingStatus.OK if self.status == ConnStatus.OK else PollingStatus.FAILED

    def reset(self) -> None:
        """End the connection and make it again."""
        self._check_open()
        self._end()
        self._put_away = self._begin = b""
        self._conversation = Conversation(self._backend.exchange)
        self._conversation.on_notice = self._notice
        try:
            self._info = with_defaults(Conninfo.parse(self._conninfo))
            self._backend.take(self)
        except OperationalError as error:
            self._conversation.error_message = str(error).encode()
        except Refused:
            self._conversation.error_message = refusal(b"FATAL").error_message
        except ConnectionLost as error:
            self._lose(error)

    def begin(self) -> None:
        """Make the backend's session, which is as new, this connection's.

        For ``Backend.take()``: the connection is new, or another one had its turn.
        """
        names = ("client_encoding", "application_name", "options")
        settings = {name: value for name in names if (value := self._option(name))}
        said = {"user": self.user, "database": self.db, **settings}
        self._conversation.start({name.encode(): value for name, value in said.items()})
        try:
            self._backend.enter(self.db, self._conversation)
            for name, value in session_settings(settings):
                # PGlite passes over what the first message of a connection sets.
                self._conversation.set(name, value)
        except BaseException:
            leave(Conversation(self._backend.exchange))
            raise
        if self._put_away:
            self._conversation.ask(self._put_away)
        self._conversation.prepare_again()
        if self._begin:
            self._conversation.ask(self._begin)
            self._begin = b""
        if self.status != ConnStatus.OK:
            self._socket = os.open(os.devnull, os.O_RDWR)
            self.status = ConnStatus.OK

    def step_aside(self) -> bool:
        """Let another connection have the backend, until this one is used again.

        False where it is in a transaction that would not be the same, or has an answer to collect.
        """
        if self.status != ConnStatus.OK:
            return True
        found = None if self._conversation.in_use else put_away(self._conversation)
        if found is not None:
            self._put_away, self._begin = found
        return found is not None

    def finish(self) -> None:
        """End the connection; the backend is as new afterwards."""
        self._finished = True
        self._end()
        self._conversation.error_message = b"connection pointer is NULL\n"

    def _end(self) -> None:
        if self.status != ConnStatus.OK:
            return
        self._close()
        if self._backend.is_held_by(self):
            with suppress(ConnectionLost):
                leave(self._conversation)
            self._backend.release()

    def _close(self) -> None:
        self.status = ConnStatus.BAD
        os.close(self._socket)

    def _lose(self, error: ConnectionLost) -> None:
        """The backend failed, and with it this connection."""
        self._backend.fail(str(error))
        self._backend.release()
        self._conversation.give_up(PGresult.failure(str(error)))
        if self.status == ConnStatus.OK:
            self._close()

    def _interrupt(self) -> None:
        """An exception, as of Ctrl-C, came between a command and its answer."""
        self._conversation.give_up(PGresult.failure("interrupted"))
        self._conversation.state = TransactionStatus.UNKNOWN
        self._end()

    def _talk(self, say: Callable[[], None]) -> None:
        """Say something to the backend; a connection whose answer is lost is lost too."""
        if self._begin and self._conversation.end_empty():
            self._begin = b""
            return
        try:
            self._backend.take(self)
            say()
        except Refused:
            self._conversation.give_up(refusal(b"ERROR"))
        except ConnectionLost as error:
            self._lose(error)
        except BaseException:
            self._interrupt()
            raise

    def _notice(self, notice: PGresult) -> None:
        if self.notice_handler is None:
            return
        try:
            self.notice_handler(notice)
        except Exception:
            logger.exception("error in notice receiver")

    # ---------- what the connection is ----------

    def _check_open(self) -> None:
        if self._finished:
            raise OperationalError("the connection is closed")

    def _option(self, name: str) -> bytes:
        self._check_open()
        values = [option.val for option in self._info if option.keyword == name.encode()]
        return values[0] or b"" if values else b""

    @property
    def info(self) -> list[ConninfoOption]:
        """All options of the connection string."""
        self._check_open()
        return self._info

    @property
    def db(self) -> bytes:
        """The database that was asked for; ``current_database()`` has the backend's own name."""
        return self._option("dbname") or self.user

    @property
    def user(self) -> bytes:
        """Who connects; the backend has one user, and asks nobody for a password."""
        return self._option("user") or b"postgres"

    @property
    def password(self) -> bytes:
        """The password in the connection string, which nobody reads."""
        return self._option("password")

    @property
    def host(self) -> bytes:
        """The host in the connection string; else libpq's folder of sockets."""
        return self._option("host") or b"/tmp"

    @property
    def hostaddr(self) -> bytes:
        """The address in the connection string."""
        return self._option("hostaddr")

    @property
    def port(self) -> bytes:
        """The port in the connection string."""
        return self._option("port")

    @property
    def options(self) -> bytes:
        """The server's options in the connection string."""
        return self._option("options")

    @property
    def transaction_status(self) -> int:
        """Whether the connection is in a transaction, and whether that has failed."""
        if self.status != ConnStatus.OK:
            return TransactionStatus.UNKNOWN
        if self._conversation.busy:
            return TransactionStatus.ACTIVE
        return TransactionStatus.INTRANS if self._begin else self._conversation.state

    def parameter_status(self, name: bytes) -> bytes | None:
        """A setting that the server reports by itself."""
        self._check_open()
        return self._conversation.parameters.get(name)

    @property
    def error_message(self) -> bytes:
        """The text of the last error."""
        return self._conversation.error_message

    def get_error_message(self, encoding: str = "") -> str:
        """The text of the last error, without its severity."""
        return without_severity(self.error_message, encoding or self._encoding)

    @property
    def _encoding(self) -> str:
        if self.status != ConnStatus.OK:
            return "utf-8"
        return pg2pyenc(self.parameter_status(b"client_encoding") or b"UTF8")

    @property
    def protocol_version(self) -> int:
        """The version of the wire protocol."""
        self._check_open()
        return 3

    @property
    def server_version(self) -> int:
        """180006 for PostgreSQL 18.6."""
        said = (self.parameter_status(b"server_version") or b"").decode()
        major, _, minor = said.partition(" ")[0].partition(".")
        return int(major or 0) * 10000 + int(minor or 0)

    @property
    def socket(self) -> int:
        """A file that is always ready to be read and written, since no answer is waited for."""
        self._check_open()
        if self.status != ConnStatus.OK:
            raise OperationalError("the connection is lost")
        return self._socket

    @property
    def backend_pid(self) -> int:
        """The number of the backend."""
        self._check_open()
        return self._conversation.process

    needs_password = used_password = used_gssapi = ssl_in_use = False


def refusal(severity: bytes) -> PGresult:
    """The error of a connection that cannot have the backend, as a server would say it."""
    fields = {
        DiagnosticField.SEVERITY: severity,
        DiagnosticField.SEVERITY_NONLOCALIZED: severity,
        DiagnosticField.SQLSTATE: b"53300",  # too_many_connections
        DiagnosticField.MESSAGE_PRIMARY: b"another connection is in a transaction",
        DiagnosticField.MESSAGE_HINT: b"PostgreSQL runs in this process, with one backend: only "
        b"one connection can be in a transaction. End the other one by commit(), rollback() or "
        b"close().",
    }
    return PGresult.error({int(code): text for code, text in fields.items()}, b"", "utf-8")


def session_settings(given: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Names and values of what a connection string sets, ``options=-c name=value`` included."""
    for name in ("client_encoding", "application_name"):
        if given.get(name, b"auto") != b"auto":
            yield name, given[name]
    words = iter(shlex.split(given.get("options", b"").decode()))
    for word in words:
        said = next(words, "") if word == "-c" else word.removeprefix("-c").removeprefix("--")
        name, _, value = said.partition("=")
        yield name.replace("-", "_"), value.encode()
