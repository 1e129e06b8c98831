"""Who may know whom: the arrows between the project's rooms."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src"
TRAVELLERS = ("runner.py", "compare.py")


def imported(file: Path) -> set[str]:
    """The modules that a file imports, relative ones by their name in the package."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names.add("." * node.level + (node.module or ""))
    return names


def packages(room: str) -> set[str]:
    """The top-level packages that a room imports."""
    files = (SRC / room).rglob("*.py")
    return {name.split(".")[0] for file in files for name in imported(file)} - {""}


def test_support_package_knows_sqlalchemy_and_the_standard_library_alone() -> None:
    """orm_tutorial travels into the browser: it imports nothing but these two, and itself."""
    assert packages("orm_tutorial") <= sys.stdlib_module_names | {"sqlalchemy", "orm_tutorial"}


def test_myst_doctest_knows_nothing_of_sqlalchemy_or_this_tutorial() -> None:
    """The checker would serve any MyST-NB site; its code and its words say so."""
    for file in (SRC / "myst_doctest").rglob("*"):
        if file.suffix in {".py", ".css"}:
            words = file.read_text(encoding="utf-8").lower()
            assert "sqlalchemy" not in words, file
            assert "orm_tutorial" not in words, file


@pytest.mark.parametrize("name", TRAVELLERS)
def test_what_travels_into_the_browser_imports_the_standard_library_alone(name: str) -> None:
    """The runner and the comparison need no package but each other."""
    names = imported(SRC / "myst_doctest" / name)
    assert {name for name in names if name.split(".")[0] not in sys.stdlib_module_names} <= {
        ".runner"
    }


def test_pages_import_the_support_package_alone() -> None:
    """No page imports the checker."""
    for page in (ROOT / "docs").rglob("*.md"):
        assert "myst_doctest" not in page.read_text(encoding="utf-8"), page
