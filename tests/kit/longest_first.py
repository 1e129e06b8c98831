"""Test files in the order of how long they took last time, so that no process waits for another.

``--dist loadfile`` hands out files in the order of their tests: a long one that comes last is run
by one process while the others are done. What a file took is kept in pytest's cache; before a file
has been run once, its folder says how long it may take.

The site is built by the first process that wants it, while others that want it wait. So the longest
file is followed by those that want none: the pages' own.
"""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadFileScheduling

KEY = "durations/files"
ASSUMED = {
    "tests/site/pages": 60,
    "docs": 40,
    "tests/live_cells": 30,
    "tests/site": 20,
    "tests/psycopg_wasm": 20,
    "tests/tutorial_site": 15,
    "tests/myst_doctest": 10,
}
"""Seconds of a file that was never run, by the folder that it is in; elsewhere it takes one."""
PAGES = "docs/"
"""Where files begin whose tests want no built site."""
ONE_AFTER_THE_OTHER = {
    "tests/site/files/test_html.py": "tests/site/pages/test_every_page.py",
    "tests/site/files/test_links.py": "tests/site/pages/test_every_page.py",
    "tests/site/files/test_markup.py": "tests/site/pages/test_every_page.py",
}
"""Files that one process runs with another: they read all pages of the site, which it keeps."""


def assumed(file: str) -> float:
    """How long a file may take that was never run."""
    folders = map(str, PurePosixPath(file).parents)
    return next((ASSUMED[folder] for folder in folders if folder in ASSUMED), 1)


def file_of(nodeid: str) -> str:
    """The file of an item, as its id names it."""
    return nodeid.partition("::")[0]


def work_of(nodeid: str) -> str:
    """What an item is handed out with: its file, or one that runs in the same process."""
    file = file_of(nodeid)
    return ONE_AFTER_THE_OTHER.get(file, file)


class LongestFirst:
    """A plugin of pytest."""

    def __init__(self, config: pytest.Config) -> None:
        self.cache = getattr(config, "cache", None)  # -p no:cacheprovider leaves it out
        self.writes = not hasattr(config, "workerinput")  # one process hears of all tests
        self.taken: Counter[str] = Counter()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Sort items by their files; within a file they keep their order."""
        last = self.cache.get(KEY, {}) if self.cache else {}
        files = {file_of(item.nodeid) for item in items}
        takes: Counter[str] = Counter()
        for file in files:
            takes[work_of(file)] += last.get(file, assumed(file))
        longest = min(takes, key=lambda work: (-takes[work], work), default="")

        def place(item: pytest.Item) -> tuple[int, float, str, str]:
            file, work = file_of(item.nodeid), work_of(item.nodeid)
            turn = 0 if work == longest else 1 if file.startswith(PAGES) else 2
            return turn, -takes[work], work, file

        items.sort(key=place)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(
        self, config: pytest.Config, log: Any
    ) -> LoadFileScheduling | None:
        """With ``--dist loadfile``: files, some of which are handed out together."""
        if config.getoption("dist") != "loadfile":
            return None
        from xdist.scheduler import LoadFileScheduling

        class Scheduling(LoadFileScheduling):
            def _split_scope(self, nodeid: str) -> str:
                return work_of(nodeid)

        return Scheduling(config, log)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what each file takes."""
        self.taken[file_of(report.nodeid)] += report.duration

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        """Keep what was taken, of a run that came to its end."""
        if self.writes and self.cache and exitstatus in {0, 1}:
            last = self.cache.get(KEY, {})
            longest = {file: round(took, 1) for file, took in self.taken.items()}
            # A file of which some tests were run is no shorter for that.
            kept = {file: took for file, took in longest.items() if took >= last.get(file, 0) / 2}
            self.cache.set(KEY, last | kept)
