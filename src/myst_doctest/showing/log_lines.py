"""The messages of a log that a library wrote: statements, highlighted, and their parameters.

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
from myst_doctest.showing.sql_layout import laid_out

# Imported here, Pygments would delay the first run in the browser, which seldom needs it.
if TYPE_CHECKING:
    from pygments.lexer import Lexer

MORE_KEYWORDS = ("CONFLICT", "PRAGMA", "RELEASE", "RETURNING", "SAVEPOINT")
BOUND = r"%\(\w+\)s(?:::\w+(?: WITH(?:OUT)? TIME ZONE)?(?:\[\])?)?"
"""Where a driver of PostgreSQL puts a value, with its type: ``%(id_1)s::INTEGER``."""
PLACE = "nv"
"""The CSS class of a place for a value."""
# One word in brackets, or more, and values: ``[generated] ('Dave',)``. A statement may have a
# word in brackets too, which names its source.
PARAMETERS = re.compile(r"(?:\[[^\]\n]*\] )+[(\[{]")

Token = tuple[str, str]
"""A Pygments CSS class, empty for plain text, and the text."""


@dataclass(frozen=True)
class Line:
    """A logged message: a statement, or the parameters behind a ``word`` in brackets.

    ``engine`` is the name of what logged it; ``about`` says what the word means. A statement's
    ``text`` is laid out by clause.
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
            return cls("statement", laid_out(text), engine)
        word, _, values = text.removeprefix("[").partition("]")
        shown = _one_a_line(values.lstrip(" "))
        return cls("parameters", shown, engine, word, segment.meta.get("about", ""))

    def tokens(self) -> list[Token]:
        """The text of a statement, highlighted."""
        return _tokens(self.text)

    @property
    def values(self) -> list[str] | dict[str, str]:
        """The values of one set of parameters, as SQL; empty where they cannot be told apart."""
        try:
            tree = ast.parse(self.text, mode="eval").body
        except SyntaxError:  # a value's repr() need not be Python
            return []
        if isinstance(tree, ast.Tuple):
            return [self._value(each) for each in tree.elts]
        if isinstance(tree, ast.Dict):
            named = zip(tree.keys, tree.values, strict=True)
            return {str(ast.literal_eval(key)): self._value(each) for key, each in named if key}
        return []

    def _value(self, tree: ast.expr) -> str:
        text = ast.get_source_segment(self.text, tree) or ""
        return "NULL" if text == "None" else text


def part_of(segment: Segment) -> str:
    """A message's role, such as ``begin`` or ``parameters``; guessed from its text if not given."""
    guess = "parameters" if PARAMETERS.match(segment.text) else "statement"
    return segment.meta.get("part", guess)


@cache
def _tokens(text: str) -> list[Token]:
    pairs = ((_css(kind, word), word) for kind, word in _sql().get_tokens(text))
    groups = groupby(pairs, key=itemgetter(0))
    return [(css, "".join(word for _, word in group)) for css, group in groups]


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
    from pygments.token import Keyword, Name

    class Sql(SqlLexer):
        """SQL with words that Pygments does not take for keywords, and psycopg's parameters."""

        tokens: ClassVar = {
            "root": [
                (words(MORE_KEYWORDS, prefix=r"\b", suffix=r"\b"), Keyword),
                (rf"\?|{BOUND}", Name.Variable),
                inherit,
            ]
        }

    return Sql(stripnl=False, ensurenl=False)


def _css(kind: Any, text: str) -> str:
    """The CSS class of a Pygments token: of keywords in capitals, of values and places for them.

    A column called "owner" is no keyword. Each span is a word's weight on a page that has
    thousands: see ``PLAIN`` of ``code_blocks.py``.
    """
    from pygments.token import Comment, Keyword, Name, Number, String

    if kind in Keyword:
        return "k" if text.isupper() else ""
    if kind in Name.Variable:
        return PLACE
    if kind in String and kind not in String.Symbol:
        return "s1"
    return "mi" if kind in Number else "c1" if kind in Comment else ""
