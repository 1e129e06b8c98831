"""Modules without a doctest are not imported to look for one, in each of pytest's processes.

A plugin of pytest, which ``tests/conftest.py`` registers: a conftest is asked of its folder alone.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

PROMPT = b">>>"
Found = list[pytest.Collector]


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path: Path) -> Generator[None, Found, Found]:
    """Leave a module's doctests out where it has none; its tests are collected as ever."""
    found = yield
    if file_path.suffix == ".py" and PROMPT not in file_path.read_bytes():
        return [each for each in found if type(each) is pytest.Module]
    return found
