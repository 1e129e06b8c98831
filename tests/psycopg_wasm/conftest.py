"""A PostgreSQL server, and a backend of it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from database_servers.postgresql import running
from tests.psycopg_wasm.socket_carrier import SocketCarrier


@pytest.fixture(scope="session")
def server() -> Iterator[Path]:
    """The folder of a server's socket."""
    # The path of a socket has to be short.
    with tempfile.TemporaryDirectory(prefix="pq-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        with running(Path(name) / "s") as found:
            yield found.folder


@pytest.fixture
def carrier(server: Path) -> Iterator[SocketCarrier]:
    """What speaks to a backend of that server."""
    made = SocketCarrier(server)
    yield made
    made.close()
