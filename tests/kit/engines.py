"""Engines of tests and doctests, and what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event


@contextmanager
def closed() -> Iterator[None]:
    """Close what engines hold at the end: since Python 3.13, SQLite complains where nobody does."""
    engines: set[Engine] = set()

    def note(connection: Connection) -> None:
        engines.add(connection.engine)

    event.listen(Engine, "engine_connect", note)
    try:
        yield
    finally:
        event.remove(Engine, "engine_connect", note)
        for each in engines:
            each.dispose()
