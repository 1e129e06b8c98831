"""Errors that a trace does not explain, in one line: what happened, where, and what to do.

As a Sphinx extension it prints the line on ``build-finished``, instead of Sphinx's trace.
"""

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError, SphinxError, SphinxParallelError

FULL = (errno.ENOSPC, errno.EDQUOT)
DENIED = (errno.EROFS, errno.EACCES, errno.EPERM)
OTHERS = (errno.EIO, errno.EMFILE, errno.ENFILE, errno.EFBIG)
WITH_TRACE = (ExtensionError, SphinxParallelError)
"""Sphinx's wrappers of exceptions that nobody expected."""
LEAST = 1 << 20
"""A folder with fewer free bytes counts as full: what did not fit may have been removed."""


def explain(error: OSError, folders: Iterable[Path]) -> str:
    """The line for an error; ``folders`` are those that the build writes to."""
    where = os.fsdecode(error.filename) if error.filename else ""
    if error.errno in FULL:
        places = where or " or ".join(map(str, full(folders))) or "one of the build's folders"
        return f"no space is left in {places}: make room, and build again"
    if error.errno in DENIED:
        reason = os.strerror(error.errno or 0).lower()
        return f"{where or 'a file'} cannot be written ({reason}): allow it, or build elsewhere"
    return f"{where or 'a file'}: {error.strerror}: repair that, and build again"


def full(folders: Iterable[Path]) -> list[Path]:
    """Those of the folders that have no room left."""
    return [path for path in folders if path.exists() and shutil.disk_usage(path).free < LEAST]


def _disk_error(error: BaseException | None, folders: Iterable[Path]) -> OSError | None:
    """The disk's fault behind an exception that Sphinx wrapped; None for any other exception.

    Of what a parallel build's process raised only the text arrives here: a full disk then shows
    by its folders.
    """
    if error is not None and (found := full(folders)):
        return OSError(errno.ENOSPC, "", str(found[0]))
    while error is not None:
        if isinstance(error, OSError) and error.errno in (*FULL, *DENIED, *OTHERS):
            return error
        error = getattr(error, "orig_exc", None) or error.__cause__ or error.__context__
    return None


def _finish(app: Sphinx, exception: Exception | None) -> None:
    folders = (Path(app.outdir), Path(app.doctreedir), Path(tempfile.gettempdir()))
    if found := _disk_error(exception, folders):
        line = explain(found, folders)
    elif isinstance(exception, SphinxError) and not isinstance(exception, WITH_TRACE):
        line = str(exception)
    else:
        return
    print(f"build: {line}", file=sys.stderr)  # noqa: T201
    sys.exit(2)  # Sphinx would print a list of versions and a trace


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect to ``build-finished`` as the last: other handlers have to see the end as well."""
    app.connect("build-finished", _finish, priority=1000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
