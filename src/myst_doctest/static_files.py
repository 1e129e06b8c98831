"""Files that a package brings into a built site."""

import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders import Builder


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
            shutil.copyfile(folder / name, static / name)

    app.connect("write-started", copy)
