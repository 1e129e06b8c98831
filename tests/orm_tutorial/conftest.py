"""What several tests of the pictures need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session


@pytest.fixture
def closed_session() -> Iterator[Session]:
    """A Session that was closed."""
    engine = create_engine("sqlite://")
    session = Session(engine)
    session.close()
    yield session
    engine.dispose()
