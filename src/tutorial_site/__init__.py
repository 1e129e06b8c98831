"""What this one site needs of Sphinx beyond the general tools; each module is a part of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

CODE_LINKS = "code-links.css"
"""How links in code look."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Sphinx's entry: ``extensions = [..., "tutorial_site"]``."""
    from myst_doctest.assets import publish  # late: Sphinx alone needs them

    from . import contrast, coverage, glossary, hosting, lost, sharing

    for part in (contrast, coverage, glossary, hosting, lost, sharing):
        part.setup(app)
    publish(app, Path(__file__).parent / "static", CODE_LINKS)
    app.add_css_file(CODE_LINKS)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
