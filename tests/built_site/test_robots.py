"""What the site tells search engines as a whole, on a small site."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from tests.kit.parts_site import ADDRESS, built_whole, parts_site

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def test_map_lists_the_pages_and_robots_find_it(tmp_path: Path) -> None:
    """Every page with a text, at its encoded address; no index, no search, no 404 page."""
    built = built_whole(parts_site(tmp_path))
    root = ET.parse(built.folder / "sitemap.xml").getroot()
    assert root.tag == f"{SPACE}urlset"
    names = ("100%25%20c%23.html", "deep/two.html", "", "more.html", "one.html", "words.html")
    assert [url.text for url in root.iter(f"{SPACE}loc")] == [f"{ADDRESS}{name}" for name in names]
    assert built.page("robots.txt") == (
        f"User-agent: *\nAllow: /\n\nSitemap: {ADDRESS}sitemap.xml\n"
    )


def test_without_an_address_there_is_no_map(tmp_path: Path) -> None:
    """Everything may be read all the same; an ampersand of an address is escaped in the map."""
    site = parts_site(tmp_path, "")
    built = built_whole(site)
    assert not (built.folder / "sitemap.xml").exists()
    assert built.page("robots.txt") == "User-agent: *\nAllow: /\n"
    site.environment = {"ADDRESS": "https://b.example/a&b/"}
    root = ET.parse(built_whole(site).folder / "sitemap.xml").getroot()
    assert [url.text for url in root.iter(f"{SPACE}loc")][-1] == "https://b.example/a&b/words.html"


def test_other_builders_are_told_nothing(tmp_path: Path) -> None:
    """The text builder has pages, and no site."""
    made = parts_site(tmp_path).build(builder="text")
    assert made.status == 0, made.said
    assert not (made.folder / "robots.txt").exists()
    assert {path.suffix for path in made.folder.rglob("*") if path.is_file()} == {".txt"}
