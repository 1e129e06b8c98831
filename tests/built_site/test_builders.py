"""Which of Sphinx's builders make the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Site, cell

CONF = f"""\
project = copyright = "A site"
version = "1"
extensions = ["myst_doctest", "live_cells", "tutorial_site"]
html_theme = "furo"
html_baseurl = "https://example.org/"
templates_path = [{str(TEMPLATES)!r}]
coverage_items = "items.toml"
live_cells_requirements = "locked.txt"
live_cells_cache = "nothing"
"""
SITE_ONLY = ("robots", "_headers", "sitemap", "llms", "pagefind", "live-", "nothing")


@pytest.mark.parametrize("builder", ["epub", "singlehtml", "json", "pickle"])
def test_builders_of_books_and_data_get_nothing_of_the_site(tmp_path: Path, builder: str) -> None:
    """No live cells, no search, no files for hosts and robots; and nothing that they warn of."""
    site = Site(tmp_path, conf=CONF)
    site.write("items.toml", "")
    site.write("locked.txt", "")
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
