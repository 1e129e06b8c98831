"""The lines of a log that a library wrote: statements and their parameters, highlighted.

The standard library and Pygments only: this module also travels into the browser.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any

from myst_doctest.running.runner import Segment

# Pygments is imported when a line is highlighted: in the browser that may never happen.
if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["PARAMETERS", "Line", "Token", "part_of"]

MORE_KEYWORDS = frozenset({"CONFLICT", "PRAGMA", "RELEASE", "RETURNING", "SAVEPOINT"})
# One word in brackets, or more, and values: ``[generated] ('Dave',)``. A statement may have a
# word in brackets too, which names its source.
PARAMETERS = re.compile(r"(?:\[[^\]\n]*\] )+[(\[{]")

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
        """The line of a logged segment."""
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


def part_of(segment: Segment) -> str:
    """What a message says that it is; by its look where it says nothing."""
    guess = "parameters" if PARAMETERS.match(segment.text) else "statement"
    return segment.meta.get("part", guess)


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
