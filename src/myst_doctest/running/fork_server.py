"""A warm process that has imported what every page needs and forks for each page.

Run as ``python -P -m myst_doctest.running.fork_server DESCRIPTOR FOLDER PATHS MODULE...``: the
socket at DESCRIPTOR brings one byte and one socket for each page, which runs in a folder in FOLDER;
PATHS are put on ``sys.path``, separated as in PYTHONPATH.
The byte says what the page wants besides the MODULEs (``warm_imports.py``): another server, forked
for the first such page, imports the first of it and is sent the rest.
Two processes are forked for it: one that runs the page's cells and reports over that socket, and
its parent, the watcher, which ends all that the page started and then writes the last line,
``{"state": "ended", "status": -9}``.
A page ends when the other end of its socket is closed, and all pages with the server when that of
the server's socket is; FOLDER is removed then.
"""

import contextlib
import gc
import importlib
import json
import os
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn

from myst_doctest.running import page_process
from myst_doctest.running.warm_imports import MODULES, import_silently

SET_CHILD_SUBREAPER = 36
SET_PDEATHSIG = 1
"""Two of prctl's numbers, from <linux/prctl.h>."""
GRACE = 2.0
"""Seconds that processes have to end by themselves, before they are killed."""


def main(arguments: list[str]) -> None:
    """Fork for pages until the parent closes its end of the socket."""
    control = socket.socket(fileno=int(arguments[0]))
    folder, paths, *modules = arguments[1:]
    sys.path[:0] = paths.split(os.pathsep) if paths else ()
    for name in modules:
        _preload(name)
    prctl(SET_CHILD_SUBREAPER, 1)  # else what a page started outlives a watcher that it killed
    _serve(control, folder)
    shutil.rmtree(folder, ignore_errors=True)  # a parent that was killed has not done it


def _serve(control: socket.socket, folder: str) -> None:
    gc.collect()
    gc.freeze()  # what is here now is garbage in no page
    others: dict[int, socket.socket] = {}
    while order := _next_page(control):
        _reap()
        wanted, descriptor = order
        with socket.socket(fileno=descriptor) as channel:
            if wanted:
                number = (wanted & -wanted).bit_length() - 1
                if number not in others:
                    others[number] = _open_server(
                        number, folder, [control, channel, *others.values()]
                    )
                rest = wanted & wanted - 1
                socket.send_fds(others[number], [bytes([rest])], [channel.fileno()])
            elif not os.fork():
                for each in (control, *others.values()):
                    each.close()
                _watch(channel)
    for each in others.values():
        each.close()
    _let_children_end()
    end_children()


def _let_children_end() -> None:
    """Wait a moment for what ends by itself, since its page or its parent is gone.

    Killed at its exit, a process would leave a half-written file where coverage.py measures it.
    """
    until = time.monotonic() + GRACE
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < until:
            if not os.waitpid(-1, os.WNOHANG)[0]:
                time.sleep(0.005)


def _reap() -> None:
    """Let go of watchers that ended; what they took of the processor counts as taken here."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _open_server(number: int, folder: str, foreign: Iterable[socket.socket]) -> socket.socket:
    """Fork a server with one more module; the socket that brings it pages."""
    ours, theirs = socket.socketpair()
    if os.fork():
        theirs.close()
        return ours
    try:
        for each in (ours, *foreign):
            each.close()
        os.chdir(folder)  # libraries look for their settings where they are imported
        prctl(SET_CHILD_SUBREAPER, 1)
        # Where the import fails or warns, it is the page's: this one serves without it.
        if (warm := os.fork()) and os.waitpid(warm, 0)[1] == 0:
            os._exit(0)
        if not warm and not import_silently(MODULES[number]):
            os._exit(1)
        _serve(theirs, folder)
        os._exit(0)
    finally:
        os._exit(1)  # the process that waits serves on


def _preload(name: str) -> None:
    try:
        importlib.import_module(name)
    except ImportError as error:
        sys.exit(f"[tool.myst_doctest] preload: {name}: {type(error).__name__}: {error}")
    except Exception:
        pass  # the cell that imports it shows where it was raised


def _next_page(control: socket.socket) -> tuple[int, int] | None:
    """What the next page wants, and its socket's descriptor; None where the parent is gone."""
    wanted, descriptors, _, _ = socket.recv_fds(control, 1, 1)
    return (wanted[0], descriptors[0]) if descriptors else None


def _watch(channel: socket.socket) -> NoReturn:
    """Run a page in a process of its own, and report how it ended."""
    try:
        prctl(SET_CHILD_SUBREAPER, 1)  # a daemon of this page lives as long as the page
        request = channel.makefile("rb").readline()
        page = os.fork()
        if not page:
            prctl(SET_PDEATHSIG, signal.SIGKILL)  # an endless page may have killed its watcher
            page_process.serve(channel, request)
        threading.Thread(target=_end_without_parent, args=(channel, page), daemon=True).start()
        _, status = os.waitpid(page, 0)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(page, signal.SIGKILL)
        end_children()
        report = {"state": "ended", "status": os.waitstatus_to_exitcode(status)}
        channel.sendall(json.dumps(report).encode() + b"\n")
    finally:
        os._exit(0)  # by an exception too: the loop above is the server's alone


def _end_without_parent(channel: socket.socket, page: int) -> None:
    """Kill a page when the other end of its socket is closed, or written to no more."""
    with contextlib.suppress(OSError):  # the socket is reset if something there was not read
        channel.recv(1)
    os.kill(page, signal.SIGKILL)


def end_children() -> None:
    """Kill this process's children and the orphans it adopted (Linux); wait until all are gone."""
    with contextlib.suppress(ChildProcessError):
        while True:
            for children in Path("/proc/self/task").glob("*/children"):
                for child in children.read_text().split():
                    os.kill(int(child), signal.SIGKILL)
            os.wait()


def prctl(option: int, value: int) -> None:
    """Set a property of this process (Linux)."""
    if sys.platform == "linux":
        import ctypes  # no other platform needs it

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
