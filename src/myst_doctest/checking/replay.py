"""The run of a page of which only the text is recorded, as segments: as if it had run here."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from myst_doctest.running.runner import Kind, Segment
from myst_doctest.showing.log_lines import Line

BRACKET = re.compile(r"\[([^\]\n]*)\] ")
ERROR = re.compile(r"^(?:\w+\.)*[A-Z]\w*[a-z]\w*(?:: |\Z)", re.MULTILINE)
"""The beginning of a recorded exception; ``DETAIL:`` is a part of its message."""
WARNING = re.compile(r"[A-Z]\w*Warning: ")
ENDS = ("begin", "commit", "rollback")


@dataclass(frozen=True)
class Transaction:
    """One that is open: its engine's name, its lane, and its lane in the page's other run."""

    engine: str
    lane: int
    other: str


class Replay:
    """Follows the transactions of a page, cell after cell.

    The page's other run explains the words, names the engines, and tells which of several open
    transactions ends, in a cell that begins and ends as many. Elsewhere the last of an engine is
    taken to end first: a log's text does not say which it was.
    """

    def __init__(self, known: Iterable[Segment]) -> None:
        logged = [segment for segment in known if segment.kind == "sql"]
        self.about = {
            Line.of(segment).word: segment.meta["about"]
            for segment in logged
            if segment.meta.get("about")
        }
        self.engines = {segment.meta.get("engine", "") for segment in logged} - {""}
        self.open: list[Transaction] = []

    def follow(self, segments: Sequence[Segment], like: Sequence[Segment] = ()) -> list[Segment]:
        """The segments of a cell with what their text implies.

        ``like`` is what the cell shows in the page's other run.
        """
        ends, others = _ends(segments), _ends(like)
        if [each.meta["part"] for each in ends] != [each.meta["part"] for each in others]:
            others = []
        pairs = zip(ends, others, strict=False)
        lanes = {id(end): other.meta.get("lane", "") for end, other in pairs}
        return [
            self._followed(each, lanes.get(id(each), "")) if each.kind == "sql" else each
            for each in segments
        ]

    def _followed(self, segment: Segment, other: str) -> Segment:
        meta = {key: value for key, value in segment.meta.items() if key != "lane"}
        if (found := BRACKET.match(segment.text)) and found[1] in self.engines:
            meta["engine"] = found[1]
        if (line := Line.of(replace(segment, meta=meta))).word in self.about:
            meta |= {"about": self.about[line.word], "word": line.word}
        engine = meta.get("engine", "")
        if meta.get("part") == "begin":
            used = {each.lane for each in self.open}
            lane = min({*range(len(used) + 1)} - used)
            self.open.append(Transaction(engine, lane, other))
            meta["lane"] = str(lane)
        elif meta.get("part") in ENDS:
            own = [each for each in self.open if each.engine == engine]
            if last := [each for each in own if other and each.other == other] or own:
                self.open.remove(last[-1])
                meta["lane"] = str(last[-1].lane)
        return replace(segment, meta=meta)


def _ends(segments: Iterable[Segment]) -> list[Segment]:
    """Where transactions begin and end."""
    return [each for each in segments if each.meta.get("part") in ENDS]


def told_apart(
    segments: Sequence[Segment], like: Sequence[Segment] = (), *, raises: bool = False
) -> Iterator[Segment]:
    """Recorded text, of which it is known only what was logged, as segments of their kinds.

    ``like`` is what the cell shows where it has run: a picture whose text is the same is the same
    here. ``raises`` says that an exception comes last.
    """
    others = [each for each in like if each.kind not in ("sql", "stdout") and each.text]
    for number, segment in enumerate(segments, 1):
        pieces = [segment] if segment.kind == "sql" else [*_split(segment, others)]
        if raises and number == len(segments):
            pieces[-1:] = _error(pieces[-1])
        yield from pieces


def _split(text: Segment, others: Sequence[Segment]) -> Iterator[Segment]:
    """A text as segments: those of the others whose text is in it, and what is between them."""
    for number, other in enumerate(others, 1):
        before, found, after = f"\n{text.text}\n".partition(f"\n{other.text}\n")
        if found:
            if before:
                yield from _warnings(replace(text, text=before[1:]))
            yield other
            if after:
                yield from _split(replace(text, text=after[:-1]), others[number:])
            return
    yield from _warnings(text)


def _warnings(text: Segment) -> Iterator[Segment]:
    """A text with the warnings in it, of a line each."""
    for is_warning, group in groupby(text.text.split("\n"), WARNING.match):
        kind: Kind = "warning" if is_warning else text.kind
        yield replace(text, kind=kind, text="\n".join(group))


def _error(last: Segment) -> Iterator[Segment]:
    """A text at whose end an exception is, in two: what was printed before it, and itself."""
    starts = [match.start() for match in ERROR.finditer(last.text)]
    if last.kind != "stdout" or not starts:
        yield last
        return
    if starts[-1]:
        yield replace(last, text=last.text[: starts[-1] - 1])
    yield replace(last, kind="error", text=last.text[starts[-1] :])
