"""Lanes: the lines in a page's margin that run from the begin of a transaction to its end.

A logged message may name a ``lane`` and, as its ``part``, that a transaction begins there
(``begin``) or ends (``commit`` or ``rollback``). All that is between the two, in whichever cells
and with the text between them, gets the CSS classes of the lane.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from myst_doctest.running.runner import CellRun

WIDTH = 3
"""How many lanes the style sheet draws beside each other; all others share the last one."""
ENDINGS = ("commit", "rollback")
FAR = (1_000_000, 0)

Place = tuple[int, int]
"""The index of a cell in its page, and the index of a segment in the cell."""


@dataclass
class Stretch:
    """A transaction: a part of a lane, from one message to another.

    ``ending`` is ``commit`` or ``rollback``, or ``open`` where the page does not end it.
    """

    lane: int
    begin: Place
    end: Place = FAR
    ending: str = "open"

    def mark(self, place: Place) -> str:
        """The CSS class of what is at a place; empty outside of the stretch."""
        if not self.begin <= place <= self.end:
            return ""
        name = f"lane-{min(self.lane, WIDTH - 1)}-{self.ending}"
        if place == self.begin:
            return f"{name}-begin"
        return f"{name}-end" if place == self.end else name


class Lanes:
    """The lanes of a page whose cells ran as ``runs`` say."""

    def __init__(self, runs: Sequence[CellRun]) -> None:
        self.sizes = [len(run.segments) for run in runs]
        self.stretches: list[Stretch] = []
        running: dict[int, Stretch] = {}
        for cell, run in enumerate(runs):
            for number, segment in enumerate(run.segments):
                if segment.meta.get("lane", "").isdecimal():
                    self._follow(running, int(segment.meta["lane"]), segment.meta, (cell, number))

    def _follow(
        self, running: dict[int, Stretch], lane: int, meta: dict[str, str], place: Place
    ) -> None:
        part = meta.get("part")
        if part == "begin":
            running[lane] = Stretch(lane, place)
            self.stretches.append(running[lane])
        elif part in ENDINGS and lane in running:
            stretch = running.pop(lane)
            stretch.end, stretch.ending = place, str(part)

    def along(self, cell: int, shown: int) -> list[list[str]]:
        """The classes of each of the ``shown`` segments of a cell.

        All are empty where the cell ran with another number of segments: below a block with
        wildcards the page shows the block, not the run's messages.
        """
        if cell >= len(self.sizes) or self.sizes[cell] != shown:
            return [[] for _ in range(shown)]
        return [self.at(cell, segment) for segment in range(shown)]

    def at(self, cell: int, segment: int) -> list[str]:
        """The classes of one segment of a cell."""
        return _classes([stretch.mark((cell, segment)) for stretch in self.stretches])

    def before(self, cell: int) -> list[str]:
        """The classes of a cell's code and of the text above it: the lanes that are open there."""
        return _classes(
            [stretch.mark((cell, -1)) for stretch in self.stretches if stretch.begin < (cell, -1)]
        )

    def around(self, cell: int) -> dict[str, list[str]]:
        """The classes of the lanes that are open ``before`` a cell's output and ``after`` it."""
        return {"before": self.before(cell), "after": self.before(cell + 1)}


def _classes(marks: list[str]) -> list[str]:
    names = [mark for mark in marks if mark]
    return ["lane", *names] if names else []
