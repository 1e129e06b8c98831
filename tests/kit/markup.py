"""The pages of the built site, read without a browser, once in each process of the tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bs4 import BeautifulSoup


@cache
def soup(file: Path) -> BeautifulSoup:
    """A page as its markup says; who changes it changes it for others."""
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def soups(site: Path) -> dict[str, BeautifulSoup]:
    """All pages of a site, by their paths in it."""
    return {file.relative_to(site).as_posix(): soup(file) for file in sorted(site.rglob("*.html"))}
