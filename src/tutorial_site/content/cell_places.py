"""Where the cells of all pages are: lists of links to cells, and to the sections around them.

``{cells-on} NAME`` is replaced by a list of the sections with a cell that is something else on that
variant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from myst_doctest.page_store import PageStore
from myst_doctest.showing.cells import cells_of
from tutorial_site.content.filled_places import fill_places
from tutorial_site.contents import reading_order


@dataclass(frozen=True)
class CellPlace:
    """The section of a named cell, by its anchor and its title; the variants that it differs on."""

    section: str
    title: str
    variants: tuple[str, ...]


PLACES = PageStore[dict[str, CellPlace]]("cell_places")
"""By page, the places of its named cells."""


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """``doctree-read``: keep the places of a page's cells."""
    PLACES.of(app.env)[app.env.docname] = {
        cell.name: CellPlace(*_section(cell.node), tuple(each.name for each in cell.variants))
        for cell in cells_of(doctree)
        if cell.name
    }


def _section(node: nodes.Node) -> tuple[str, str]:
    """The anchor and the title of the section around a node; empty at the top of a page."""
    while node and not isinstance(node, nodes.section):
        node = node.parent
    if node is None or isinstance(node.parent, nodes.document):
        return "", ""
    return node["ids"][0], node[0].astext()


def link(app: Sphinx, docname: str, page: str, anchor: str, *words: nodes.Node) -> nodes.reference:
    """A link from the page ``docname`` to a place of another page."""
    address = app.builder.get_relative_uri(docname, page)
    address += f"#{anchor}" if anchor else ""
    return nodes.reference("", "", *words, internal=True, refuri=address)


def see(app: Sphinx, docname: str, page: str, cell: str, words: str) -> nodes.paragraph:
    """A line that leads with these words to the section of a cell, or else to the cell."""
    anchor = PLACES.of(app.env)[page][cell].section or nodes.make_id(cell)
    return nodes.paragraph(
        "",
        "",
        link(app, docname, page, anchor, nodes.Text(words)),
        nodes.Text(" "),
        nodes.inline(
            "",
            "(",
            nodes.emphasis(text=app.env.titles[page].astext()),
            nodes.Text(")"),
            classes=["cell-place"],
        ),
    )


def _list(app: Sphinx, docname: str, variant: str) -> list[nodes.Node]:
    return [nodes.bullet_list("", *_items(app, docname, variant))]


def _items(app: Sphinx, docname: str, variant: str) -> Iterator[nodes.list_item]:
    for page in reading_order(app.env):
        seen = set()
        for cell, place in PLACES.of(app.env).get(page, {}).items():
            if variant in place.variants and place.section not in seen:
                seen.add(place.section)
                words = place.title or app.env.titles[page].astext()
                yield nodes.list_item("", see(app, docname, page, cell, words))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, and what reads the cells' places."""
    fill_places(app, "cells-on", _list, arguments=1)
    PLACES.connect(app)
    app.connect("doctree-read", _read)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
