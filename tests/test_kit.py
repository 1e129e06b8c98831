"""Tests stand beside each other: they import the kit, and the kit imports no test."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parent


def imported(file: Path) -> set[str]:
    """The modules of ``tests`` that a file imports."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.split(".")[0] == "tests"}


def test_tests_import_no_test() -> None:
    """What two tests share is in the kit, or in a module of their folder that is no test."""
    for file in TESTS.rglob("*.py"):
        for name in imported(file):
            parts = name.split(".")[1:]
            assert not any(part == "conftest" or part.startswith("test_") for part in parts), file


def test_the_kit_imports_the_kit_alone() -> None:
    """Of what is in ``tests``; a tool that imports the kit gets no test with it."""
    for file in (TESTS / "kit").rglob("*.py"):
        assert {name for name in imported(file) if not name.startswith("tests.kit")} == set(), file
