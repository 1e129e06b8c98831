"""Popovers with a term's definition at each link to the glossary.

A page holds the definitions of the terms that it links to, hidden at its end, so that nothing is
fetched when ``glossary-popovers.js`` shows one. Without the script a link leads to the glossary.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.osutil import relative_uri

from built_site.builders import is_site
from tutorial_site.page.assets import load_on_all_pages


class Glossary:
    """The definitions of one build by their terms' addresses, relative to the site's root."""

    def __init__(self) -> None:
        self.definitions: dict[str, nodes.definition] = {}

    def read(self, app: Sphinx, builder: Builder) -> None:
        """``write-started``: read the definitions from the pages that have a glossary."""
        self.definitions = {}
        if not is_site(builder):
            return
        for docname in sorted(_glossaries(app.env)):
            doctree = app.env.get_doctree(docname)
            with logging.suppress_logging():  # else each warning would come twice
                app.env.resolve_references(doctree, docname, builder)
            page = builder.get_target_uri(docname)
            for terms, definition in _entries(doctree):
                _seen_from_the_root(definition, page)
                self.definitions |= {f"{page}#{term}": definition for term in terms}

    def finish_page(
        self, app: Sphinx, name: str, _: str, context: dict[str, Any], tree: nodes.document | None
    ) -> None:
        """``html-page-context``: append the definitions of the terms that a page links to."""
        if tree is None or not self.definitions:
            return
        page = app.builder.get_target_uri(name)
        links = {link: urljoin(page, link) for link in _links(tree)}
        known = [(link, self.definitions.get(address)) for link, address in links.items()]
        abouts = [
            f'<div popover="manual" class="log-about glossary-about" id="glossary:{number}" '
            f'data-term="{escape(link)}">{_markup(definition, page, app.builder)}</div>\n'
            for number, (link, definition) in enumerate(known, 1)
            if definition is not None
        ]
        if abouts:
            context["body"] += "".join(abouts)


def _glossaries(env: BuildEnvironment) -> set[str]:
    """The pages that define terms."""
    objects = env.domains.standard_domain.objects
    return {docname for (kind, _), (docname, _) in objects.items() if kind == "term"}


def _entries(doctree: nodes.document) -> Iterator[tuple[list[str], nodes.definition]]:
    """The ids of each entry's terms, and their definition."""
    for glossary in doctree.findall(addnodes.glossary):
        for entry in glossary.findall(nodes.definition_list_item):
            ids = [name for term in entry.findall(nodes.term) for name in term["ids"]]
            yield ids, entry.next_node(nodes.definition)  # type: ignore[misc]  # there is one


def _links(doctree: nodes.document) -> Iterator[str]:
    """The addresses of the terms that a page links to, relative to the page."""
    for link in doctree.findall(nodes.reference):
        words = link.findall(nodes.inline)
        if "refuri" in link and any("std-term" in word["classes"] for word in words):
            yield link["refuri"]


def _seen_from_the_root(definition: nodes.definition, page: str) -> None:
    """Make a definition's links relative to the site's root, and remove its ids.

    The ids are those of the glossary's page; twice on one page they would be invalid.
    """
    for element in definition.findall(nodes.Element):
        element["ids"] = []
        if isinstance(element, nodes.reference):
            link = f"#{element['refid']}" if "refid" in element else element["refuri"]
            element["refuri"] = urljoin(page, link)


def _markup(definition: nodes.definition, page: str, builder: Any) -> str:
    """A definition as HTML, its links relative to the page that shows it."""
    definition = definition.deepcopy()
    for link in definition.findall(nodes.reference):
        link["refuri"] = _seen_from(page, link["refuri"])
    parts = [builder.render_partial(child)["fragment"] for child in list(definition.children)]
    return "".join(parts).strip()


def _seen_from(page: str, address: str) -> str:
    scheme, host, _, _, fragment = urlsplit(address)
    if scheme or host:
        return address
    return relative_uri(page, address) + (f"#{fragment}" if fragment else "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the popovers."""
    glossary = Glossary()
    folder = Path(__file__).parent / "static"
    load_on_all_pages(app, folder, "glossary-popovers.css", "glossary-popovers.js")
    app.connect("write-started", glossary.read)
    app.connect("html-page-context", glossary.finish_page)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
