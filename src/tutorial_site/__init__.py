"""What this one site needs of Sphinx beyond the general tools: coverage, glossary, contrasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's entry: ``extensions = [..., "tutorial_site"]``."""
    from . import contrast, coverage, glossary  # late: Sphinx alone needs them

    for part in (contrast, coverage, glossary):
        part.setup(app)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
