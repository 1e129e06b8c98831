"""What can be said of a page before anything runs: what will work and what will not, by lines."""

from __future__ import annotations

import ast
import importlib.util
import re
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from myst_nb.core.read import is_myst_markdown_notebook

from myst_doctest.adopting.reasons import pip_name
from myst_doctest.pages.fences import Problem
from myst_doctest.pages.page import Cell, Page, decoded

SLOW = (
    *("altair", "bokeh", "networkx", "plotly", "scipy"),
    *("seaborn", "sklearn", "statsmodels", "xarray"),
)
"""Modules that take long to import, and that a process may import before it forks.

Not those of ``running/warm_imports.py``, which are imported once without being named.
"""
SET = re.compile(r"\b(frozen)?set\(|\{[^:{}]*,[^:{}]*\}")
"""A set in code that Python alone does not read."""
ADDRESS = re.compile(r"[\"'](https?|ftp)://")


def outlook(page: Page) -> Iterator[Problem]:
    """What is to be known of a page, by lines."""
    yield from page.problems
    yield from page.notes
    if reason := not_run_by_stock(page):
        yield Problem(1, reason, "stock")
    for cell in page.cells:
        if _is_to_run(cell):
            yield from _about_code(page, cell)


def not_run_by_stock(page: Page) -> str:
    """Why MyST-NB itself shows a page's cells and runs none; empty where it does run them."""
    if page.is_notebook or page.path.suffix != ".md" or not page.cells:
        return ""
    if is_myst_markdown_notebook(decoded(page.data)):
        return ""
    return "no notebook to MyST-NB (no file_format nor jupytext in its front matter)"


def missing_modules(page: Page) -> dict[str, int]:
    """The modules that a page's cells import and that are not installed, and their lines."""
    found: dict[str, int] = {}
    for cell in page.cells:
        for module, line in _missing(page, cell) if _is_to_run(cell) else ():
            found.setdefault(module.partition(".")[0], line)
    return found


def often_imported(pages: Iterable[Page]) -> list[str]:
    """The slow modules that several pages import: they can be imported once for all."""
    counts: Counter[str] = Counter()
    for page in pages:
        code = (_imported(cell.code) for cell in page.cells if _is_to_run(cell))
        counts.update({module for modules in code for module, _ in modules})
    return [each for each in SLOW if counts[each] > 1 and _is_there(each.partition(".")[0])]


def _is_to_run(cell: Cell) -> bool:
    return cell.runs and not cell.unchecked and not cell.raises


def _missing(page: Page, cell: Cell) -> Iterator[tuple[str, int]]:
    for module, line in _imported(cell.code):
        top = module.partition(".")[0]
        if not _is_there(top) and not _is_beside(page.path.parent, top):
            yield module, cell.code_line + line - 1


def _about_code(page: Page, cell: Cell) -> Iterator[Problem]:
    for module, line in _missing(page, cell):
        message = f"imports {module}, which is not installed: pip install {pip_name(module)}"
        yield Problem(line, message, "module")
    for number, text in enumerate(cell.source.split("\n")):
        if ADDRESS.search(text) and not text.lstrip().startswith("#"):
            yield Problem(cell.code_line + number, "perhaps needs the network", "network")
            break


def makes_sets(page: Page) -> bool:
    """Whether the code of a page makes sets, in whose order it may show something.

    What is done with warnings meanwhile holds for the whole process.
    """
    return any(_makes_set(cell.source) for cell in page.cells)


def _makes_set(code: str) -> bool:
    tree = _parsed(code)
    return bool(SET.search(code)) if tree is None else any(map(_is_set, ast.walk(tree)))


def _is_set(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("set", "frozenset")
    return isinstance(node, ast.Set | ast.SetComp)


def _parsed(code: str) -> ast.Module | None:
    """The tree of a cell's code; None where it is no plain Python, as a magic's line is not."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it is the cell's own, which shows it when it runs
            return ast.parse(code)
    except (SyntaxError, ValueError):
        return None


def _imported(code: str) -> Iterator[tuple[str, int]]:
    """The modules that code imports whatever happens, and the lines."""
    if (tree := _parsed(code)) is None:
        return
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module, node.lineno
        elif isinstance(node, ast.With | ast.For | ast.While):
            waiting += node.body


@cache
def _is_there(top: str) -> bool:
    try:
        return importlib.util.find_spec(top) is not None
    except (ImportError, ValueError):
        return False


def _is_beside(folder: Path, top: str) -> bool:
    return (folder / f"{top}.py").is_file() or (folder / top).is_dir()
