"""The pages of one pytest session: which project each belongs to, its run, its verdicts.

Below both the plugin, which starts and records pages, and the items, which read verdicts.
MyST-NB is imported late here: most sessions of a project collect no page.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from myst_doctest.running.page_runs import ExecutionError, PageRun, Server, UnavailableError
from myst_doctest.running.shared_server import SharedServer
from myst_doctest.settings import Settings
from myst_doctest.variants import MAIN

if TYPE_CHECKING:
    from myst_doctest.checking.accept import Acceptance
    from myst_doctest.checking.exercise_proofs import Grading, Proof
    from myst_doctest.checking.verdicts import Verdict
    from myst_doctest.pages.exercises import Exercise
    from myst_doctest.pages.fences import Problem
    from myst_doctest.pages.page import Cell, Page

RUNS = pytest.StashKey["Runs"]()
SHARED = "myst_doctest_shared"
"""What workers of pytest-xdist are told: a folder for what all of them want."""
Key = tuple["Path", str]
"""A page and a variant; without one it is empty."""
ExerciseKey = tuple["Path", str, str]
"""A page, the name of an exercise on it, and a variant; without one it is empty."""
VariationKey = tuple["Path", str]
"""A page and the name of a ``{try}`` on it: see ``Page.variations``."""


class PageFailure(Exception):
    """A cell or a page is not as it should be; the message is the report."""

    @classmethod
    def of(cls, page: Page, problems: Iterable[Problem], file: Path | None = None) -> PageFailure:
        """The report of a page's problems, or of those of a file beside it: a line each."""
        return cls("\n".join(f"{page.where(p.line, file)}: {p.message}" for p in problems))


@dataclass
class Result:
    """A page, its run, and the verdicts on its cells."""

    page: Page
    run: PageRun | None
    """None where the variant cannot run here."""
    verdicts: dict[int, Verdict]
    """By the numbers of their cells."""


class Project:
    """One ``[tool.myst_doctest]`` and its pages, which share a fork server."""

    def __init__(self, settings: Settings, shared: Path | None) -> None:
        self.settings = settings
        self.shared = shared
        self.notes: list[str] = []
        """What ``conf.py`` says that does nothing here."""

    @cached_property
    def server(self) -> Server:
        """The fork server, which the first page starts."""
        return SharedServer(self.settings, self.shared) if self.shared else Server(self.settings)

    @cached_property
    def second_server(self) -> Server:
        """Another one: a process has one hash seed, and so have those that it forks."""
        return Server(self.settings)

    @cached_property
    def sphinx(self) -> Any:
        """Sphinx's configuration of the project."""
        from myst_doctest import sphinx_config

        confdir = self.settings.root / self.settings.confdir
        config = sphinx_config.read(confdir)
        if config:
            self.notes = sphinx_config.notes_of(config._raw_config, confdir, self.settings)
        return config

    @cached_property
    def parser(self) -> Any:
        """How the project's pages parse."""
        from myst_doctest import sphinx_config

        return sphinx_config.parser_config(self.sphinx)

    @cached_property
    def rules(self) -> Any:
        """How the project's pages are read."""
        from myst_doctest.pages.rules import Rules

        return Rules.of(self.settings, self.sphinx._raw_config if self.sphinx else {})

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
    """The pages of a session; each runs once on each variant, to its last selected cell."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        worker = getattr(config, "workerinput", {})
        self.shared = Path(worker[SHARED]) if SHARED in worker else None
        """The folder of what pytest-xdist's workers run once for all, in one of them."""
        self.projects: dict[Path, Project] = {}  # by the folder of pyproject.toml
        self.folders: dict[Path, Project] = {}
        self.pages: dict[Path, Page] = {}
        self.selected: dict[Key, set[int]] = {}
        self.running: dict[Key, Future[PageRun]] = {}
        self.results: dict[Key, Result] = {}
        self.exercises: dict[ExerciseKey, None] = {}
        """The selected exercises."""
        self.grading: dict[ExerciseKey, Grading] = {}
        self.proved: dict[ExerciseKey, dict[str, Proof]] = {}
        self.variations: dict[VariationKey, None] = {}
        """The selected ones."""
        self.trying: dict[VariationKey, Future[PageRun]] = {}
        self.places: dict[VariationKey, int] = {}
        """Which of a page's variations each is, from 0."""
        self.accepted: list[str] = []
        self.changed: set[Key] = set()
        """The pages to which outputs were written."""
        self.told: list[dict[str, Any]] = []
        """What workers of pytest-xdist say at the end: see ``pytest_report.py``."""
        self.unmeasured = ""
        """Why coverage does not see what cells run."""
        self.missing: dict[str, str] = {}
        """Why variants cannot run here, by their names."""
        self.unchecked: dict[Path, list[Cell]] = defaultdict(list)
        """The cells of a page that are not checked, or whose output is not compared."""
        self.required: set[str] = set(config.getoption("variant"))

    def project(self, path: Path) -> Project:
        """The project of a file: that of the nearest table above it.

        Raises SettingsError.
        """
        folder = path.parent
        if folder not in self.folders:
            settings = Settings.find(folder, self.config.rootpath)
            self.folders[folder] = self._project_of(settings)
        return self.folders[folder]

    def _project_of(self, settings: Settings) -> Project:
        if settings.root not in self.projects:
            self.projects[settings.root] = Project(settings, self.shared)
        return self.projects[settings.root]

    def page(self, path: Path) -> Page:
        """A parsed page."""
        if path not in self.pages:
            from myst_doctest.pages.page import Page

            project = self.project(path)
            variants = project.settings.variants
            self.pages[path] = Page.read(path, project.parser, variants, project.rules)
        return self.pages[path]

    def chosen(self, page: Page) -> list[str]:
        """The variants of a page that ``--variant`` asks for; all of them without it."""
        names = self.config.getoption("variant")
        everywhere = ["", *page.asked]
        return [name for name in everywhere if not names or (name or MAIN) in names]

    def select(self, key: Key, index: int) -> None:
        """Note that a cell of a page is to be checked."""
        self.selected.setdefault(key, set()).add(index)

    def start(self, keys: Iterable[Key]) -> None:
        """Start pages, all at once, and do not wait for them."""
        for path, variant in keys:
            if self.page(path).unchecked:
                self.running[path, variant] = Future()
                self.running[path, variant].set_result(PageRun())
                continue
            until = max(self.selected[path, variant]) + 1
            server = self.project(path).server
            self.running[path, variant] = server.run(self.page(path), until, variant)

    def result(self, key: Key) -> Result:
        """The verdicts on a page, once it has run; it is started here if it was not before."""
        if key not in self.results:
            if key not in self.running:
                self.start([key])
            self._judge(key, self._outcome(self.running[key], *key))
        return self.results[key]

    def _outcome(self, running: Future[PageRun], path: Path, variant: str) -> PageRun | None:
        """The run, once it has ended; None where the variant cannot run here, which is noted."""
        try:
            return running.result()
        except UnavailableError as error:
            self.missing.setdefault(variant, str(error))
            if self.project(path).settings.variants[variant].required:
                self.required.add(variant)
            return None
        except ExecutionError as error:
            return PageRun(stopped=str(error))

    def _judge(self, key: Key, run: PageRun | None) -> None:
        from myst_doctest.checking.verdicts import judge, recorded

        path, variant = key
        page = self.page(path)
        if run is None:
            verdicts = recorded(page, variant)
        else:
            verdicts = judge(page, run, max(self.selected[key]) + 1, variant)
        by_cell = {verdict.cell.index: verdict for verdict in verdicts}
        self.results[key] = Result(page, run, by_cell)

    def try_out(self, key: VariationKey) -> None:
        """Begin to run a changed cell below those above it, and do not wait for it."""
        path, name = key
        page = self.page(path)
        self.places[key] = [*page.variations].index(name)
        self.trying[key] = self.project(path).server.run(page.variations[name])

    def tried(self, key: VariationKey) -> Verdict:
        """What came of a changed cell, by the page as it is now."""
        from myst_doctest.checking.verdicts import judge

        run = self._tried_run(key)
        return judge(self._variation(key, self.page(key[0])), run)[-1]

    def _variation(self, key: VariationKey, page: Page) -> Page:
        """The page with a changed cell, whose name may have a line that is another by now."""
        return [*page.variations.values()][self.places[key]]

    def _tried_run(self, key: VariationKey) -> PageRun:
        if key not in self.trying:
            self.try_out(key)
        try:
            return self.trying[key].result()
        except ExecutionError as error:
            return PageRun(stopped=str(error))

    def begin(self, key: ExerciseKey) -> None:
        """Begin to grade attempts at an exercise, and do not wait for them."""
        from myst_doctest.checking.exercise_proofs import Grading

        path, _, variant = key
        project = self.project(path)
        there = project.settings.variants.get(variant)
        self.grading[key] = Grading(self._exercise(key), project.server, there, thorough=True)

    def proofs(self, key: ExerciseKey) -> dict[str, Proof]:
        """What came of an exercise's attempts, by their labels.

        Empty where the variant cannot run here.
        """
        if key not in self.proved:
            if key not in self.grading:
                self.begin(key)
            run = self._outcome(self.grading[key].run, key[0], key[2])
            found = self.grading[key].proofs(self._exercise(key), run) if run else ()
            self.proved[key] = {proof.label: proof for proof in found}
        return self.proved[key]

    def _exercise(self, key: ExerciseKey) -> Exercise:
        path, name, _ = key
        return next(each for each in self.page(path).exercises if each.name == name)

    def accept(self) -> None:
        """Wait for all pages, and write to them what their selected cells show.

        First without variants, since a variant's record may be that nothing is different.
        """
        for key in sorted(self.selected, key=lambda key: key[1] != ""):
            self._accept(key)
        for key in self.variations:
            self._accept_tried(key)
        for path in dict.fromkeys(path for path, _, variant in self.exercises if not variant):
            self._accept_words(path)
        self._run_again()

    def _run_again(self) -> None:
        """Run the pages to which outputs were written once more, by another hash seed.

        A cell that shows something else then fails.
        """
        again = {
            (path, variant): (
                self.project(path).server if variant else self.project(path).second_server
            ).run(self.page(path), max(self.selected[path, variant]) + 1, variant)
            for path, variant in self.changed
        }
        for key, running in again.items():
            if run := self._outcome(running, *key):
                self._compare_again(key, run)

    def _compare_again(self, key: Key, run: PageRun) -> None:
        from myst_doctest.checking.steadiness import advice, has_set
        from myst_doctest.checking.verdicts import Outcome, judge

        path, variant = key
        verdicts = self.results[key].verdicts
        for second in judge(self.page(path), run, max(self.selected[key]) + 1, variant):
            index, is_of_ipython = second.cell.index, second.cell.is_jupyter
            texts = (
                each.text for each in second.shown if each.kind != "result" or not is_of_ipython
            )
            if second.is_good and any(map(has_set, texts)):
                where = self.page(path).where(second.cell.line)
                self.accepted.append(f"{where}: a set of strings, whose order changes: sort it")
            if second.is_good or not verdicts[index].is_good:
                continue
            why = second.summary
            if second.outcome is Outcome.DIFFERS:
                why = advice(second.cell.recorded, second.got)
            second.report = f"another output in a second run: {why}\n{second.report}"
            verdicts[index] = second

    def _accept_words(self, path: Path) -> None:
        """Write to a page what attempts at its selected exercises are told."""
        from myst_doctest.checking.accept_words import accept_words

        proofs = [self.proofs(key) for key in self.exercises if key[::2] == (path, "")]
        acceptance = accept_words(self.page(path), chain(*(each.values() for each in proofs)))
        if acceptance.refusal:
            self.accepted.append(acceptance.refusal)
        if acceptance.changes:
            self._read_again(path)
            self.accepted += [
                f"{self.page(path).where(line)}: {change} what the attempt is told"
                for line, change in acceptance.changes.items()
            ]

    def _read_again(self, path: Path) -> None:
        """Read a page that was written to, and judge what ran by it."""
        del self.pages[path]
        for key in [key for key in self.proved if key[0] == path]:
            del self.proved[key]
        for done in [each for each in self.results if each[0] == path]:
            self._judge(done, self.results[done].run)

    def _accept(self, key: Key) -> None:
        from myst_doctest.checking.accept import accept

        run = self.result(key).run
        if run is None:
            return
        self._judge(key, run)  # the page may have been written to by now
        (path, variant), result = key, self.results[key]
        verdicts = [result.verdicts[index] for index in sorted(self.selected[key])]
        ran = datetime.fromtimestamp(run.ran, UTC)
        acceptance = accept(result.page, verdicts, ran, variant)
        on = f" on {result.page.known[variant].title}" if variant else ""
        self._note(path, acceptance, lambda page: page, on)
        if acceptance.changes:
            self.changed.add(key)

    def _accept_tried(self, key: VariationKey) -> None:
        """Write to a page what a changed cell shows."""
        from myst_doctest.checking.accept import accept

        path, verdict = key[0], self.tried(key)
        ran = datetime.fromtimestamp(self._tried_run(key).ran, UTC)
        acceptance = accept(self._variation(key, self.page(path)), [verdict], ran)
        self._note(path, acceptance, lambda page: self._variation(key, page), ", changed")

    def _note(
        self, path: Path, acceptance: Acceptance, found: Callable[[Page], Page], which: str
    ) -> None:
        """Note what was written to a page, which is read again, or why it was not."""
        if acceptance.refusal:
            self.accepted.append(acceptance.refusal)
        if acceptance.changes:
            self._read_again(path)
            cells, where = found(self.page(path)).cells, self.page(path).where
            self.accepted += [
                f"{where(cells[index].line)}: {change} the output of {cells[index].label}{which}"
                for index, change in acceptance.changes.items()
            ]

    @cached_property
    def shared_folder(self) -> tempfile.TemporaryDirectory[str]:
        """A folder for workers of this session."""
        return tempfile.TemporaryDirectory(prefix="runs-")

    def end_servers(self) -> None:
        """End the servers and what runs on them."""
        for project in self.projects.values():
            for name in {"server", "second_server"} & vars(project).keys():
                vars(project).pop(name).close()

    def close(self) -> None:
        """End what still runs, and remove what workers shared."""
        self.end_servers()
        if folder := vars(self).pop("shared_folder", None):
            folder.cleanup()
