"""A solution with one thing changed in it: what a check that is worth its name refuses."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

Change = tuple[ast.stmt | ast.expr, str, Callable[[], object]]
"""The node that is changed, the change in words, and what makes it."""


@dataclass(frozen=True)
class Mutant:
    """Changed code."""

    line: int
    """The line that was changed, from 1."""
    change: str
    """The change in words: "without `x = 1`"."""
    code: str


@cache
def mutants(code: str) -> tuple[Mutant, ...]:
    """Some code without each of its statements and arguments, and with each constant changed.

    >>> [(each.change, each.code) for each in mutants("x = int(1)")][1:]
    [('without the argument `1`', 'x = int()'), ('with `2` for `1`', 'x = int(2)')]
    """
    return tuple(_mutants(code))


def _mutants(code: str) -> Iterator[Mutant]:
    for number in range(len([*_changes(ast.parse(code))])):
        tree = ast.parse(code)
        node, words, change = [*_changes(tree)][number]
        line = node.lineno
        change()
        yield Mutant(line, words, ast.unparse(tree))


def _changes(tree: ast.Module) -> Iterator[Change]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block: Any = getattr(node, name, ())
            for each in block if isinstance(block, list) else ():
                if not _is_text(each) and not isinstance(each, ast.Pass):
                    yield _without_statement(block, each)
        if isinstance(node, ast.Call):
            for each in node.args:
                yield _without_argument(node.args, each, each)
            for keyword in node.keywords:
                yield _without_argument(node.keywords, keyword, keyword.value)
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Constant) and not _is_text(node):
                yield from _other_constant(child)


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a docstring, or another constant that does nothing."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _without_statement(block: list[Any], statement: ast.stmt) -> Change:
    def change() -> None:
        block[block.index(statement)] = ast.copy_location(ast.Pass(), statement)

    return statement, f"without `{_first_line(statement)}`", change


def _without_argument(arguments: list[Any], one: ast.AST, value: ast.expr) -> Change:
    return value, f"without the argument `{_first_line(one)}`", lambda: arguments.remove(one)


def _other_constant(constant: ast.Constant) -> Iterator[Change]:
    before = constant.value
    match before:
        case bool():
            other: Any = not before
        case int() | float():
            other = before + 1
        case str():
            other = f"{before}!"
        case _:
            return
    words = f"with `{other!r}` for `{before!r}`"
    yield constant, words, lambda: setattr(constant, "value", other)


def _first_line(node: ast.AST) -> str:
    return ast.unparse(node).split("\n")[0]
