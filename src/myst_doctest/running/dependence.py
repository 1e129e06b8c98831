"""Which cells cannot run, since one above them failed.

A cell depends on a failed one where it uses a name that this one should have given, or an object
that both of them use and that may have been left half changed. Files, and what a library keeps for
itself, are not seen: such a cell runs, and fails or differs by itself.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

STEADY = (
    *(ModuleType, FunctionType, BuiltinFunctionType, type, type(None)),
    *(bool, int, float, complex, str, bytes, range),
)
"""Types of objects that code which fails does not leave half changed."""
WORD = re.compile(r"[^\W\d]\w*")


class Dependence:
    """What the failed cells of a page leave in doubt."""

    def __init__(self, names: Mapping[str, Any]) -> None:
        self.names = names
        """The page's namespace."""
        self.doubtful: dict[str, int] = {}
        """Names, and the number of the failed cell by which each is in doubt."""

    def note(self, number: int, code: str) -> None:
        """Note that a cell failed, or that it cannot run."""
        given, used = names_of(code)
        shared = {
            name for name in used if name in self.names and not isinstance(self.names[name], STEADY)
        }
        self.doubtful |= dict.fromkeys({*given, *shared}, number)

    def cause(self, code: str) -> int | None:
        """The failed cell on which code depends; None where it can run."""
        if not self.doubtful:
            return None
        _, used = names_of(code)
        return next(
            (self.doubtful[name] for name in self._reached(used) if name in self.doubtful), None
        )

    def settle(self, code: str) -> None:
        """Note that a cell ran to its end: what it gave is in doubt no more."""
        if self.doubtful:
            for name in names_of(code)[0]:
                self.doubtful.pop(name, None)

    def _reached(self, names: Collection[str]) -> Iterator[str]:
        """Names, and those that functions and classes of the page use, which have these names."""
        seen = set()
        waiting = sorted(names)
        while waiting:
            name = waiting.pop(0)
            if name not in seen:
                seen.add(name)
                yield name
                waiting += self._used_by(self.names.get(name))

    def _used_by(self, value: object) -> list[str]:
        if isinstance(value, type):
            return [name for each in vars(value).values() for name in self._used_by(each)]
        if isinstance(value, FunctionType) and value.__globals__ is self.names:
            return [*_names_in(value.__code__)]
        return []


def names_of(code: str) -> tuple[set[str], set[str]]:
    """The names that code gives, and those that it uses; any word, where it is no Python."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        words = {*WORD.findall(code)}
        return words, words
    given: set[str] = set()
    used: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else given).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            given.add(node.name)
        elif isinstance(node, ast.alias):
            given.add((node.asname or node.name).split(".")[0])
    return given, used


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from _names_in(const)
