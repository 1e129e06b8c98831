"""What a project says of how its pages are read: its table, and values of its ``conf.py``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Self

from sphinx.util.matching import patmatch

from myst_doctest.settings import Settings

EXERCISES = ("exercise", "given", "solution", "starter", "check", "verdict", "wrong")
"""Directives of ours that mean nothing where sphinx-exercise brings its own."""


@dataclass(frozen=True)
class Rules:
    """What holds for all pages of a project."""

    root: Path = Path()
    unchecked: Mapping[str, str] = field(default_factory=dict)
    """Patterns of pages, below ``root``, that are on the site without being checked, and why."""
    excluded: Sequence[str] = ()
    """``nb_execution_excludepatterns``."""
    is_jupyter: bool = False
    """Whether cells may hold what only a notebook knows."""
    theirs: frozenset[str] = frozenset()
    """Directives that another extension brings by the names of ours."""
    key: str = "mystnb"
    """Where front matter has options of MyST-NB."""
    cell_key: str = "mystnb"
    """Where a cell has them."""

    @classmethod
    def of(cls, settings: Settings, values: Mapping[str, Any]) -> Self:
        """The rules of a project whose ``conf.py`` sets these values."""
        return cls(
            settings.root,
            settings.unchecked,
            tuple(values.get("nb_execution_excludepatterns", ())),
            settings.compatibility == "jupyter",
            frozenset(EXERCISES if "sphinx_exercise" in values.get("extensions", ()) else ()),
            values.get("nb_metadata_key", cls.key),
            values.get("nb_cell_metadata_key", cls.cell_key),
        )

    def reason(self, path: Path) -> str:
        """Why a page is not checked; empty where it is."""
        for pattern in self.excluded:
            if PurePosixPath(path.as_posix()).match(pattern):
                return f"nb_execution_excludepatterns has {pattern}"
        if not path.is_relative_to(self.root):
            return ""
        name = path.relative_to(self.root).as_posix()
        found = (why for pattern, why in self.unchecked.items() if patmatch(name, pattern))
        return next(found, "")
