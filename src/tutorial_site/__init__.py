"""What this one site needs of Sphinx beyond the general tools; each module is a part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's entry: ``extensions = [..., "tutorial_site"]``."""
    # late: Sphinx alone needs them
    from . import (
        code_links,
        contrast,
        copying,
        coverage,
        downloads,
        glossary,
        hosting,
        lost,
        reach,
        sharing,
    )

    for part in (
        contrast,
        coverage,
        glossary,
        code_links,
        copying,
        reach,
        downloads,
        hosting,
        lost,
        sharing,
    ):
        part.setup(app)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
