"""A button that copies code: the script and the style of it; the button is made by the script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from myst_doctest.static_files import publish

__all__ = ["setup"]

STYLE = "copy-button.css"
SCRIPT = "copy-button.js"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part."""
    publish(app, Path(__file__).parent / "static", STYLE, SCRIPT)
    app.add_css_file(STYLE)
    app.add_js_file(SCRIPT, loading_method="defer")
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
