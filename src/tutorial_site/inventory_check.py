"""Inventories of other documentations: a damaged one is named; readers send none back."""

import zlib
from multiprocessing import parent_process
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.ext.intersphinx import InventoryAdapter
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)


def _check(app: Sphinx) -> None:
    for _, (_, places) in getattr(app.config, "intersphinx_mapping", {}).values():
        for place in places:
            if place and "://" not in place:
                _check_inventory(Path(app.srcdir) / place)


def _check_inventory(path: Path) -> None:
    try:
        _, _, _, _, packed = path.read_bytes().split(b"\n", 4)  # a head of four lines
        zlib.decompress(packed)
    except (OSError, ValueError, zlib.error) as error:
        message = f"{path.resolve()}: this inventory is damaged ({error}): put a whole one there"
        LOGGER.warning(message, type="tutorial_site", subtype="input")


def _drop(app: Sphinx, docname: str, content: list[str]) -> None:
    """``source-read``: a reader forked by Sphinx, which resolves nothing, sends none back."""
    if parent_process():
        inventories = InventoryAdapter(app.env)
        inventories.clear()
        inventories.cache.clear()


def setup(app: Sphinx) -> dict[str, Any]:
    """Check the files of ``intersphinx_mapping`` on ``builder-inited``, before they are read."""
    app.connect("source-read", _drop)
    app.connect("builder-inited", _check, priority=400)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
