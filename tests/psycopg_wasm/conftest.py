"""A PostgreSQL server, and a backend of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.postgres_server import postgres_server
from tests.psycopg_wasm.socket_carrier import SocketCarrier


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The folder of a server's socket."""
    with postgres_server() as folder:
        yield folder


@pytest.fixture
def carrier(server: Path) -> Iterator[SocketCarrier]:
    """What speaks to a backend of that server."""
    made = SocketCarrier(server)
    yield made
    made.close()
