"""Text that a terminal obeys, as a notebook shows it: colours, and lines that are written over."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from myst_doctest.running.runner import PLAIN, Segment

if TYPE_CHECKING:
    from myst_doctest.running.runner import Runner

BEGIN = "\x1b["
"""Begins what colours text."""
COLOUR = re.compile(r"\x1b\[[\d;]*m")


def settle_cell(runner: Runner) -> None:
    """Settle all that the cell that runs has shown and printed."""
    runner.take_drained()
    for segment in runner.run_now.segments:
        settle(segment)


def settle(segment: Segment) -> None:
    """Leave the last state of a segment's lines, and take its colours out of its text.

    Text in colours stands in its ``bundle``; an exception and a warning show none.
    """
    if segment.kind in ("stdout", "stderr"):
        segment.text = last_state(segment.text)
    if segment.kind == "sql" or BEGIN not in segment.text:
        return
    plain = COLOUR.sub("", segment.text)
    if plain != segment.text and segment.kind not in ("error", "warning"):
        data = {PLAIN: segment.text.removesuffix("\n")}
        segment.bundle = {"metadata": {}, **segment.bundle}
        segment.bundle["data"] = {**segment.bundle.get("data", {}), **data}
    segment.text = plain


def last_state(text: str) -> str:
    """Text without what carriage returns and backspaces take back.

    >>> last_state("1 of 2\\r2 of 2\\rready\\n"), last_state("ab\\b\\bc")
    ('ready\\n', 'c')
    """
    if "\b" in text:
        kept: list[str] = []
        for char in text:
            if char == "\b" and kept and kept[-1] != "\n":
                kept.pop()
            else:
                kept.append(char)
        text = "".join(kept)
    if "\r" in text:
        lines = (line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
        text = "\n".join(lines)
    return text


def has_colours(text: object) -> bool:
    """Whether text is in colours."""
    return isinstance(text, str) and COLOUR.search(text) is not None
