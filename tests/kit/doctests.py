"""Modules without a doctest are not imported to look for one; a doctest leaves no engine open.

A plugin of pytest, which ``tests/conftest.py`` registers: a conftest is asked of its folder alone.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.kit import engines

PROMPT = b">>>"
Found = list[pytest.Collector]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, Found, Found]:
    """Leave a module's doctests out where it has none; its tests are collected as ever."""
    found = yield
    if file_path.suffix == ".py" and PROMPT not in file_path.read_bytes():
        return [each for each in found if type(each) is pytest.Module]
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Close what a doctest's engines hold, of which a later test would hear."""
    if not isinstance(item, pytest.DoctestItem):
        return (yield)
    with engines.closed():
        return (yield)
