"""The list of all messages that cells show, by their classes: ``{messages}`` is replaced by it.

A message leads to its part of the error's page, and to the sections that explain it. The page has
the classes in its contents, and a field that filters the list (``errors.js``).
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from built_site.builders import is_site
from myst_doctest.page_store import PageStore
from myst_doctest.showing.html_nodes import add_html_node
from myst_doctest.static_files import publish
from tutorial_site.content.cell_places import PLACES, link
from tutorial_site.content.error_messages import Message, errors, is_class, messages_of, page_of
from tutorial_site.content.filled_places import fill_places, has_place
from tutorial_site.contents import entries

STYLE, SCRIPT = "errors.css", "errors.js"
LISTS = PageStore[bool]("message_lists")
"""The pages that have a list."""


class message_fold(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """The messages of a class, in a fold with these ``words``; in HTML alone."""


def _note(app: Sphinx, doctree: nodes.document) -> None:
    """``doctree-read``: note whether a page has a list."""
    if has_place(doctree, "messages"):
        LISTS.of(app.env)[app.env.docname] = True


def _sections(app: Sphinx, docname: str, _: str) -> Iterator[nodes.section]:
    """A section for each class, with its messages."""
    for name, places in errors(app.env).items():
        if not is_class(name):
            continue
        title = nodes.title("", "", link(app, docname, page_of(name), "", nodes.Text(name)))
        for code in sorted({each.raised.code for each in places} - {""}):
            title += [nodes.Text(" "), nodes.inline(text=code, classes=["error-code"])]
        section = nodes.section("", title, ids=[nodes.make_id(f"message-{name}")], error=name)
        items = [_item(app, docname, name, each) for each in messages_of(places)]
        count = f"{len(items)} message{'s' * (len(items) > 1)}"
        section += message_fold(
            "", nodes.bullet_list("", *items, classes=["messages"]), words=count
        )
        yield section


def _item(app: Sphinx, docname: str, name: str, message: Message) -> nodes.list_item:
    """A message, its texts on other databases, and the sections that explain it."""
    first, *others = message.texts
    called = nodes.literal(text=first) if first else nodes.Text(f"{name} without a message")
    item = nodes.list_item()
    item += nodes.paragraph("", "", link(app, docname, page_of(name), message.anchor, called))
    item += [nodes.paragraph("", "", nodes.literal(text=each)) for each in others]
    sections = {}
    for place in message.places:
        at = PLACES.of(app.env)[place.page][place.raised.cell]
        chapter = app.env.titles[place.page].astext()
        words = f"{at.title} · {chapter}" if at.title else chapter
        sections[place.page, at.section] = words
    for (page, section), words in sections.items():
        where = link(app, docname, page, section, nodes.Text(words))
        item += nodes.paragraph("", "", where, classes=["message-place"])
    return item


def _visit_fold(self: Any, node: message_fold) -> None:
    self.body.append(f"<details><summary>{escape(node['words'])}</summary>\n")


def _depart_fold(self: Any, node: message_fold) -> None:
    self.body.append("</details>\n")


def _finish_page(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """``html-page-context``: the classes in the contents of a list's page, its style and script."""
    if name not in LISTS.of(app.env) or doctree is None or not is_site(app.builder):
        return
    app.add_css_file(STYLE)  # during this event: for this page alone
    app.add_js_file(SCRIPT, loading_method="defer")
    for section in doctree.findall(nodes.section):
        found = [each for each in section.children if isinstance(each, nodes.section)]
        if any("error" in each for each in found):
            around = f'href="#{section["ids"][0]}">{section[0].astext()}</a>'
            below = entries("", [(each["ids"][0], each["error"]) for each in found])
            context["toc"] = context["toc"].replace(around, around + below)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the list."""
    LISTS.connect(app)
    fill_places(app, "messages", _sections)
    add_html_node(app, message_fold, _visit_fold, _depart_fold)
    app.connect("doctree-read", _note)
    app.connect("html-page-context", _finish_page)
    publish(app, Path(__file__).parent / "static", STYLE, SCRIPT)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
