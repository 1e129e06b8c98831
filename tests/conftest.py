"""The built site, made once a session, on two hosts; copies of its sources to break; readers."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from myst_doctest.running.memory_folder import memory_folder
from tests.kit import doctests, kept_pages, kept_runs, prerequisites
from tests.kit.chromium import FLAGS, QUICK_START
from tests.kit.full_site import ROOT, build
from tests.kit.longest_first import LongestFirst
from tests.kit.sample import EVERYTHING
from tests.kit.sources import copy_small, copy_sources

# Compiled modules are kept, whatever the desk says: the tests start Python some thousand times.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Tests make and remove many files; in memory they need not wait for a disk.
if folder := memory_folder():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)
gc.set_threshold(100_000, 20, 100)


FAILED = "the site was not built: "


def pytest_configure(config: pytest.Config) -> None:
    """Run the longest files first, and keep what pages do for as long as there are tests."""
    config.pluginmanager.register(LongestFirst(config))
    config.pluginmanager.register(doctests)
    if not hasattr(config, "workerinput") and not EVERYTHING:
        os.environ[kept_runs.FOLDER] = tempfile.mkdtemp(prefix="runs-", dir=folder)
        os.environ[kept_runs.ROOT] = str(ROOT)
    if not config.getoption("accept", default=False):  # which writes to pages
        kept_pages.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Nobody needs the runs any more."""
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(kept_runs.FOLDER, ""), ignore_errors=True)


def pytest_collection_finish() -> None:
    """Modules and tests are no garbage: no collection looks through them."""
    gc.freeze()


collect_ignore = ["engines", "faults"]  # make names them: `make test` would take too long


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a copy of the site's sources in a folder of the given name."""

    def made(name: str) -> Path:
        root = tmp_path_factory.mktemp(name)
        copy_sources(root)
        return root

    return made


@pytest.fixture(scope="session")
def small_copy(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a copy of the sources with a few pages, which have every feature of the site."""

    def made(name: str) -> Path:
        root = tmp_path_factory.mktemp(name)
        copy_small(root)
        return root

    return made


@pytest.fixture(scope="session")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Builds a site in the first of pytest's processes that wants it, for all of them."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def built(name: str, copy_into: Callable[[Path], None], *, keeps_runs: bool = False) -> Path:
        note = shared / name
        with note.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not note.exists():
                root = tmp_path_factory.mktemp(name)
                copy_into(root)
                status, printed, out = build(
                    root, **({kept_runs.ROOT: str(root)} if keeps_runs else {})
                )
                is_good = (status, printed) == (0, "")
                note.write_text(str(out) if is_good else f"{FAILED}{printed}", encoding="utf-8")
        told = note.read_text(encoding="utf-8")
        assert not told.startswith(FAILED), told  # to build it once more would fail once more
        return Path(told)

    return built


@pytest.fixture(scope="session")
def site(built_once: Callable[..., Path]) -> Path:
    """The folder of the built HTML, which all of pytest's processes share."""
    return built_once("site", copy_sources, keeps_runs=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The system's Chromium."""
    program = prerequisites.chromium()
    playwright = prerequisites.module("playwright.sync_api")
    with playwright.sync_playwright() as started:
        launched = started.chromium.launch(executable_path=program, args=[*FLAGS, QUICK_START])
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def hosts(site: Path) -> Iterator[dict[bool, Any]]:
    """The site, by whether its pages are isolated."""
    from tests.kit.static_host import both_hosts

    with both_hosts(site) as found:
        yield found


@pytest.fixture
def host(hosts: dict[bool, Any]) -> Iterator[Any]:
    """The host that isolates pages, in order again after a test that broke something on it."""
    yield hosts[True]
    hosts[True].mend()


@pytest.fixture
def plain_host(hosts: dict[bool, Any]) -> Iterator[Any]:
    """The host that sends no headers of isolation."""
    yield hosts[False]
    hosts[False].mend()


@pytest.fixture
def readers(browser: Any, hosts: dict[bool, Any]) -> Iterator[Callable[..., Any]]:
    """Makes a reader, in a profile of his own, whose complaints are looked at when he leaves."""
    from tests.kit.reader import Reader

    made: list[Any] = []

    def reader(*, isolated: bool = True, **options: Any) -> Any:
        made.append(Reader.of(browser, hosts[isolated], **options))
        return made[-1]

    yield reader
    for each in made:
        each.leave()
