"""Run pages, each in a process of its own, all at once.

The parent's side of the fork server: it hands over pages, keeps the time, and reports how each
page's process ended.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from myst_doctest.running.page_process import CUT_OFF, Request, end_group
from myst_doctest.running.runner import CellRun
from myst_doctest.running.used_files import digest, stamp
from myst_doctest.settings import Settings

if TYPE_CHECKING:  # MyST-NB, which a page needs, takes longer to import than the server to start
    from myst_doctest.pages.page import Cell, Page

__all__ = ["ExecutionError", "PageRun", "Running", "Server", "environment", "request"]

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
    r"|PYTHON(STARTUP|WARNINGS|_COLORS|OPTIMIZE|DEVMODE|BREAKPOINT|INSPECT|IOENCODING)"
)
"""Variables of the desk at which pages are run that would change what cells show."""
START = 30.0
"""Seconds for the fork server to import, at least: no cell has begun, whatever its limit."""
AFTER_END = 5.0
"""Seconds that a page's process has to end after its last word, before it is killed."""


class ExecutionError(Exception):
    """The fork server itself failed."""


class ServerGoneError(Exception):
    """The fork server ended, or does not answer."""


@dataclass
class PageRun:
    """What a page's cells did."""

    cells: list[CellRun] = field(default_factory=list)
    """The runs of the cells that came to their end; one that raised and may not is the last."""
    stopped: str = ""
    """Why the page ended early, in the cell after these, other than by an exception."""
    ran: float = 0.0
    """When it began, in seconds since the epoch."""
    peak: int = 0
    """The process's largest resident size in KiB."""
    files: dict[str, str] = field(default_factory=dict)
    """The project's files that the page used, and their digests when it ran."""


class Server:
    """A fork server and the pages that run on it; a context manager.

    ``python`` may be another interpreter, which needs the standard library alone: it finds this
    package by ``PYTHONPATH``.
    """

    def __init__(self, settings: Settings, python: str = sys.executable) -> None:
        self.settings = settings
        self.jobs = max(_cores(), 1)
        self.running: Running | None = None
        self.python = python
        self.start()

    def start(self) -> None:
        """Start the server's process."""
        self.control, theirs = socket.socketpair()
        is_own = self.python == sys.executable
        own = {} if is_own else {"PYTHONPATH": str(Path(__file__).parents[2])}
        command = [self.python, "-P", "-m", "myst_doctest.running.fork_server"]
        with theirs:
            self.process = subprocess.Popen(
                [*command, str(theirs.fileno()), *self.settings.preload],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=environment() | own,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the server and what runs on it."""
        with contextlib.suppress(OSError):  # it may be gone already
            self.control.shutdown(socket.SHUT_RDWR)
        if self.running is not None:
            self.running.thread.join()
        self.end()

    def end(self) -> str:
        """End the server's process, and give the last lines that it wrote."""
        self.control.close()
        try:
            self.process.wait(AFTER_END)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        stream = self.process.stderr
        assert stream is not None
        said = "" if stream.closed else stream.read().decode(errors="replace").strip()
        stream.close()
        return f"the fork server ended with status {self.process.returncode}: {said}"

    def run(self, pages: Mapping[str, Page], until: Mapping[str, int]) -> Running:
        """Run pages in parallel, in this order; ``until`` limits a page to so many cells."""
        self.running = Running(self, pages, until)
        return self.running


class Running:
    """Pages that run while the caller does something else."""

    def __init__(self, server: Server, pages: Mapping[str, Page], until: Mapping[str, int]) -> None:
        self.ended = {name: threading.Event() for name in pages}
        self.pump = _Pump(server, pages, until, self._note)
        self.runs: dict[str, PageRun] = {}
        self.failure: ExecutionError | None = None
        self.thread = threading.Thread(target=self._run, name="pages", daemon=True)
        self.thread.start()

    def result(self, name: str) -> PageRun:
        """A page's run, as soon as it has ended.

        Raises ExecutionError where the server could not be started, or died before.
        """
        self.ended[name].wait()
        if name not in self.runs:
            assert self.failure is not None
            raise self.failure
        return self.runs[name]

    def results(self) -> dict[str, PageRun]:
        """All pages' runs, as soon as all have ended; raises as :meth:`result` does."""
        return {name: self.result(name) for name in self.ended}

    def _note(self, name: str, run: PageRun) -> None:
        self.runs[name] = run
        self.ended[name].set()

    def _run(self) -> None:
        try:
            self.pump.run()
        except ExecutionError as error:
            self.failure = error
        except Exception as error:
            self.failure = ExecutionError(f"{type(error).__name__}: {error}")
        finally:
            for event in self.ended.values():
                event.set()


class _Pump:
    """Keeps as many pages running as there are cores and reads what they say."""

    def __init__(
        self,
        server: Server,
        pages: Mapping[str, Page],
        until: Mapping[str, int],
        note: Callable[[str, PageRun], None],
    ) -> None:
        self.server = server
        self.note = note
        self.waiting = [
            _Process(name, page.cells[: until.get(name)], server.settings)
            for name, page in pages.items()
        ]
        self.running: dict[socket.socket, _Process] = {}
        self.ended: dict[int, int] = {}
        self.selector = selectors.DefaultSelector()
        self.reports = b""

    def run(self) -> None:
        """Run all pages, on another server where a page ends or stops the one that it runs on."""
        try:
            self.selector.register(self.server.control, selectors.EVENT_READ)
            while self.waiting or self.running:
                try:
                    self._start()
                    self._step()
                except ServerGoneError:
                    self._replace_server()
        finally:
            self.selector.close()
            for process in self.running.values():
                process.expire()  # the server may be dead, and kills nothing then
            for process in [*self.running.values(), *self.waiting]:
                process.close()

    def _replace_server(self) -> None:
        """Name the pages that ran on a server that is gone, and start another for the rest."""
        self.selector.unregister(self.server.control)
        why = self.server.end()
        names = ", ".join(sorted(each.name for each in self.running.values() if each.pid))
        if not names:
            raise ExecutionError(why)  # no page did it
        for channel, process in list(self.running.items()):
            if process.pid:
                process.result_so_far.stopped = f"{why} (pages that ran then: {names})"
                process.expire()
            else:
                self.waiting.insert(0, _Process(process.name, process.cells, process.settings))
            self._finish(channel, 0)
        self.ended.clear()
        self.reports = b""
        self.server.start()
        self.selector.register(self.server.control, selectors.EVENT_READ)

    def _start(self) -> None:
        while self.waiting and len(self.running) < self.server.jobs:
            process = self.waiting[0]
            try:
                channel = process.start(self.server.control)
            except OSError:
                process.close()
                raise ServerGoneError from None
            self.waiting.pop(0)
            self.running[channel] = process
            self.selector.register(channel, selectors.EVENT_READ)

    def _step(self) -> None:
        deadline = min(process.deadline for process in self.running.values())
        for key, _ in self.selector.select(max(deadline - time.monotonic(), 0)):
            if key.fileobj is self.server.control:
                self._read_reports()
            else:
                assert isinstance(key.fileobj, socket.socket)
                self._read(key.fileobj)
        for channel, process in list(self.running.items()):
            if process.pid in self.ended:
                self._finish(channel, self.ended.pop(process.pid))
            elif time.monotonic() >= process.deadline:
                if process.expired and process.pid:  # it was killed, and the server is silent
                    self.server.process.kill()
                    raise ServerGoneError
                process.expire()
                if not process.pid:  # it died before it could say who it is
                    self._finish(channel, 0)

    def _read(self, channel: socket.socket) -> None:
        """Take in what a page said; at the end of its socket its status is still to come."""
        if not self.running[channel].receive():
            self.selector.unregister(channel)

    def _read_reports(self) -> None:
        try:
            data = self.server.control.recv(65536)
        except ConnectionResetError:  # it died before it read what was sent
            data = b""
        if not data:
            raise ServerGoneError
        *lines, self.reports = (self.reports + data).split(b"\n")
        for line in lines:
            pid, status = line.split()
            self.ended[int(pid)] = int(status)

    def _finish(self, channel: socket.socket, status: int) -> None:
        process = self.running.pop(channel)
        while channel in self.selector.get_map() and process.receive():
            pass
        if channel in self.selector.get_map():
            self.selector.unregister(channel)
        if all(each.name != process.name for each in self.waiting):  # it is to run once more
            self.note(process.name, process.result(status))
        process.close()


class _Process:
    """One page's process, seen from the parent."""

    def __init__(self, name: str, cells: Sequence[Cell], settings: Settings) -> None:
        self.name = name
        self.cells = cells
        self.settings = settings
        self.pid = 0
        self.cell = -1
        self.result_so_far = PageRun()
        self.over = False
        self.expired = False
        self.timed_out = 0.0
        self.deadline = float("inf")
        self.buffer = b""
        self.channel: socket.socket | None = None
        self.folder = ""

    def start(self, control: socket.socket) -> socket.socket:
        """Have the server fork a process and send it the page's cells."""
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="page-"))
        self.channel, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(control, [b"p"], [theirs.fileno()])
        self.channel.sendall(request(self.cells, self.settings, self.folder).dumps())
        self.channel.setblocking(False)
        self._set_deadline(max(self.settings.timeout, START))
        return self.channel

    def _set_deadline(self, seconds: float) -> None:
        self.limit = seconds
        self.deadline = time.monotonic() + seconds

    def receive(self) -> bool:
        """Take in what the page said; False at the end of its socket."""
        assert self.channel is not None
        try:
            data = self.channel.recv(1 << 20)
        except BlockingIOError:
            return False
        except ConnectionResetError:
            data = b""
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        try:
            for line in lines:
                self._take(json.loads(line))
        except (ValueError, KeyError, TypeError, IndexError):
            self._break("wrote to its connection with this tool")
        return bool(data)

    def _break(self, why: str) -> None:
        if not self.result_so_far.stopped:
            self.result_so_far.stopped = f"the page's process {why}"
        self.over = True
        self.expire()

    def _take(self, message: dict[str, Any]) -> None:
        result = self.result_so_far
        match message["state"]:
            case "start":
                self._begin(message)
            case "cell":
                result.cells.append(CellRun.of(message["run"]))
            case "broken":
                result.stopped = message["message"]
                self._end()
            case "end":
                result.peak = message["peak"]
                result.files = {
                    name: digest(name) if stamp(name) == seen else "changed while the page ran"
                    for name, seen in message["files"].items()
                }
                self._end()

    def _begin(self, message: dict[str, Any]) -> None:
        self.cell = message["cell"]
        if self.cell < 0:
            self.pid, self.result_so_far.ran = message["pid"], message["time"]
        own = self.cells[self.cell].timeout if self.cell >= 0 else None
        self._set_deadline(own or self.settings.timeout)

    def _end(self) -> None:
        self.over = True
        self.deadline = time.monotonic() + AFTER_END

    def expire(self) -> None:
        """Kill the page and what it started: its cell has had its time."""
        if not self.over:
            self.timed_out = self.limit
        self.expired = True
        self.deadline = time.monotonic() + AFTER_END  # for the server to report its end
        if self.pid:
            end_group(self.pid)

    def result(self, status: int) -> PageRun:
        """The page's run, once its process has ended with ``status`` (as ``os.wait`` gives it)."""
        result = self.result_so_far
        if result.stopped:
            pass
        elif self.timed_out:
            whose = "before its first cell"
            if self.cell >= 0:
                whose = "the cell's limit (tag timeout-SECONDS, or timeout in [tool.myst_doctest])"
            result.stopped = f"stopped after {self.timed_out:g} s, {whose}"
        elif not self.over:
            result.stopped = f"the page's process {_ending(status, self.settings.memory)}"
        return result

    def close(self) -> None:
        if self.channel is not None:
            self.channel.close()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)


def _ending(status: int, memory: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code == CUT_OFF:
        return "lost its connection with this tool, which a cell closed"
    if code >= 0:
        return f"ended itself with status {code}"
    name = signal.Signals(-code).name
    said = f"was ended by signal {-code} ({name})"
    if memory and name in ("SIGABRT", "SIGBUS", "SIGSEGV", "SIGTRAP"):
        said += f"; perhaps it wants more than the {memory} MiB of memory in [tool.myst_doctest]"
    return said


def request(cells: Sequence[Cell], settings: Settings, folder: str) -> Request:
    """The request to run these cells in ``folder``."""
    return Request(
        cells=[
            (f"<cell {cell.name or cell.index + 1}>", cell.source, cell.raises) for cell in cells
        ],
        folder=folder,
        root=str(settings.root),
        pythonpath=[str(settings.root / path) for path in settings.pythonpath],
        setup=settings.setup,
        rich=settings.rich,
        memory=settings.memory,
        max_output=settings.max_output,
    )


def environment() -> dict[str, str]:
    """The environment of a page's process: this one's, less what would change what cells show."""
    kept = {name: value for name, value in os.environ.items() if not REMOVED.fullmatch(name)}
    return kept | ENVIRONMENT


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
