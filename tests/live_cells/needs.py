"""What these tests need beyond the site: skipped without it, with the reason; an error on CI."""

from __future__ import annotations

import importlib
import os
import shutil
from types import ModuleType

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


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
    found = [shutil.which(name) for name in (os.environ.get("CHROMIUM"), *BROWSERS) if name]
    program = next(filter(None, found), None)
    if program is None:
        missing("Chromium (Debian: apt-get install chromium; or say where it is: CHROMIUM=...)")
    assert program
    return program
