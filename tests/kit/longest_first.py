"""Test files in the order of how long they took last time, so that no process waits for another.

``--dist loadfile`` hands out files in the order of their tests: a long one that comes last is run
by one process while the others are done. What a file took is kept in pytest's cache; before a file
has been run once, its name or its folder says how long it may take.

The site is built by the first process that wants it, while others that want it wait. So the longest
file that wants it is followed by those that want none: the pages' own, then those of other folders
than the site's.
"""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

import pytest

KEY = "durations/files"
ASSUMED = {
    "tests/site/pages/test_every_page.py": 300,
    "tests/site/pages/test_sample.py": 140,
    "tests/site/files/test_downloads.py": 140,
    "tests/live_cells/pack/test_build.py": 140,
    "tests/site/reading/test_search.py": 130,
    "tests/live_cells/test_running.py": 120,
    "tests/live_cells/test_variants.py": 110,
    "tests/live_cells/test_loading.py": 90,
    "tests/site/files/test_promises.py": 90,
    "tests/site/hosting/test_hosts.py": 80,
    "tests/live_cells/test_exercises.py": 70,
    "tests/site/pages": 60,
    "tests/site/reading/test_lines.py": 60,
    "tests/site/reading/test_progress.py": 60,
    "tests/live_cells/test_sphinx_extension.py": 60,
    "tests/live_cells/test_accessibility.py": 50,
    "docs": 40,
    "tests/live_cells": 30,
    "tests/site": 20,
    "tests/psycopg_wasm": 20,
    "tests/tutorial_site": 15,
    "tests/myst_doctest": 10,
}
"""Seconds of a file that was never run, by its name or the folder that it is in; others take one.

Those that are named take much longer than others of their folders, and would come last.
"""
PAGES = "docs/"
"""Where the pages' own tests are, whose runs the build of the site takes over."""
OF_THE_SITE = ("tests/site/", "tests/live_cells/")
"""Folders of files most of which want the built site."""


def assumed(file: str) -> float:
    """How long a file may take that was never run."""
    path = PurePosixPath(file)
    names = map(str, (path, *path.parents))
    return next((ASSUMED[name] for name in names if name in ASSUMED), 1)


def file_of(nodeid: str) -> str:
    """The file of an item, as its id names it."""
    return nodeid.partition("::")[0]


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
        takes = {file: last.get(file, assumed(file)) for file in files}
        longest = min(
            files,
            key=lambda file: (not file.startswith(OF_THE_SITE), -takes[file], file),
            default="",
        )

        def place(item: pytest.Item) -> tuple[int, float, str]:
            file = file_of(item.nodeid)
            turns = file == longest, file.startswith(PAGES), not file.startswith(OF_THE_SITE), True
            return turns.index(True), -takes[file], file

        items.sort(key=place)

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
