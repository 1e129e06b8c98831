"""Which of Sphinx's builders make the site."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path

import pytest

from live_cells.pack.downloads_cache import npm_packages
from tests.kit.full_site import PARTS, ROOT, TEMPLATES
from tests.kit.small_site import Site, cell

CONF = f"""\
project = copyright = "A site"
version = "1"
extensions = ["myst_doctest", "live_cells", "tutorial_site"]
html_theme = "furo"
html_baseurl = "https://example.org/"
templates_path = [{str(TEMPLATES)!r}]
coverage_items = "items.toml"
live_cells_cache = "nothing"
"""
SITE_ONLY = ("robots", "_headers", "sitemap", "llms", "pagefind", "live/", "nothing")


@pytest.mark.parametrize("builder", ["epub", "singlehtml", "json", "pickle"])
def test_builders_of_books_and_data_get_nothing_of_the_site(tmp_path: Path, builder: str) -> None:
    """No live cells, no search, no files for hosts and robots; and nothing that they warn of."""
    site = Site(tmp_path, conf=CONF)
    site.write("items.toml", "")
    site.pages(
        one=f"# One\n\n{cell('1 + 1', '2')}", two=f"# Two\n\n{cell('2', '2')}{cell('3', '3')}"
    )
    built = site.build(builder=builder)
    assert (built.status, built.said) == (0, "")
    names = [file.relative_to(tmp_path).as_posix() for file in tmp_path.rglob("*")]
    assert [name for name in names if any(word in name for word in SITE_ONLY)] == []
    for file in built.folder.rglob("*html"):
        text = file.read_text(encoding="utf-8")
        assert "live-tools" not in text
        assert "og:title" not in text


def test_dirhtml_quotes_the_names_of_pages(tmp_path: Path) -> None:
    """Links, the site map and canonical links lead to pages whose names hold signs of addresses."""
    npm_packages(PARTS)  # what is said of a first download is said here
    conf = CONF.replace('"live_cells", ', "").replace('"nothing"', repr(str(PARTS)))
    site = Site(tmp_path, conf=conf)
    site.write("items.toml", "")
    for name in ("a b", "c#", "100%25", "what?"):
        site.write(f"docs/{name}.md", "# Page\n\nWords.\n")
    site.write("docs/index.md", "# Index\n\n```{toctree}\na b\nc#\n100%25\nwhat?\n```\n")
    built = site.build(builder="dirhtml")
    assert (built.status, built.said) == (0, "")
    index = built.page("index.html")
    quoted = ["a%20b/", "c%23/", "100%2525/", "what%3F/"]
    for name in quoted:
        assert f'<li class="toctree-l1"><a class="reference internal" href="{name}">' in index
        assert f"<loc>https://example.org/{name}</loc>" in built.page("sitemap.xml")
    assert '<link rel="canonical" href="https://example.org/c%23/">' in built.page("c#/index.html")


def test_this_site_can_be_an_epub() -> None:
    """Sphinx warns of a book without a version, and of the files that are for hosts alone."""
    conf = runpy.run_path(str(ROOT / "conf.py"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert conf["version"] == project["version"]
    assert {Path(path).name for path in conf["html_extra_path"]} == set(conf["epub_exclude_files"])
