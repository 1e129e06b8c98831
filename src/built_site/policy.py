"""The content policy of a built site: what its pages may run and load, read from the pages.

A policy is a plain line of text, as a server's header or a host's file of headers takes it.
It allows the site's own files, and of what stands inside the pages only what stood there when
they were built, by hash: an output that smuggled a script into a page could not run it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple

# The types of a <script> that a browser runs, or obeys; any other makes it a block of data.
RUN = frozenset(
    {
        "",
        "application/ecmascript",
        "application/javascript",
        "importmap",
        "module",
        "speculationrules",
        "text/ecmascript",
        "text/javascript",
    }
)


class Inline(NamedTuple):
    """What stands in a page and needs leave: scripts and styles by hash, attributes as they are.

    No policy of ours allows the attributes (``style=``, ``onclick=``): a page must have none.
    """

    scripts: frozenset[str]
    styles: frozenset[str]
    attributes: frozenset[str]


NOTHING = Inline(frozenset(), frozenset(), frozenset())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts: set[str] = set()
        self.styles: set[str] = set()
        self.attributes: set[str] = set()
        self._text: list[str] | None = None  # of the script or style that is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.attributes.update(
            f'<{tag} {name}="{value}">'
            for name, value in given.items()
            if name == "style" or name.startswith("on")
        )
        runs = tag == "script" and "src" not in given and _type(given.get("type", "")) in RUN
        if runs or tag == "style":
            self._text = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self._text = None  # <style/> inside an <svg>: nothing stands in it

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._text is not None:
            hashes = self.scripts if tag == "script" else self.styles
            hashes.add(_hash("".join(self._text)))
            self._text = None


def _type(words: str) -> str:
    return words.partition(";")[0].strip().lower()


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def inline(markup: str) -> Inline:
    """What stands in a page's markup and needs leave."""
    reader = _Reader()
    # A browser reads each line's end as a single newline, before anything is hashed.
    reader.feed(markup.replace("\r\n", "\n").replace("\r", "\n"))
    reader.close()
    return Inline(frozenset(reader.scripts), frozenset(reader.styles), frozenset(reader.attributes))


@lru_cache(maxsize=4096)
def _page(path: Path, changed: int, size: int) -> Inline:
    """A page is read again when it was written again."""
    return inline(path.read_text(encoding="utf-8"))


def site(folder: Path) -> Inline:
    """What stands in any page of a built site and needs leave."""
    found = [NOTHING]
    for path in sorted(folder.rglob("*.html")):
        try:
            state = path.stat()
            found.append(_page(path, state.st_mtime_ns, state.st_size))
        except FileNotFoundError:
            continue  # a build that goes on beside us has taken it away
    return Inline(*(frozenset().union(*kind) for kind in zip(*found, strict=True)))


def policy(folder: Path, *, scripts: Iterable[str] = (), connect: str = "") -> str:
    """The policy of a built site, as the value of ``Content-Security-Policy``.

    ``scripts`` are hashes of scripts that a server adds to the pages; ``connect`` is an address
    that these ask.
    """
    found = site(folder)
    directives = {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'wasm-unsafe-eval'", *sorted({*found.scripts, *scripts})],
        "style-src": ["'self'", *sorted(found.styles)],
        "img-src": ["'self'", "data:"],  # the theme's icons
        "connect-src": ["'self'", connect] if connect else [],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
    return "; ".join(f"{name} {' '.join(given)}" for name, given in directives.items() if given)
