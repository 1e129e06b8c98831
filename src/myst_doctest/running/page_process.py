"""A page's process: run its cells one by one and report each to the parent.

Standard library alone: it is imported by the fork server before any page is known.
What it calls between cells is bound here, before a cell can replace it (``mock.patch`` and the
like).
One JSON document a line goes back over the page's socket: ``{"state": "start", "cell": 3}``
before a cell, ``{"state": "cell", ...}`` after it, ``{"state": "end", ...}`` at the end.
``{"state": "waits", ...}`` says that a cell does not run, since one above it failed.
Attempts at an exercise are cells here, and ``{"state": "grade", ...}`` comes after each.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from os import fstat, getpid, pread
from pathlib import Path
from typing import Any, NoReturn

from myst_doctest.running.dependence import Dependence
from myst_doctest.running.event_loop import EventLoop
from myst_doctest.running.grading import Assignment, Grader
from myst_doctest.running.late_notebook import LateNotebook
from myst_doctest.running.page_folder import PageFolder
from myst_doctest.running.runner import ALL, Kind, Runner
from myst_doctest.running.used_files import UsedFiles
from myst_doctest.running.warm_imports import NOTEBOOK, begin_page

FILE_LIMIT = 256 * 1024 * 1024
"""Bytes that a file written by a page may hold: an endless output must not fill the disk."""
LAST = ("MemoryError", "SystemExit", "KeyboardInterrupt")
"""Exceptions after which no cell runs."""
CUT_OFF = 97
"""The status of a process that lost its socket: a cell closed it, or the parent is gone."""
_ENCODER = json.JSONEncoder()
_ENCODER.iterencode = _ENCODER.iterencode  # type: ignore[method-assign]  # as it is now
_encoded = _ENCODER.encode


@dataclasses.dataclass(frozen=True)
class Request:
    """What a page's process is asked to do."""

    cells: list[tuple[str, str, bool, str]]
    """A cell's file name in tracebacks, its source, whether it may raise, and what runs instead.

    One that raises and may not is the last of those that depend on it, one that hits a limit the
    last of all.
    """
    folder: str
    """The page's empty working directory."""
    root: str
    """The project's folder, whose files are reported where the page uses them."""
    environment: Mapping[str, str]
    """Environment variables beside those of the fork server."""
    setup: str
    rich: Sequence[str]
    memory: int
    """In MiB; 0 for no limit."""
    max_output: int
    assignment: Mapping[str, Any] | None = None
    """The exercise whose attempts are graded, instead of running cells."""
    attempts: Sequence[str] = ()
    watch: str = ""
    is_jupyter: bool = False
    """Whether cells find what a notebook gives them."""
    beside: str = ""
    """The folder of the page's file, where the page runs as if in it."""
    data: Sequence[str] = ()

    def dumps(self) -> bytes:
        """The request as the line that is sent."""
        return json.dumps(dataclasses.asdict(self)).encode() + b"\n"

    @classmethod
    def loads(cls, line: bytes) -> Request:
        """The request that a line holds."""
        return cls(**json.loads(line))


def serve(channel: socket.socket, request: bytes) -> NoReturn:
    """Do what the request's line asks, report over ``channel``, and end this process."""
    os.setsid()  # the page and all that it starts end together
    end_process = os._exit  # before a cell can replace it
    try:
        with channel.makefile("wb") as stream:
            _Child(stream, Request.loads(request)).run()
    except (OSError, ValueError):  # ValueError: the stream itself was closed
        end_process(CUT_OFF)
    end_process(0)


class _Child:
    def __init__(self, stream: Any, request: Request) -> None:
        self.pid = getpid()
        self.stream = stream
        self.request = request
        self.folder = PageFolder(request.folder, request.root)
        self.files = UsedFiles(request.root, self.folder)
        self.loop = EventLoop()
        self.runner = Runner(request.rich, request.max_output, self._drain)
        self.runner.awaited = self.loop.run
        self.captured: dict[int, Kind] = {1: "stdout", 2: "stderr"}
        self.read: dict[int, int] = {1: 0, 2: 0}

    def run(self) -> None:
        self._tell(state="start", cell=-1, time=time.time())
        os.environ.update(self.request.environment)
        self.folder.furnish(self.request.beside, self.request.data)
        os.chdir(self.folder.cwd)
        if self.request.is_jupyter or self.request.beside:
            sys.path.append(str(self.folder.cwd))  # for modules that the page writes
        self._capture_descriptors()
        self.files.note_modules()
        sys.addaudithook(self.files.note)
        _set_limits(self.request.memory)
        self.runner.install()
        begin_page()
        if ALL in self.request.rich:
            self._open_notebook()
        if self.request.is_jupyter:
            from myst_doctest.running.notebook_shell import install  # other pages need none

            install(self.runner)
        os.register_at_fork(after_in_child=_use_descriptors)
        if not self._set_up():
            return
        gc.freeze()  # else each cell's collection goes through what setup imported
        if self.request.assignment is None:
            self._run_cells()
        else:
            self._grade(Assignment(**self.request.assignment))
        self.loop.close()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        widgets = self.runner.notebook.widgets if self.runner.notebook else {}
        unknown = [*filter(None, map(misnamed, self.request.rich))]
        seen = self.files.seen
        self._tell(state="end", files=seen, peak=peak, widgets=widgets, misnamed=unknown)

    def _open_notebook(self) -> None:
        """Show values as a notebook does: with IPython, where this interpreter has it."""
        self.runner.notebook = LateNotebook(self.runner, is_jupyter=self.request.is_jupyter)
        if self.request.is_jupyter or NOTEBOOK in sys.modules:
            self.runner.notebook.open()

    def _run_cells(self) -> None:
        hidden = self.folder.names()
        dependence = Dependence(self.runner.module.__dict__)
        for number, (name, source, may_raise, code) in enumerate(self.request.cells):
            if (cause := dependence.cause(code or source)) is not None:
                dependence.note(cause, code or source)
                self._tell(state="waits", cell=number, cause=cause)
                continue
            self._tell(state="start", cell=number)
            run = self.runner.run(source, name, code)
            for path, shown in hidden.items():
                run.hide(path, shown)
            self._tell(state="cell", cell=number, run=run.data())
            if run.raised and run.raised.name in LAST:
                break
            if run.raised and (run.raised.fatal or not may_raise):
                dependence.note(number, code or source)
            else:
                dependence.settle(code or source)

    def _grade(self, assignment: Assignment) -> None:
        grader = Grader(self.runner, self.request.watch)
        for number, code in enumerate(self.request.attempts):
            self._tell(state="start", cell=number)
            self._tell(state="grade", grade=grader.attempt(assignment, code).data())
            if number == 0:  # it configured mappers, compiled statements, and the like
                gc.collect()
                gc.freeze()

    def _set_up(self) -> bool:
        try:
            self.runner.set_up(self.request.setup)
        except Exception as error:
            message = f"setup {self.request.setup!r} failed: {type(error).__name__}: {error}"
            self._tell(state="broken", message=message)
            return False
        return True

    def _tell(self, **message: Any) -> None:
        if getpid() != self.pid:
            os._exit(0)  # a cell forked, and its child came out of the cell too
        self.stream.write(_encoded(message).encode() + b"\n")
        self.stream.flush()

    def _capture_descriptors(self) -> None:
        """Send what a process writes to descriptors 1 and 2 to files, whose growth is read."""
        for descriptor in self.captured:
            file = os.memfd_create("output") if hasattr(os, "memfd_create") else _hidden_file()
            os.dup2(file, descriptor)
            os.close(file)
        empty = os.open(os.devnull, os.O_RDONLY)
        os.dup2(empty, 0)
        os.close(empty)

    def _drain(self) -> Iterator[tuple[Kind, str]]:
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None and not stream.closed:
                stream.flush()
        for descriptor, kind in self.captured.items():
            try:
                size = fstat(descriptor).st_size
            except OSError:
                continue  # the cell closed it
            start, self.read[descriptor] = self.read[descriptor], size
            if size > start:
                room = self.request.max_output + 1  # one more, so that the run counts as cut
                data = pread(descriptor, min(size - start, room), start)
                yield kind, data.decode("utf-8", "surrogateescape")


def misnamed(name: str) -> str:
    """What is wrong with a type's name in ``rich``, as far as the page's modules tell."""
    module, _, rest = name.rpartition(".")
    while module and module not in sys.modules:
        module, _, first = module.rpartition(".")
        rest = f"{first}.{rest}"
    found: Any = sys.modules.get(module)
    if found is None or module == "__main__":  # what a page defines, another one need not
        return ""
    for part in rest.split("."):
        if not hasattr(found, part):
            return f"{name!r} in rich of [tool.myst_doctest]: {module} has no {rest}"
        found = getattr(found, part)
    real = f"{getattr(found, '__module__', '')}.{getattr(found, '__qualname__', '')}"
    if isinstance(found, type) and real != name:
        return f"{name!r} in rich of [tool.myst_doctest]: write {real!r}, which is its name"
    return ""


def _use_descriptors() -> None:
    """Print to the descriptors: what a forked process publishes is lost."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, f"__{name}__")
        stream.reconfigure(line_buffering=True)
        setattr(sys, name, stream)


def _hidden_file() -> int:
    import tempfile

    descriptor, name = tempfile.mkstemp()
    Path(name).unlink()
    return descriptor


def _set_limits(memory: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write past the limit is an OSError
    _limit(resource.RLIMIT_FSIZE, FILE_LIMIT)
    _limit(resource.RLIMIT_CORE, 0)
    if memory and sys.platform == "linux":
        _limit(resource.RLIMIT_AS, memory * 1024 * 1024)


def _limit(kind: int, value: int) -> None:
    _, hard = resource.getrlimit(kind)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(kind, (value, value))
