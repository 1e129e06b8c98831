"""What pytest says at the end beside the results of tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from myst_doctest.pytest_runs import Runs


def told(runs: Runs) -> dict[str, Any]:
    """What one process has to tell: lists of texts and numbers, which pytest-xdist can send."""
    unchecked = [
        [runs.page(path).where(1).rpartition(":")[0], each.line, each.unchecked, each.varies]
        for path, cells in runs.unchecked.items()
        for each in cells
    ]
    notes = [note for project in runs.projects.values() for note in project.notes]
    notes += [
        f"{page.where(note.line)}: {note.message}"
        for page in runs.pages.values()
        for note in page.notes
    ]
    return {
        "accepted output": runs.accepted,
        "variants not checked": [f"{name}: {why}" for name, why in runs.missing.items()],
        "cells not checked": unchecked,
        "what does nothing here": notes,
        "coverage": [runs.unmeasured] if runs.unmeasured else [],
    }


def sections(processes: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The lines below each title, of all that processes tell; the same line once."""
    said: dict[str, list[Any]] = {}
    for each in processes:
        for title, lines in each.items():
            said.setdefault(title, []).extend(lines)
    unchecked = _unchecked(said.pop("cells not checked"))
    return {title: [*dict.fromkeys(lines)] for title, lines in said.items()} | {
        "cells not checked": unchecked
    }


def _unchecked(told: Iterable[tuple[str, int, str, bool]]) -> list[str]:
    """A line for each reason of a page, with the line of its first cell, and all counts below."""
    alike: dict[tuple[str, str, bool], set[int]] = {}
    for page, line, why, varies in told:
        alike.setdefault((page, why, varies), set()).add(line)
    found = sorted(
        (page, min(ns), len(ns), why, varies) for (page, why, varies), ns in alike.items()
    )
    lines = [
        f"{page}:{line}: {_cells(count, varies=varies)}: {why}"
        for page, line, count, why, varies in found
    ]
    if len(lines) > 1:
        counts = Counter({False: 0})
        for _, _, count, _, varies in found:
            counts[varies] += count
        said = [_cells(counts[kind], varies=kind) for kind in (False, True) if counts[kind]]
        pages = len({page for page, *_ in found})
        lines.append(f"{' and '.join(said)} on {pages} page{'s' * (pages > 1)}")
    return lines


def _cells(count: int, *, varies: bool) -> str:
    what = ("varies" if count == 1 else "vary") if varies else "unchecked"
    return f"{count} cell{'s' * (count > 1)} {what}"
