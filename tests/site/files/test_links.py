"""The links of every page: to a file of the site and a place in it, or to a host that we chose."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser

from tests.kit.every_page import Findings
from tests.kit.markup import page_of

ADDRESSES = {
    "href": ("a", "area", "image", "link", "use"),
    "xlink:href": ("a", "image", "use"),
    "src": ("audio", "embed", "iframe", "img", "input", "script", "source", "track", "video"),
    "data": ("object",),
    "poster": ("video",),
    "cite": ("blockquote", "q", "del", "ins"),
    "action": ("form",),
    "formaction": ("button", "input"),
}
REFERENCES = (  # attributes that name ids of the same page
    *("for", "aria-controls", "aria-describedby", "aria-details", "aria-labelledby", "aria-owns"),
    *("aria-activedescendant", "headers", "list", "popovertarget", "commandfor"),
)
HOSTS = {  # where links lead out of the site
    "creativecommons.org": "the licence of the text",
    "docs.python.org": "the language",
    "docs.sqlalchemy.org": "the library",
    "spdx.org": "the licence of the code",
    "sqlalche.me": "SQLAlchemy's explanations of its errors, as its messages name them",
    "github.com": "the theme's repository, in the foot of each page",
    "pradyunsg.me": "the theme's author, in the foot of each page",
    "www.sphinx-doc.org": "the generator, in the foot of each page",
}
HOME = "https://home.invalid/"  # where the site stands, for the length of a test


class Site:
    """The files of the site, by the path under which a host gives them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {
            file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
        }
        self.pages = sorted(name for name in self.files if name.endswith(".html"))
        self.places = cache(self._places)

    def page(self, name: str) -> LexborHTMLParser:
        """A page, by its path."""
        return page_of(self.folder / name)

    def _places(self, name: str) -> frozenset[str]:
        """What a fragment may name in a page."""
        page = self.page(name)
        named = {each.attrs.sget("name") for each in page.css("a[name]")}
        return frozenset({each.id or "" for each in page.css("[id]")} | named | {"", "top"})

    def wrong(self, page: str, address: str) -> str:
        """Why an address that stands in a page leads nowhere; nothing, where it leads somewhere."""
        try:
            target = urlsplit(urljoin(HOME + page, address))
        except ValueError as error:
            return str(error)
        if target.netloc != urlsplit(HOME).netloc:
            return abroad(target.scheme, target.hostname or "")
        name = unquote(target.path).removeprefix("/")
        name = f"{name}index.html" if name == "" or name.endswith("/") else name
        if name not in self.files:
            return "no such file"
        place = unquote(target.fragment)
        if place and name.endswith(".html") and place not in self.places(name):
            return "no such place in the page"
        return ""


def abroad(scheme: str, host: str) -> str:
    """What is wrong with a link to another host."""
    if scheme != "https":
        return "not https"
    return "" if host in HOSTS else "a host that is not in the list"


def addresses(page: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    """The addresses in a page's markup, with the element that holds them."""
    for attribute, tags in ADDRESSES.items():
        for element in page.css(", ".join(tags)):
            if attribute in element.attrs:
                yield element.tag or "", element.attrs.sget(attribute)
    for element in page.css(":is(img, source)[srcset]"):
        for each in element.attrs.sget("srcset").split(","):
            yield element.tag or "", each.split()[0]


@pytest.fixture(scope="module")
def built(site: Path) -> Site:
    return Site(site)


def test_links_lead_somewhere(built: Site) -> None:
    """Each address in a page is a file of the site, with the place it names, or a chosen host."""
    findings = Findings()
    assert built.pages
    for name in built.pages:
        given = {each for each in addresses(built.page(name)) if not own(each[1])}
        findings.add(
            name,
            [
                f"{reason}: {tag} {address}"
                for tag, address in sorted(given)
                if (reason := built.wrong(name, address))
            ],
        )
    findings.check()


def own(address: str) -> bool:
    """Data that stands in the address itself."""
    return address.startswith("data:")


def test_references_within_a_page_lead_somewhere(built: Site) -> None:
    """What names an id (a label, a description, a popover) names one that is in the page."""
    findings = Findings()
    for name in built.pages:
        for attribute in REFERENCES:
            for element in built.page(name).css(f"[{attribute}]"):
                ids = element.attrs.sget(attribute).split()
                lost = [each for each in ids if each not in built.places(name)]
                findings.add(name, [f"{element.tag} {attribute}={each}" for each in lost])
    findings.check()


def test_files_named_in_data_are_there(built: Site) -> None:
    """A file of the site that a page's block of data names is in the site."""
    findings = Findings()
    for name in built.pages:
        blocks = built.page(name).css("script[type$=json]")
        named = {each for block in blocks for each in texts(json.loads(block.text()))}
        # By their form: a path with a folder and a suffix, and no word of a program.
        paths = [each for each in named if re.fullmatch(r"(\.\.?/|/|_static/)[-\w./]+\.\w+", each)]
        findings.add(name, [f"{why}: {each}" for each in paths if (why := built.wrong(name, each))])
    findings.check()


def texts(data: Any) -> Iterator[str]:
    """All texts in a block of data."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from texts(each)


def test_files_named_in_style_sheets_are_there(built: Site) -> None:
    """A picture or a font that a style sheet names is in the site."""
    findings = Findings()
    for name in sorted(each for each in built.files if each.endswith(".css")):
        text = (built.folder / name).read_text("utf-8")
        named = re.findall(r"(?:url\(\s*|@import\s+)['\"]?([^'\")\s;]+)", text)
        wrong = [(each, built.wrong(name, each)) for each in named if not own(each)]
        findings.add(name, [f"{why}: {each}" for each, why in wrong if why])
    findings.check()


def test_every_page_can_be_come_to(built: Site) -> None:
    """From the first page, link by link, a reader comes to every page but the 404 page.

    An error's code has a page for who types its address, as SQLAlchemy prints it; where it is that
    of the error's class again, the search leads to it.
    """
    links: dict[str, set[str]] = defaultdict(set)
    for name in built.pages:
        for tag, address in addresses(built.page(name)):
            target = urlsplit(urljoin(HOME + name, address))
            if tag in {"a", "form"} and target.netloc == urlsplit(HOME).netloc:
                links[name].add(unquote(target.path).removeprefix("/"))
    met, ahead = set(), {"index.html"}
    while ahead:
        met |= ahead
        ahead = set().union(*(links[name] for name in ahead)) - met
    codes = {name for name in built.pages if re.fullmatch(r"e/[0-9a-z]{4}\.html", name)}
    assert set(built.pages) - met - codes <= {"404.html"}


def test_a_lost_link_is_told(built: Site) -> None:
    """The test of links knows what is lost: a file, a place, a host, a way out of the site."""
    place = min(built.places("index.html") - {"", "top"})
    assert built.wrong("reference/show.html", f"../index.html#{place}") == ""
    assert built.wrong("reference/show.html", "../index.html#gone") == "no such place in the page"
    assert built.wrong("index.html", "gone.html") == "no such file"
    assert built.wrong("index.html", "http://docs.python.org/3/") == "not https"
    assert built.wrong("index.html", "https://example.org/") == "a host that is not in the list"
