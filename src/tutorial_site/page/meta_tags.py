"""What a page's head tells search engines, and other sites that show a link to it.

Description, Open Graph (ogp.me) and the canonical address; where the site's address is known, a
picture too. Written here, since sphinxext-opengraph gives relative addresses where it is not, and
draws a picture for each page.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from built_site.builders import is_site
from myst_doctest.static_files import publish
from tutorial_site.contents import first_paragraph

CARD = "social-card.png"
CARD_SAYS = (
    "A page of the tutorial: a cell that selects a user, and under it the log of the INSERT and "
    "the SELECT that it sent"
)
"""The picture's text for those who do not see it; a part of the chapter on the unit of work."""
CARD_WIDTH, CARD_HEIGHT = 1200, 630
LENGTH = 200
"""Characters of a description: search engines show less, other sites somewhat more."""
VIEWPORT = re.compile(r'<meta name="viewport"[^>]*>\n?')
"""What docutils says for phones, as the theme does."""
UNLISTED = ("search", "404")
"""Pages that no search engine should lead to."""

Tags = Iterator[tuple[str, str, str]]
"""``<meta>`` tags: the attribute that names each, its name, its content."""


def _add_tags(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Put the tags of a page into its head (``html-page-context``)."""
    if not is_site(app.builder):
        return
    if name in UNLISTED:
        context["pageurl"] = None  # for the theme's <link rel="canonical">
    elif name == app.config.root_doc and context["pageurl"]:
        context["pageurl"] = app.config.html_baseurl
    tags = "".join(
        f'<meta {kind}="{key}" content="{escape(text)}">\n'
        for kind, key, text in _tags(app, name, context, doctree)
    )
    others = VIEWPORT.sub("", context.get("metatags") or "")
    context["metatags"] = f"{others}\n{tags}"


def _tags(
    app: Sphinx, name: str, context: Mapping[str, Any], doctree: nodes.document | None
) -> Tags:
    """The tags of a page; one that Sphinx makes, such as the index, has no description.

    That of another page without a source is in its context.
    """
    if name == "404":  # on the search page Sphinx does it
        yield "name", "robots", "noindex"
    words = context.get("description", "") if doctree is None else _first_words(doctree)
    if doctree is None and not words:
        return
    words = _cut(words)
    # Front matter may have one of its own, by MyST's `html_meta`.
    if words and 'name="description"' not in (context.get("metatags") or ""):
        yield "name", "description", words
    title = context["title"] if doctree is None else app.env.titles[name].astext()
    yield "property", "og:title", title
    yield "property", "og:type", "website" if name == app.config.root_doc else "article"
    yield "property", "og:site_name", app.config.project
    if words:
        yield "property", "og:description", words
    if context["pageurl"]:
        yield "property", "og:url", context["pageurl"]
        yield from _card(app.config.html_baseurl)


def _card(address: str) -> Tags:
    """The tags of the picture, for a site at this address."""
    yield "property", "og:image", f"{address}_static/{CARD}"
    yield "property", "og:image:width", str(CARD_WIDTH)
    yield "property", "og:image:height", str(CARD_HEIGHT)
    yield "property", "og:image:alt", CARD_SAYS
    yield "name", "twitter:card", "summary_large_image"


def _first_words(doctree: nodes.document) -> str:
    return " ".join(first_paragraph(doctree))


def _cut(text: str) -> str:
    """A text, cut at the end of a word to what is shown of a description."""
    if len(text) <= LENGTH:
        return text
    return text[: LENGTH - 1].rpartition(" ")[0].rstrip(" ,;:.") + "\N{HORIZONTAL ELLIPSIS}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part."""
    app.connect("html-page-context", _add_tags)
    publish(app, Path(__file__).parent / "static", CARD)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
