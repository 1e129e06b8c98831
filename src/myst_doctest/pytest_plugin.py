"""The pytest plugin: each cell of each page is a test, and each attempt that an exercise lists.

``pytest --accept`` records what the cells show, and what the attempts are told.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from myst_doctest import cell_coverage
from myst_doctest.pytest_report import sections, told
from myst_doctest.pytest_runs import RUNS, SHARED, Runs
from myst_doctest.settings import SettingsError
from myst_doctest.variants import MAIN

if TYPE_CHECKING:
    from myst_doctest.pytest_items import PageFile

NO_PAGES = frozenset({".py", ".pyc", ".rst", ".toml"})
"""Suffixes for which a page's project need not be looked for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--accept`` and ``--variant``."""
    group = parser.getgroup("myst-doctest", "executed MyST pages")
    group.addoption(
        "--accept",
        action="store_true",
        help="record in the pages what their cells show, where it differs from what is recorded",
    )
    group.addoption(
        "--variant",
        action="append",
        default=[],
        metavar="NAME",
        help="check cells on this variant alone, and fail where it cannot run; `main` is without"
        " one; may be given several times",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Refuse ``--accept`` where nobody reads the pages' diff, or where workers would write."""
    if config.getoption("--accept"):
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            raise pytest.UsageError(
                "--accept is for authors, not for CI: run `pytest --accept` at your desk and commit"
            )
        if config.getoption("dist", "no") != "no":
            raise pytest.UsageError("--accept writes to pages: run it in one process, with `-n 0`")
    config.stash[RUNS] = Runs(config)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what still runs."""
    runs = config.stash.get(RUNS, None)
    if runs is not None:
        runs.close()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PageFile | None:
    """Collect the site's pages."""
    if file_path.suffix in NO_PAGES:
        return None
    try:
        if not parent.config.stash[RUNS].project(file_path).has(file_path):
            return None
    except SettingsError as error:
        raise parent.CollectError(str(error)) from None
    from myst_doctest.pytest_items import PageFile

    collected: PageFile = PageFile.from_parent(parent, path=file_path)
    return collected


def pytest_collection_finish(session: pytest.Session) -> None:
    """Note which cells and exercises are left after ``-k``, ``--lf`` and the like."""
    runs = session.config.stash[RUNS]
    if not runs.pages:
        return
    from myst_doctest.pytest_items import AttemptItem, CellItem, VariationItem

    known = {MAIN}.union(*(project.settings.variants for project in runs.projects.values()))
    for name in session.config.getoption("variant"):
        if name not in known:
            raise pytest.UsageError(f"--variant {name}: there are {', '.join(sorted(known))}")
    for item in session.items:
        if isinstance(item, CellItem):
            runs.select(item.key, item.cell.index)
        elif isinstance(item, AttemptItem):
            runs.exercises[item.exercise] = None
        elif isinstance(item, VariationItem):
            runs.variations[item.variation] = None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give workers of pytest-xdist a folder for what one of them runs for all."""
    node.workerinput[SHARED] = node.config.stash[RUNS].shared_folder.name


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, object, object]:
    """Start pages before the first test, and end their servers after the last.

    They end before other plugins' loops do: coverage gathers what processes wrote when they ended.
    """
    _start(session)
    try:
        return (yield)
    finally:
        session.config.stash[RUNS].end_servers()


def _start(session: pytest.Session) -> None:
    """Start all selected pages at once; then record, where asked to.

    In a worker of pytest-xdist nothing starts here: it has collected all pages, but runs only
    some, each when its first cell comes.
    """
    options, runs = session.config.option, session.config.stash[RUNS]
    if runs.pages:
        runs.unmeasured = cell_coverage.advice()
    failed = session.testsfailed and not options.continue_on_collection_errors
    if failed or options.collectonly or hasattr(session.config, "workerinput"):
        return
    runs.start(runs.selected)
    for variation in runs.variations:
        runs.try_out(variation)
    for exercise in runs.exercises:
        runs.begin(exercise)
    if options.accept:
        runs.accept()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Wait for a page or exercise before the item's own time begins, which a plugin may limit."""
    runs = item.config.stash[RUNS]
    key, exercise = getattr(item, "key", None), getattr(item, "exercise", None)
    variation = getattr(item, "variation", None)
    if key in runs.selected:
        runs.result(key)
    elif exercise in runs.exercises:
        runs.proofs(exercise)
    elif variation in runs.variations:
        runs.tried(variation)
    return (yield)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of pytest-xdist tells what is to be said at the end."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[SHARED] = told(session.config.stash[RUNS])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Note what a worker told."""
    if said := getattr(node, "workeroutput", {}).get(SHARED):  # one that crashed has none
        node.config.stash[RUNS].told.append(said)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what was recorded or why it was not, and what was not checked."""
    runs = terminalreporter.config.stash[RUNS]
    for title, lines in sections([told(runs), *runs.told]).items():
        if lines:
            terminalreporter.section(title)
            for line in lines:
                terminalreporter.write_line(line)
