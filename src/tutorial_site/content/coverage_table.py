"""The coverage table: which cells show the items that the pages owe their readers.

A comment on a page names what a cell shows::

    % shows: P16 E11 U:table-reflection -> cell-name

The file ``coverage_items`` lists the items by kinds, each of which has a letter. A marker names an
item by its kind's letter and its number, or by the letter, a colon and its name. The directive
``{coverage}`` is replaced by a table for each kind, ``{symptoms} P`` by a list of a kind's items,
each with a link to the section of the first cell that shows it.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.util import logging

from myst_doctest.page_store import PageStore
from myst_doctest.showing.cells import cells_of
from myst_doctest.showing.quotes import curly
from tutorial_site.content.cell_places import link, see
from tutorial_site.content.filled_places import fill_places, has_place
from tutorial_site.contents import reading_order

LOGGER = logging.getLogger(__name__)
MARKER = "% shows:"
FORM = re.compile(r"% shows:(?P<items>(?:\s+[A-Z](?:\d+|:[\w-]+))+)\s+->\s+(?P<cell>\S+)\s*")

SHOWN = PageStore[list[tuple[str, str]]]("coverage_shown")
"""By page: the items it shows, each with the name of the cell that does."""


class CoverageTable:
    """The table of one build: ``kinds`` holds each kind's title and its items' words."""

    def __init__(self) -> None:
        self.kinds: dict[str, tuple[str, dict[str, str]]] = {}

    def load(self, app: Sphinx) -> None:
        """``builder-inited``: read the items.

        Raises ConfigError where the file cannot be read.
        """
        file = Path(app.confdir, app.config.coverage_items)
        try:
            for letter, kind in tomllib.loads(file.read_text(encoding="utf-8")).items():
                items = {
                    _item(letter, key): curly(words, app.config)
                    for key, words in kind["items"].items()
                }
                self.kinds[letter] = (curly(str(kind["title"]), app.config), items)
        except (OSError, KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"coverage_items: {file}: {error!r}") from error

    def read_markers(self, app: Sphinx, doctree: nodes.document) -> None:
        """``doctree-read``: store the page's markers, and warn of those that are wrong.

        The lines are those of the source: MyST gives a comment the line of the block around it.
        """
        if has_place(doctree, "coverage") or has_place(doctree, "symptoms"):
            app.env.note_dependency(str(Path(app.confdir, app.config.coverage_items)))
        found = SHOWN.of(app.env).setdefault(app.env.docname, [])
        known = {item for _, items in self.kinds.values() for item in items}
        cells = {cell.name for cell in cells_of(doctree)}
        path = Path(app.env.doc2path(app.env.docname))
        for number, line in enumerate(path.read_text("utf-8", "replace").split("\n"), 1):
            if not line.startswith(MARKER):
                continue
            if form := FORM.fullmatch(line):
                items, cell = form["items"].split(), form["cell"]
                found += [(item, cell) for item in items]
                wrong = [
                    f"{i} is not in {app.config.coverage_items}" for i in items if i not in known
                ]
                if cell not in cells:
                    wrong.append(f"no cell of this page is named {cell!r}: correct the marker")
            else:
                wrong = ["a marker is written `% shows: P16 U:section -> cell-name`"]
            for message in wrong:
                where = f"{path}:{number}"
                LOGGER.warning(message, location=where, type="coverage", subtype="marker")

    def symptoms(self, app: Sphinx, docname: str, letter: str) -> list[nodes.Node]:
        """What ``{symptoms}`` is replaced by: a list of the items of a kind."""
        items = self._items(app, docname, letter)
        return [nodes.bullet_list("", *items, classes=["symptoms"])]

    def _items(self, app: Sphinx, docname: str, letter: str) -> Iterator[nodes.list_item]:
        shown = {
            item: (page, cell)
            for page in reversed(reading_order(app.env))
            for item, cell in reversed(SHOWN.of(app.env).get(page, []))
        }
        for item, words in self.kinds[letter][1].items():
            if item in shown:
                yield nodes.list_item("", see(app, docname, *shown[item], words))

    def tables(self, app: Sphinx, docname: str, _: str) -> Iterator[nodes.section]:
        """What ``{coverage}`` is replaced by: a section with a table for each kind."""
        where: dict[str, list[nodes.reference]] = {}
        for page in reading_order(app.env):
            for item, cell in SHOWN.of(app.env).get(page, []):
                where.setdefault(item, []).append(_link(app, docname, page, cell))
        for letter, (title, items) in self.kinds.items():
            section = nodes.section("", nodes.title(text=title), ids=[f"coverage-{letter.lower()}"])
            section += _table([(words, where.get(item, [])) for item, words in items.items()])
            if missing := [item for item in items if item not in where]:
                message = f"no cell shows {', '.join(missing)}: mark one with `% shows:`"
                LOGGER.warning(message, location=docname, type="coverage", subtype="missing")
            yield section


def _item(letter: str, key: str) -> str:
    return f"{letter}{key}" if key.isdecimal() else f"{letter}:{key}"


def _link(app: Sphinx, docname: str, page: str, cell: str) -> nodes.reference:
    """A link to a cell, with its page's title."""
    words = nodes.Text(f"{app.env.titles[page].astext()}: "), nodes.literal(text=cell)
    return link(app, docname, page, nodes.make_id(cell), *words)


def _table(lines: list[tuple[str, list[nodes.reference]]]) -> nodes.table:
    """A table of items' words, and links to the cells that show them."""
    columns = [nodes.colspec(colwidth=width) for width in (55, 45)]
    head = nodes.thead("", _row(nodes.paragraph(text="What"), nodes.paragraph(text="Where")))
    body = nodes.tbody()
    for words, links in lines:
        places = nodes.paragraph()
        for number, each in enumerate(links):
            places += [nodes.Text(", "), each] if number else [each]
        body += _row(nodes.paragraph(text=words), places)
    return nodes.table("", nodes.tgroup("", *columns, head, body, cols=2), classes=["coverage"])


def _row(*cells: nodes.paragraph) -> nodes.row:
    return nodes.row("", *(nodes.entry("", cell) for cell in cells))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directives, and what reads the markers."""
    app.setup_extension("tutorial_site.content.cell_places")
    app.add_config_value("coverage_items", "coverage.toml", "env", str)
    table = CoverageTable()
    fill_places(app, "coverage", table.tables)
    fill_places(app, "symptoms", table.symptoms, arguments=1)
    SHOWN.connect(app)
    app.connect("builder-inited", table.load)
    app.connect("doctree-read", table.read_markers)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
