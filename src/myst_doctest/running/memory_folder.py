"""Where pages and services write: a folder in memory, if the system has one with room in it."""

import os
from contextlib import suppress

SHARED_MEMORY = "/dev/shm"
ROOM = 1 << 30
"""Free bytes that it needs at least: two servers and what pages write take a tenth of it."""


def memory_folder() -> str | None:
    """The folder for temporary folders; None for that of :mod:`tempfile`, which ``TMPDIR`` names.

    A database server makes and removes some three hundred files for each page. On ext4 a build
    takes up to a third longer by that: for each new file it looks through the inodes of all files
    that were removed in the last seconds.
    """
    if "TMPDIR" in os.environ:
        return None
    with suppress(OSError, AttributeError):  # no Linux, or no such folder
        found = os.statvfs(SHARED_MEMORY)
        has_room = found.f_bavail * found.f_frsize >= ROOM
        # A service may start programs that it keeps there; containers forbid it.
        if has_room and not found.f_flag & os.ST_NOEXEC and os.access(SHARED_MEMORY, os.W_OK):
            return SHARED_MEMORY
    return None
