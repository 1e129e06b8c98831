"""Files of a built site: those that a package brings, and those that are written into it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.util.fileutil import copy_asset_file

__all__ = ["publish", "write"]


def publish(app: Sphinx, folder: Path, *names: str) -> None:
    """Put these files of a package's folder into the ``_static`` of each HTML site that is built.

    Not by way of ``html_static_path``: that would make the place of a package a part of the
    site's configuration.
    """

    def copy(app: Sphinx, builder: Builder) -> None:
        if builder.format != "html":
            return
        static = Path(app.outdir) / "_static"
        static.mkdir(parents=True, exist_ok=True)
        for name in names:
            copy_asset_file(folder / name, static / name, force=True)

    app.connect("write-started", copy)


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
