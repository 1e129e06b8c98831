"""Cells that are not Python, as Python: magics, commands and questions, line for line.

IPython's own transformer does it, without a kernel; MyST-NB brings IPython. A cell that is Python
is left as it is.
"""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from typing import Any

from myst_doctest.pages.fences import Problem
from myst_doctest.running.magics import CELL, INSTALLS, LINE, NOTHING, WITH_CODE

CELL_MAGIC = re.compile(r"%%(\w+)[ \t]*(.*)")
FIGURES = "InlineBackend."
"""What ``%config`` says of how figures are drawn, which is done."""
CALL = re.compile(
    r"get_ipython\(\)\.(?:run_(line|cell)_magic\('(\w+)'|(system|getoutput)\(('.*'|\".*\")\))"
)


@functools.lru_cache(maxsize=4096)
def as_python(source: str) -> str:
    """A cell's code with as many lines, in Python; the same where nothing can make it that."""
    if is_python(source):
        return source
    blank = len(source) - len(source.lstrip("\n"))
    lines = source[blank:].split("\n")
    if magic := CELL_MAGIC.fullmatch(lines[0]):
        body = "\n".join([*lines[1:], ""])
        code = as_python(body) if magic[1] in WITH_CODE else body
        call = f"get_ipython().run_cell_magic({magic[1]!r}, {magic[2]!r}, {code!r}, {blank + 2})"
        return "\n" * blank + call
    try:
        code = _transformed(source[blank:])
    except SyntaxError:
        return source
    return "\n" * blank + code


def is_python(source: str) -> bool:
    """Whether Python takes it as it is."""
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


def _transformed(source: str) -> str:
    """What IPython makes of it; a blank line for each that it joins to another."""
    manager = _manager()
    lines = f"{source}\n".splitlines(keepends=True)
    for transform in manager.cleanup_transforms[1:]:  # the first takes blank lines away
        lines = transform(lines)
    for _ in range(10_000):
        before = lines
        changed, lines = manager.do_one_token_transform(before)
        if not changed:
            break
        if missing := len(before) - len(lines):
            place = next(
                (n for n, (a, b) in enumerate(zip(before, lines, strict=False)) if a != b), 0
            )
            lines = [*lines[: place + 1], *["\n"] * missing, *lines[place + 1 :]]
    return "".join(lines).removesuffix("\n")


@functools.cache
def _manager() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager()


def found_in_code(code: str, line: int) -> Iterator[Problem]:
    """The magics of a cell's code, from this line of the page, that do nothing or do not work."""
    for number, text in enumerate(code.split("\n"), line):
        for where, name, _, command in CALL.findall(text):
            sign = "%%" if where == "cell" else "%"
            if command and INSTALLS.match(command[1:-1]):
                yield Problem(number, "a page installs nothing: its command is left out", "note")
            elif name in NOTHING and not (name == "config" and FIGURES in text):
                yield Problem(number, f"{sign}{name} does nothing here", "note")
            elif name and name not in NOTHING | (CELL if where == "cell" else LINE):
                yield Problem(number, f"no magic {sign}{name} works here", "magic")
