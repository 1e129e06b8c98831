"""Readers of a host that sends no headers of isolation: to read a page needs none.

For each page that is isolated, Chromium starts a process and throws away the one that it had.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest


@pytest.fixture
def host(plain_host: Any) -> Any:
    """The host of these readers."""
    return plain_host


@pytest.fixture
def readers(readers: Callable[..., Any]) -> Callable[..., Any]:
    """Makes a reader of it."""
    return partial(readers, isolated=False)
