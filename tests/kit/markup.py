"""The pages of the built site, read without a browser, once in each process of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

from bs4 import BeautifulSoup


@cache
def soup(file: Path) -> BeautifulSoup:
    """A page as its markup says; who changes it changes it for others."""
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def soups(site: Path) -> dict[str, BeautifulSoup]:
    """All pages of a site, by their paths in it."""
    return {file.relative_to(site).as_posix(): soup(file) for file in sorted(site.rglob("*.html"))}


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
    page = soup(site / f"{name}.html")
    for element in page(list(LOADING)):
        address = element.get(LOADING[element.name])
        is_followed = element.name != "link" or ASKED_FOR & {*(element.get("rel") or [])}
        if address and is_followed and not str(address).startswith("data:"):
            yield element.name, urljoin(f"/{name}.html", str(address)).partition("?")[0]
