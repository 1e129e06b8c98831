"""The statements of a program by their lines, from the source that ``linecache`` knows."""

import ast
import linecache
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .markup import cut

CODE = 72
"""Characters at which a statement is cut."""


@dataclass(frozen=True)
class Statement:
    """A statement of the program: its first line and its text, in one line."""

    line: int
    code: str


def has_source(file: str) -> bool:
    """Whether the lines of a file, or of a cell, are known."""
    return bool(linecache.getlines(file))


def statement_at(file: str, line: int) -> Statement:
    """The statement at a line; the line itself where the source is not known."""
    source = _source(file)
    node = _statements(source).get(line)
    first = node.lineno if node else line
    last = max(first, node.end_lineno or first) if node and not hasattr(node, "body") else first
    words = " ".join(" ".join(source.splitlines()[first - 1 : last]).split())
    return Statement(first, cut(words or "…", CODE))


def names_at(file: str, line: int) -> frozenset[str]:
    """The names in the statement at a line."""
    node = _statements(_source(file)).get(line)
    named = [each for each in ast.walk(node) if isinstance(each, ast.Name)] if node else []
    return frozenset(each.id for each in named)


def _source(file: str) -> str:
    return "".join(linecache.getlines(file))


@lru_cache(maxsize=8)
def _statements(source: str) -> Mapping[int, ast.stmt]:
    """Of each line the innermost statement that has it; of one with a body, its head alone."""
    found: dict[int, ast.stmt] = {}
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a notebook's cell may have more than Python
        return found
    for node in ast.walk(tree):  # what is inside comes later
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = max(body[0].lineno - 1, node.lineno) if body else node.end_lineno or node.lineno
            found |= dict.fromkeys(range(node.lineno, end + 1), node)
    return found
