"""Pages on which white space in outputs is not compared."""

from __future__ import annotations

from tests.kit.pytest_site import Site
from tests.kit.small_site import cell

HEAD = "---\nnormalize-whitespace: true\n---\n\n"
CODE = "print([1,   2])\nprint('a   b')\nprint('c d')"


def test_white_space_is_as_good_as_any_other(site: Site) -> None:
    """Lines may be broken anywhere, and what is recorded stays."""
    site.page("page.md", HEAD + cell(CODE, "[1,\n 2] a b\nc    d"))
    site.page("strict.md", cell(CODE, "[1,\n 2] a b\nc    d"))
    done = site.pytest()
    assert [*done.states("page.md").values()] == ["passed"]
    assert [*done.states("strict.md").values()] == ["failed"]
    before = site.read()
    assert site.accept("docs/page.md").code == 0
    assert site.read() == before


def test_a_word_is_not_white_space(site: Site) -> None:
    """The report shows the lines that differ otherwise, and no others."""
    site.page("page.md", HEAD + cell(CODE, "[1, 2]\na b\nc e"))
    report = site.pytest().items["page.md::line-5"].report
    assert report.startswith("docs/page.md:14: ")
    assert "-c e\n+c d" in report
    assert "-a b" not in report


def test_what_is_neither_true_nor_false(site: Site) -> None:
    """It is a problem with its line."""
    site.page("page.md", HEAD.replace("true", "yes please") + cell("1", "1"))
    assert site.pytest().items["page.md::page"].report.startswith("docs/page.md:2: ")
