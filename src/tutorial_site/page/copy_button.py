"""A button beside each block of code that copies it; ``copy-button.js`` makes the buttons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from myst_doctest.static_files import publish

__all__ = ["setup"]

STYLE = "copy-button.css"
SCRIPT = "copy-button.js"


def setup(app: Sphinx) -> dict[str, Any]:
    """Publish the script and the style sheet, and have all pages load them."""
    publish(app, Path(__file__).parent / "static", STYLE, SCRIPT)
    app.add_css_file(STYLE)
    app.add_js_file(SCRIPT, loading_method="defer")
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
