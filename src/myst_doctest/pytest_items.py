"""Pages and cells as pytest's collectors and items; a cell is an item of its doctest collection.

The one module that touches ``_pytest.doctest``, which is private to pytest; its test says what
broke when a new pytest changes it.
The plugin imports this module when it meets the first page, as pytest itself imports doctest late.
"""

from __future__ import annotations

import doctest
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.doctest import DoctestItem, _get_runner

from myst_doctest.checking.verdicts import Outcome
from myst_doctest.pytest_runs import RUNS, PageFailure

if TYPE_CHECKING:
    from myst_doctest.pages.page import Page

__all__ = ["CellItem", "PageFile"]


class PageFile(pytest.File):
    """A page of the site; its items are its cells, and its form where that is wrong."""

    def collect(self) -> Iterator[pytest.Item]:
        """The page's items; a cell is named by its ``:name:``, else by its line."""
        if not self.config.pluginmanager.hasplugin("doctest"):
            raise self.CollectError("cells are doctest items: run pytest without `-p no:doctest`")
        page = self.config.stash[RUNS].page(self.path)
        if page.problems:
            yield FormItem.from_parent(self, name="page")
        used: set[str] = set()
        dtest = _doctest_of(page)
        for cell in page.cells:
            name = cell.label if cell.label not in used else f"line-{cell.line}"
            used.add(name)
            yield CellItem.of(self, dtest, cell.index, name)


class FormItem(pytest.Item):
    """Fails with what is wrong with a page's form."""

    def runtest(self) -> None:
        """Fail with the page's problems, a line each."""
        page = self.config.stash[RUNS].page(self.path)
        raise PageFailure("\n".join(f"{page.where(p.line)}: {p.message}" for p in page.problems))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The report alone."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the first problem is."""
        page = self.config.stash[RUNS].page(self.path)
        return self.path, page.problems[0].line - 1, f"[page] {self.name}"


class CellItem(DoctestItem):
    """One cell; it executes nothing here, but reads the page's result."""

    index: int

    @classmethod
    def of(cls, parent: PageFile, dtest: doctest.DocTest, index: int, name: str) -> CellItem:
        """The item of the page's cell number ``index``, from 0."""
        item = cls.from_parent(
            parent,  # type: ignore[arg-type]
            name=name,
            runner=_get_runner(),
            dtest=dtest,
        )
        item.index = index
        return item

    def runtest(self) -> None:
        """Fail with the report of the cell's verdict, unless it passed."""
        result = self.config.stash[RUNS].result(self.path)
        verdict = result.verdicts[self.index]
        if verdict.outcome is not Outcome.PASSED:
            raise PageFailure(f"{result.page.where(verdict.line)}: {verdict.report}")

    def repr_failure(  # type: ignore[override]
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        """The report alone; pytest's own form for what is a fault of this tool."""
        if isinstance(excinfo.value, PageFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the cell is."""
        example = self.dtest.examples[self.index]
        return self.path, example.lineno, f"[doctest] {self.name}"


def _doctest_of(page: Page) -> doctest.DocTest:
    """A page as one DocTest, a cell as one Example: its line, its block as what is wanted."""
    examples = [
        doctest.Example(cell.source, cell.recorded, lineno=cell.code_line - 1)
        for cell in page.cells
    ]
    text = page.data.decode("utf-8", "replace")
    return doctest.DocTest(examples, {}, page.path.name, str(page.path), 0, text)
