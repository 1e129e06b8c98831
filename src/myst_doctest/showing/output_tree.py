"""What a cell showed, as a tree: the build prints it as HTML, the browser makes elements of it.

The standard library and Pygments only: this module also travels into the browser.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any, Self

from myst_doctest.checking.compare import normalise
from myst_doctest.running.runner import Segment
from myst_doctest.showing.log_lines import Line, Token
from myst_doctest.showing.log_panel import explanations, panel
from myst_doctest.showing.tree import NOT_TRANSLATED, Child, Tree, element, line_attribute

LINK = re.compile(r"https?://[^\s<>\"'()]*[^\s<>\"'().,:;!?]")
PROLOGUE = re.compile(r"\s*(<\?xml[^>]*>\s*)?(<!DOCTYPE[^>]*>\s*)?")
"""What begins a file of SVG, and is no part of a page."""
STREAMS = ("stdout", "stderr")


@dataclass(frozen=True)
class CellOutput:
    """What a cell showed.

    ``lanes`` are the CSS classes of each segment's lanes, and ``stays_open`` says whether a lane
    goes on below the cell. ``line`` and ``code`` are the number and the text of the line that
    raised; 0 and empty where none did. ``differs`` marks an output that is not the recorded one,
    ``cut`` one that was longer than a cell's may be.
    """

    segments: Sequence[Segment]
    lanes: Sequence[list[str]] = ()
    stays_open: bool = False
    line: int = 0
    code: str = ""
    differs: bool = False
    cut: bool = False

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Self:
        """An output that came as plain data, from :func:`dataclasses.asdict`."""
        segments = [Segment(**segment) for segment in data["segments"]]
        return cls(**{**data, "segments": segments})

    def tree(self, tokens: Callable[[Line], Sequence[Token]] = Line.tokens) -> Tree | None:
        """The output's tree; None where there is nothing to show.

        ``tokens`` gives the highlighted tokens of a logged line.
        """
        boxes: list[Tree] = []
        if self.differs:
            boxes.append(_note("This output differs from the recorded one."))
        pairs = zip(map(clean, self.segments), self.lanes or repeat([]), strict=False)
        groups = [(logged, [*group]) for logged, group in groupby(pairs, lambda p: _is_log(p[0]))]
        last = max((n for n, (logged, _) in enumerate(groups) if logged), default=None)
        for number, (logged, group) in enumerate(groups):
            if logged:
                boxes.append(panel(group, tokens, stays_open=self.stays_open and number == last))
            else:
                boxes += [
                    element("div", lanes, self._shown(*each)) for each, lanes in _boxes(group)
                ]
        if self.cut:
            boxes.append(_note("The output is cut here."))
        classes = ["output", "executed", *(["differs"] if self.differs else [])]
        return element("div", classes, *boxes) if boxes else None

    def _shown(self, segment: Segment, *others: Segment) -> Tree:
        """What the cell itself showed; ``others`` went on in the same stream."""
        line = line_attribute(segment.line)
        if segment.kind == "error":
            return self._error(segment.text, line)
        if markup := segment.rich.get("image/svg+xml") or segment.rich.get("text/html"):
            markup = PROLOGUE.sub("", markup, 1)
            return element("div", ["picture"], {"markup": markup}, **line, **NOT_TRANSLATED)
        classes = [segment.kind, "literal-block"]
        if not others:
            return element("pre", classes, segment.text, **line, **NOT_TRANSLATED)
        pieces = [["span", line_attribute(each.line), each.text] for each in (segment, *others)]
        written = [piece for pair in zip(pieces, repeat("\n"), strict=False) for piece in pair]
        return element("pre", classes, *written[:-1], **NOT_TRANSLATED)

    def _error(self, text: str, line: Mapping[str, str]) -> Tree:
        """The exception's class and message, its links alive, above the line that raised it."""
        name, colon, message = text.partition(":")
        words = [element("b", [], name), *_linked(colon + message)]
        shown = element("pre", ["literal-block"], *words, **NOT_TRANSLATED)
        code = element("code", ["docutils", "literal"], self.code, **NOT_TRANSLATED)
        where = [_note(f"Line {self.line}: ", code)] if self.line else []
        return element("div", ["error"], shown, *where, **line)

    def blocks(self) -> list[tuple[str, str]]:
        """The output as plain text: blocks, each with its language, ``sql`` or ``none``."""
        return [
            ("sql" if logged else "none", "\n".join(segment.text for segment in group))
            for logged, group in groupby(map(clean, self.segments), _is_log)
        ]

    def explanations(self) -> list[Tree]:
        """What the words of the logs mean, for the end of the page, where no fold hides it."""
        return explanations(filter(_is_log, map(clean, self.segments)))


def clean(segment: Segment) -> Segment:
    """A segment with the text that a page shows of it."""
    text = normalise(segment.text)
    return replace(segment, text=text.strip("\n") if _is_log(segment) else text.removesuffix("\n"))


def _boxes(pairs: Sequence[tuple[Segment, list[str]]]) -> Iterator[tuple[list[Segment], list[str]]]:
    """What has a box of its own: a segment, or all that was written to a stream in one go."""
    kinds = enumerate(segment.kind for segment, _ in pairs)
    keys = [kind if kind in STREAMS else str(number) for number, kind in kinds]
    for _, group in groupby(zip(keys, pairs, strict=True), itemgetter(0)):
        same = [pair for _, pair in group]
        yield [segment for segment, _ in same], same[0][1]


def _note(*words: Child) -> Tree:
    return element("p", ["output-note"], *words)


def _is_log(segment: Segment) -> bool:
    return segment.kind == "sql"


def _linked(text: str) -> Iterator[Child]:
    done = 0
    for match in LINK.finditer(text):
        yield text[done : match.start()]
        yield element("a", ["reference", "external"], match[0], href=match[0])
        done = match.end()
    yield text[done:]
