"""What a reader with a keyboard or a screen reader misses in the theme's pages, put into them.

The theme's page itself is mended in ``templates/furo-page.html`` beside this file; what no markup
can do is done by ``accessibility.js``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from myst_doctest.static_files import publish

__all__ = ["navigation", "setup"]

STYLE = "accessibility.css"
SCRIPT = "accessibility.js"
CAPTION = re.compile(r'<p class="caption" role="heading">(.*?</p>)\s*<ul')
CURRENT = re.compile(r'(<li class="[^"]*\bcurrent-page\b[^"]*">\s*<a )')


class scroll_box(nodes.container):  # noqa: N801  (docutils names nodes so)
    """The box of a table, which scrolls where the window is too narrow; ``label`` is its name."""


def name_tables(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let each table be scrolled by keyboard, in a box with a name: the theme's, where it made one.

    At the very end: a table may be made when its page is written.
    """
    for table in list(doctree.findall(nodes.table)):
        around = table.parent
        if "table-wrapper" not in around.get("classes", ()):
            around = table
        box = scroll_box("", classes=["table-wrapper"], label=_label(table))
        around.replace_self(box)
        box += table


def _label(table: nodes.table) -> str:
    """A table's caption, or what its columns are."""
    for caption in table.findall(nodes.title):
        return caption.astext()
    for head in table.findall(nodes.thead):
        return f"Table: {', '.join(entry.astext() for entry in head.findall(nodes.entry))}"
    return "Table"


def _visit_box(self: Any, node: scroll_box) -> None:
    attributes = {"tabindex": "0", "role": "group", "aria-label": node["label"]}
    self.body.append(self.starttag(node, "div", CLASS="docutils container", **attributes))


def _depart_box(self: Any, node: scroll_box) -> None:
    self.body.append("</div>\n")


def navigation(tree: str) -> str:
    """The sidebar's tree, its lists named by their captions, and the page in it marked.

    A caption is no heading: it would stand above the page's first.

    >>> print(navigation('<p class="caption" role="heading"><span>Start</span></p>\\n<ul>'))
    <p class="caption" id="nav-1"><span>Start</span></p>
    <ul aria-labelledby="nav-1">
    """
    number = 0

    def named(match: re.Match[str]) -> str:
        nonlocal number
        number += 1
        name = f"nav-{number}"
        return f'<p class="caption" id="{name}">{match[1]}\n<ul aria-labelledby="{name}"'

    return CURRENT.sub(r'\1aria-current="page" ', CAPTION.sub(named, tree))


def finish_page(
    app: Sphinx,
    name: str,
    template: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Mend what the theme, and Sphinx in the table of contents of a page, made as text."""
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = navigation(tree)
    if body := context.get("body"):
        # In the page itself it is a heading, whose level Sphinx leaves out.
        caption = '<p class="caption" role="heading"'
        context["body"] = body.replace(caption, f'{caption} aria-level="2"')


def _permalink(app: Sphinx, config: Config) -> None:
    """Have links to headings called by their title, "Link to this heading", and not "pilcrow"."""
    config.html_permalinks_icon = f'<span aria-hidden="true">{config.html_permalinks_icon}</span>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part, which is made for the theme Furo."""
    app.add_node(scroll_box, html=(_visit_box, _depart_box))
    app.connect("config-inited", _permalink)
    app.connect("doctree-resolved", name_tables, priority=900)
    app.connect("html-page-context", finish_page, priority=600)  # after the theme's
    publish(app, Path(__file__).parent / "static", STYLE, SCRIPT)
    app.add_css_file(STYLE)
    app.add_js_file(SCRIPT, loading_method="defer")
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
