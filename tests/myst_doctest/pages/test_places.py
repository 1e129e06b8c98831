"""What cells and pages say of variants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.variants_site import OLD, VERSION, cell, page, variants

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site


def test_cells_of_some_variants(site: Site) -> None:
    """Left out, there alone, or raising there alone; the reasons are published."""
    variants(site, old=OLD, new={"title": "Thing 3"})
    options = (
        ":not-on: {old: it has none}\n1",
        ":only-on: {old: it alone has one}\nversion()",
        ":raises-on: [old]\n1 / (version() - 1)",
        ":tags: [raises-exception]\n:raises-not-on: [old]\n1 / (version() - 2)",
    )
    site.page("index.md", page(cell(VERSION), *map(cell, options), names="old, new"))
    done = site.accept()
    assert done.code == 0, done.output
    states = site.pytest().states()
    assert set(states.values()) == {"passed"}
    assert {name: sum(f"[{name}]" in each for each in states) for name in ("old", "new")} == {
        "old": 4,
        "new": 4,
    }
    assert "version()\n```\n\n```{output} old\n1\n```\n" in site.read("index.md").decode()
    assert "ZeroDivisionError" in site.read("index.old.md").decode()
    assert site.build().code == 0
    text = (site.root / "_build/html/index.html").read_text()
    assert "Not run on Thing 1: it has none" in text
    assert "Not run on Default: it alone has one" in text


WRONG: dict[str, tuple[str, str]] = {
    "unknown-block": (
        cell("1", ":1", "odl:1"),
        "11: an {output} for the unknown variant 'odl': perhaps old?",
    ),
    "twice": (cell("1", ":1", "old:1", "old:1"), "15: an {output} below another one"),
    "not-there": (
        cell(":not-on: {old: it has none}\n1", ":1", "old:1"),
        "12: an {output} of a cell that does not run on old",
    ),
    "not-asked": (
        cell(":not-on: {new: it has none}\n1", ":1"),
        "3: not-on: the page does not ask for the variant new",
    ),
    "unknown-option": (
        cell(":only-on: {odl: it has none}\n1"),
        "3: only-on: [tool.myst_doctest.variants] has no 'odl'",
    ),
    "no-reason": (
        cell(":not-on: [old]\n1", ":1"),
        "3: the cell's option not-on must be {variant: reason}",
    ),
    "empty-reason": (cell(':not-on: {old: ""}\n1', ":1"), "3: the cell's option not-on must be"),
    "no-list": (
        cell(":raises-on: old\n1", ":1"),
        "3: the cell's option raises-on must be [variant]",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_a_page_may_not_say(site: Site, name: str) -> None:
    """Each fault is reported with its line, and accepting leaves the page alone."""
    variants(site, old=OLD, new={"title": "New"})
    text, said = WRONG[name]
    asks = "" if name in ("unknown-block", "twice") else cell("1", ":1", "old:1")
    before = site.page("page.md", f"# A page\n\n{text}\n{asks}").read_bytes()
    done = site.accept()
    assert done.code == 1
    assert f"docs/page.md:{said}" in done.output
    assert site.read() == before


def test_what_front_matter_may_not_say(site: Site) -> None:
    """An unknown variant, no list, and a record of a variant that the page does not name."""
    variants(site, old=OLD)
    site.page("a.md", page(cell("x = 1"), names="old, odl"))
    site.page("b.md", "---\na: 1\nvariants: old\n---\n\n" + cell("x = 1"))
    site.page("c.md", page(cell("x = 1"), names=""))
    site.page("c.old.md", "# c.md on Thing 1\n")
    output = site.pytest().output
    assert "docs/a.md:2: variants: [tool.myst_doctest.variants] has no 'odl'" in output
    assert "docs/b.md:3: variants: must be a list of names" in output
    assert "docs/c.md:1: c.old.md is there, but `variants` does not name old" in output
