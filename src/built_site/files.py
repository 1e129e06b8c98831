"""Files that are written into the built folder."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["write"]


def write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all, and only where it holds something else.

    Somebody may be reading it, or another build writing it. Raises OSError; what stood there
    before stands there still.
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
