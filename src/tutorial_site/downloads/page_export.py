"""A page as it is exported: its text as Markdown, its cells, and what they showed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Self

from myst_doctest.checking.verdicts import Outcome, Verdict
from myst_doctest.running.runner import Segment, line_of
from myst_doctest.showing.cells import CellNode, CellVariant
from myst_doctest.showing.output_tree import clean


@dataclass(frozen=True)
class ExportedCell:
    """A cell with what it showed."""

    source: str
    name: str
    tags: list[str]
    #: What the page shows below it.
    outputs: list[Segment]
    #: The line of the code that raised; empty for none.
    line: str = ""
    #: Why it runs on variants alone; empty where it runs without one.
    left_out: str = ""
    #: Those on which its code or its output differs.
    variants: Sequence[CellVariant] = ()

    @classmethod
    def of(cls, verdict: Verdict) -> "ExportedCell":
        """The cell of a verdict, with what the page shows of it."""
        cell = verdict.cell
        return cls(
            cell.source,
            cell.name,
            list(cell.tags),
            outputs=[*map(clean, verdict.shown)],
            line=line_of(cell.source, verdict.failing_line),
            left_out=verdict.report if verdict.outcome is Outcome.LEFT_OUT else "",
        )

    @property
    def error(self) -> Segment | None:
        """The exception with which the cell ended."""
        return next((each for each in self.outputs if each.kind == "error"), None)

    def shows(self, what: str) -> bool:
        """Whether the page shows the cell's ``input``, or its ``output``."""
        return not {"remove-cell", f"remove-{what}"}.intersection(self.tags)


class Starter(str):
    """The Markdown of a block of code from which an exercise of this name starts."""

    __slots__ = ("code", "exercise")
    exercise: str
    code: str

    def __new__(cls, text: str, exercise: str, code: str) -> Self:
        """The text, which knows what it is."""
        found = super().__new__(cls, text)
        found.exercise, found.code = exercise, code
        return found


@dataclass(frozen=True)
class PageExport:
    """A page: ``parts`` are blocks of Markdown and numbers of cells, from top to bottom."""

    parts: list[str | int]
    cells: list[ExportedCell]

    @classmethod
    def of(
        cls,
        parts: Sequence[str | int],
        cells: Sequence[ExportedCell],
        shown: Iterable[CellNode] = (),
    ) -> "PageExport":
        """A page whose ``parts`` may lack cells, since it does not show them all."""
        whole = list(cells)
        for node in shown:
            whole[node.index] = replace(whole[node.index], variants=node.variants)
        return cls(_with_all(parts, len(whole)), whole)


def _with_all(parts: Sequence[str | int], count: int) -> list[str | int]:
    """The parts with each cell that is not among them, behind the cell before it.

    Those that the page begins with come right before the first that it shows.

    >>> _with_all(["a", 0, "b", 2], 4)
    ['a', 0, 1, 'b', 2, 3]
    >>> _with_all(["a", 2, "b"], 3)
    ['a', 0, 1, 2, 'b']
    >>> _with_all(["a"], 2)
    ['a', 0, 1]
    """
    whole: list[str | int] = []
    first = [*takewhile(lambda number: number not in parts, range(count))]
    for part in parts:
        if isinstance(part, str):
            whole.append(part)
        else:
            hidden = takewhile(lambda number: number not in parts, range(part + 1, count))
            whole += [*first, part, *hidden]
            first = []
    return whole + first
