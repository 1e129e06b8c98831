"""Pages and cells as pytest's collectors and items."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest

from myst_doctest.checking.claims import wrong_claims
from myst_doctest.checking.exercise_proofs import labels
from myst_doctest.checking.verdicts import Outcome
from myst_doctest.pages.exercises import Exercise
from myst_doctest.pages.fences import Problem
from myst_doctest.pages.page import Cell, Page
from myst_doctest.pytest_runs import RUNS, ExerciseKey, Key, PageFailure, Runs, VariationKey


class PageFile(pytest.File):
    """A page of the site.

    Its items are its cells, what its readers may try in the place of one, the attempts at its
    exercises, and its form where that is wrong.
    """

    def collect(self) -> Iterator[pytest.Item]:
        """The page's items; a cell is named by its ``:name:``, else by its line.

        Those of a variant have its name in brackets, as parameters have.
        """
        runs = self.config.stash[RUNS]
        page = runs.page(self.path)
        if page.problems:
            yield FormItem.from_parent(self, name="page", problems=page.problems, file=self.path)
        for variant in runs.chosen(page):
            yield from self._items(page, variant)
        for name, tried in page.variations.items() if "" in runs.chosen(page) else ():
            key, cell = (self.path, name), tried.cells[-1]
            yield VariationItem.from_parent(self, name=name, variation=key, cell=cell)
        for exercise in page.exercises if not page.unchecked else ():
            for variant in ("", *exercise.also_on):
                if variant in runs.chosen(page):
                    yield from self._attempts(exercise, variant)

    def _attempts(self, exercise: Exercise, variant: str) -> Iterator[pytest.Item]:
        key, suffix = (self.path, exercise.name, variant), f"-{variant}" if variant else ""
        for label, line in labels(exercise).items():
            name = f"{exercise.name}[{label}{suffix}]"
            yield AttemptItem.from_parent(self, name=name, exercise=key, label=label, line=line)

    def _items(self, page: Page, variant: str) -> Iterator[pytest.Item]:
        suffix = f"[{variant}]" if variant else ""
        if variant in page.records:
            records = page.records[variant]
            stale = () if self.config.getoption("accept") else records.stale(page.cells, variant)
            if problems := [*records.problems, *stale]:
                name = f"page{suffix}"
                yield FormItem.from_parent(self, name=name, problems=problems, file=records.path)
        used: set[str] = set()
        unrun = [] if variant else [each for each in page.cells if each.unchecked and not each.runs]
        cells = page.cells if page.unchecked and not variant else page.cells_on(variant) + unrun
        for cell in sorted(cells, key=lambda each: each.index):
            name = cell.label if cell.label not in used else f"line-{cell.line}"
            used.add(name)
            if cell.is_checked:
                key = (self.path, variant)
                yield CellItem.from_parent(self, name=f"{name}{suffix}", cell=cell, key=key)


class _Item(pytest.Item):
    """Fails with a report that is shown without a traceback."""

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The report alone; pytest's own form for a fault of this tool."""
        if isinstance(excinfo.value, PageFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


class FormItem(_Item):
    """Fails with what is wrong with the form of a page, or of a file that records a variant."""

    def __init__(self, *, problems: list[Problem], file: Path, **pytests: Any) -> None:
        super().__init__(**pytests)
        self.problems = problems
        self.file = file

    def runtest(self) -> None:
        """Fail with the problems, a line each."""
        page = self.config.stash[RUNS].page(self.path)
        raise PageFailure.of(page, self.problems, self.file)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the first problem is."""
        return self.file, self.problems[0].line - 1, f"[page] {self.name}"


class CellItem(_Item):
    """One cell on one variant; it executes nothing here, but reads the page's result."""

    def __init__(self, *, cell: Cell, key: Key, **pytests: Any) -> None:
        super().__init__(**pytests)
        self.cell = cell
        self.key = key

    def runtest(self) -> None:
        """Fail with the report of the cell's verdict, or of a prediction, unless they hold."""
        runs = self.config.stash[RUNS]
        result = runs.result(self.key)
        _, variant = self.key
        verdict = result.verdicts[self.cell.index]
        if not verdict.is_good:
            where = result.page.where(verdict.line, verdict.file)
            raise PageFailure(f"{where}: {verdict.report}")
        if wrong := [*wrong_claims(verdict, variant)]:
            raise PageFailure.of(result.page, wrong)
        if verdict.outcome is Outcome.UNCHECKED and self.cell.unchecked:
            runs.unchecked[self.path].append(self.cell)
            how = "varies" if self.cell.varies else "unchecked"
            pytest.skip(f"{how}: {self.cell.unchecked}")
        if verdict.outcome is Outcome.UNCHECKED:
            _skip(runs, variant, result.page.where(verdict.line))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the cell is."""
        return self.path, self.cell.line - 1, f"[cell] {self.name}"


def _skip(runs: Runs, variant: str, where: str) -> NoReturn:
    """Skip what a variant that cannot run here leaves unchecked; fail where it has to run."""
    why = f"variant {variant} cannot run here: {runs.missing[variant]}"
    if variant in runs.required:
        raise PageFailure(f"{where}: {why}")
    pytest.skip(why)


class VariationItem(_Item):
    """A cell as a ``{try}`` changes it; it executes nothing here."""

    def __init__(self, *, variation: VariationKey, cell: Cell, **pytests: Any) -> None:
        super().__init__(**pytests)
        self.variation = variation
        self.cell = cell

    def runtest(self) -> None:
        """Fail with the report of its verdict, unless it is good."""
        runs = self.config.stash[RUNS]
        verdict = runs.tried(self.variation)
        if not verdict.is_good:
            where = runs.page(self.path).where(verdict.line)
            raise PageFailure(f"{where}: {verdict.report}")

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where its code is."""
        return self.path, self.cell.line - 1, f"[cell] {self.name}"


class AttemptItem(_Item):
    """A listed attempt at an exercise, or its check; it grades nothing here."""

    def __init__(self, *, exercise: ExerciseKey, label: str, line: int, **pytests: Any) -> None:
        super().__init__(**pytests)
        self.exercise = exercise
        self.label = label
        self.line = line

    def runtest(self) -> None:
        """Fail with what is wrong, unless all is as it should be."""
        runs = self.config.stash[RUNS]
        page, proofs = runs.page(self.path), runs.proofs(self.exercise)
        if not proofs:
            _skip(runs, self.exercise[2], page.where(self.line))
        if problems := proofs[self.label].problems:
            raise PageFailure.of(page, problems)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the attempt is."""
        return self.path, self.line - 1, f"[exercise] {self.name}"
