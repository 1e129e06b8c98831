"""A cell as an item of pytest's doctest collection.

The one module that touches ``_pytest.doctest``, which is private to pytest; its test says what
broke when a new pytest changes it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.doctest import DoctestItem, _get_runner

from myst_doctest.checking.verdicts import Outcome
from myst_doctest.pytest_plugin import RUNS, PageFailure, PageFile

if TYPE_CHECKING:
    from doctest import DocTest

__all__ = ["CellItem"]


class CellItem(DoctestItem):
    """One cell; it executes nothing here, but reads the page's result."""

    index: int

    @classmethod
    def of(cls, parent: PageFile, dtest: DocTest, index: int, name: str) -> CellItem:
        item = cls.from_parent(
            parent,  # type: ignore[arg-type]
            name=name,
            runner=_get_runner(),
            dtest=dtest,
        )
        item.index = index
        return item

    def runtest(self) -> None:
        result = self.config.stash[RUNS].results[self.path]
        verdict = result.verdicts[self.index]
        if verdict.outcome is not Outcome.PASSED:
            raise PageFailure(f"{result.page.where(verdict.line)}: {verdict.report}")

    def repr_failure(  # type: ignore[override]
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        if isinstance(excinfo.value, PageFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[Path, int, str]:
        example = self.dtest.examples[self.index]
        return self.path, example.lineno, f"[doctest] {self.name}"
