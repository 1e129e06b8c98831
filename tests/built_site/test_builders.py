"""Which of Sphinx's builders make the site."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path

import pytest

from tests.kit.full_site import ROOT, TEMPLATES
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


def test_this_site_can_be_an_epub() -> None:
    """Sphinx warns of a book without a version, and of the files that are for hosts alone."""
    conf = runpy.run_path(str(ROOT / "conf.py"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert conf["version"] == project["version"]
    assert {Path(path).name for path in conf["html_extra_path"]} == set(conf["epub_exclude_files"])
