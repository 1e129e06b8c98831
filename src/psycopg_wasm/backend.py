"""The one backend: what carries messages to it, and which connection it works for.

A server has a process for each connection. PGlite is one such process: what one connection sets,
locks or leaves open, another would find. So connections take turns here. One that is in no
transaction steps aside for another, its session being put away and brought back; so does one whose
transaction has only read, each query for itself: it is begun again. While another transaction is
open, the other connections are refused.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import ref

from psycopg.pq import TransactionStatus

from psycopg_wasm import messages
from psycopg_wasm.conversation import ConnectionLost, Conversation, check

if TYPE_CHECKING:
    from psycopg_wasm.session import Session

ExecProtocol = Callable[[bytes], bytes]
"""Takes messages of PostgreSQL's wire protocol and returns all that the server says to them."""

SETTINGS = b"""
SELECT string_agg(format('set_config(%L, %L, false)', name, setting), ', ')
FROM pg_settings WHERE source = 'session' AND context IN ('user', 'superuser')
"""
BEGIN_AGAIN = b"""
SELECT 'BEGIN READ ' || CASE current_setting('transaction_read_only') WHEN 'on' THEN 'ONLY'
    ELSE 'WRITE' END || ', ISOLATION LEVEL READ COMMITTED'
WHERE current_setting('transaction_isolation') = 'read committed'
AND pg_current_xact_id_if_assigned() IS NULL
AND NOT EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory')
"""
"""At READ COMMITTED each query sees what is committed by then, in the same transaction or another.

What writes, or locks a row, gives the transaction a number.
"""


class Refused(Exception):
    """A connection cannot have the backend: another one is in a transaction."""


class Backend:
    """The backend behind ``exec_protocol``."""

    def __init__(self, exec_protocol: ExecProtocol) -> None:
        self._exec_protocol = exec_protocol
        self._holder: Callable[[], Session | None] = lambda: None
        self._held_by = 0
        self._failed = ""
        self._databases: list[bytes] = []
        """The databases that connections have named, the one whose turn it is last."""

    def exchange(self, sent: bytes) -> bytes:
        """Carry messages there, and the answer back.

        Raises ConnectionLost where the backend failed, now or before: PGlite would not return
        from a call after that.
        """
        if self._failed:
            raise ConnectionLost(self._failed)
        try:
            return bytes(self._exec_protocol(sent))
        except Exception as error:
            raise ConnectionLost(f"PostgreSQL failed: {error}") from error

    def fail(self, reason: str) -> None:
        """Remember that the backend must not be asked again."""
        self._failed = self._failed or f"{reason} (PostgreSQL has to be started again)"

    def is_held_by(self, connection: Session) -> bool:
        """Whether the backend's session is this connection's."""
        # Not by the weak reference: it is dead when a garbage connection ends itself.
        return self._held_by == id(connection)

    def take(self, connection: Session) -> None:
        """Make the backend's session this connection's.

        Raises Refused while another connection is in a transaction.
        """
        if self.is_held_by(connection):
            return
        if not self._is_left():
            gc.collect()  # an engine that nobody has any more, with its pool, ends by this alone
            if not self._is_left():
                raise Refused
        self.release()
        connection.begin()
        self._holder, self._held_by = ref(connection), id(connection)

    def enter(self, database: bytes, conversation: Conversation) -> None:
        """Make a database the one in which statements find their tables.

        PGlite has one. What it has in the schema ``public`` is moved into another schema while
        another database has its turn; a new name is a new and empty database.
        """
        if not self._databases:
            self._databases.append(database)
        if self._databases[-1] == database:
            return
        sql = b"ALTER SCHEMA public RENAME TO " + schema(self._databases[-1])
        if database in self._databases:
            sql += b"; ALTER SCHEMA " + schema(database) + b" RENAME TO public"
        else:
            sql += b"; CREATE SCHEMA public"
        check(conversation.ask(sql))
        self._databases = [each for each in self._databases if each != database]
        self._databases.append(database)

    def _is_left(self) -> bool:
        holder = self._holder()
        return holder is None or holder.step_aside()

    def release(self) -> None:
        """The backend's session is nobody's any more."""
        self._holder, self._held_by = lambda: None, 0


def schema(database: bytes) -> bytes:
    """The name of the schema of a database that waits for its turn."""
    return b'"=' + database.replace(b'"', b'""') + b'"'


def put_away(conversation: Conversation) -> tuple[bytes, bytes] | None:
    """Leave the backend's session as a new one is; None where its transaction would be another.

    Returns SQL that sets again what was set, and SQL that begins the transaction again; either may
    be empty.

    PostgreSQL's settings and what ``PGconn.send_prepare()`` prepared are kept. Settings of other
    names, temporary tables, advisory locks, cursors WITH HOLD and LISTEN are not.
    """
    begin = b""
    if conversation.state != TransactionStatus.IDLE:
        begin = conversation.ask(BEGIN_AGAIN)[0].get_value(0, 0) or b""
        if not begin:
            return None
        conversation.ask(b"COMMIT")
    found = conversation.ask(SETTINGS)
    statements = dict(conversation.statements)
    leave(conversation)
    conversation.statements = statements
    settings = found[0].get_value(0, 0) if found else None
    return b"SELECT " + settings if settings else b"", begin


def leave(conversation: Conversation) -> None:
    """Leave the backend's session as a new connection has to find it."""
    if conversation.state != TransactionStatus.IDLE:
        conversation.ask(b"ROLLBACK")
    conversation.ask(b"DISCARD ALL")
    conversation.exchange(messages.TERMINATE)
