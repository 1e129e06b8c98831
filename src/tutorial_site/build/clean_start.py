"""No build leaves a page that is gone, or half a page: each starts from a whole site or anew.

A build that finds its folders as the last whole one left them, to the byte, goes on from there.
Otherwise, and where a page was renamed or deleted, what earlier builds wrote is taken away first;
files that no build wrote stay where they are.
"""

from __future__ import annotations

import hashlib
import logging as plain_logging
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.config import Config
from sphinx.project import Project
from sphinx.util import logging

from tutorial_site.build.build_lock import Turn
from tutorial_site.build.build_manifest import Record, files, marks, sums
from tutorial_site.build.disk_errors import Complaints, fault, told, try_to_write

__all__ = ["setup"]

LOGGER = logging.getLogger(__name__)
RECORD = "left-by-the-last-build"
LAST = 1000
"""The priority of what comes after all other extensions' part."""


class Site:
    """The folders of one build, from what was left there to what it leaves."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.out, self.doctrees = Path(app.outdir), Path(app.doctreedir)
        place = hashlib.sha256(str(self.out).encode(errors="surrogateescape")).hexdigest()[:8]
        self.file = self.doctrees / f"{RECORD}-{place}.json"
        self.record = Record()
        self.turn: Turn | None = None
        self.complaints = Complaints()

    @property
    def _output(self) -> dict[str, Path]:
        return dict(files(self.out, self.doctrees))

    @property
    def _kept(self) -> dict[str, Path]:
        """The doctrees and what else is kept with them for the next build."""
        found = files(self.doctrees, self.out) if self.doctrees != self.out else ()
        return {name: path for name, path in found if not name.startswith(RECORD)}

    def open(self) -> None:
        """Try the folders before anything is built."""
        try:
            for folder in (self.out, self.doctrees):
                try_to_write(folder)
        except OSError as error:
            self._stop(error)

    def begin(self, app: Sphinx, config: Config) -> None:
        """Wait for our turn, and take away what is not to be built upon, before it is loaded."""
        plain_logging.getLogger("sphinx").addHandler(self.complaints)
        try:
            self.turn = Turn(self.doctrees, self.out)
            old = Record.read(self.file)
            self.record.others = self._others(old)
            self.record.configuration = _configuration(app)
            if old is None or not self._may_go_on(old):
                self._clear()
            else:
                self.record.copied = old.copied
            self.record.write(self.file)
        except OSError as error:
            self._stop(error)

    def _others(self, old: Record | None) -> dict[str, Any]:
        """The files in the output folder that no build of ours wrote, with their marks."""
        present = marks(self._output)
        if old is None:
            return present
        if old.whole:
            return {name: mark for name, mark in present.items() if name not in old.output}
        return {name: mark for name, mark in present.items() if old.others.get(name) == mark}

    def _may_go_on(self, old: Record) -> bool:
        """Whether the folders are as the last build left them, and none of its pages is gone."""
        if not old.whole:
            LOGGER.info("the last build did not come to its end: building anew")
            return False
        left = {**sums(self._kept), **sums(self._output)}
        for name, known in [*old.doctrees.items(), *old.output.items()]:
            if left.get(name) != known:
                # No log message, as in turn.py: who does not expect this is to hear of it.
                message = f"{name} is not as the last build left it: building anew"
                print(message, file=sys.stderr)  # noqa: T201
                return False
        return self.record.configuration == old.configuration and self._pages() >= set(old.pages)

    def _pages(self) -> set[str]:
        config = self.app.config
        project = Project(self.app.srcdir, config.source_suffix)
        return project.discover(config.exclude_patterns, config.include_patterns)

    def _clear(self) -> None:
        """Take away what earlier builds wrote, and with the environment all that is known."""
        for name, path in self._output.items():
            if name not in self.record.others:
                path.unlink()
        for name, path in self._kept.items():
            if name == ENV_PICKLE_FILENAME or path.suffix == ".doctree":
                path.unlink()
        for folder in sorted(self.out.rglob("*/"), reverse=True):
            with suppress(OSError):  # it is not empty
                if folder != self.doctrees:
                    folder.rmdir()

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Note what the build left, if that is a whole site."""
        try:
            found = fault(exception) or next(iter(self.complaints.heard), None)
            if found is not None:
                self._stop(found)
            elif exception is None:
                self._finish()
        except OSError as error:
            self._stop(error)
        finally:
            plain_logging.getLogger("sphinx").removeHandler(self.complaints)
            if self.turn is not None:
                self.turn.end()

    def _finish(self) -> None:
        self._remove_copies()
        present = self._output
        now = marks(present)
        others = {name for name, mark in self.record.others.items() if now.get(name) == mark}
        self._warn_of_pages(others)
        app = self.app
        if app._warncount and app._fail_on_warnings:
            return  # the next build tells the same again
        self.record.output = sums({k: path for k, path in present.items() if k not in others})
        self.record.doctrees = sums(self._kept)
        self.record.pages = sorted(app.env.found_docs)
        self.record.whole = True
        self.record.write(self.file)

    def _remove_copies(self) -> None:
        """Take away the images and downloads for which no page asks any more."""
        builder, env = self.app.builder, self.app.env
        tables = (("_downloads", env.dlfiles), (builder.imagedir or "_images", env.images))
        copied = {f"{folder}/{name}" for folder, table in tables for _, name in table.values()}
        for name in set(self.record.copied) - copied:
            (self.out / name).unlink(missing_ok=True)
        self.record.copied = sorted(copied)

    def _warn_of_pages(self, others: set[str]) -> None:
        for name in sorted(others):
            if self.app.builder.format == "html" and name.endswith(".html"):
                message = (
                    f"{self.out / name} is no page of this build, and would be published: "
                    "remove it (`make clean` removes all that was built)"
                )
                LOGGER.warning(message, type="tutorial_site", subtype="leftovers")

    def _stop(self, error: OSError) -> None:
        """End the build with one line: a list of versions and a trace would not help here."""
        cache = Path(self.app.confdir) / str(getattr(self.app.config, "live_cells_cache", "."))
        folders = (self.out, self.doctrees, cache, Path(tempfile.gettempdir()))
        print(f"build: {told(error, folders)}", file=sys.stderr)  # noqa: T201
        sys.exit(2)


def _configuration(app: Sphinx) -> str:
    """A digest of conf.py and of what the command says beside it."""
    file = Path(app.confdir) / "conf.py"
    text = file.read_bytes() if file.is_file() else b""
    beside = repr(sorted(app.config.overrides.items())).encode(errors="surrogateescape")
    return hashlib.sha256(text + beside).hexdigest()


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part, the last of all to see the end of a build."""
    site = Site(app)
    site.open()
    app.connect("config-inited", site.begin, priority=LAST)
    app.connect("build-finished", site.finish, priority=LAST)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
