"""A warm process that has imported what every page needs and forks one process a page.

Run as ``python -P -m myst_doctest.running.fork_server DESCRIPTOR MODULE...``: the socket at
DESCRIPTOR brings one byte and one socket for each page; the process forked for it serves that
socket.
A line ``PID STATUS`` goes back when a page's process has ended.
The server ends, and its pages with it, when the other end of the socket is closed.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import sys
from pathlib import Path

from myst_doctest.running import page_process

__all__ = ["main"]

SET_CHILD_SUBREAPER = 36
"""prctl's number, from <linux/prctl.h>."""


def main(arguments: list[str]) -> None:
    """Serve pages until the parent closes its end of the socket."""
    control = socket.socket(fileno=int(arguments[0]))
    for name in arguments[1:]:
        _preload(name)
    _adopt_orphans()
    gc.collect()
    gc.freeze()  # what is here now is garbage in no page
    wake, waker = socket.socketpair()
    for end in (wake, waker):
        end.setblocking(False)
    signal.set_wakeup_fd(waker.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    pages: set[int] = set()
    while True:
        ready, _, _ = select.select([control, wake], [], [])
        if wake in ready:
            wake.recv(4096)
            _report_ended(control, pages)
        if control in ready:
            try:
                byte, descriptors, _, _ = socket.recv_fds(control, 1, 1)
            except ConnectionResetError:  # killed before it read what was sent to it
                break
            if not byte:
                break
            pages.add(_fork(descriptors[0], (control, wake, waker)))
    _end(pages)


def _preload(name: str) -> None:
    try:
        importlib.import_module(name)
    except Exception as error:
        sys.exit(f"[tool.myst_doctest] preload: {name}: {type(error).__name__}: {error}")


def _fork(descriptor: int, unneeded: tuple[socket.socket, ...]) -> int:
    page = os.fork()
    if page:
        os.close(descriptor)
        return page
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for end in unneeded:
        end.close()
    _adopt_orphans()  # a daemon of this page lives as long as the page
    return page_process.serve(socket.socket(fileno=descriptor))


def _report_ended(control: socket.socket, pages: set[int]) -> None:
    while True:
        try:
            page, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not page:
            return
        if page not in pages:
            continue
        pages.discard(page)
        page_process.end_group(page)  # what the page started ends with it
        _kill_orphans(pages)
        try:
            control.sendall(b"%d %d\n" % (page, status))
        except OSError:
            return  # the parent is gone; the loop ends at its closed socket


def _end(pages: set[int]) -> None:
    """Kill the pages and what they started, and wait until all are gone."""
    for page in pages:
        page_process.end_group(page)
    while True:
        _kill_orphans(set())
        try:
            os.wait()
        except ChildProcessError:
            return


def _adopt_orphans() -> None:
    """Have processes whose parent ends become children of this one (Linux)."""
    if sys.platform == "linux":
        import ctypes  # no other platform needs it

        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _kill_orphans(pages: set[int]) -> None:
    """Kill what ended pages left behind in sessions of its own."""
    children = Path(f"/proc/self/task/{os.getpid()}/children")
    if children.is_file():  # Linux
        for orphan in set(map(int, children.read_text().split())) - pages:
            os.kill(orphan, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
