"""The pytest plugin: each cell of each page is a doctest item.

``pytest --accept`` records what the cells show.
What is used of pytest's private doctest module is in :mod:`myst_doctest.pytest_items` alone.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from doctest import DocTest

    from myst_doctest.checking.verdicts import Verdict
    from myst_doctest.pages.page import Page
    from myst_doctest.running.page_runs import PageRun
    from myst_doctest.settings import Settings

RUNS = pytest.StashKey["Runs"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("myst-doctest", "executed MyST pages")
    group.addoption(
        "--accept",
        action="store_true",
        help="record in the pages what their cells show, where it differs from what is recorded",
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--accept") and os.environ.get("CI", "").lower() not in ("", "0", "false"):
        raise pytest.UsageError(
            "--accept is for authors, not for CI: run `make accept` at your desk and commit"
        )
    config.stash[RUNS] = Runs(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PageFile | None:
    if file_path.suffix != ".md":
        return None
    runs = parent.config.stash[RUNS]
    if not runs.is_page(file_path):
        return None
    collected: PageFile = PageFile.from_parent(parent, path=file_path)
    return collected


def pytest_collection_finish(session: pytest.Session) -> None:
    session.config.stash[RUNS].select(session.items)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    acceptances = terminalreporter.config.stash[RUNS].acceptances
    lines = [line for acceptance in acceptances for line in acceptance]
    if lines:
        terminalreporter.section("accepted output")
        for line in lines:
            terminalreporter.write_line(line)


class PageFailure(Exception):
    """A cell or a page is not as it should be; the message is the report."""


@dataclass
class Result:
    """A page as it stands now, and its cells' verdicts."""

    page: Page
    verdicts: list[Verdict] = field(default_factory=list)


class Runs:
    """The pages of a session and what their cells did, run all at once at the first question."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.selected: dict[Path, set[int]] = {}
        self.pages: dict[Path, Page] = {}
        self.acceptances: list[list[str]] = []

    @cached_property
    def settings(self) -> Settings:
        from myst_doctest.settings import Settings, SettingsError

        try:
            return Settings.find(self.config.rootpath)
        except SettingsError as error:
            raise pytest.Collector.CollectError(str(error)) from None

    @cached_property
    def sphinx(self) -> Any:
        from sphinx.errors import ConfigError

        from myst_doctest import sphinx_config

        try:
            return sphinx_config.read(self.settings.root / self.settings.confdir)
        except ConfigError as error:
            raise pytest.Collector.CollectError(str(error)) from None

    @cached_property
    def parser(self) -> Any:
        from myst_doctest import sphinx_config

        return sphinx_config.parser_config(self.sphinx)

    def is_page(self, path: Path) -> bool:
        """Whether a Markdown file belongs to the site."""
        from myst_doctest import sphinx_config

        for folder in self.settings.pages:
            top = self.settings.root / folder
            if path.is_relative_to(top):
                relative = path.relative_to(top).as_posix()
                return not sphinx_config.excluded(self.sphinx, relative)
        return False

    def page(self, path: Path) -> Page:
        if path not in self.pages:
            from myst_doctest.pages.page import Page

            self.pages[path] = Page.read(path, self.parser)
        return self.pages[path]

    def select(self, items: Iterable[pytest.Item]) -> None:
        for item in items:
            if isinstance(item, _doctest().CellItem):
                self.selected.setdefault(item.path, set()).add(item.index)

    @cached_property
    def results(self) -> dict[Path, Result]:
        """The verdicts of all selected pages; each runs as far as its last selected cell."""
        from myst_doctest.checking.verdicts import judge
        from myst_doctest.running.page_runs import ExecutionError, PageRun, Server

        until = {path: max(chosen) + 1 for path, chosen in self.selected.items()}
        pages = {str(path): self.page(path) for path in until}
        try:
            with Server(self.settings) as server:
                ran = server.run(pages, {str(path): end for path, end in until.items()}).results()
        except ExecutionError as error:
            ran = dict.fromkeys(pages, PageRun(stopped=str(error)))
        results = {}
        for path, end in until.items():
            page, run = self.page(path), ran[str(path)]
            results[path] = Result(page, judge(page, run, end))
            if self.config.getoption("--accept"):
                results[path] = self._accepted(results[path], run, end)
        return results

    def _accepted(self, result: Result, run: PageRun, end: int) -> Result:
        from myst_doctest.checking.accept import accept
        from myst_doctest.checking.compare import Moment
        from myst_doctest.checking.verdicts import judge

        page = result.page
        chosen = [v for v in result.verdicts if v.cell.index in self.selected[page.path]]
        acceptance = accept(page, chosen, Moment(run.ran))
        if acceptance.refusal:
            self.acceptances.append([acceptance.refusal])
        if not acceptance.changes:
            return result
        del self.pages[page.path]
        page = self.page(page.path)
        self.acceptances.append(
            [
                f"{page.where(page.cells[index].line)}: {change} the output of"
                f" {page.cells[index].label}"
                for index, change in acceptance.changes.items()
            ]
        )
        return Result(page, judge(page, run, end))


class PageFile(pytest.File):
    """A page of the site; its items are its cells, and its form where that is wrong."""

    def collect(self) -> Iterator[pytest.Item]:
        page = self.config.stash[RUNS].page(self.path)
        if page.problems:
            yield FormItem.from_parent(self, name="page")
        used: set[str] = set()
        dtest = doctest_of(page)
        for cell in page.cells:
            name = cell.label if cell.label not in used else f"line-{cell.line}"
            used.add(name)
            yield _doctest().CellItem.of(self, dtest, cell.index, name)


class FormItem(pytest.Item):
    """Fails with what is wrong with a page's form."""

    def runtest(self) -> None:
        page = self.config.stash[RUNS].page(self.path)
        raise PageFailure("\n".join(f"{page.where(p.line)}: {p.message}" for p in page.problems))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        page = self.config.stash[RUNS].page(self.path)
        return self.path, page.problems[0].line - 1, f"[page] {self.name}"


def _doctest() -> Any:
    """The item class, made from pytest's own doctest item, which is private to pytest.

    Imported late, as pytest itself does, and in this one place.
    """
    from myst_doctest import pytest_items

    return pytest_items


def doctest_of(page: Page) -> DocTest:
    """A page as one DocTest, a cell as one Example: its line, its block as what is wanted."""
    import doctest

    examples = [
        doctest.Example(cell.source, cell.recorded, lineno=cell.code_line - 1)
        for cell in page.cells
    ]
    text = page.data.decode("utf-8", "replace")
    return doctest.DocTest(examples, {}, page.path.name, str(page.path), 0, text)
