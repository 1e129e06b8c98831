"""What readers with a keyboard or a screen reader miss in the pages of Furo and Sphinx.

``templates/furo-page.html`` replaces the theme's page, this module edits the HTML of tables and of
tables of contents, and ``accessibility.js`` does what no markup can. tests/test_private_names.py
fails where a new version of Furo or Sphinx writes something else than is replaced here.
"""

import re
from html import unescape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

from built_site.builders import is_site
from tutorial_site.page.assets import load_on_all_pages

CAPTION = re.compile(r'<p class="caption" role="heading">(.*?</p>)\s*<ul')
HEADING = re.compile(r"<h[1-6]\b.*?</h[1-6]>", re.DOTALL)
LONG = re.compile(r"<[^>]*>|\w[\w.]{13,}")
"""A tag, or a word that may be too long for the line of a heading on a phone."""
TEXT = 24
"""So many characters of a table's cell are no word or two any more."""
JOINT = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[._])(?=\w)")
CELL = re.compile(r"<td\b.*?</td>", re.DOTALL)
CODE = re.compile(r'(?<=<code class="literal notranslate">)[^<]+(?=</code>)')
WORD = re.compile(r"\S+")
LINE = 20
"""Characters of code without a space that may be too long for a line of a table's cell."""
PART = re.compile(r"(?<=[\w)\]])(?=\.[A-Za-z_])|(?<=\()(?=[^).])")
"""Where code goes on in a second line: before a method, and behind a bracket that has contents."""
CURRENT = re.compile(r'(<li class="[^"]*\bcurrent-page\b[^"]*">\s*<a )')


class scroll_box(nodes.container):  # noqa: N801  (docutils names nodes so)
    """The box of a table, which scrolls in a narrow window; ``label`` is its accessible name."""


def name_tables(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """At ``doctree-resolved``, put each table into a box that scrolls by keyboard and has a name.

    The box replaces Furo's own. The priority is late because coverage_table.py makes its tables
    during the same event.
    """
    for table in list(doctree.findall(nodes.table)):
        around = table.parent
        if "table-wrapper" not in around.get("classes", ()):
            around = table
        _mark_texts(table)
        box = scroll_box("", classes=["table-wrapper"], label=_label(table))
        around.replace_self(box)
        box += table


def _mark_texts(table: nodes.table) -> None:
    """Mark the columns that hold text: where a table scrolls, they keep a width to read it in."""
    if "stacked" in table["classes"]:
        return
    rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
    for column in zip(*rows, strict=False):
        if any(len(entry.astext()) > TEXT for entry in column):
            for entry in column:
                entry["classes"].append("long-text")


def _label(table: nodes.table) -> str:
    """Return a table's caption, or else the names of its columns."""
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
    """Return the HTML of the sidebar's tree with its lists named by their captions.

    A caption is no heading here, since it would come before the first heading of the page. The
    link to the current page gets ``aria-current``.

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


def breakable(heading: str) -> str:
    """The HTML of a heading in which long names break between their words, and nowhere else.

    >>> breakable('What is a <code class="DetachedInstanceError">DetachedInstanceError</code>?')
    'What is a <code class="DetachedInstanceError">Detached<wbr>Instance<wbr>Error</code>?'
    """
    return LONG.sub(
        lambda word: word[0] if word[0][0] == "<" else JOINT.sub("<wbr>", word[0]), heading
    )


def breakable_code(cell: str) -> str:
    """The HTML of a table's cell in which code breaks where a reader would break it, if it can.

    >>> breakable_code('<code class="literal notranslate">a.filter(...).update(n=1)</code>')
    '<code class="literal notranslate">a<wbr>.filter(...)<wbr>.update(<wbr>n=1)</code>'
    """

    def broken(word: re.Match[str]) -> str:
        return PART.sub("<wbr>", word[0]) if len(unescape(word[0])) > LINE else word[0]

    return CODE.sub(lambda code: WORD.sub(broken, code[0]), cell)


def finish_page(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """At ``html-page-context``, edit headings and tables of contents, which are HTML by then."""
    if tree := context.get("furo_navigation_tree"):
        context["furo_navigation_tree"] = navigation(tree)
    if body := context.get("body"):
        # In the page itself a caption is a heading, whose level Sphinx leaves out.
        caption = '<p class="caption" role="heading"'
        context["body"] = body.replace(caption, f'{caption} aria-level="2"')
        if is_site(app.builder):  # in an EPUB's XHTML <wbr> would be an error
            context["body"] = HEADING.sub(lambda found: breakable(found[0]), context["body"])
            context["body"] = CELL.sub(lambda found: breakable_code(found[0]), context["body"])
            context["toc"] = breakable(context["toc"])


def _permalink(app: Sphinx, config: Config) -> None:
    """At ``config-inited``, hide the sign of heading links, which would be read as "pilcrow".

    Their title, "Link to this heading", then names them.
    """
    config.html_permalinks_icon = f'<span aria-hidden="true">{config.html_permalinks_icon}</span>'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the hooks, which are made for the theme Furo."""
    app.add_node(scroll_box, html=(_visit_box, _depart_box))
    app.connect("config-inited", _permalink)
    app.connect("doctree-resolved", name_tables, priority=900)
    app.connect("html-page-context", finish_page, priority=600)  # Furo's, of 500, makes the tree
    folder = Path(__file__).parent / "static"
    load_on_all_pages(app, folder, "accessibility.css", "accessibility.js")
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
