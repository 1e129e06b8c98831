"""A small site on which live cells are tried, whose Python starts soon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.sources import copy_plain_cells


@pytest.fixture(scope="session")
def plain_cells(built_once: Callable[..., Path]) -> Iterator[dict[bool, Any]]:
    """The kitchen sink without SQL, on two hosts: by whether its pages are isolated."""
    from tests.kit.static_host import both_hosts

    with both_hosts(built_once("plain-cells", copy_plain_cells)) as hosts:
        yield hosts
