"""The project's files that a page used."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from myst_doctest.running.page_folder import PageFolder
from myst_doctest.running.used_files import UsedFiles, digest


@pytest.mark.parametrize("prefix", [None, "/elsewhere"])
def test_a_compiled_module_stands_for_its_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefix: str | None
) -> None:
    """Beside it, or where PYTHONPYCACHEPREFIX keeps what is compiled."""
    monkeypatch.setattr(sys, "pycache_prefix", prefix)
    module = tmp_path / "module.py"
    module.write_text("x = 1", encoding="utf-8")
    used = UsedFiles(str(tmp_path), PageFolder(str(tmp_path / "page"), str(tmp_path)))
    used.note("open", (importlib.util.cache_from_source(str(module)), "rb", 0))
    assert used.seen == {str(module): digest(str(module))}
