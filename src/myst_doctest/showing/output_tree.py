"""What a cell showed, as a tree: the build prints it as HTML, the browser makes elements of it.

A tree is ``[tag, {attribute: value}, *children]``, which JSON can carry. A child is text, which
stays text, or another tree, or ``{"markup": ...}``: the HTML or SVG of a rich value, which the
build publishes as it is, and of which the browser keeps what is harmless.

The standard library and Pygments only: this module also travels into the browser.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any

from myst_doctest.checking.compare import normalise
from myst_doctest.running.runner import Segment
from myst_doctest.showing.log_lines import Line, Token, part_of

__all__ = ["CellOutput", "Child", "Tree", "clean", "html"]

Tree = list[Any]
"""``[tag, {attribute: value}, *children]``"""
Child = str | Tree | dict[str, str]

ENDS = {"begin": "BEGIN", "commit": "COMMIT", "rollback": "ROLLBACK"}
LINK = re.compile(r"https?://[^\s<>\"'()]*[^\s<>\"'().,:;!?]")
NAME = re.compile(r"[a-z][a-z0-9-]*")
STREAMS = ("stdout", "stderr")
NOT_TRANSLATED = {"translate": "no"}
"""On code and values: a browser that translates the page for its reader leaves them alone."""


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
    def of(cls, data: Mapping[str, Any]) -> CellOutput:
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
                boxes.append(_panel(group, tokens, stays_open=self.stays_open and number == last))
            else:
                boxes += [_tag("div", lanes, self._shown(*each)) for each, lanes in _boxes(group)]
        if self.cut:
            boxes.append(_note("The output is cut here."))
        classes = ["output", "executed", *(["differs"] if self.differs else [])]
        return _tag("div", classes, *boxes) if boxes else None

    def _shown(self, segment: Segment, *others: Segment) -> Tree:
        """What the cell itself showed; ``others`` went on in the same stream."""
        line = _from(segment)
        if segment.kind == "error":
            return self._error(segment.text, line)
        if markup := segment.rich.get("image/svg+xml") or segment.rich.get("text/html"):
            return _tag("div", ["picture"], {"markup": markup}, **line, **NOT_TRANSLATED)
        classes = [segment.kind, "literal-block"]
        if not others:
            return _tag("pre", classes, segment.text, **line, **NOT_TRANSLATED)
        pieces = [["span", _from(each), each.text] for each in (segment, *others)]
        written = [piece for pair in zip(pieces, repeat("\n"), strict=False) for piece in pair]
        return _tag("pre", classes, *written[:-1], **NOT_TRANSLATED)

    def _error(self, text: str, line: Mapping[str, str]) -> Tree:
        """The exception's class and message, its links alive, under the line that raised it."""
        code = _tag("code", ["docutils", "literal"], self.code, **NOT_TRANSLATED)
        where = [_note(f"Line {self.line}: ", code)] if self.line else []
        message = _tag("pre", ["literal-block"], *_linked(text), **NOT_TRANSLATED)
        return _tag("div", ["error"], *where, message, **line)

    def blocks(self) -> list[tuple[str, str]]:
        """The output as plain text: blocks, each with its language, ``sql`` or ``none``."""
        return [
            ("sql" if logged else "none", "\n".join(segment.text for segment in group))
            for logged, group in groupby(map(clean, self.segments), _is_log)
        ]

    def explanations(self) -> list[Tree]:
        """What the words of the logs mean, for the end of the page, where no fold hides it."""
        lines = [Line.of(segment) for segment in map(clean, self.segments) if _is_log(segment)]
        return [
            ["div", {"popover": "", "id": _id(word), "class": "log-about"}, ["p", {}, about]]
            for word, about in {line.word: line.about for line in lines}.items()
            if about
        ]


def clean(segment: Segment) -> Segment:
    """A segment with the text that a page shows of it."""
    text = normalise(segment.text)
    return replace(segment, text=text.strip("\n") if _is_log(segment) else text.removesuffix("\n"))


def html(child: Child) -> str:
    """A tree as HTML.

    Raises ValueError for a tag or an attribute that has no such name.
    """
    if isinstance(child, str):
        return escape(child, quote=False)
    if isinstance(child, dict):
        return child["markup"]
    tag, attributes, *children = child
    for name in (tag, *attributes):
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a tag or an attribute")
    start = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    inner = "".join(map(html, children))
    if tag == "pre" and inner.startswith("\n"):
        inner = f"\n{inner}"  # HTML drops a newline at the start of <pre>
    return f"<{tag}{start}>{inner}</{tag}>"


def _tag(tag: str, classes: Sequence[str], *children: Child, **attributes: str) -> Tree:
    named = {"class": " ".join(classes)} if classes else {}
    return [tag, {**named, **attributes}, *children]


def _from(segment: Segment) -> dict[str, str]:
    """The attribute that names the line of code that caused a segment, where it is known."""
    return {"data-line": str(segment.line)} if segment.line else {}


def _boxes(
    pairs: Sequence[tuple[Segment, list[str]]],
) -> Iterator[tuple[list[Segment], list[str]]]:
    """What has a box of its own: a segment, or all that was written to a stream in one go."""
    kinds = enumerate(segment.kind for segment, _ in pairs)
    keys = [kind if kind in STREAMS else str(number) for number, kind in kinds]
    for _, group in groupby(zip(keys, pairs, strict=True), itemgetter(0)):
        same = [pair for _, pair in group]
        yield [segment for segment, _ in same], same[0][1]


def _note(*words: Child) -> Tree:
    return _tag("p", ["output-note"], *words)


def _is_log(segment: Segment) -> bool:
    return segment.kind == "sql"


def _panel(
    pairs: Sequence[tuple[Segment, list[str]]],
    tokens: Callable[[Line], Sequence[Token]],
    *,
    stays_open: bool,
) -> Tree:
    """What was logged in one go: a fold whose summary says what is in it."""
    words = ", ".join(_summary([segment for segment, _ in pairs]))
    # The lanes that pass the panel's head are those that do not begin below it.
    lanes = [name.removesuffix("-end") for name in pairs[0][1] if not name.endswith("-begin")]
    title = f"SQL: {words}{' (transaction open)' if stays_open else ''}"
    summary = _tag("summary", lanes, title, translate="yes")
    entries: list[Tree] = []
    for segment, classes in pairs:
        line = Line.of(segment)
        if line.part != "parameters" or not entries:
            part = [f"log-{part_of(segment)}"] if part_of(segment) in ENDS else []
            names = ["log-entry", *part, *classes]
            # The number first: what follows is the same in many entries, and compresses well.
            entries.append(["div", {**_from(segment), "class": " ".join(names)}])
        entries[-1].append(_line(line, tokens(line)))
    return _tag("details", ["log"], summary, *entries, open="", **NOT_TRANSLATED)


def _summary(segments: Sequence[Segment]) -> Iterator[str]:
    parts = [part for part in map(part_of, segments) if part != "parameters"]
    for part, group in groupby(parts):
        count = len(list(group))
        if part in ENDS:
            yield from [ENDS[part]] * count
        else:
            yield f"{count} statement{'s' if count > 1 else ''}"


def _line(line: Line, tokens: Sequence[Token]) -> Tree:
    code: list[Child] = [_tag("span", [css], text) if css else text for css, text in tokens]
    if line.part != "parameters" and line.engine:
        code = [_tag("span", ["log-engine"], line.engine), " ", *code]
    word = [_word(line)] if line.part == "parameters" else []
    classes = ["highlight", f"log-{line.part}"]
    return _tag("div", classes, *word, ["pre", {}, *code])


def _word(line: Line) -> Tree:
    """The word in brackets: a button that shows what it means, where that is known."""
    if not line.about:
        return _tag("span", ["log-word"], line.word)
    target = {"type": "button", "popovertarget": _id(line.word)}
    return _tag("button", ["log-word"], line.word, **target)


def _id(word: str) -> str:
    return "word-" + re.sub(r"\W+", "-", word).strip("-")


def _linked(text: str) -> Iterator[Child]:
    done = 0
    for match in LINK.finditer(text):
        yield text[done : match.start()]
        yield _tag("a", ["reference", "external"], match[0], href=match[0])
        done = match.end()
    yield text[done:]
