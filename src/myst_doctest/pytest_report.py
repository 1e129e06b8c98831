"""What pytest says at the end beside the results of tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from myst_doctest.pytest_runs import Runs


def told(runs: Runs) -> dict[str, Any]:
    """What one process has to tell: lists of texts and numbers, which pytest-xdist can send."""
    unchecked = [
        [runs.page(path).where(1), why, count]
        for path, reasons in runs.unchecked.items()
        for why, count in reasons.items()
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


def _unchecked(told: Iterable[tuple[str, str, int]]) -> list[str]:
    counts: Counter[tuple[str, str]] = Counter()
    for where, why, count in told:
        counts[where, why] += count
    lines = [
        f"{where}: {_cells(count)} unchecked: {why}"
        for (where, why), count in sorted(counts.items())
    ]
    if len(lines) > 1:
        pages = len({where for where, _ in counts})
        lines.append(f"{_cells(counts.total())} unchecked on {pages} pages")
    return lines


def _cells(count: int) -> str:
    return f"{count} cell{'s' * (count > 1)}"
