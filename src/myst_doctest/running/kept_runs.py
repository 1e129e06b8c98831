"""What pages did in earlier builds, kept in a folder: a build runs what is new or has changed.

A run is taken again where all that it was made of is as it was: its cells and the settings, the
interpreter, what is installed, the project's modules, and the files that it opened. What changes
by itself, as the time or another host's answer, is not looked at, and so pytest runs all pages.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from myst_doctest.running.grading import Assignment
from myst_doctest.running.page_runs import PageRun, Server, request
from myst_doctest.running.shared_server import keep
from myst_doctest.running.used_files import digest
from myst_doctest.settings import Settings
from myst_doctest.variants import Variant

if TYPE_CHECKING:
    from myst_doctest.pages.page import Page

UNUSED = 30 * 24 * 3600.0
"""Seconds after which a run that no build took goes."""


class KeptServer(Server):
    """A server that runs what is not in the folder ``kept`` of the settings."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.folder = settings.root / settings.kept
        self.taken = 0
        """How many runs were in the folder."""
        self.begun = 0
        """How many were not."""
        self.digest = cache(digest)  # hundreds of runs used the same few files
        self.files: dict[Future[PageRun], Path] = {}
        """Where each run is kept."""

    def run(self, page: Page, until: int | None = None, variant: str = "") -> Future[PageRun]:
        """Run a page, or take what it did before."""
        there = self.settings.variants.get(variant)
        what = run_key(self.settings, page, until, variant)
        return self._once(what, there, lambda: Server.run(self, page, until, variant))

    def grade(
        self, assignment: Assignment, attempts: Sequence[str], variant: Variant | None = None
    ) -> Future[PageRun]:
        """Grade attempts, or take what came of them before."""
        what = "attempts", assignment, [*attempts], variant
        return self._once(what, variant, lambda: Server.grade(self, assignment, attempts, variant))

    def told(self) -> str:
        """How much ran."""
        return f"{self.begun} runs, and {self.taken} taken from {self.settings.kept}"

    def forget(self, runs: Iterable[Future[PageRun]]) -> None:
        """Have runs that ended run again next time: what was wrong may have been the moment."""
        for run in runs:
            if kept := self.files.get(run):
                kept.unlink(missing_ok=True)

    def close(self) -> None:
        """End the server, and remove what no build has taken for a month."""
        super().close()
        oldest = time.time() - UNUSED
        with contextlib.suppress(OSError):  # there is no folder yet, or another build was faster
            for each in self.folder.iterdir():
                if each.stat().st_mtime < oldest:
                    each.unlink()

    def _once(
        self, what: object, variant: Variant | None, begin: Callable[[], Future[PageRun]]
    ) -> Future[PageRun]:
        around = self._around(variant.python if variant else "")
        asked = replace(self.settings, root=Path()), what, self.modules, around
        kept = self.folder / hashlib.sha256(repr(asked).encode()).hexdigest()
        future: Future[PageRun] = Future()
        self.files[future] = kept
        if run := self._taken(kept):
            self.taken += 1
            future.set_result(run)
        else:
            self.begun += 1
            begin().add_done_callback(lambda done: _keep(kept, done, future))
        return future

    def _taken(self, kept: Path) -> PageRun | None:
        """The run in a file, where the files that it used are as they were."""
        try:
            run: PageRun = pickle.loads(kept.read_bytes())
            os.utime(kept)
        except Exception:
            return None  # there is none, or an older version of this tool or a full disk made it
        return run if all(self.digest(name) == was for name, was in run.files.items()) else None

    @cached_property
    def modules(self) -> list[tuple[str, str]]:
        """The digests of the project's modules, which what a page imports may import late."""
        folders = [self.settings.root / name for name in self.settings.pythonpath]
        files = sorted(each for folder in folders for each in folder.rglob("*.py"))
        root = self.settings.root
        return [(str(each.relative_to(root)), self.digest(str(each))) for each in files]

    @cache  # noqa: B019  (a server lives as long as its build)
    def _around(self, python: str) -> tuple[str, str, list[str]]:
        """What a page runs on and with: the interpreter, and what is installed for it."""
        if not python:
            return sys.version, platform.platform(), installed(map(Path, sys.path))
        path = Path(shutil.which(self.settings.root / python) or shutil.which(python) or python)
        folders = path.parent.parent.glob("lib/python*/site-packages")
        return str(path.resolve()), platform.platform(), installed(folders)


def run_key(settings: Settings, page: Page, until: int | None, variant: str) -> object:
    """All that a run is made of, as far as it stands in the page."""
    cells = page.cells_on(variant, until)
    there = settings.variants.get(variant)
    beside = page.path.parent.relative_to(settings.root)
    asked = request(cells, replace(settings, root=Path()), "", there)
    return asked, [cell.timeout for cell in cells], there, beside


def installed(folders: Iterable[Path]) -> list[str]:
    """The distributions in these folders, with their versions, by the names of their metadata."""
    return sorted(each.name for folder in folders for each in folder.glob("*.*-info"))


def _keep(kept: Path, done: Future[PageRun], future: Future[PageRun]) -> None:
    """Write a run that came to its end to its file, and tell of it then."""
    if error := done.exception():
        future.set_exception(error)
        return
    if not done.result().stopped:  # a busy machine may have ended it
        with contextlib.suppress(OSError):  # a disk that is full: it runs again next time
            kept.parent.mkdir(parents=True, exist_ok=True)
            keep(kept, done.result())
    future.set_result(done.result())
