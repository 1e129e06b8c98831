"""The pages of one pytest session: which project each belongs to, its run, its verdicts.

Below both the plugin, which starts and records pages, and the items, which read verdicts.
MyST-NB is imported late here: most sessions of a project collect no page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from myst_doctest.running.page_runs import ExecutionError, PageRun, Server
from myst_doctest.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from myst_doctest.checking.verdicts import Verdict
    from myst_doctest.pages.page import Page

__all__ = ["RUNS", "PageFailure", "Result", "Runs"]

RUNS = pytest.StashKey["Runs"]()


class PageFailure(Exception):
    """A cell or a page is not as it should be; the message is the report."""


@dataclass
class Result:
    """A page, its run, and the verdicts on its cells."""

    page: Page
    run: PageRun
    verdicts: list[Verdict]


class Project:
    """One ``[tool.myst_doctest]`` and its pages, which share a fork server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @cached_property
    def server(self) -> Server:
        """The fork server, which the first page starts."""
        return Server(self.settings)

    @cached_property
    def sphinx(self) -> Any:
        """Sphinx's configuration of the project."""
        from myst_doctest import sphinx_config

        return sphinx_config.read(self.settings.root / self.settings.confdir)

    @cached_property
    def parser(self) -> Any:
        """How the project's pages parse."""
        from myst_doctest import sphinx_config

        return sphinx_config.parser_config(self.sphinx)

    @cached_property
    def files(self) -> set[Path]:
        """The site's pages."""
        from myst_doctest import sphinx_config

        return sphinx_config.page_files(self.sphinx, self.settings)

    def has(self, path: Path) -> bool:
        """Whether a file is a page of the site."""
        folders = (self.settings.root / name for name in self.settings.pages)
        return any(path.is_relative_to(each) for each in folders) and path in self.files


class Runs:
    """The pages of a session; each runs once, as far as its last selected cell."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.projects: dict[Path, Project] = {}  # by the folder of pyproject.toml
        self.folders: dict[Path, Project] = {}
        self.pages: dict[Path, Page] = {}
        self.selected: dict[Path, set[int]] = {}
        self.running: dict[Path, Future[PageRun]] = {}
        self.results: dict[Path, Result] = {}
        self.accepted: list[str] = []

    def project(self, path: Path) -> Project:
        """The project of a file: that of the nearest table above it.

        Raises SettingsError.
        """
        folder = path.parent
        if folder not in self.folders:
            settings = Settings.find(folder, self.config.rootpath)
            self.folders[folder] = self.projects.setdefault(settings.root, Project(settings))
        return self.folders[folder]

    def page(self, path: Path) -> Page:
        """A parsed page."""
        if path not in self.pages:
            from myst_doctest.pages.page import Page

            self.pages[path] = Page.read(path, self.project(path).parser)
        return self.pages[path]

    def select(self, path: Path, index: int) -> None:
        """Note that a cell of a page is to be checked."""
        self.selected.setdefault(path, set()).add(index)

    def start(self, paths: Iterable[Path]) -> None:
        """Start pages, all at once, and do not wait for them."""
        for path in paths:
            until = max(self.selected[path]) + 1
            self.running[path] = self.project(path).server.run(self.page(path), until)

    def result(self, path: Path) -> Result:
        """The verdicts on a page, once it has run; it is started here if it was not before."""
        if path not in self.results:
            if path not in self.running:
                self.start([path])
            try:
                run = self.running[path].result()
            except ExecutionError as error:
                run = PageRun(stopped=str(error))
            self._judge(path, run)
        return self.results[path]

    def _judge(self, path: Path, run: PageRun) -> None:
        from myst_doctest.checking.verdicts import judge

        page = self.page(path)
        verdicts = judge(page, run, max(self.selected[path]) + 1)
        self.results[path] = Result(page, run, verdicts)

    def accept(self) -> None:
        """Wait for all pages, and write to them what their selected cells show."""
        from myst_doctest.checking.accept import accept

        for path, chosen in self.selected.items():
            result = self.result(path)
            verdicts = [each for each in result.verdicts if each.cell.index in chosen]
            acceptance = accept(result.page, verdicts, datetime.fromtimestamp(result.run.ran, UTC))
            if acceptance.refusal:
                self.accepted.append(acceptance.refusal)
            if acceptance.changes:
                del self.pages[path]
                self._judge(path, result.run)
                cells, where = self.page(path).cells, self.page(path).where
                self.accepted += [
                    f"{where(cells[index].line)}: {change} the output of {cells[index].label}"
                    for index, change in acceptance.changes.items()
                ]

    def close(self) -> None:
        """End the servers and what runs on them."""
        for project in self.projects.values():
            if "server" in vars(project):
                project.server.close()
