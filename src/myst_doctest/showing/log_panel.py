"""The panel of what was logged in one go: a fold of statements, and what their words mean.

The standard library and Pygments only: this module also travels into the browser.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from myst_doctest.running.runner import Segment
from myst_doctest.showing.log_lines import PLACE, Line, Token, part_of
from myst_doctest.showing.tree import NOT_TRANSLATED, Child, Tree, element, line_attribute

ENDS = {"begin": "BEGIN", "commit": "COMMIT", "rollback": "ROLLBACK"}
NO_VALUES = ("()", "{}", "[]")
LONG_WORD = 24
NESTED = re.compile(r"\n {4,}(SELECT|WITH)\b")
"""A query within a query: what goes on in a next line is indented further than both begin."""
PLACE_NAME = re.compile(r"%\((\w+)\)s")


def panel(
    pairs: Sequence[tuple[Segment, list[str]]],
    tokens: Callable[[Line], Sequence[Token]],
    *,
    stays_open: bool,
) -> Tree:
    """What was logged in one go: a fold whose summary says what is in it.

    The end of a transaction that is alone is a line without a fold. ``pairs`` are segments with the
    classes of their lanes, and ``tokens`` gives the highlighted tokens of a logged line.
    """
    if [part_of(segment) for segment, _ in pairs] in (["commit"], ["rollback"]):
        (entry,) = _entries(pairs)
        return element("div", ["log"], entry.tree(tokens), **NOT_TRANSLATED)
    words = ", ".join(_summary([segment for segment, _ in pairs]))
    summary = f"SQL: {words}{' (transaction open)' if stays_open else ''}"
    boxes: list[Tree] = []
    for aside, group in groupby(_entries(pairs), lambda entry: entry.aside):
        entries = [*group]
        trees = [entry.tree(tokens) for entry in entries]
        if aside:
            words = _counted(len(entries), *aside)
            trees = [_fold("log-aside", words, entries[0].lanes, trees)]
        boxes += trees
    return _fold("log", summary, pairs[0][1], boxes, open="", **NOT_TRANSLATED)


def explanations(logged: Iterable[Segment]) -> list[Tree]:
    """What the words of logs mean, for the end of the page, where no fold hides it."""
    lines = [Line.of(each) for each in logged if part_of(each) == "parameters"]
    return [
        [
            "div",
            {"popover": "", "id": _id(word), "class": "log-about"},
            ["p", {}, ["b", {}, word], f": {about}"],
        ]
        for word, about in {line.word: line.about for line in lines}.items()
        if about
    ]


def _fold(
    name: str, words: str, lanes: Sequence[str], boxes: Sequence[Tree], **attributes: str
) -> Tree:
    """A fold; the lanes that pass its summary are those that do not begin below it."""
    passing = [name.removesuffix("-end") for name in lanes if not name.endswith("-begin")]
    summary = element("summary", passing, words, translate="yes")
    return element("details", [name], summary, *boxes, **attributes)


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
    def aside(self) -> Sequence[str]:
        """What one such statement is called, and several, where no program sends them."""
        return _aside(self.first)

    def tree(self, tokens: Callable[[Line], Sequence[Token]]) -> Tree:
        """The entry: its SQL with the parameters behind it, and the word on it."""
        code: list[Child] = []
        names = ["log-entry"]
        if (part := part_of(self.first)) in ENDS:
            names.append(f"log-{part}")
        if self.statement:
            if self.statement.engine:
                code += [element("span", ["log-engine"], self.statement.engine), " "]
            found = tokens(self.statement)
            code += _highlighted(found, self.parameters)
            if NESTED.search("".join(text for _, text in found)):
                names.append("log-deep")
        beside = []
        if self.parameters:
            text = self.parameters.text
            if text not in NO_VALUES:
                is_long = "\n" in text
                code += ["\n" if is_long else "  "] if code else []
                code.append(element("span", ["log-values"], text))
            beside.append(_word(self.parameters))
        # The number first: what follows is the same in many entries, and compresses well.
        attributes = {**line_attribute(self.first.line), "class": " ".join([*names, *self.lanes])}
        return ["div", attributes, element("pre", ["highlight"], *code), *beside]


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
        yield element("span", [css], text, **attributes) if css else text


def _summary(segments: Sequence[Segment]) -> Iterator[str]:
    """What was logged, in the words of a panel's summary."""
    kinds = [_kind(segment) for segment in segments if part_of(segment) != "parameters"]
    for kind, group in groupby(kinds):
        count = len(list(group))
        if isinstance(kind, str):
            yield from [kind] * count
        else:
            yield _counted(count, *(kind or ("statement", "statements")))


def _kind(segment: Segment) -> str | Sequence[str]:
    """An end of a transaction, or what an aside is called; empty for any other statement."""
    return ENDS.get(part_of(segment)) or _aside(segment)


def _aside(segment: Segment) -> Sequence[str]:
    one, several = (segment.meta.get(name, "") for name in ("aside", "asides"))
    return (one, several) if one else ()


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _word(line: Line) -> Tree:
    """The word in brackets: a button that shows what it means, where that is known.

    A long one is cut, to leave the statement its width: its explanation has all of it.
    """
    if not line.about:
        return element("span", ["log-word"], line.word)
    start = line.word.partition(" (")[0]
    shown = line.word if len(line.word) <= LONG_WORD else f"{start} \N{HORIZONTAL ELLIPSIS}"
    target = {"type": "button", "popovertarget": _id(line.word)}
    return element("button", ["log-word"], shown, **target)


def _id(word: str) -> str:
    return "word-" + re.sub(r"\W+", "-", word).strip("-")
