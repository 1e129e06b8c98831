"""The log of a run of which only the text is recorded: its words explained, its lanes numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from myst_doctest.running.runner import Segment
from myst_doctest.showing.log_lines import Line

__all__ = ["Replay"]


class Replay:
    """Follows the transactions of a page, one segment after the other.

    The page's other run explains the words. Where several transactions are open, the last that
    began is taken to end first: a log's text does not say which it was.
    """

    def __init__(self, known: Iterable[Segment]) -> None:
        logged = [segment for segment in known if segment.meta.get("about")]
        self.about = {Line.of(segment).word: segment.meta["about"] for segment in logged}
        self.open: list[int] = []

    def follow(self, segments: Sequence[Segment]) -> Iterator[Segment]:
        """The segments with what their text implies."""
        for segment in segments:
            yield self._followed(segment) if segment.kind == "sql" else segment

    def _followed(self, segment: Segment) -> Segment:
        meta = dict(segment.meta)
        if (line := Line.of(segment)).word in self.about:
            meta |= {"about": self.about[line.word], "word": line.word}
        if meta.get("part") == "begin":
            self.open.append(min(set(range(len(self.open) + 1)) - set(self.open)))
            meta["lane"] = str(self.open[-1])
        elif meta.get("part") in ("commit", "rollback") and self.open:
            meta["lane"] = str(self.open.pop())
        return replace(segment, meta=meta)
