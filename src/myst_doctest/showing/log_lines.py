"""What a library logged, as a page shows it: statements, their parameters, their tokens.

The standard library and Pygments alone, since this module also travels into the browser.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from myst_doctest.running.runner import Segment

# Pygments is imported when a line is highlighted: in the browser that may never happen.
if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["Entry", "Line", "Log", "Token", "part_of"]

MORE_KEYWORDS = frozenset({"CONFLICT", "PRAGMA", "RELEASE", "RETURNING", "SAVEPOINT"})
# One word in brackets, or more, and values: ``[generated] ('Dave',)``. A statement may have a
# word in brackets too, which names its source.
PARAMETERS = re.compile(r"(?:\[[^\]\n]*\] )+[(\[{]")
ENDS = {"begin": "BEGIN", "commit": "COMMIT", "rollback": "ROLLBACK"}

Token = tuple[str, str]
"""A Pygments CSS class, empty for plain text, and the text; a line's end is a token of its own."""


@dataclass(frozen=True)
class Line:
    """A logged message: a statement, or the parameters behind a ``word`` in brackets.

    ``engine`` is the name of what logged it; ``about`` says what the word means.
    """

    part: str
    text: str
    engine: str = ""
    word: str = ""
    about: str = ""

    @classmethod
    def of(cls, segment: Segment) -> Line:
        engine, part = segment.meta.get("engine", ""), part_of(segment)
        text = segment.text.removeprefix(f"[{engine}] ") if engine else segment.text
        if part != "parameters":
            return cls("statement", text, engine)
        word, _, values = text.removeprefix("[").partition("]")
        shown = _one_a_line(values.lstrip(" "))
        return cls("parameters", shown, engine, word, segment.meta.get("about", ""))

    @property
    def key(self) -> str:
        """What two lines with the same tokens have in common."""
        return f"{self.part} {self.text}"

    def tokens(self) -> list[Token]:
        """The line's text, highlighted: SQL, or the Python of its parameters."""
        lexer = _python() if self.part == "parameters" else _sql()
        return list(_tokens(lexer, self.text))


@dataclass
class Entry:
    """A statement and its parameters, with the CSS classes of its lanes."""

    classes: Sequence[str]
    lines: list[Line] = field(default_factory=list)


@dataclass
class Log:
    """What was logged in one go.

    ``summary`` says what is in it; ``through`` are the classes of the lanes that pass its head.
    """

    summary: str
    through: Sequence[str]
    entries: list[Entry]

    @classmethod
    def of(
        cls, segments: Sequence[Segment], lanes: Sequence[list[str]], *, stays_open: bool
    ) -> Log:
        """The log of consecutive segments, each with the classes of its lanes.

        ``stays_open`` says whether a lane goes on below.
        """
        summary = f"SQL: {', '.join(_summary(segments))}"
        entries: list[Entry] = []
        for segment, classes in zip(segments, lanes, strict=True):
            if part_of(segment) != "parameters" or not entries:
                entries.append(Entry(classes))
            entries[-1].lines.append(Line.of(segment))
        summary = f"{summary} (transaction open)" if stays_open else summary
        return cls(summary, passing(lanes[0]), entries)


def passing(classes: Iterable[str]) -> list[str]:
    """The classes of the lanes that are open above a place with these."""
    return [name.removesuffix("-end") for name in classes if not name.endswith("-begin")]


def part_of(segment: Segment) -> str:
    """What a message says that it is; by its look where it says nothing."""
    guess = "parameters" if PARAMETERS.match(segment.text) else "statement"
    return segment.meta.get("part", guess)


def _summary(segments: Sequence[Segment]) -> Iterator[str]:
    parts = [part for part in map(part_of, segments) if part != "parameters"]
    for part, group in groupby(parts):
        if part in ENDS:
            yield from (ENDS[part] for _ in group)
        else:
            count = len(list(group))
            yield f"{count} statement{'s' if count > 1 else ''}"


def _one_a_line(text: str) -> str:
    """Each set of parameters on a line of its own, where there are several."""
    if not text.startswith("[("):
        return text
    try:
        tree = ast.parse(text, mode="eval").body
    except SyntaxError:  # a value's repr() need not be Python
        return text
    if not isinstance(tree, ast.List) or len(tree.elts) < 2:
        return text
    return "\n".join(ast.get_source_segment(text, element) or "" for element in tree.elts)


@cache
def _sql() -> Lexer:
    from pygments.lexers.sql import SqlLexer
    from pygments.token import Keyword, Name

    class Sql(SqlLexer):
        """SQL with words that Pygments does not take for keywords."""

        def get_tokens_unprocessed(self, text: str, *more: Any) -> Iterator[tuple[int, Any, str]]:
            for index, kind, value in super().get_tokens_unprocessed(text, *more):
                known = kind is Name and value.upper() in MORE_KEYWORDS
                yield index, Keyword if known else kind, value

    return Sql(stripnl=False)


@cache
def _python() -> Lexer:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False)


def _tokens(lexer: Lexer, text: str) -> Iterator[Token]:
    """Neighbours of one class as one token, none of them over a line's end."""
    parts = [
        (css, piece)
        for kind, value in lexer.get_tokens(text)
        for css, piece in _pieces(_css(kind), value)
    ]
    while parts and parts[-1] == ("", "\n"):
        parts.pop()  # a lexer ends each text with a newline
    for (css, newline), group in groupby(parts, key=lambda part: (part[0], part[1] == "\n")):
        values = [value for _, value in group]
        yield from [("", "\n")] * len(values) if newline else [(css, "".join(values))]


def _pieces(css: str, value: str) -> Iterator[Token]:
    for piece in re.split(r"(\n)", value):
        if piece:
            yield ("" if piece == "\n" else css), piece


def _css(kind: Any) -> str:
    from pygments.token import STANDARD_TYPES

    while kind not in STANDARD_TYPES:
        kind = kind.parent
    return STANDARD_TYPES[kind]
