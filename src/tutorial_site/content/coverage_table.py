"""The coverage table: what the pages show, and where, read from markers in the pages.

A page says in a comment what a cell of it shows::

    % shows: P16 E11 U:table-reflection -> cell-name

A marker names items of the file ``coverage_items`` by their letter and number, or their letter,
a colon and a name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging

from myst_doctest.page_store import PageStore

__all__ = ["setup"]

LOGGER = logging.getLogger(__name__)
MARKER = re.compile(r"shows:(?P<rest>.*)", re.DOTALL)
FORM = re.compile(r"(?P<items>[A-Z](?:\d+|:[\w-]+)(?: [A-Z](?:\d+|:[\w-]+))*) -> (?P<cell>\S+)")


@dataclass(frozen=True)
class Shown:
    """A cell of a page, and the item that it shows."""

    item: str
    docname: str
    cell: str


SHOWN = PageStore[list[Shown]]("coverage_shown")
TABLES = PageStore[bool]("coverage_tables")
"""The pages that hold the table."""


@dataclass(frozen=True)
class Kind:
    """A list of items that the pages owe their readers: its title, and each item's words."""

    title: str
    items: Mapping[str, str]


class coverage(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """The place of the table, which is made once all pages are read."""


class CoverageDirective(Directive):
    """``{coverage}``: the table."""

    def run(self) -> list[nodes.Node]:
        return [coverage()]


def items(app: Sphinx) -> dict[str, Kind]:
    """The lists of items, by their letters.

    Raises ConfigError where the file cannot be read.
    """
    file = Path(app.confdir) / app.config.coverage_items
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        return {
            letter: Kind(
                str(kind["title"]),
                {_name(letter, key): words for key, words in kind["items"].items()},
            )
            for letter, kind in table.items()
        }
    except (OSError, KeyError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"coverage_items: {file}: {error!r}") from error


def _name(letter: str, key: str) -> str:
    return f"{letter}{key}" if key.isdecimal() else f"{letter}:{key}"


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """Note the markers of the page that was just read."""
    known = {name for kind in items(app).values() for name in kind.items}
    cells = set(_cells(doctree))
    found = []
    for comment in doctree.findall(nodes.comment):
        marker = MARKER.match(comment.astext())
        if marker is None:
            continue
        form = FORM.fullmatch(" ".join(marker["rest"].split()))
        if form is None:
            _warn(comment, "a marker is written `% shows: P16 U:section -> cell-name`")
            continue
        if form["cell"] not in cells:
            _warn(comment, f"no cell of this page is named {form['cell']!r}: mend the marker")
        for item in form["items"].split():
            if item not in known:
                _warn(comment, f"{item} is not in {app.config.coverage_items}")
            found.append(Shown(item, app.env.docname, form["cell"]))
    SHOWN.of(app.env)[app.env.docname] = found


def _warn(comment: nodes.comment, message: str) -> None:
    """Say what is wrong with a marker, and where: MyST gives a comment the line of its block."""
    source, text = Path(str(comment.source)), " ".join(comment.astext().split())
    lines = source.read_text(encoding="utf-8").split("\n") if source.is_file() else []
    found = [
        number for number, line in enumerate(lines, 1) if " ".join(line.split()) == f"% {text}"
    ]
    place = f"{source}:{found[0]}" if found else comment
    LOGGER.warning(message, location=place, type="coverage", subtype="marker")


def _cells(doctree: nodes.document) -> Iterator[str]:
    """The names of a page's cells, also of those that the page does not show."""
    for node in doctree.findall(nodes.container):
        name = (node.get("cell_metadata") or {}).get("name")
        if name:
            yield str(name)


def shown(app: Sphinx) -> dict[str, dict[str, list[str]]]:
    """What the pages show, in the words of the items: by page, and by the anchor of the cell."""
    words = {name: text for kind in items(app).values() for name, text in kind.items.items()}
    table: dict[str, dict[str, list[str]]] = {}
    for docname, found in SHOWN.of(app.env).items():
        for each in (each for each in found if each.item in words):
            cells = table.setdefault(docname, {})
            cells.setdefault(nodes.make_id(each.cell), []).append(words[each.item])
    return table


def _write_anew(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The table is of all pages: it is written anew with each of them."""
    return sorted(TABLES.of(env))


def _note_table(app: Sphinx, doctree: nodes.document) -> None:
    if next(iter(doctree.findall(coverage)), None) is None:
        return
    TABLES.of(app.env)[app.env.docname] = True
    app.env.note_dependency(str(Path(app.confdir) / app.config.coverage_items))


def _fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the table in its place."""
    for place in list(doctree.findall(coverage)):
        place.replace_self(list(_tables(app, docname)))


def _tables(app: Sphinx, docname: str) -> Iterator[nodes.Node]:
    where: dict[str, list[Shown]] = {}
    for shown in (each for found in SHOWN.of(app.env).values() for each in found):
        where.setdefault(shown.item, []).append(shown)
    order = {name: number for number, name in enumerate(_reading_order(app.env))}
    for letter, kind in items(app).items():
        section = nodes.section(ids=[f"coverage-{letter.lower()}"])
        section += nodes.title(text=kind.title)
        section += _table(app, docname, kind, where, order)
        missing = [name for name in kind.items if name not in where]
        if missing:
            message = f"no cell shows {', '.join(missing)}: mark one with `% shows:`"
            LOGGER.warning(message, location=docname, type="coverage", subtype="missing")
        yield section


def _reading_order(env: BuildEnvironment) -> Iterator[str]:
    """The pages as the tables of contents list them, from the first on."""
    done: set[str] = set()
    waiting = [env.config.root_doc]
    while waiting:
        name = waiting.pop(0)
        if name not in done:
            done.add(name)
            yield name
            waiting = [*env.toctree_includes.get(name, []), *waiting]


def _table(
    app: Sphinx,
    docname: str,
    kind: Kind,
    where: Mapping[str, list[Shown]],
    order: Mapping[str, int],
) -> nodes.table:
    table = nodes.table(classes=["coverage"])
    group = nodes.tgroup(cols=2)
    table += group
    for width in (55, 45):
        group += nodes.colspec(colwidth=width)
    head = nodes.thead("", _row(nodes.paragraph(text="What"), nodes.paragraph(text="Where")))
    body = nodes.tbody()
    group += [head, body]
    for name, words in kind.items.items():
        shown = sorted(where.get(name, []), key=lambda each: order.get(each.docname, len(order)))
        body += _row(nodes.paragraph(text=words), _places(app, docname, shown))
    return table


def _row(*contents: nodes.Node) -> nodes.row:
    return nodes.row("", *(nodes.entry("", content) for content in contents))


def _places(app: Sphinx, docname: str, shown: list[Shown]) -> nodes.paragraph:
    """Links to cells, each with its page's title."""
    paragraph = nodes.paragraph()
    for number, each in enumerate(shown):
        if number:
            paragraph += nodes.Text(", ")
        title = app.env.titles[each.docname].astext()
        uri = app.builder.get_relative_uri(docname, each.docname)
        anchor = nodes.make_id(each.cell)
        link = nodes.reference("", "", internal=True, refuri=f"{uri}#{anchor}")
        link += [nodes.Text(f"{title}: "), nodes.literal(text=each.cell)]
        paragraph += link
    return paragraph


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive and the markers."""
    app.add_config_value("coverage_items", "coverage.toml", "env", str)
    app.add_node(coverage)
    app.add_directive("coverage", CoverageDirective)
    app.connect("doctree-read", _read)
    app.connect("doctree-read", _note_table)
    SHOWN.connect(app)
    TABLES.connect(app)
    app.connect("env-updated", _write_anew)
    app.connect("doctree-resolved", _fill)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
