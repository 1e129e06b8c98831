"""One build at a time in a folder: a second one says so and waits for the first."""

from __future__ import annotations

import errno
import fcntl
import os
import sys
from contextlib import suppress
from pathlib import Path

__all__ = ["Turn"]

WITHOUT_LOCKS = (errno.ENOTSUP, errno.ENOLCK, errno.EBADF, errno.EINVAL)
"""What a file system answers that cannot lock a folder: NFS of old, some mounts in containers."""


class Turn:
    """A build's turn in its folders, from its making to :meth:`end`.

    The folders themselves are locked (flock), so that no file is left behind; the system ends
    the turn of a process that was killed.
    """

    def __init__(self, *folders: Path) -> None:
        self.held = [_locked(folder) for folder in dict.fromkeys(folders)]

    def end(self) -> None:
        """Let the next build begin."""
        while self.held:
            os.close(self.held.pop())


def _locked(folder: Path) -> int:
    """A descriptor that holds the folder's lock.

    A folder that was removed while we waited for it (``make clean``) is made again.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        _lock(descriptor, folder)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), folder.stat()):
                return descriptor
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # No log message: under -q it would not be seen, and as a warning fail the build.
        message = f"another build is at work in {folder}: waiting for its end (Ctrl+C gives up)"
        print(message, file=sys.stderr, flush=True)  # noqa: T201
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in WITHOUT_LOCKS:
            raise
