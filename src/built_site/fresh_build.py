"""``make html``: build the whole site in a new folder, then put it in place of the last one.

``python -m built_site.fresh_build OUT`` runs ``sphinx-build`` on ``docs`` in a hidden folder beside
OUT. Only a build without an error or a warning replaces OUT, in one step; otherwise OUT stays what
the last good build made, to the byte. OUT belongs to the build: all that is in it is replaced.
"""

import ctypes
import errno
import fcntl
import gc
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sphinx.cmd.build import main as sphinx_build

from built_site.address import message
from built_site.build_errors import explain, full

PROCESSES = (os.cpu_count() or 1) + 2
"""Sphinx has pages written by one process less, while its own prepares those that come next.

With ``-j auto`` all pages wait for a single one on two cores.
"""
OPTIONS = ("-q", "-W", "-n", "-j", str(PROCESSES), "-c", ".")
"""-W -n: a warning or an unresolved name fails the build, after all pages were built."""
AT_FDCWD, RENAME_EXCHANGE = -100, 2  # fcntl.h and linux/fs.h


class OutputError(Exception):
    """A folder that a build must not, or cannot, replace; the message says what to do."""


def main(given: str) -> int:
    """Build into the folder ``given``; the exit status is that of ``sphinx-build``."""
    out = Path(given).resolve()  # where OUT is a link, its target is replaced
    try:
        with _lock(out):
            _check(out)
            return _build(out, given)
    except OutputError as error:
        _say(f"build: {error}")
    except OSError as error:
        _say(f"build: {explain(error, (out.parent,))}")
    return 2


def _build(out: Path, given: str) -> int:
    aside = Path(tempfile.mkdtemp(prefix=_prefix(out), dir=out.parent))
    _end_at_signals(aside, out, given)
    try:
        new = aside / "html"
        new.mkdir()  # with the permissions that mkdir gives, which mkdtemp does not
        gc.set_threshold(100_000, 20, 100)  # a sixth less time: a page's tree is no garbage
        status = sphinx_build([*OPTIONS, "-d", str(aside / "doctrees"), "docs", str(new)])
        if status == 0:
            _replace(out, new)
        elif places := full((aside, Path(tempfile.gettempdir()))):
            raise OSError(errno.ENOSPC, "", str(places[0]))
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    if status == 0:
        print(f"The site is in {given}/index.html\n{message()}")  # noqa: T201
    else:
        _say_failed(out, given)
    return status


def _end_at_signals(aside: Path, out: Path, given: str) -> None:
    """Let SIGINT and SIGTERM end the build where it is, its processes too, with one line.

    A KeyboardInterrupt would be lost, and its traceback printed, where it meets one of Python's
    own hooks: Sphinx forks for each part of the pages. Its processes inherit the handler.
    """
    build = os.getpid()

    def end(*_: object) -> None:
        if os.getpid() == build:
            for child in multiprocessing.active_children():
                child.kill()
            shutil.rmtree(aside, ignore_errors=True)
            _say_failed(out, given)
        os._exit(2)

    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, end)


def _say_failed(out: Path, given: str) -> None:
    if out.exists():
        _say(f"build: failed; {given} is what the last good build made")


@contextmanager
def _lock(out: Path) -> Iterator[None]:
    """Hold the parent folder's lock (flock), and remove what killed builds left in it.

    The system releases the lock of a process that was killed, so that whoever holds it knows that
    no other build is alive. Without it the slower of two builds, with older sources, could win.
    """
    parent = out.parent
    while True:
        parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(parent, os.O_RDONLY)
        _wait(descriptor, parent)
        with suppress(FileNotFoundError):  # `make clean` removed the folder meanwhile
            if os.path.samestat(os.fstat(descriptor), parent.stat()):
                break
        os.close(descriptor)
    try:
        for left in parent.glob(f"{_prefix(out)}*"):
            if not out.exists() and (left / "last").is_dir():  # killed between two renames
                (left / "last").rename(out)
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        os.close(descriptor)


def _wait(descriptor: int, parent: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        _say(f"another build is at work in {parent}: waiting for its end (Ctrl+C gives up)")
        fcntl.flock(descriptor, fcntl.LOCK_EX)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # noqa: T201


def _prefix(out: Path) -> str:
    return f".{out.name}-building-"


def _check(out: Path) -> None:
    """Before the build, refuse a folder that holds anything but a built site."""
    if not out.exists():
        return
    if not out.is_dir():
        raise OutputError(f"{out} is no folder: remove it, or build elsewhere with OUT=...")
    if out.is_mount():
        raise OutputError(
            f"{out} is a mount point, which cannot be replaced: build into a folder in it with OUT="
        )
    names = {path.name for path in out.iterdir()}
    if names and (".buildinfo" not in names or ".git" in names):
        raise OutputError(
            f"{out} holds files that no build wrote, and a build replaces the whole folder: "
            "empty it, or build elsewhere with OUT=..."
        )
    tempfile.TemporaryFile(dir=out).close()  # a folder that is not writable cannot be moved


def _replace(out: Path, new: Path) -> None:
    """Put ``new`` in the place of ``out``, whose old content then lies in the folder of ``new``."""
    if not out.exists():
        new.rename(out)
        return
    with suppress(OSError, AttributeError):  # no Linux, or a file system that cannot exchange
        _exchange(out, new)
        return
    last = new.parent / "last"
    out.rename(last)
    try:
        new.rename(out)
    except OSError:
        last.rename(out)
        raise


def _exchange(out: Path, new: Path) -> None:
    """Swap two folders in one step (renameat2), so that no reader finds none."""
    libc = ctypes.CDLL(None, use_errno=True)
    pair = AT_FDCWD, os.fsencode(new), AT_FDCWD, os.fsencode(out)
    if libc.renameat2(*pair, RENAME_EXCHANGE):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(out))


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)  # to free the trees of all pages, one by one, takes two seconds
