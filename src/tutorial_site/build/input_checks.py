"""What pages are made of is whole: images, and the inventories of other documentation.

Of an image a browser would show half without a word; of an inventory Sphinx does not name the file.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
import zlib
from pathlib import Path
from typing import Any

from PIL import Image
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

__all__ = ["setup"]

LOGGER = logging.getLogger(__name__)


def _check_images(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of each image in the sources that cannot be read to its end."""
    for name, (pages, _) in env.images.items():
        path = Path(env.srcdir) / name
        try:
            _read_image(path)
        except (OSError, SyntaxError, ValueError) as error:
            message = f"{path}: this picture is damaged ({error}): put a whole one in its place"
            LOGGER.warning(message, location=min(pages), type="tutorial_site", subtype="input")


def _read_image(path: Path) -> None:
    """Read an image to its end.

    Raises OSError or SyntaxError (of Pillow, or of an SVG's XML) or ValueError where it cannot be.
    """
    if path.suffix == ".svg":
        ET.parse(path)
        return
    with Image.open(path) as image:
        image.verify()  # the checksums of a PNG
    with Image.open(path) as image:
        image.load()  # to its last line


def _check_inventories(app: Sphinx) -> None:
    """Warn of each inventory in the sources that cannot be read to its end."""
    mapping = getattr(app.config, "intersphinx_mapping", {})
    for _, (_, places) in mapping.values():
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


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part."""
    app.connect("builder-inited", _check_inventories)
    app.connect("env-check-consistency", _check_images)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
