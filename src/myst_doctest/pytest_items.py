"""Pages and cells as pytest's collectors and items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from myst_doctest.checking.verdicts import Outcome
from myst_doctest.pages.page import Cell, Problem
from myst_doctest.pytest_runs import RUNS, PageFailure

__all__ = ["CellItem", "PageFile"]


class PageFile(pytest.File):
    """A page of the site; its items are its cells, and its form where that is wrong."""

    def collect(self) -> Iterator[pytest.Item]:
        """The page's items; a cell is named by its ``:name:``, else by its line."""
        page = self.config.stash[RUNS].page(self.path)
        if page.problems:
            yield FormItem.from_parent(self, name="page", problems=page.problems)
        used: set[str] = set()
        for cell in page.cells:
            name = cell.label if cell.label not in used else f"line-{cell.line}"
            used.add(name)
            yield CellItem.from_parent(self, name=name, cell=cell)


class _Item(pytest.Item):
    """Fails with a report that is shown without a traceback."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report alone; pytest's own form for a fault of this tool."""
        if isinstance(excinfo.value, PageFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class FormItem(_Item):
    """Fails with what is wrong with a page's form."""

    def __init__(self, *, problems: list[Problem], **pytests: Any) -> None:
        super().__init__(**pytests)
        self.problems = problems

    def runtest(self) -> None:
        """Fail with the page's problems, a line each."""
        page = self.config.stash[RUNS].page(self.path)
        raise PageFailure("\n".join(f"{page.where(p.line)}: {p.message}" for p in self.problems))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the first problem is."""
        return self.path, self.problems[0].line - 1, f"[page] {self.name}"


class CellItem(_Item):
    """One cell; it executes nothing here, but reads the page's result."""

    def __init__(self, *, cell: Cell, **pytests: Any) -> None:
        super().__init__(**pytests)
        self.cell = cell

    def runtest(self) -> None:
        """Fail with the report of the cell's verdict, unless it passed."""
        result = self.config.stash[RUNS].result(self.path)
        verdict = result.verdicts[self.cell.index]
        if verdict.outcome is not Outcome.PASSED:
            raise PageFailure(f"{result.page.where(verdict.line)}: {verdict.report}")

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the cell is."""
        return self.path, self.cell.line - 1, f"[cell] {self.name}"
