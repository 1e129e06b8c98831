"""Folders for servers, with paths that are short enough for a socket's."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short-named folder that does not exist yet, in one that every user may enter."""
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        yield Path(name) / "server"


@pytest.fixture(scope="session")
def unused() -> Iterator[Path]:
    """Where the data of PostgreSQL is kept, of which each server's is a copy."""
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as name:
        Path(name).chmod(0o777)
        yield Path(name) / "unused"
