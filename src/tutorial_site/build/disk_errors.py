"""Faults of the machine on which a build runs, told in one line: what, where, and what to do."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["Complaints", "fault", "told", "try_to_write"]

FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
OTHERS = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.EFBIG)
ROOM = 1 << 20
"""A folder with fewer free bytes is named as full: what did not fit may have been taken away."""


def fault(error: BaseException | None) -> OSError | None:
    """The machine's fault behind an error, which events and libraries wrap; None for any other."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OSError) and error.errno in (*FULL, *CLOSED, *OTHERS):
            return error
        error = getattr(error, "orig_exc", None) or error.__cause__ or error.__context__
    return None


def told(error: OSError, folders: Iterable[Path]) -> str:
    """What happened, where, and what to do; ``folders`` are those that the build writes to."""
    where = os.fsdecode(error.filename) if error.filename else ""
    if error.errno in FULL:
        full = [str(folder) for folder in folders if _free(folder) < ROOM]
        places = where or " or ".join(full) or "one of the build's folders"
        return f"no space is left in {places}: make room, and build again"
    if error.errno in CLOSED:
        reason = os.strerror(error.errno or 0).lower()
        return f"{where or 'a file'} cannot be written ({reason}): mend that, or build elsewhere"
    return f"{where or 'a file'}: {error.strerror}: mend that, and build again"


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return ROOM


def try_to_write(folder: Path) -> None:
    """Make a folder where there is none, and a file in it, which is gone at once.

    Raises OSError that names the folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(folder)) from error


class Complaints(logging.Handler):
    """Notes the warnings that tell of a file which could not be written or copied.

    Sphinx goes on after them, and without ``-W`` ends well, with half a page in the site.
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[OSError] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Note the error that a warning was given with."""
        self.heard.extend(_errors(record))


def _errors(record: logging.LogRecord) -> Iterator[OSError]:
    for argument in record.args if isinstance(record.args, tuple) else ():
        if isinstance(argument, OSError) and fault(argument):
            yield argument
