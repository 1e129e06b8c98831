"""The coverage table, and the markers that it is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.small_site import Site, cell

CONF = """\
project = "A site"
extensions = ["myst_doctest", "tutorial_site.content.coverage_table"]
html_theme = "basic"
coverage_items = "items.toml"
"""
ITEMS = """\
[P]
title = "Points"
[P.items]
1 = "The first point"
[U]
title = "Sections"
[U.items]
a-section = "A section"
"""
TABLE = "# Coverage\n\n```{coverage}\n```\n"


def page(*markers: str) -> str:
    lines = "\n\n".join(f"% shows: {marker}" for marker in markers)
    return f"# One\n\n{lines}\n\n{cell('1 + 1', '2', ':name: sum')}"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, conf=CONF)
    made.write("items.toml", ITEMS)
    made.pages(one=page("P1 U:a-section -> sum"), table=TABLE)
    return made


def test_table_links_each_item_to_its_cell(site: Site) -> None:
    """An item's line leads to the page and the cell that a marker names."""
    built = site.build()
    assert (built.status, built.said) == (0, "")
    rows = [row.get_text(" ", strip=True) for row in built.body("table").select("tbody tr")]
    assert rows == ["The first point One: sum", "A section One: sum"]
    links = [link["href"] for link in built.body("table").select("table a")]
    assert links == ["one.html#sum"] * 2
    assert built.body("one").find(id="sum") is not None


@pytest.mark.parametrize(
    ("marker", "told"),
    [
        pytest.param("P1 U:a-section -> gone", "no cell of this page is named 'gone'", id="gone"),
        pytest.param("P2 -> sum", "P2 is not in items.toml", id="unknown item"),
        pytest.param("P1 sum", "a marker is written `% shows: ", id="no arrow"),
        pytest.param("-> sum", "a marker is written `% shows: ", id="no item"),
    ],
)
def test_marker_that_is_wrong_fails_the_build(site: Site, marker: str, told: str) -> None:
    """A marker to a cell that is gone, or of no known item, is told with its line."""
    site.pages(one=page("P1 U:a-section -> sum", marker))
    built = site.build()
    assert built.status == 1
    assert built.places(told) == ["docs/one.md:5"], built.said


def test_item_that_no_cell_shows_fails_the_build(site: Site) -> None:
    """What the pages owe is shown, or the build says what is missing."""
    site.pages(one=page("P1 -> sum"))
    built = site.build()
    assert built.status == 1
    assert "no cell shows U:a-section" in built.said


def test_items_that_cannot_be_read_name_their_file(site: Site) -> None:
    """A broken list of items stops the build, and says where it is."""
    site.write("items.toml", "[P\n")
    built = site.build()
    assert built.status == 2
    assert "coverage_items: " in built.said
    assert "items.toml" in built.said


def test_parallel_build_finds_the_same(site: Site) -> None:
    """With -j the markers come over from the processes that read the pages."""
    site.pages(**{f"more{number}": "# More\n" for number in range(6)})
    built = site.build("-j", "2")
    assert built.status == 0, built.said
    assert len(built.body("table").select("table a")) == 2


def test_symptoms_lead_to_the_section_by_one_link(site: Site) -> None:
    """In readers' words, each to that of the first cell that shows it."""
    site.pages(
        two=page("P1 -> sum").replace("# One", "# Two"), list="# A\n\n```{symptoms} P\n```\n"
    )
    built = site.build()
    assert (built.status, built.said) == (0, "")
    (line,) = built.body("list").select("li")
    assert line.get_text() == "The first point (One)"
    assert [link["href"] for link in line.select("a")] == ["one.html#sum"]
