"""Lanes: from a message that begins something to the one that ends it."""

from __future__ import annotations

from myst_doctest.running.runner import CellRun, Segment
from myst_doctest.showing.lanes import Lanes


def test_lanes_beyond_the_third_share_it() -> None:
    """There is room for three lines in the margin."""
    run = CellRun([Segment("sql", "BEGIN", meta={"lane": "7", "part": "begin"})])
    assert Lanes([run]).before(1) == ["lane", "lane-2-open"]


def test_an_end_without_a_beginning_is_no_lane() -> None:
    """A log may begin in the middle."""
    run = CellRun([Segment("sql", "COMMIT", meta={"lane": "0", "part": "commit"})])
    assert Lanes([run]).at(0, 0) == []
