"""Code on pages: light markup, links from names to their documentation, lines that scroll by key.

``copy-button.js`` adds a button that copies a block. No browser translates a signature of the API.
"""

import re
from functools import cached_property
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

from tutorial_site.page.assets import load_on_all_pages
from tutorial_site.page.code_links import PageLinks, prepare

PLAIN = re.compile(r'<span class="(?:n|p|w|o|nb|bp|nn|ne|vm|si)">([^<]*)</span>')
"""Names, signs and blanks, to which ``tokens.css`` gives the colour of the text.

Without their spans a chapter is some 6,000 bytes lighter, compressed.
"""
CLASSES = re.compile(r'class="[^"]*"')
UNKNOWN = re.compile(r"(?<![\w-])(?:docutils|xref|py|py-\w+) +(?=\w)| internal\b")
"""Classes of what is no table, which no style, script or test knows: 240 bytes of a chapter."""
REFERENCE = {"std", "std-ref", "std-doc"}
"""Classes of the words of a link, of which nothing knows, either: 110 bytes."""
WORD = re.compile(r'<span class="pre">([^<]*)</span>')
COLUMNS = 24
"""Characters of code that fit a line in a window of 320 px, also within a class's methods."""


class CodeTranslator(HTML5Translator):
    """Sphinx's translator of a page to HTML, which also edits the HTML of code."""

    @cached_property
    def links(self) -> PageLinks:
        """Made with the first code block: Sphinx makes a translator for each title as well."""
        return PageLinks(self.document, self.builder)

    def visit_literal_block(self, node: nodes.literal_block) -> None:
        """Highlight as Sphinx does, then add links and a Tab stop to what it appended.

        ``accessibility.js`` removes the Tab stop where nothing has to be scrolled.
        """
        try:
            super().visit_literal_block(node)
        except nodes.SkipNode:  # raised where Sphinx highlighted, not for a parsed literal
            html = self.body[-1]
            if max(map(len, node.astext().split("\n"))) > COLUMNS:
                html = html.replace("<pre>", '<pre tabindex="0">', 1)
            self.body[-1] = PLAIN.sub(r"\1", self.links.add(node, html))
            raise

    def starttag(self, node: Any, tagname: str, *more: Any, **names: Any) -> str:
        """Begin an element without classes that nothing knows."""
        tag: str = super().starttag(node, tagname, *more, **names)
        if tagname in {"table", "hr"}:
            return tag
        return CLASSES.sub(lambda found: UNKNOWN.sub("", found[0]), tag, count=1)

    def visit_inline(self, node: nodes.inline) -> None:
        """Begin a span, unless it has nothing but such classes."""
        if not _is_reference(node):
            super().visit_inline(node)

    def depart_inline(self, node: nodes.inline) -> None:
        """End it."""
        if not _is_reference(node):
            super().depart_inline(node)

    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802
        """Write code within a line without a span around each word, which no style knows."""
        begin = len(self.body)
        super().visit_Text(node)
        if self.protect_literal_text:
            self.body[begin:] = [WORD.sub(r"\1", each) for each in self.body[begin:]]

    def visit_desc_signature(self, node: nodes.Element) -> None:
        """Mark the signature as Sphinx's other code is, for browsers that translate pages."""
        super().visit_desc_signature(node)
        self.body[-1] = self.body[-1].replace("<dt ", '<dt translate="no" ', 1)


def _is_reference(node: nodes.Element) -> bool:
    return bool(node["classes"]) and not node["ids"] and set(node["classes"]) <= REFERENCE


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the translator for the builders of the site."""
    for builder in ("html", "dirhtml"):
        app.set_translator(builder, CodeTranslator)
    app.connect("env-before-read-docs", prepare, priority=400)  # then pages run: a long wait
    folder = Path(__file__).parent / "static"
    load_on_all_pages(app, folder, "code-links.css", "copy-button.css", "copy-button.js")
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
