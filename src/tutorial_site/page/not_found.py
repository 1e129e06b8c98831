"""The page of an address at which nothing stands: the parts of the tutorial, and a search.

sphinx-notfound-page writes it with addresses from the site's root, so that it works at any depth.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from myst_doctest.static_files import publish
from tutorial_site.contents import tutorial_parts

__all__ = ["setup"]

NAME = "404"
STYLE, SCRIPT = "not-found.css", "not-found.js"


def _configure(app: Sphinx, config: Config) -> None:
    # Where nobody said the address, the site stands at its host's root.
    prefix = urlsplit(config.html_baseurl or "/").path
    config.notfound_urls_prefix = prefix
    config.notfound_template = f"{NAME}.html"
    config.notfound_context = {"title": "Page not found", "body": ""}


def _fill(
    app: Sphinx,
    name: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    if name not in (NAME, "search"):
        return
    app.add_css_file(STYLE)  # during this event: for this page alone
    if name == NAME:
        context["content_root"] = app.config.notfound_urls_prefix
        context["parts"] = tutorial_parts(app.env)
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what writes the page, and what fills it."""
    app.setup_extension("notfound.extension")
    app.connect("config-inited", _configure)
    app.connect("html-page-context", _fill)
    publish(app, Path(__file__).parent / "static", STYLE, SCRIPT)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
