"""``myst-doctest adopt FOLDER``: look at a site, set it up, and record its pages one by one."""

from __future__ import annotations

import argparse
import glob
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO

from myst_doctest.adopting.outlook import missing_modules, not_run_by_stock, often_imported, outlook
from myst_doctest.adopting.reasons import pip_name
from myst_doctest.adopting.recording import Adopted, Recorder, given_up_here
from myst_doctest.adopting.site import TABLE, UNCHECKED, AdoptError, SiteFolder
from myst_doctest.adopting.site_files import ALLOWED
from myst_doctest.checking.accept import replace_file
from myst_doctest.pages.fences import LANGUAGE
from myst_doctest.pages.page import Page, seen_from_here
from myst_doctest.pages.rules import Rules
from myst_doctest.running.page_runs import ExecutionError
from myst_doctest.settings import FILE, SettingsError
from myst_doctest.sphinx_config import parser_config

OURS = "adopt: "
"""Begins the reasons that this command wrote."""
NOT_YET = f"{OURS}not yet"
LIMIT = 600.0
"""Seconds for all cells of a page."""
ENDING = (signal.SIGTERM, signal.SIGHUP)
"""What a terminal that is closed, or a machine that is shut down, sends."""


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Adopt a site; the status is 0 where each page is settled, and 2 where it cannot begin."""
    options = _options(arguments)
    say = _Said(out or sys.stdout)
    try:
        with _ended_in_order():
            return _Adoption(options, say).run()
    except (AdoptError, SettingsError) as error:
        say(f"myst-doctest: {error}")
        return 2
    except KeyboardInterrupt as interrupt:
        say("interrupted: pages that were done stay so; the same command goes on with the others")
        return 128 + (interrupt.args[0] if interrupt.args else signal.SIGINT)


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """What ends a program as Ctrl-C does is met as Ctrl-C is: whatever runs is ended, and said."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are the business of somebody else
        return
    known = {number: signal.signal(number, _interrupt) for number in ENDING}
    try:
        yield
    finally:
        for number, handler in known.items():
            signal.signal(number, handler)


def _interrupt(number: int, _: FrameType | None) -> NoReturn:
    signal.signal(number, signal.SIG_DFL)  # who asks twice does not wait
    raise KeyboardInterrupt(number)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="myst-doctest adopt",
        description="Bring a site under the check: set it up, and record what its pages show.",
    )
    parser.add_argument("folder", type=Path, help="the folder of conf.py, or of _config.yml")
    parser.add_argument("pages", type=Path, nargs="*", help="these pages alone, once more too")
    parser.add_argument("-n", "--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--again", action="store_true", help="try once more what was given up")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds for a page")
    parser.add_argument("-j", "--jobs", type=int, default=0, help="pages at a time")
    return parser.parse_args(arguments)


class _Said:
    """Where lines are written, whole, from several threads."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.lock = threading.Lock()

    def __call__(self, *lines: str) -> None:
        with self.lock:
            for line in lines:
                print(line, file=self.out, flush=True)


class _Adoption:
    def __init__(self, options: argparse.Namespace, say: _Said) -> None:
        self.options = options
        self.say = say
        self.site = SiteFolder.find(options.folder)
        self.parser = parser_config(self.site.config)
        self.pages: list[Page] = []
        self.local = threading.local()
        self.recorders: list[Recorder] = []
        self.done: list[Adopted] = []
        self.failed: list[str] = []
        self.as_stock: set[Path] = set()
        """Pages that are of the site as MyST-NB built it: what it did not run stays so."""

    def run(self) -> int:
        """Look, set up, and record."""
        if "myst_nb" not in self.site.values.get("extensions", ()):
            raise AdoptError(f"{self.site.folder}: the site does not use MyST-NB (extensions)")
        ci = os.environ.get("CI", "").lower() not in ("", "0", "false")
        if ci and not self.options.dry_run:
            raise AdoptError("adopt is for authors, not for CI: run it at your desk and commit")
        self._look()
        if not self.pages:
            raise AdoptError(f"{self.site.folder}: no page has a code cell")
        self.say(*_uncommitted(self.site.folder))
        waiting = self._waiting()
        self._plan(waiting)
        if self.options.dry_run:
            self._say_plan(waiting)
            return 0
        if self.site.by_hand:
            raise AdoptError("\n".join(["by hand, and then run this again:", *self.site.by_hand]))
        self._write()
        self.site.settings.check_places()
        try:
            self._record(waiting)
            self._check_others(waiting)
        finally:
            for recorder in self.recorders:
                recorder.close()
        return self._sum_up()

    def _look(self) -> None:
        """Read all pages, and say what is to be known of each."""
        rules = self._rules()
        for path in self.site.pages:
            page = Page.read(path, self.parser, self.site.settings.variants, rules)
            if page.cells or page.problems:
                self.pages.append(page)
                found = [] if page.unchecked else [*outlook(page)]
                why = f", not checked: {page.unchecked}" if page.unchecked else ""
                self.say(f"{self._name(page)}: {_cells(len(page.cells))}{why}")
                self.say(*(f"  {page.where(each.line)}: {each.message}" for each in found))
        self.say(*self._others())

    def _others(self) -> Iterator[str]:
        """What is said of the pages that nothing here reads."""
        rules = self._rules()
        for path in self.site.others:
            why = rules.reason(path) or f"{OURS}{_of_format(path)}"
            yield f"{seen_from_here(path)}: not checked: {why}"

    def _rules(self) -> Rules:
        return Rules.of(self.site.settings, self.site.values)

    def _name(self, page: Page) -> str:
        return page.where(1).rpartition(":")[0]

    def _key(self, path: Path) -> str:
        """A page in the table of those that are not checked."""
        return glob.escape(path.relative_to(self.site.root).as_posix())

    def _waiting(self) -> list[Page]:
        """The pages that are to be recorded."""
        named = {path.resolve() for path in self.options.pages}
        for path in named - {page.path for page in self.pages}:
            raise AdoptError(f"{path}: no page of the site that has cells")
        chosen = [page for page in self.pages if self._is_chosen(page, named)]
        is_new, known = self.site.table_is_new, self._reasons
        self.as_stock = {page.path for page in chosen if is_new or self._key(page.path) in known}
        return [self._reread(page) for page in chosen]

    def _is_chosen(self, page: Page, named: set[Path]) -> bool:
        reason = self.site.toml.table(UNCHECKED).get(self._key(page.path), "")
        if page.unchecked and not reason.startswith(OURS):
            return False  # the author's own word
        if named:
            return page.path in named
        if self.site.table_is_new or reason == NOT_YET:
            return True
        if not reason and not _is_recorded(page):
            return True
        return self.options.again and bool(reason or given_up_here(page))

    def _reread(self, page: Page) -> Page:
        """The page as if the table did not leave it unchecked."""
        return Page.read(page.path, self.parser, page.known, _unbound(self._rules()))

    def _is_tried_again(self, page: Page) -> bool:
        """Whether a page is checked, and only cells of it were given up."""
        return (
            self.options.again and self._key(page.path) not in self._reasons and _is_recorded(page)
        )

    def _plan(self, waiting: Sequence[Page]) -> None:
        """New pages are unchecked at first: what is interrupted then is green, and counted.

        A page that was settled before stays what it was until it is settled again.
        """
        first = self.site.table_is_new
        if first and (slow := often_imported(waiting)):
            self.site.set(TABLE, "preload", slow)
        for path in self.site.others:
            if not self._rules().reason(path):
                self._give_reason(path, f"{OURS}{_of_format(path)}")
        for page in self.pages if first else waiting:
            is_settled = self._key(page.path) in self._reasons or (not first and _is_recorded(page))
            if page.cells and not page.unchecked and not is_settled:
                self._give_reason(page.path, NOT_YET)

    @property
    def _reasons(self) -> dict[str, str]:
        return self.site.toml.table(UNCHECKED)

    def _give_reason(self, path: Path, reason: str) -> None:
        if self._reasons.get(self._key(path)) != reason:
            self.site.set(UNCHECKED, self._key(path), reason)

    def _say_plan(self, waiting: Sequence[Page]) -> None:
        for file, (_, new) in self.site.changes.items():
            self.say(f"would write {file}:")
            self.say(*(f"  {line}" for line in _added(file, new)))
        self.say(*self.site.by_hand)
        self.say(f"would run {_count(len(waiting), 'page')}, and record what they show")

    def _write(self) -> None:
        for file, (old, new) in self.site.changes.items():
            try:
                if old is None:
                    file.write_bytes(new)
                else:
                    replace_file(file, old, new)
            except OSError as error:
                raise AdoptError(f"{file}: not written: {error.strerror or error}") from None
            if file.name != FILE or old is None:
                self.say(f"wrote {file}")
        self.site.changes.clear()

    def _record(self, waiting: Sequence[Page]) -> None:
        with self._pool() as pool:
            running = {pool.submit(self._adopt, page): page for page in waiting}
            for done in as_completed(running):
                self._settle(done.result())

    @contextmanager
    def _pool(self) -> Iterator[ThreadPoolExecutor]:
        """Threads for as many pages as run at a time; nobody waits for one that is interrupted."""
        pool = ThreadPoolExecutor(self.options.jobs or min(len(os.sched_getaffinity(0)), 4))
        try:
            yield pool
        finally:
            pool.shutdown(wait=False, cancel_futures=True)

    def _adopt(self, page: Page) -> Adopted:
        if page.path in self.as_stock and (reason := not_run_by_stock(page)):
            return Adopted(page, f"MyST-NB does not run it; {reason}")
        if any(problem.kind == LANGUAGE for problem in page.problems):
            return Adopted(page, page.problems[0].message, page.problems[0].line)
        try:
            return self._recorder().record(page)
        except Exception as error:  # a fault of this tool: one page is not to stop all others
            return Adopted(page, f"{type(error).__name__}: {error}")

    def _recorder(self) -> Recorder:
        """The recorder of this thread."""
        if not hasattr(self.local, "recorder"):
            rules, limit = _unbound(self._rules()), self.options.limit
            self.local.recorder = Recorder(self.site.settings, self.parser, rules, limit)
            self.local.recorder.keeps_errors = bool(self.site.values.get(ALLOWED))
            self.local.recorder.tries_again = self.options.again
            self.recorders.append(self.local.recorder)
        recorder: Recorder = self.local.recorder
        return recorder

    def _settle(self, adopted: Adopted) -> None:
        """Note what became of a page, in the table too."""
        self.done.append(adopted)
        page = adopted.page
        where = page.where(adopted.line)
        if adopted.reason and self._is_tried_again(page):
            self.say(f"{where}: stays as it was: {adopted.reason}")
            return
        if adopted.reason:
            self._give_reason(page.path, f"{OURS}{adopted.reason}")
        elif self._key(page.path) in self._reasons:
            self.site.remove(UNCHECKED, self._key(page.path))
        self._write()
        if adopted.reason:
            self.say(f"{where}: unchecked: {adopted.reason}")
            return
        done = "recorded" if adopted.is_changed else "nothing to record"
        left = f", {_cells(len(adopted.marks))} not compared" if adopted.marks else ""
        self.say(f"{self._name(page)}: {done}{left}")
        for index, (option, reason) in sorted(adopted.marks.items()):
            cause = adopted.causes.get(index)
            line = "" if cause is None else f" (line {page.cells[cause].line})"
            self.say(f"  {page.where(page.cells[index].line)}: {option}: {reason}{line}")

    def _check_others(self, waiting: Sequence[Page]) -> None:
        """Check pages that were adopted before, and change nothing."""
        paths = {page.path for page in waiting}
        others = [each for each in self.pages if each.path not in paths and not each.unchecked]
        if self.options.pages or not others:
            return
        with self._pool() as pool:
            for failures in pool.map(self._failures, others):
                self.failed += failures
        good = len(others) - len({line.rpartition(":")[0] for line in self.failed})
        self.say(f"{len(others)} pages were recorded before; {good} of them pass", *self.failed)

    def _failures(self, page: Page) -> list[str]:
        try:
            verdicts = self._recorder().check(page)
        except (ExecutionError, TimeoutError) as error:
            return [f"  {page.where(1)}: {error or 'takes too long'}"]
        found = [f"{page.where(each.line)}: {each.message}" for each in page.problems]
        found += [
            f"{page.where(each.line, each.file)}: {each.summary}"
            for each in verdicts
            if not each.is_good
        ]
        return [f"  {line}" for line in found[:1]]

    def _sum_up(self) -> int:
        pages = [self._current(page) for page in self.pages]
        unchecked = [page for page in pages if page.unchecked]
        cells = [cell for page in pages for cell in page.cells]
        varying = sum(cell.varies and bool(cell.unchecked) for cell in cells)
        left = sum(cell.is_unchecked for cell in cells)
        compared = len(cells) - varying - left
        self.say(
            "",
            f"{_count(len(pages), 'page')} with cells: {len(pages) - len(unchecked)} checked,"
            f" {len(unchecked)} unchecked{_and_others(len(self.site.others))}",
            f"{_cells(len(cells))}: {compared} compared, {varying} run and not compared,"
            f" {left} unchecked",
        )
        self.say(*(f"  {self._name(page)}: {page.unchecked}" for page in unchecked))
        self.say(*(f"  {line}" for line in self._others()))
        self.say(*self._missing(pages))
        root = Path(os.path.relpath(self.site.folder))
        self.say("next: read the diff, `pytest " + str(root) + "`, and a build")
        return 1 if self.failed else 0

    def _current(self, page: Page) -> Page:
        return Page.read(page.path, self.parser, page.known, self._rules())

    def _missing(self, pages: Iterable[Page]) -> Iterator[str]:
        given_up = (page for page in pages if page.unchecked)
        wanted = Counter(module for page in given_up for module in missing_modules(page))
        for adopted in self.done:
            wanted.update(adopted.wants - wanted.keys())
        if wanted:
            names = sorted({pip_name(module) for module in wanted})
            yield f"not installed: pip install {' '.join(names)}; then adopt --again"


def _of_format(path: Path) -> str:
    return f"a page in another format ({path.suffix}), which nothing here reads"


def _and_others(count: int) -> str:
    return f"; {_count(count, 'page')} in other formats" if count else ""


def _unbound(rules: Rules) -> Rules:
    """The rules without what this command wrote of pages."""
    unchecked = {
        page: reason for page, reason in rules.unchecked.items() if not reason.startswith(OURS)
    }
    return replace(rules, unchecked=unchecked)


def _is_recorded(page: Page) -> bool:
    return page.is_notebook or any(cell.block for cell in page.cells)


def _added(file: Path, new: bytes) -> Iterator[str]:
    """The lines that a file does not have yet."""
    old = file.read_text("utf-8").splitlines() if file.is_file() else []
    for line in new.decode().splitlines():
        if line not in old:
            yield line


def _uncommitted(folder: Path) -> Iterator[str]:
    command = ["git", "status", "--porcelain", "--", "."]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    except OSError:
        return
    if lines := done.stdout.splitlines():
        yield (
            f"{len(lines)} files below {folder} have changes that are not committed: what is"
            " recorded will stand among them in the diff"
        )


def _cells(count: int) -> str:
    return _count(count, "cell")


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
