"""What SQLAlchemy keeps to itself, read here and nowhere else.

Each function asks for what no public attribute says without a side effect:
``Session.connection()`` would check a connection out, and reading a result to see whether rows are
left would take them.
Nothing here begins, loads or changes anything.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.engine import FilterResult, Result
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.orm import InstanceState, Session


def connections(session: Session) -> list[Connection]:
    """The connections that the Session's transaction holds, each once, in the order it got them.

    The outermost transaction knows those of its savepoints too.
    """
    transaction = session.get_transaction()
    if transaction is None:
        return []
    # A connection is in it twice, under itself and under its engine.
    held = [entry[0] for entry in transaction._connections.values()]
    return list({id(connection): connection for connection in held}.values())


def flushed_deletions(session: Session) -> Iterator[InstanceState[Any]]:
    """The states of objects whose DELETE was sent and whose transaction has not ended."""
    transaction = session._transaction
    while transaction is not None:
        yield from list(transaction._deleted)
        transaction = transaction.parent


def is_closed(session: Session) -> bool:
    """Whether the Session was closed for good, as ``close_resets_only=False`` has it."""
    return session._close_state.name == "CLOSED"


def is_exhausted(result: Result[Any] | FilterResult[Any]) -> bool:
    """Whether all rows of the result were read; ``Result.closed`` is about ``close()`` alone."""
    return result._soft_closed


def fetched(cursor: Any, context: Any) -> int:
    """How many rows a statement brought, which its Result reads as if nobody had fetched them."""
    rows = cursor.fetchall()
    context.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(cursor, initial_buffer=rows)
    return len(rows)
