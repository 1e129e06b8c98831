"""Files that are written into the built folder."""

import os
from contextlib import suppress
from pathlib import Path


def write(file: Path, data: bytes) -> None:
    """Write a file atomically, and only if its content changes.

    Somebody may be reading it: ``make serve`` serves the folder that it builds. Raises OSError,
    and then leaves the file as it was.
    """
    with suppress(OSError):
        if file.read_bytes() == data:
            return
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        new.write_bytes(data)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
