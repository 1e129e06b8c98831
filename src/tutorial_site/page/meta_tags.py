"""What a page tells search engines, and other sites that show a link to it.

Description, Open Graph (ogp.me), the address of its picture, and its canonical address.

Written here, since sphinxext-opengraph prints a line at each build where matplotlib is missing,
gives relative addresses where the site's is not known, and draws a picture for a page and not for
a part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from built_site.builders import is_site
from built_site.files import write
from tutorial_site.contents import first_paragraph, tutorial_parts
from tutorial_site.page.social_card import HEIGHT, WIDTH, draw, slug

__all__ = ["description", "setup"]

FOLDER = "_static/parts"
LENGTH = 200
"""Characters of a description: search engines show less, other sites somewhat more."""
WHOLE = "A tutorial on which every cell has run"
"""What the picture of the whole site says above its name."""
WITHOUT_TEXT = {
    "genindex": "All names and words that {project} documents, from A to Z.",
    "py-modindex": "The modules that {project} documents.",
    "search": "Search the pages of {project}.",
}
UNLISTED = ("search", "404")
"""Pages that no search engine should lead to."""


@dataclass(frozen=True)
class Picture:
    """A picture: the PNG, the name of its file, and what it says, for those who do not see it."""

    data: bytes
    file: str
    words: str

    @classmethod
    def of(cls, title: str, above: str, lines: tuple[str, ...]) -> Picture:
        data = draw(title, above, lines)
        digest = hashlib.sha256(data).hexdigest()[:12]
        return cls(data, f"{slug(title)}-{digest}.png", f"{title}: {'; '.join(lines)}")


class Sharing:
    """The pictures of one build, by the page that shows them; none without an address."""

    def __init__(self) -> None:
        self.pictures: dict[str, Picture] = {}

    def begin(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """Draw the pictures; the pages of one that the site does not hold are written anew."""
        if is_site(app.builder) and app.config.html_baseurl:
            self.pictures = dict(_pictures(env))
        folder = Path(app.outdir) / FOLDER
        return [
            name for name, picture in self.pictures.items() if not (folder / picture.file).is_file()
        ]

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Leave the pictures that the pages name, and no others.

        They come last: after a build that was interrupted before, their pages are written anew.
        """
        if exception is not None or not is_site(app.builder):
            return
        folder = Path(app.outdir) / FOLDER
        wanted = {picture.file: picture.data for picture in self.pictures.values()}
        for name, data in wanted.items():
            write(folder / name, data)
        if folder.is_dir():
            for old in folder.iterdir():
                if old.name not in wanted:
                    old.unlink()

    def tell(
        self,
        app: Sphinx,
        name: str,
        template: str,
        context: dict[str, Any],
        doctree: nodes.document | None,
    ) -> None:
        """Put a page's words about itself into its head."""
        if not is_site(app.builder):
            return
        if name in UNLISTED:
            context["pageurl"] = None
        elif name == app.config.root_doc and context["pageurl"]:
            context["pageurl"] = app.config.html_baseurl
        tags = "".join(
            f'<meta {kind}="{key}" content="{escape(text)}">\n'
            for kind, key, text in self._tags(app, name, context, doctree)
        )
        context["metatags"] = f"{context.get('metatags') or ''}\n{tags}"

    def _tags(
        self,
        app: Sphinx,
        name: str,
        context: Mapping[str, Any],
        doctree: nodes.document | None,
    ) -> Iterator[tuple[str, str, str]]:
        if name == "404":  # Sphinx says it of the search
            yield "name", "robots", "noindex"
        words = _words(app, name, doctree)
        # Front matter may have one of its own, by MyST's `html_meta`.
        if words and 'name="description"' not in (context.get("metatags") or ""):
            yield "name", "description", words
        if doctree is None:
            return
        root = name == app.config.root_doc
        yield "property", "og:title", app.env.titles[name].astext()
        yield "property", "og:type", "website" if root else "article"
        yield "property", "og:site_name", app.config.project
        if words:
            yield "property", "og:description", words
        if context["pageurl"]:
            yield "property", "og:url", context["pageurl"]
        if name in self.pictures:
            yield from _shown(app, self.pictures[name])


def _shown(app: Sphinx, picture: Picture) -> Iterator[tuple[str, str, str]]:
    address = f"{app.config.html_baseurl}{FOLDER}/{picture.file}"
    yield "property", "og:image", address
    yield "property", "og:image:width", str(WIDTH)
    yield "property", "og:image:height", str(HEIGHT)
    yield "property", "og:image:alt", picture.words
    yield "name", "twitter:card", "summary_large_image"


def _pictures(env: BuildEnvironment) -> Iterator[tuple[str, Picture]]:
    """The picture of each page: its part's, or the whole site's."""
    site, found = env.config.project, tutorial_parts(env)
    whole = Picture.of(site, WHOLE, tuple(part.title for part in found))
    yield from ((name, whole) for name in env.found_docs)
    for part in found:
        picture = Picture.of(part.title, site, part.titles)
        yield from ((name, picture) for name in part.names)


def _words(app: Sphinx, name: str, doctree: nodes.document | None) -> str:
    if doctree is not None:
        return description(doctree)
    return WITHOUT_TEXT.get(name, "").format(project=app.config.project)


def description(doctree: nodes.document) -> str:
    """A page's first words, cut to what is shown of them."""
    return _shortened(" ".join(first_paragraph(doctree)))


def _shortened(text: str) -> str:
    """A text that is cut at the end of a word.

    >>> len(_shortened("word " * 100)) <= LENGTH
    True
    """
    if len(text) <= LENGTH:
        return text
    return text[: LENGTH - 1].rpartition(" ")[0].rstrip(" ,;:.") + "\N{HORIZONTAL ELLIPSIS}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Put tags into the head of each page, and pictures beside them."""
    sharing = Sharing()
    app.connect("env-updated", sharing.begin)
    app.connect("html-page-context", sharing.tell)
    app.connect("build-finished", sharing.finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
