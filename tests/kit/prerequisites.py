"""What these tests need beyond the site: skipped without it, with the reason; an error on CI."""

from __future__ import annotations

import importlib
import os
from types import ModuleType

import pytest

from tests.kit.chromium import program


def missing(what: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"CI has no {what}")
    pytest.skip(f"not installed: {what}", allow_module_level=True)


def module(name: str) -> ModuleType:
    """A module that the extra ``dev`` installs."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        missing(f"{error.name} (pip install -e '.[dev]')")
        raise


def chromium() -> str:
    """The browser's program: what CHROMIUM says, else what is on PATH."""
    found = program(windowless=True)
    if found is None:
        missing("Chromium (Debian: apt-get install chromium; or say where it is: CHROMIUM=...)")
    assert found
    return found
