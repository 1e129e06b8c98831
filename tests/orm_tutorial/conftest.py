"""What several tests of the pictures need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session


@pytest.fixture(autouse=True)
def closed_engines() -> Iterator[None]:
    """Close what a test's engines hold: since Python 3.13, SQLite complains where nobody does."""
    engines: set[Engine] = set()

    def note(connection: Connection) -> None:
        engines.add(connection.engine)

    event.listen(Engine, "engine_connect", note)
    yield
    event.remove(Engine, "engine_connect", note)
    for each in engines:
        each.dispose()


@pytest.fixture
def closed_session() -> Session:
    """A Session that was closed."""
    engine = create_engine("sqlite://")
    session = Session(engine)
    session.close()
    return session
