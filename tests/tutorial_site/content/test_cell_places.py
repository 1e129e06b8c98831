"""Lists of the cells that are something else on a variant."""

from __future__ import annotations

from pathlib import Path

from tests.kit.small_site import Site, cell

CONF = """\
project = "A site"
extensions = ["myst_doctest", "tutorial_site.content.cell_places"]
html_theme = "basic"
"""
TABLE = '[tool.myst_doctest.variants.other]\ntitle = "Other"\nreplace = { "one" = "two" }'
LIST = "# List\n\n```{cells-on} other\n```\n"


def test_sections_with_a_difference_are_listed(tmp_path: Path) -> None:
    """Each once, by its first such cell, and the page's title where there is no section."""
    site = Site(tmp_path, conf=CONF, table=TABLE)
    page = "\n\n".join(
        (
            "---\nvariants: [other]\n---",
            "# Page",
            cell("print('same')", "same", ":name: same"),
            cell("print('one')", "one", ":name: top"),
            "```{output} other\ntwo\n```",
            "## A section",
            cell("print('one', 1)", "one 1", ":name: first"),
            "```{output} other\ntwo 1\n```",
            cell("print('one', 2)", "one 2", ":name: second"),
            "```{output} other\ntwo 2\n```",
        )
    )
    site.pages(page=page, list=LIST)
    built = site.build()
    assert (built.status, built.said) == (0, "")
    lines = [each.get_text() for each in built.body("list").select("li")]
    assert lines == ["Page (Page)", "A section (Page)"]
    links = [link["href"] for link in built.body("list").select("li a")]
    assert links == ["page.html#top", "page.html#a-section"]
