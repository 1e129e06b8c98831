"""What this one site needs of Sphinx beyond the general tools; each module is a part of it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PARTS = (
    *("contrast", "coverage", "glossary"),  # what pages say
    *("code_links", "copying", "first_view", "reach", "search"),  # how they are read
    *("downloads", "hosting", "lost", "sharing"),  # where they go
    # how they are built; the last one sees the end of a build
    *("increments", "inputs", "leftovers"),
)


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's entry: ``extensions = [..., "tutorial_site"]``."""
    for part in PARTS:  # late: Sphinx alone needs them
        import_module(f".{part}", __name__).setup(app)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
