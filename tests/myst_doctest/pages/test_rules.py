"""Tests of :mod:`myst_doctest.pages.rules`: which pages are not checked, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from myst_doctest.pages.rules import Rules
from myst_doctest.settings import Settings

ROOT = Path("/project")
SETTINGS = Settings(ROOT, unchecked={"docs/old.md": "old", "docs/julia/**": "Julia"})
CONF = {"nb_execution_excludepatterns": ["slow/*.md"], "nb_metadata_key": "notebook"}


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("docs/old.md", "old"),
        ("docs/older.md", ""),
        ("docs/julia/one/a.md", "Julia"),
        ("docs/slow/a.md", "nb_execution_excludepatterns has slow/*.md"),
    ],
)
def test_the_reason_of_a_page(name: str, why: str) -> None:
    """It comes from the table, or from the patterns that MyST-NB has for it."""
    assert Rules.of(SETTINGS, CONF).reason(ROOT / name) == why


def test_what_conf_py_sets() -> None:
    """The keys of front matter and cells may have other names."""
    rules = Rules.of(SETTINGS, CONF)
    assert (rules.key, rules.cell_key, rules.is_jupyter) == ("notebook", "mystnb", False)
