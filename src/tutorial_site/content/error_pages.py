"""A page for each class of exception, and for each code of SQLAlchemy's, that cells show.

``e/detached-instance-error`` and ``e/bhk3`` hold what chapters say: the failing cell, the cause and
the cure, copied from the doctrees of the chapters, so that they can't say anything else. The
directive ``{messages}`` is replaced by a list of all messages, by class.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri
from sphinx.util.parallel import ParallelTasks, SerialTasks, make_chunks, parallel_available

from built_site.builders import is_site, made_pages
from myst_doctest.showing.cells import cell_of
from myst_doctest.showing.output_nodes import page_explanations, shown_output
from myst_doctest.showing.variants import own_ids, variant_choice
from tutorial_site.content.cell_places import PLACES, link, see
from tutorial_site.content.raised_errors import RAISED, Raised
from tutorial_site.contents import tutorial_parts
from tutorial_site.page.accessibility import breakable

TEMPLATE = "error.html"
WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class messages(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """The place of the list until ``doctree-resolved``, when all pages have been read."""


class MessagesDirective(SphinxDirective):
    """``{messages}``: the list."""

    def run(self) -> list[nodes.Node]:
        """Leave the list's place in the page."""
        return [messages()]


@dataclass(frozen=True)
class Found:
    """An exception or a warning on a page."""

    page: str
    raised: Raised


def page_of(name: str) -> str:
    """The page of a class or of a code.

    >>> page_of("DetachedInstanceError"), page_of("SAWarning"), page_of("bhk3")
    ('e/detached-instance-error', 'e/sa-warning', 'e/bhk3')
    """
    return f"e/{WORDS.sub('-', name).lower()}"


def _is_class(name: str) -> bool:
    return name[0].isupper()


def errors(app: Sphinx) -> dict[str, list[Found]]:
    """What the pages of the tutorial show, by class and then by code, each message once a page."""
    classes: dict[str, list[Found]] = {}
    codes: dict[str, list[Found]] = {}
    for part in tutorial_parts(app.env):
        for page in part.names:
            for raised in RAISED.of(app.env).get(page, []):
                classes.setdefault(raised.name, []).append(Found(page, raised))
                for code in raised.codes:
                    codes.setdefault(code, []).append(Found(page, raised))
    return {**dict(sorted(classes.items())), **dict(sorted(codes.items()))}


class ErrorPages:
    """The pages of one build, and the doctrees of chapters from which they are made."""

    def __init__(self) -> None:
        self.doctrees: dict[str, nodes.document] = {}

    def resolved(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """``doctree-resolved``, in the main process: keep a chapter, fill lists, add links."""
        if RAISED.of(app.env).get(docname):
            self.doctrees[docname] = doctree
        for place in list(doctree.findall(messages)):
            place.replace_self(list(_lists(app, docname)))
        if is_site(app.builder):
            _link(app, doctree, docname)

    def write(self, app: Sphinx) -> Iterable[Any]:
        """``html-collect-pages``: write the pages, in processes of their own as Sphinx does."""
        if not is_site(app.builder):
            return ()
        found = errors(app)
        # For the search and the site map, to which the page of a code is that of its class again.
        made_pages(app).update(page_of(name) for name in found if _is_class(name))

        def write_pages(names: list[str]) -> None:
            for name in names:
                context = self._context(app, name, found[name])
                app.builder.handle_page(page_of(name), context, TEMPLATE)  # type: ignore[attr-defined]

        parallel = parallel_available and app.parallel > 1
        tasks = ParallelTasks(app.parallel) if parallel else SerialTasks()
        names = [name for name, places in found.items() if self._is_due(app, name, places)]
        for chunk in make_chunks(names, app.parallel):
            tasks.add_task(write_pages, chunk)
        tasks.join()
        return ()

    def _is_due(self, app: Sphinx, name: str, places: list[Found]) -> bool:
        """Whether a page is to be written: an increment leaves those of the chapters it leaves."""
        file = Path(app.builder.get_outfilename(page_of(name)))  # type: ignore[attr-defined]
        return not file.is_file() or any(place.page in self.doctrees for place in places)

    def _context(self, app: Sphinx, name: str, places: list[Found]) -> dict[str, Any]:
        sections: dict[tuple[str, str], list[Found]] = {}
        for place in places:
            section = PLACES.of(app.env)[place.page][place.raised.cell].section
            sections.setdefault((place.page, section), []).append(place)
        parts = [
            self._excerpt(app, number, page_of(name), shown)
            for number, shown in enumerate(sections.values(), 1)
        ]
        found = (about for part in parts for about in part.pop("abouts").splitlines())
        abouts = {about.partition(">")[0]: about for about in found}  # by the tag, which has an id
        is_code = not _is_class(name)
        related = {place.raised.name for place in places} if is_code else {
            code for place in places for code in place.raised.codes
        }  # fmt: skip
        title = f"Error {name}" if is_code else name
        return {
            "title": title,
            "heading": breakable(escape(title)),
            "code": name if is_code else "",
            "related": [(each, page_of(each)) for each in sorted(related)],
            "parts": parts,
            "abouts": "\n".join(abouts.values()),
        }

    def _excerpt(self, app: Sphinx, number: int, here: str, shown: list[Found]) -> dict[str, Any]:
        page, cell = shown[0].page, shown[0].raised.cell
        if page not in self.doctrees:  # an increment resolves only the pages that it writes
            self.doctrees[page] = app.env.get_and_resolve_doctree(page, app.builder)
        place = PLACES.of(app.env)[page][cell]
        failing = {each.cell for each in RAISED.of(app.env)[page]}
        content = _part(self.doctrees[page], {each.raised.cell for each in shown}, failing)
        box = nodes.container("", *content)
        abouts = page_explanations(box)  # type: ignore[arg-type]  # any element does
        _moved(box, app.builder.get_target_uri(page), app.builder.get_target_uri(here))
        _link(app, box, here)
        # Links of names in code are made while the code is written, from this page.
        app.builder.current_docname = here  # type: ignore[attr-defined]
        html = app.builder.render_partial(box)["fragment"]  # type: ignore[attr-defined]
        return {
            "messages": list({each.raised.message: None for each in shown}),
            "page": page,
            "section": f"#{place.section}" if place.section else "",
            "heading": breakable(escape(place.title or app.env.titles[page].astext())),
            "chapter": app.env.titles[page].astext(),
            "cell": f"#{nodes.make_id(cell)}",
            "html": own_ids(html, f"part-{number}"),
            "abouts": abouts,
        }


def _part(doctree: nodes.document, cells: set[str], failing: set[str]) -> list[nodes.Node]:
    """Copies of a section's nodes from the first of these cells to the first that doesn't fail."""
    copied: list[nodes.Node] = []
    left = set(cells)
    for node in doctree.findall(nodes.container):
        cell = cell_of(node)
        if cell is None or cell.name not in cells:
            continue
        siblings = list(node.parent.children)
        for each in siblings[siblings.index(node) :]:
            if isinstance(each, nodes.section):
                break
            copied.append(each.deepcopy())
            name = (cell_of(each) or cell).name
            left.discard(name)
            if not left and name not in failing:
                break
        break
    return copied


def _moved(box: nodes.Element, page: str, here: str) -> None:
    """Make links of a page lead to the same places from ``here``; leave out what needs its page."""
    for node in [*box.findall(variant_choice), *box.findall(nodes.raw)]:  # choices, and buttons
        node.parent.remove(node)
    for node in box.findall(nodes.reference):
        address = f"#{node['refid']}" if "refid" in node else node["refuri"]
        if "//" not in address:
            path, mark, fragment = urljoin(page, address).partition("#")
            node.attributes.pop("refid", None)
            node["refuri"] = f"{relative_uri(here, path)}{mark}{fragment}"


def _link(app: Sphinx, doctree: nodes.Element, here: str) -> None:
    """Have the exceptions that cells show lead to their pages, but for that which is ``here``."""
    names = [name for name in errors(app) if _is_class(name) and page_of(name) != here]
    pages = {name: app.builder.get_relative_uri(here, page_of(name)) for name in names}
    for node in doctree.findall(shown_output):
        node["pages"] = pages


def _lists(app: Sphinx, docname: str) -> Iterator[nodes.section]:
    """A section for each class, with its messages."""
    for name, places in errors(app).items():
        if not _is_class(name):
            continue
        title = nodes.title("", "", link(app, docname, page_of(name), "", nodes.Text(name)))
        section = nodes.section("", title, ids=[nodes.make_id(f"message-{name}")])
        by_message = {place.raised.message: place for place in reversed(places)}
        items = [
            nodes.list_item("", see(app, docname, place.page, place.raised.cell, message or name))
            for message, place in reversed(by_message.items())
        ]
        section += nodes.bullet_list("", *items, classes=["messages"])
        yield section


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the pages, the directive, and what both are made of."""
    app.setup_extension("tutorial_site.content.cell_places")
    app.setup_extension("tutorial_site.content.raised_errors")
    app.add_node(messages)
    app.add_directive("messages", MessagesDirective)
    pages = ErrorPages()
    # After the tables have been put into their boxes.
    app.connect("doctree-resolved", pages.resolved, priority=950)
    app.connect("html-collect-pages", pages.write)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
