"""The lines of a log that a library wrote: statements and their parameters, highlighted.

The standard library and Pygments only: this module also travels into the browser.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar

from myst_doctest.running.runner import Segment

# Imported here, Pygments would delay the first run in the browser, which seldom needs it.
if TYPE_CHECKING:
    from pygments.lexer import Lexer

__all__ = ["PARAMETERS", "Line", "Token", "part_of"]

MORE_KEYWORDS = ("CONFLICT", "PRAGMA", "RELEASE", "RETURNING", "SAVEPOINT")
BOUND = r"%\(\w+\)s(?:::\w+(?: WITH(?:OUT)? TIME ZONE)?(?:\[\])?)?"
"""Where a driver of PostgreSQL puts a value, with its type: ``%(id_1)s::INTEGER``."""
# One word in brackets, or more, and values: ``[generated] ('Dave',)``. A statement may have a
# word in brackets too, which names its source.
PARAMETERS = re.compile(r"(?:\[[^\]\n]*\] )+[(\[{]")

Token = tuple[str, str]
"""A Pygments CSS class, empty for plain text, and the text."""


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
        """A key that two lines share only if they have the same tokens."""
        return f"{self.part} {self.text}"

    def tokens(self) -> list[Token]:
        """The line's text, highlighted: SQL, or the Python of its parameters."""
        lexer = _python() if self.part == "parameters" else _sql()
        pairs = ((_css(kind), text) for kind, text in lexer.get_tokens(self.text))
        groups = groupby(pairs, key=itemgetter(0))
        return [(css, "".join(text for _, text in group)) for css, group in groups]


def part_of(segment: Segment) -> str:
    """A message's role, such as ``begin`` or ``parameters``; guessed from its text if not given."""
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
    from pygments.lexer import inherit, words
    from pygments.lexers.sql import SqlLexer
    from pygments.token import Keyword, Operator

    class Sql(SqlLexer):
        """SQL with words that Pygments does not take for keywords, and psycopg's parameters."""

        tokens: ClassVar = {
            "root": [
                (words(MORE_KEYWORDS, prefix=r"\b", suffix=r"\b"), Keyword),
                (BOUND, Operator),  # as a question mark is
                inherit,
            ]
        }

    return Sql(stripnl=False, ensurenl=False)


@cache
def _python() -> Lexer:
    from pygments.lexers.python import PythonLexer

    return PythonLexer(stripnl=False, ensurenl=False)


def _css(kind: Any) -> str:
    """The CSS class of a Pygments token; none for blanks, and what is coloured as text is.

    Each span is a word's weight on a page that has thousands: see ``PLAIN`` of ``code_blocks.py``.
    """
    from pygments.token import STANDARD_TYPES, Name, Punctuation, Whitespace

    while kind not in STANDARD_TYPES:
        kind = kind.parent
    return "" if kind in {Name, Punctuation, Whitespace} else STANDARD_TYPES[kind]
