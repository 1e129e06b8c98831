"""Pages of a session that several processes share: each runs in the first that wants it."""

from __future__ import annotations

import fcntl
import hashlib
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from myst_doctest.running.grading import Assignment
from myst_doctest.running.page_runs import PageRun, Server
from myst_doctest.settings import Settings
from myst_doctest.variants import Variant

if TYPE_CHECKING:
    from myst_doctest.pages.page import Page


class SharedServer(Server):
    """A server that runs what no other process of the session has run.

    ``shared`` is the session's folder. A process that wants what another one runs waits for it;
    what cannot be run is tried again by each.
    """

    def __init__(self, settings: Settings, shared: Path) -> None:
        super().__init__(settings)
        self.shared = shared

    def run(self, page: Page, until: int | None = None, variant: str = "") -> Future[PageRun]:
        """Run a page, or take what it did in another process; wait for it here."""
        sources = [cell.source for cell in page.cells_on(variant, until)]
        key = "run", page.path, variant, sources
        return self._once(key, partial(super().run, page, until, variant))

    def grade(
        self, assignment: Assignment, attempts: Sequence[str], variant: Variant | None = None
    ) -> Future[PageRun]:
        """Grade attempts, or take what came of them in another process; wait for it here."""
        key = "grade", asdict(assignment), [*attempts], variant
        return self._once(key, partial(super().grade, assignment, attempts, variant))

    def _once(self, key: object, begin: Callable[[], Future[PageRun]]) -> Future[PageRun]:
        asked = repr((self.settings.root, key)).encode()
        kept = self.shared / hashlib.sha256(asked).hexdigest()
        future: Future[PageRun] = Future()
        try:
            future.set_result(once(kept, lambda: begin().result()))
        except Exception as error:
            future.set_exception(error)
        return future


def once(kept: Path, make: Callable[[], PageRun], *, keeps_stopped: bool = True) -> PageRun:
    """What stands in the file ``kept``, or is made and written there; who comes meanwhile waits.

    Raises what ``make`` raises, after which the next one makes it.
    """
    with taken(kept) as found:
        if found is not None:
            run: PageRun = found
            return run
        run = make()
        if keeps_stopped or not run.stopped:
            keep(kept, run)
        return run


@contextmanager
def taken(kept: Path) -> Iterator[Any]:
    """What stands in the file ``kept``, or None; who comes meanwhile waits."""
    with kept.with_suffix(".lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield pickle.loads(kept.read_bytes()) if kept.exists() else None


def keep(kept: Path, value: object) -> None:
    """Write the file ``kept``, whole or not at all."""
    written = kept.with_suffix(".new")
    written.write_bytes(pickle.dumps(value))
    written.rename(kept)
