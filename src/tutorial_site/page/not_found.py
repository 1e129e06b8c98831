"""The page for an address that does not exist: a search field, and the parts of the tutorial.

sphinx-notfound-page writes it with addresses from the site's root, so that it works at any depth.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from myst_doctest.static_files import publish
from tutorial_site.contents import tutorial_parts

NAME = "404"
STYLE = "not-found.css"


def _configure(app: Sphinx, config: Config) -> None:
    """Set the path of the site's root; without an address, its host's (``config-inited``)."""
    config.notfound_urls_prefix = urlsplit(config.html_baseurl or "/").path
    config.notfound_template = f"{NAME}.html"
    config.notfound_context = {"title": "Page not found", "body": ""}


def _fill(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give the template ``404.html`` what it lists (``html-page-context``)."""
    if name == NAME:
        app.add_css_file(STYLE)  # during this event: for this page alone
        context["content_root"] = app.config.notfound_urls_prefix
        context["parts"] = tutorial_parts(app.env)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part, and sphinx-notfound-page."""
    app.setup_extension("notfound.extension")
    app.connect("config-inited", _configure)
    app.connect("html-page-context", _fill)
    publish(app, Path(__file__).parent / "static", STYLE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
