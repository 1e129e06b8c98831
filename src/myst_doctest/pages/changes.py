"""``:changes: NAME`` of a cell: it is the cell of that name once more, with other lines.

Its code is whole, and runs as it stands; pages mark the lines that are others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from myst_doctest.pages.fences import Problem

if TYPE_CHECKING:
    from myst_doctest.pages.page import Cell

__all__ = ["CHANGES", "changed_lines", "problems_of_changes"]

CHANGES = "changes"


def changed_lines(before: str, after: str) -> list[int]:
    r"""The numbers, from 1, of the lines of a code that another does not have there.

    >>> changed_lines("a = 1\nb = 2\nc = 3\n", "a = 1\nb = 3\nc = 3\nd = 4\n")
    [2, 4]
    """
    old, new = before.rstrip("\n").split("\n"), after.rstrip("\n").split("\n")
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    same = {block.b + number for block in blocks for number in range(block.size)}
    return [number for number, line in enumerate(new, 1) if number - 1 not in same and line.strip()]


def problems_of_changes(cells: Sequence[Cell]) -> Iterator[Problem]:
    """What is wrong with the option: no such cell above, or no line, or each, is another."""
    above: dict[str, Cell] = {}
    for cell in cells:
        if CHANGES in cell.metadata:
            name = cell.metadata[CHANGES]
            before = above.get(name) if isinstance(name, str) else None
            if before is None:
                yield Problem(cell.line, f"changes: no cell above has the name {name!r}")
            else:
                lines = [each for each in cell.source.split("\n") if each.strip()]
                changed = changed_lines(before.source, cell.source)
                if len(changed) in {0, len(lines)}:
                    what = "every line" if changed else "no line"
                    yield Problem(cell.line, f"changes: {what} is another than in {name}")
        if cell.name:
            above[cell.name] = cell
