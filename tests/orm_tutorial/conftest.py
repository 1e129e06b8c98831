"""What several tests of the pictures need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from tests.kit import engines


@pytest.fixture(autouse=True)
def closed_engines() -> Iterator[None]:
    """No connection of a test is left open."""
    with engines.closed():
        yield


@pytest.fixture
def closed_session() -> Session:
    """A Session that was closed."""
    engine = create_engine("sqlite://")
    session = Session(engine)
    session.close()
    return session
