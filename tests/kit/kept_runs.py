"""Pages run once in a session of tests: for the tests of their cells, and in the build of the site.

Both run the same code in the same way. Who comes second takes what the first one has kept, or is
about to keep. With `make test-all` pages are run for each; sites that tests change run theirs.

Imported by pytest, and by the process that forks for Sphinx.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from myst_doctest.running.kept_runs import run_key
from myst_doctest.running.page_runs import PageRun, Server
from myst_doctest.running.shared_server import keep, once, taken

if TYPE_CHECKING:
    from myst_doctest.pages.page import Page
    from myst_doctest.running.grading import Assignment
    from myst_doctest.settings import Settings
    from myst_doctest.variants import Variant

FOLDER = "PYTEST_KEPT_RUNS"
"""Names the environment variable that says where runs are kept."""
ROOT = "PYTEST_KEPT_RUNS_OF"
"""That which says of which project, by its root; pages of others are run each time."""
run, grade = Server.run, Server.grade


def is_kept(settings: Settings) -> bool:
    """Whether runs of this project's pages are kept."""
    return FOLDER in os.environ and os.environ.get(ROOT) == str(settings.root)


def place(*what: Any) -> Path:
    """The file in which that is kept which is made of these alone."""
    return Path(os.environ[FOLDER], hashlib.sha256(repr(what).encode()).hexdigest())


def begun(settings: Settings, what: Any, take: Callable[[Path], PageRun]) -> Future[PageRun]:
    """A run, in a thread of its own, which ``take`` takes from the file where it is kept.

    ``what`` is all that it is made of.
    """
    kept = place(replace(settings, root=Path()), what)
    future: Future[PageRun] = Future()

    def do() -> None:
        try:
            future.set_result(take(kept))
        except Exception as error:
            future.set_exception(error)

    Thread(target=do, daemon=True).start()
    return future


def kept_run(
    self: Server, page: Page, until: int | None = None, variant: str = ""
) -> Future[PageRun]:
    """As ``Server.run``."""
    if not is_kept(self.settings):
        return run(self, page, until, variant)
    what = run_key(self.settings, page, until, variant)

    def make() -> PageRun:
        return run(self, page, until, variant).result()

    return begun(self.settings, what, lambda kept: once(kept, make, keeps_stopped=False))


def graded(kept: Path, attempts: list[str], make: Callable[[Sequence[str]], PageRun]) -> PageRun:
    """Grades of attempts, of which those that were graded before are in the file ``kept``.

    The build grades those that its page lists, and pytest a few more after them.
    """
    with taken(kept) as found:
        known, done = found or ([], PageRun())
        if attempts == known[: len(attempts)]:
            return replace(done, grades=done.grades[: len(attempts)])
        if known != attempts[: len(known)]:
            known, done = [], PageRun()
        new = make(attempts[len(known) :])
        files, ran = done.files | new.files, done.ran or new.ran
        done = replace(new, grades=done.grades + new.grades, files=files, ran=ran)
        if not done.stopped:
            keep(kept, (attempts, done))
        return done


def kept_grade(
    self: Server, assignment: Assignment, attempts: Sequence[str], variant: Variant | None = None
) -> Future[PageRun]:
    """As ``Server.grade``."""
    if not is_kept(self.settings):
        return grade(self, assignment, attempts, variant)

    def make(new: Sequence[str]) -> PageRun:
        return grade(self, assignment, new, variant).result()

    what = "attempts", assignment, variant
    return begun(self.settings, what, lambda kept: graded(kept, [*attempts], make))


Server.run, Server.grade = kept_run, kept_grade  # type: ignore[method-assign]
