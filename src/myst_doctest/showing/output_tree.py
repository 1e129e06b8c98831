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
from myst_doctest.showing.log_lines import PLACE, Line, Token, part_of

__all__ = ["CellOutput", "Child", "Tree", "clean", "html"]

Tree = list[Any]
"""``[tag, {attribute: value}, *children]``"""
Child = str | Tree | dict[str, str]

ENDS = {"begin": "BEGIN", "commit": "COMMIT", "rollback": "ROLLBACK"}
LINK = re.compile(r"https?://[^\s<>\"'()]*[^\s<>\"'().,:;!?]")
NAME = re.compile(r"[a-z][a-z0-9-]*")
STREAMS = ("stdout", "stderr")
NO_VALUES = ("()", "{}", "[]")
PLACE_NAME = re.compile(r"%\((\w+)\)s")
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
        """The exception's class and message, its links alive, above the line that raised it."""
        name, colon, message = text.partition(":")
        words = [_tag("b", [], name), *_linked(colon + message)]
        shown = _tag("pre", ["literal-block"], *words, **NOT_TRANSLATED)
        code = _tag("code", ["docutils", "literal"], self.code, **NOT_TRANSLATED)
        where = [_note(f"Line {self.line}: ", code)] if self.line else []
        return _tag("div", ["error"], shown, *where, **line)

    def blocks(self) -> list[tuple[str, str]]:
        """The output as plain text: blocks, each with its language, ``sql`` or ``none``."""
        return [
            ("sql" if logged else "none", "\n".join(segment.text for segment in group))
            for logged, group in groupby(map(clean, self.segments), _is_log)
        ]

    def explanations(self) -> list[Tree]:
        """What the words of the logs mean, for the end of the page, where no fold hides it."""
        logged = [segment for segment in map(clean, self.segments) if _is_log(segment)]
        lines = [Line.of(each) for each in logged if part_of(each) == "parameters"]
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
    summary = f"SQL: {words}{' (transaction open)' if stays_open else ''}"
    boxes: list[Tree] = []
    for aside, group in groupby(_entries(pairs), lambda entry: entry.aside):
        entries = [*group]
        trees = [entry.tree(tokens) for entry in entries]
        if aside and len(entries) > 1:
            trees = [_fold("log-aside", f"{len(entries)} {aside}", entries[0].lanes, trees)]
        boxes += trees
    return _fold("log", summary, pairs[0][1], boxes, open="", **NOT_TRANSLATED)


def _fold(
    name: str, words: str, lanes: Sequence[str], boxes: Sequence[Tree], **attributes: str
) -> Tree:
    """A fold; the lanes that pass its summary are those that do not begin below it."""
    passing = [name.removesuffix("-end") for name in lanes if not name.endswith("-begin")]
    summary = _tag("summary", passing, words, translate="yes")
    return _tag("details", [name], summary, *boxes, **attributes)


@dataclass(frozen=True)
class _Entry:
    """A logged statement and the parameters behind it; one of both may be missing.

    ``first`` is the message that was logged first.
    """

    first: Segment
    lanes: Sequence[str]
    statement: Line | None
    parameters: Line | None = None

    @property
    def aside(self) -> str:
        """What it is, in the plural, where no program sends such statements."""
        return self.first.meta.get("aside", "")

    def tree(self, tokens: Callable[[Line], Sequence[Token]]) -> Tree:
        """The entry: its SQL with the parameters behind it, and the word on it."""
        code: list[Child] = []
        if self.statement:
            if self.statement.engine:
                code += [_tag("span", ["log-engine"], self.statement.engine), " "]
            code += _highlighted(tokens(self.statement), self.parameters)
        if not self.parameters:
            return self._box(code)
        text = self.parameters.text
        if text not in NO_VALUES:
            is_long = "\n" in text
            code += ["\n" if is_long else "  "] if code else []
            code.append(_tag("span", ["log-values"], text))
        return self._box(code, _word(self.parameters))

    def _box(self, code: Sequence[Child], *beside: Tree) -> Tree:
        part = part_of(self.first)
        names = ["log-entry", *([f"log-{part}"] if part in ENDS else []), *self.lanes]
        # The number first: what follows is the same in many entries, and compresses well.
        attributes = {**_from(self.first), "class": " ".join(names)}
        return ["div", attributes, _tag("pre", ["highlight"], *code), *beside]


def _entries(pairs: Sequence[tuple[Segment, list[str]]]) -> Iterator[_Entry]:
    entry: _Entry | None = None
    for segment, lanes in pairs:
        line = Line.of(segment)
        if line.part != "parameters":
            if entry:
                yield entry
            entry = _Entry(segment, lanes, line)
        elif entry and not entry.parameters:
            yield replace(entry, parameters=line)
            entry = None
        else:
            yield _Entry(segment, lanes, None, line)
    if entry:
        yield entry


def _highlighted(tokens: Sequence[Token], parameters: Line | None) -> Iterator[Child]:
    """A statement's tokens; each place for a value has it at hand, for who wants to read it."""
    places = [text for css, text in tokens if css == PLACE]
    values = parameters.values if parameters and places else []
    if isinstance(values, dict):
        names = [PLACE_NAME.match(place) for place in places]
        found = [values.get(name[1]) if name else None for name in names]
    else:
        found = list(values) if len(values) == len(places) else []
    given = iter(found)
    for css, text in tokens:
        value = next(given, None) if css == PLACE else None
        attributes = {} if value is None else {"data-value": value}
        yield _tag("span", [css], text, **attributes) if css else text


def _summary(segments: Sequence[Segment]) -> Iterator[str]:
    """What was logged, in the words of a panel's summary."""
    kinds = [_kind(segment) for segment in segments if part_of(segment) != "parameters"]
    for kind, group in groupby(kinds):
        count = len(list(group))
        if kind in ENDS:
            yield from [ENDS[kind]] * count
        else:
            yield f"{count} {kind or ('statements' if count > 1 else 'statement')}"


def _kind(segment: Segment) -> str:
    """An end of a transaction, an aside, or empty for any other statement."""
    part = part_of(segment)
    return part if part in ENDS else segment.meta.get("aside", "")


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
