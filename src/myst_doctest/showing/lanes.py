"""Lanes: what a page's log has begun and not yet ended, over all of its cells.

A logged message may name a ``lane`` and, as its ``part``, that something begins there (``begin``)
or ends (``commit`` or ``rollback``), as database transactions do.
What lies between, the text between cells included, is then drawn as one line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from myst_doctest.running.runner import CellRun

__all__ = ["Lanes", "Stretch"]

WIDTH = 3
"""Lanes that are drawn beside each other; the others share the last."""
ENDINGS = ("commit", "rollback")
FAR = (1_000_000, 0)

Place = tuple[int, int]
"""A cell's number in its page and a segment's number in the cell."""


@dataclass
class Stretch:
    """What one lane holds from one message to another: a transaction.

    ``ending`` is ``commit`` or ``rollback``, or ``open`` where the page does not end it.
    """

    lane: int
    begin: Place
    end: Place = FAR
    ending: str = "open"

    def mark(self, place: Place) -> str:
        """The CSS class of this stretch at a place; empty outside of it."""
        if not self.begin <= place <= self.end:
            return ""
        name = f"lane-{min(self.lane, WIDTH - 1)}-{self.ending}"
        if place == self.begin:
            return f"{name}-begin"
        return f"{name}-end" if place == self.end else name


class Lanes:
    """The stretches of a page."""

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
        """The classes of each of the segments that a cell shows.

        None has any where these are not those of the run, as under a block with wildcards.
        """
        if cell >= len(self.sizes) or self.sizes[cell] != shown:
            return [[] for _ in range(shown)]
        return [self.at(cell, segment) for segment in range(shown)]

    def at(self, cell: int, segment: int) -> list[str]:
        """The classes of a cell's segment."""
        return _classes([stretch.mark((cell, segment)) for stretch in self.stretches])

    def before(self, cell: int) -> list[str]:
        """The classes of what stands above a cell's output, and of the text above the cell."""
        return _classes(
            [stretch.mark((cell, -1)) for stretch in self.stretches if stretch.begin < (cell, -1)]
        )


def _classes(marks: list[str]) -> list[str]:
    names = [mark for mark in marks if mark]
    return ["lane", *names] if names else []
