"""Run pages, each in a process of its own, all at once.

The parent's side of the fork server: a thread a page hands it over, takes in what it says, and
keeps the time.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from myst_doctest.running.grading import Assignment, Grade
from myst_doctest.running.memory_folder import memory_folder
from myst_doctest.running.page_process import CUT_OFF, Request
from myst_doctest.running.runner import ALL, CellRun
from myst_doctest.running.service import Service, ServiceError, StartError
from myst_doctest.running.warm_imports import wanted
from myst_doctest.settings import TABLE, Settings
from myst_doctest.variants import Variant

if TYPE_CHECKING:  # MyST-NB, which a page needs, takes longer to import than the server to start
    from myst_doctest.pages.page import Cell, Page

ENVIRONMENT = {
    "COLUMNS": "80",
    "LANG": "C.UTF-8",
    "LC_ALL": "C.UTF-8",
    "LINES": "24",
    "MALLOC_ARENA_MAX": "2",  # else each thread takes 64 MiB of a page's address space
    "NO_COLOR": "1",
    "PYTHONUTF8": "1",
    "TZ": "UTC",
}
REMOVED = re.compile(
    r"LC_\w+|LANGUAGE|(FORCE_COLOR|CLICOLOR|COLORTERM)\w*"
    r"|DISPLAY|WAYLAND_DISPLAY|MPLBACKEND|PAGER|MANPAGER|EDITOR|VISUAL|BROWSER"
    r"|PYTEST\w*|IPYTHON\w*|JUPYTER\w*"
    r"|PG[A-Z]+|MYSQL_\w+|MARIADB_\w+"  # where a database's client would go by itself
    r"|PYTHON(STARTUP|WARNINGS|_COLORS|OPTIMIZE|DEVMODE|BREAKPOINT|INSPECT|IOENCODING)"
)
"""Variables of the desk at which pages are run that would change what cells show."""
MODULE = "myst_doctest.running.fork_server"
ELSEWHERE = f"""\
import importlib.util, runpy, sys
folder = sys.argv.pop(1)
spec = importlib.util.spec_from_file_location("myst_doctest", folder + "/__init__.py")
sys.modules["myst_doctest"] = importlib.util.module_from_spec(spec)
runpy.run_module("{MODULE}", run_name="__main__", alter_sys=True)
"""
"""Has another interpreter run the fork server, from the folder of this package.

By a path it would find what is installed beside this package, in place of its own packages.
"""
BACKEND = "module://matplotlib_inline.backend_inline"
"""What a kernel sets for matplotlib: figures are shown at a cell's end, and closed."""
START = 120.0
"""Seconds for the fork server to import, at least: no cell has begun, whatever its limit."""
AFTER_END = 5.0
"""Seconds that a process has to end after its last word, before it is killed."""


class ExecutionError(Exception):
    """The fork server itself failed."""


class UnavailableError(ExecutionError):
    """A variant cannot run here; the message says why."""


@dataclass
class PageRun:
    """What a page's cells did."""

    cells: list[CellRun] = field(default_factory=list)
    """The runs of the cells that came to their end, and empty ones of those that wait."""
    waits: dict[int, int] = field(default_factory=dict)
    """The cells that did not run, and the failed one on which each depends, by their numbers."""
    grades: list[Grade] = field(default_factory=list)
    """Those of the attempts at an exercise that came to their end."""
    stopped: str = ""
    """Why the page ended early, in the cell after these, other than by an exception."""
    ran: float = 0.0
    """When it began, in seconds since the epoch."""
    peak: int = 0
    """The process's largest resident size in KiB."""
    widgets: dict[str, Any] = field(default_factory=dict)
    """The state of its widgets, by MIME type."""
    misnamed: list[str] = field(default_factory=list)
    """What is wrong with names of types in ``rich``."""
    files: dict[str, str] = field(default_factory=dict)
    """The project's files that the page used, and their digests when it used them."""


class Server:
    """What runs pages: fork servers, the services of variants, and a thread a page.

    A context manager. The fork server of this interpreter starts at once, another, like a
    service, with the first page that wants it.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.slots = threading.Semaphore(_cores() + 1)  # now and then a page waits for a lock
        self.lock = threading.Lock()
        self.threads: list[threading.Thread] = []
        self.forks: dict[tuple[str, tuple[str, ...]], ForkServer] = {("", ()): ForkServer(settings)}
        """By the interpreter and by what a variant preloads."""
        self.services = {
            variant.name: Service(variant.service, settings.root, _pythonpath(settings))
            for variant in settings.variants.values()
            if variant.service
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def dismiss(self) -> None:
        """Let the servers end, all pages having run, and do not wait for it."""
        for service in self.services.values():
            service.dismiss()
        for fork in self.forks.values():
            fork.dismiss()

    def close(self) -> None:
        """End the servers and what runs on them."""
        for fork in list(self.forks.values()):
            fork.end()
        for thread in self.threads:
            thread.join()
        for service in self.services.values():
            service.close()
        for fork in self.forks.values():
            fork.close()

    def run(self, page: Page, until: int | None = None, variant: str = "") -> Future[PageRun]:
        """Run a page, or its cells above number ``until``, beside other pages and the caller.

        The future's ``result()`` raises ExecutionError where the server could not be started, or
        died before, and UnavailableError where the variant cannot be had here.
        """
        cells = page.cells_on(variant, until)
        beside = page.path.parent
        if variant:
            there = self.settings.variants[variant]
            code = "\n".join(cell.source for cell in cells)
            return self._begin(
                lambda: self._run_on(
                    there, code, lambda fork, env: fork.run(cells, there, env, beside)
                )
            )
        return self._begin(lambda: self.forks["", ()].run(cells, beside=beside))

    def grade(
        self, assignment: Assignment, attempts: Sequence[str], variant: Variant | None = None
    ) -> Future[PageRun]:
        """Grade attempts at an exercise in a process of their own; see :meth:`run`."""
        if variant:
            code = "\n".join([assignment.given, assignment.check, *attempts])
            return self._begin(
                lambda: self._run_on(
                    variant, code, lambda fork, env: fork.grade(assignment, attempts, variant, env)
                )
            )
        return self._begin(lambda: self.forks["", ()].grade(assignment, attempts))

    def _begin(self, task: Callable[[], PageRun]) -> Future[PageRun]:
        future: Future[PageRun] = Future()
        self.threads.append(threading.Thread(target=self._do, args=(future, task), daemon=True))
        self.threads[-1].start()
        return future

    def _do(self, future: Future[PageRun], task: Callable[[], PageRun]) -> None:
        try:
            with self.slots:
                future.set_result(task())
        except ExecutionError as error:
            future.set_exception(error)
        except Exception as error:
            future.set_exception(ExecutionError(f"{type(error).__name__}: {error}"))

    def _run_on(
        self,
        variant: Variant,
        code: str,
        run: Callable[[ForkServer, Mapping[str, str]], PageRun],
    ) -> PageRun:
        service = self.services.get(variant.name)
        page: AbstractContextManager[dict[str, str]] = (
            service.page(code) if service else contextlib.nullcontext({})
        )
        fork = self._fork_server(variant)
        try:
            with page as environment:
                return run(fork, environment)
        except StartError as error:
            why = f"its service does not start: {error}"
            raise self._unavailable(variant, "service", why) from None
        except ServiceError as error:
            return PageRun(stopped=f"the service of {variant.title} failed: {error}")
        except ExecutionError as error:
            said = str(error).partition(f"[{TABLE}] preload: ")[2]
            if not fork.has_run and said.partition(":")[0] in variant.preload:
                raise self._unavailable(variant, "preload", f"preload: {said}") from None
            if fork.has_run or not variant.python:
                raise
            why = f"{variant.python} runs no page, as a Python 3.11 or later would: {error}"
            raise self._unavailable(variant, "python", why) from None

    def _fork_server(self, variant: Variant) -> ForkServer:
        key = variant.python, variant.preload
        with self.lock:
            if key not in self.forks:
                path = self.settings.root / variant.python
                found = str(path) if path.is_file() else shutil.which(variant.python)
                python = found or variant.python or sys.executable
                try:
                    self.forks[key] = ForkServer(self.settings, python, variant.preload)
                except OSError as error:
                    why = f"{variant.python} cannot be run: {error.strerror}"
                    raise self._unavailable(variant, "python", why) from None
            return self.forks[key]

    def _unavailable(self, variant: Variant, key: str, why: str) -> UnavailableError:
        return UnavailableError(f"{self.settings.where(variant.name, key)}: {why}")


class ForkServer:
    """A fork server and the pages that it runs.

    ``python`` may be another interpreter, which needs the standard library alone: ``ELSEWHERE``
    lends it this package.
    """

    def __init__(
        self, settings: Settings, python: str = sys.executable, preload: Sequence[str] = ()
    ) -> None:
        self.settings = settings
        self.preload = (*settings.preload, *preload)
        self.has_run = False
        """Whether a page has begun on it."""
        self.channels: set[socket.socket] = set()
        self.errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the server)
        self.folder = tempfile.TemporaryDirectory(
            prefix="pages-", dir=memory_folder(), ignore_cleanup_errors=True
        )
        self.control, theirs = socket.socketpair()
        is_own = python == sys.executable
        start = ["-m", MODULE] if is_own else ["-c", ELSEWHERE, str(Path(__file__).parents[1])]
        # read when matplotlib is imported
        backend = {"MPLBACKEND": BACKEND} if is_own and ALL in settings.rich else {}
        with theirs, contextlib.ExitStack() as files:
            files.callback(self.close)  # where there is no such interpreter
            self.process = subprocess.Popen(
                [
                    *(python, "-P", *start, str(theirs.fileno()), self.folder.name),
                    *(os.pathsep.join(_pythonpath(settings)), *self.preload),
                ],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self.errors,
                env=environment() | backend,
                start_new_session=True,
            )
            files.pop_all()

    def end(self) -> None:
        """End the pages and the server's process."""
        for channel in list(self.channels):
            _end_page(channel)
        self.dismiss()
        try:
            self.process.wait(AFTER_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def dismiss(self) -> None:
        """Let the server's process end, and do not wait for it."""
        with contextlib.suppress(OSError):  # it may be gone already
            self.control.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close and remove its files, once its pages have ended."""
        self.control.close()
        self.errors.close()
        self.folder.cleanup()

    def run(
        self,
        cells: Sequence[Cell],
        variant: Variant | None = None,
        variables: Mapping[str, str] | None = None,
        beside: Path = Path(),
    ) -> PageRun:
        """Have the server run a page in a folder of its own, with more environment variables.

        ``beside`` is the folder of the page's file.
        """

        def asked(folder: str) -> Request:
            own = request(cells, self.settings, folder, variant, variables)
            return replace(own, beside=str(beside)) if self.settings.cwd == "page" else own

        return self._run(asked, [cell.timeout for cell in cells])

    def grade(
        self,
        assignment: Assignment,
        attempts: Sequence[str],
        variant: Variant | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> PageRun:
        """Have the server grade attempts at an exercise, as :meth:`run` runs cells."""

        def asked(folder: str) -> Request:
            return replace(
                request((), self.settings, folder, variant, variables),
                assignment=asdict(assignment),
                attempts=attempts,
                watch=self.settings.watch,
            )

        return self._run(asked, [None] * len(attempts))

    def _run(self, asked: Callable[[str], Request], timeouts: Sequence[float | None]) -> PageRun:
        with contextlib.ExitStack() as stack:
            folder = tempfile.TemporaryDirectory(dir=self.folder.name, ignore_cleanup_errors=True)
            order = asked(os.path.realpath(stack.enter_context(folder)))
            first = bytes([wanted(order, self.preload)])
            ours, theirs = map(stack.enter_context, socket.socketpair())
            self.channels.add(ours)
            try:
                with theirs:
                    socket.send_fds(self.control, [first], [theirs.fileno()])
                ours.sendall(order.dumps())
            except OSError:
                raise self._gone() from None
            watched = _WatchedPage(ours, timeouts, self.settings)
            watched.watch()
            self.has_run |= watched.run.ran > 0
            if not watched.run.ran and not watched.run.stopped:
                raise self._gone()
            return watched.run

    def _gone(self) -> ExecutionError:
        """Why a page was not begun: the server's last lines say it."""
        self.end()
        said = os.pread(self.errors.fileno(), 1 << 20, 0).decode(errors="replace").strip()
        return ExecutionError(
            f"the fork server ended with status {self.process.returncode}: {said}"
        )


class _WatchedPage:
    """One page's process, seen from the parent: its run so far, and the time that it has."""

    def __init__(
        self, channel: socket.socket, timeouts: Sequence[float | None], settings: Settings
    ) -> None:
        self.channel = channel
        self.timeouts = timeouts
        """Seconds that each cell may take, where it says so."""
        self.settings = settings
        self.cell = -1
        self.run = PageRun()
        self.over = False
        self._set_limit(max(settings.timeout, START))

    def watch(self) -> None:
        """Take in what the page says, until it has ended or its time is over."""
        try:
            for message in self._messages():
                self._take(message)
        except TimeoutError:
            self._stop(f"stopped after {self.limit:g} s, {self._whose_limit()}")
        except (ValueError, KeyError, TypeError, IndexError):
            self._stop("the page's process wrote to its connection with this tool")
        if self.run.ran and not self.over:
            self._stop("the page's process ended with the one above it, which a cell ended")

    def _messages(self) -> Iterator[dict[str, Any]]:
        buffer = b""
        while data := self._receive():
            *lines, buffer = (buffer + data).split(b"\n")
            yield from map(json.loads, lines)

    def _receive(self) -> bytes:
        """The next bytes; none at the end of the socket. Raises TimeoutError after the limit."""
        self.channel.settimeout(max(self.deadline - time.monotonic(), 0.001))
        try:
            return self.channel.recv(1 << 20)
        except ConnectionResetError:
            return b""

    def _take(self, message: dict[str, Any]) -> None:
        run = self.run
        match message["state"]:
            case "start":
                self.cell = message["cell"]
                run.ran = message.get("time", run.ran)
                own = self.timeouts[self.cell] if self.cell >= 0 else None
                self._set_limit(own or self.settings.timeout)
            case "cell":
                run.cells.append(CellRun.of(message["run"]))
            case "waits":
                run.waits[len(run.cells)] = message["cause"]
                run.cells.append(CellRun())
            case "grade":
                run.grades.append(Grade.of(message["grade"]))
            case "broken":
                run.stopped = message["message"]
                self._end()
            case "end":
                run.peak = message["peak"]
                run.files = message["files"]
                run.widgets = message["widgets"]
                run.misnamed = message["misnamed"]
                self._end()
            case "ended" if not self.over:
                ending = _ending(message["status"], self.settings.memory)
                self._stop(f"the page's process {ending}")

    def _set_limit(self, seconds: float) -> None:
        self.limit = seconds
        self.deadline = time.monotonic() + seconds

    def _end(self) -> None:
        self.over = True
        self._set_limit(AFTER_END)

    def _whose_limit(self) -> str:
        if self.cell < 0:
            return "before its first cell"
        return "the cell's limit (tag timeout-SECONDS, or timeout in [tool.myst_doctest])"

    def _stop(self, why: str) -> None:
        """End the page, unless it has, and wait until what it started has ended too."""
        if not self.over:
            self.run.stopped = why
        self._end()
        _end_page(self.channel)
        with contextlib.suppress(TimeoutError):
            while self._receive():
                pass


def _end_page(channel: socket.socket) -> None:
    """Have the page's watcher end it."""
    with contextlib.suppress(OSError):  # it may be gone already
        channel.shutdown(socket.SHUT_WR)


def _ending(code: int, memory: int) -> str:
    if code == CUT_OFF:
        return "lost its connection with this tool, which a cell closed"
    if code >= 0:
        return f"ended itself with status {code}"
    name = signal.Signals(-code).name
    said = f"was ended by signal {-code} ({name})"
    if memory and name in ("SIGABRT", "SIGBUS", "SIGSEGV", "SIGTRAP"):
        said += f"; perhaps it wants more than the {memory} MiB of memory in [tool.myst_doctest]"
    return said


def request(
    cells: Sequence[Cell],
    settings: Settings,
    folder: str,
    variant: Variant | None = None,
    variables: Mapping[str, str] | None = None,
) -> Request:
    """The request to run these cells in ``folder``."""
    own = variant.environment if variant else {}
    return Request(
        cells=[
            (
                f"<cell {cell.name or cell.index + 1}>",
                cell.source,
                cell.raises or not cell.is_checked or cell.is_unchecked,
                cell.code if cell.code != cell.source else "",
            )
            for cell in cells
        ],
        folder=folder,
        root=str(settings.root),
        environment={**own, **(variables or {})},
        setup=(variant.setup if variant else "") or settings.setup,
        rich=settings.rich,
        memory=settings.memory,
        max_output=settings.max_output,
        is_jupyter=settings.compatibility == "jupyter",
        data=settings.data,
    )


def _pythonpath(settings: Settings) -> list[str]:
    return [str(settings.root / path) for path in settings.pythonpath]


def environment() -> dict[str, str]:
    """The environment of a page's process: this one's, less what would change what cells show."""
    kept = {name: value for name, value in os.environ.items() if not REMOVED.fullmatch(name)}
    return kept | ENVIRONMENT


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
