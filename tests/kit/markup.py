"""The pages of the built site, read without a browser, once in each process of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode


@cache
def page_of(file: Path) -> LexborHTMLParser:
    """A page as a browser reads its markup; who changes it changes it for others."""
    return LexborHTMLParser(file.read_text(encoding="utf-8"))


def pages_of(site: Path) -> dict[str, LexborHTMLParser]:
    """All pages of a site, by their paths in it."""
    files = sorted(site.rglob("*.html"))
    return {file.relative_to(site).as_posix(): page_of(file) for file in files}


def is_in(node: LexborNode, elements: set[int]) -> bool:
    """Whether a node is in one of these elements, which ``mem_id`` names."""
    parent = node.parent
    return parent is not None and (parent.mem_id in elements or is_in(parent, elements))


LOADING = {  # what makes a browser ask for a file without a reader's click
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "input": "src",
    "link": "href",
    "object": "data",
    "script": "src",
    "source": "src",
    "video": "src",
}
ASKED_FOR = {"stylesheet", "preload", "modulepreload", "prefetch"}
"""Of links in the head, those that a browser follows for each page by itself."""


def loads(site: Path, name: str) -> Iterator[tuple[str, str]]:
    """The files that a page asks for when it is opened: the tag that names each, and its path."""
    for element in page_of(site / f"{name}.html").css(", ".join(LOADING)):
        tag = element.tag or ""
        address = element.attrs.sget(LOADING[tag])
        is_followed = tag != "link" or ASKED_FOR & {*element.attrs.sget("rel").split()}
        if address and is_followed and not address.startswith("data:"):
            yield tag, urljoin(f"/{name}.html", address).partition("?")[0]
