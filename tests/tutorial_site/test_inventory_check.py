"""Inventories of other documentation that are damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.machine import cut, flip
from tests.kit.small_site import Site

CONF = """\
project = "A site"
extensions = ["myst_parser", "sphinx.ext.intersphinx", "tutorial_site.inventory_check"]
html_theme = "basic"
intersphinx_mapping = {"other": ("https://other.example.org", "../other.inv")}
"""


@pytest.mark.parametrize("damage", [flip, cut], ids=lambda damage: damage.__name__)
def test_damaged_inventory_is_named(tmp_path: Path, damage: Callable[[Path], None]) -> None:
    """Whether a bit changed or the end is missing: the build fails, and says which file it is."""
    site = Site(tmp_path, CONF)
    site.pages(page="# Page\n")
    plain = site.build("-D", "intersphinx_mapping=", out="other")
    inventory = site.write("other.inv", (plain.folder / "objects.inv").read_bytes())
    assert site.build().status == 0
    damage(inventory)
    built = site.build(out="damaged")
    assert built.status == 1
    assert f"WARNING: {inventory}: this inventory is damaged" in built.said
