"""Pages and cells that are on the site without being checked, in pytest and in a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.pytest_site import Site
from tests.kit.small_site import Site as BuiltSite
from tests.kit.small_site import cell

RANDOM = ":unchecked: random\nimport random\nprint(random.random())\nx = 1"


def test_a_cell_with_a_reason_runs_and_nothing_is_compared(site: Site) -> None:
    """Those below it find what it did; it is counted; what it raises is not looked at."""
    site.cells("page.md", RANDOM, ":unchecked: fails on Fridays\n1 / 0", "print(x)")
    done = site.accept()
    assert "cells not checked" in done.output
    assert "docs/page.md:3: 1 cell unchecked: random" in done.output
    first = site.read()
    assert "0." in site.recorded()[0]
    assert site.recorded()[2] == "1\n"
    assert site.accept().code == 0
    assert site.read() == first
    assert "1 passed, 2 skipped" in site.pytest().output


def test_a_cell_that_is_not_run(site: Site) -> None:
    """The tag and its reason leave it alone; the page goes on."""
    site.cells("page.md", ":tags: [skip-execution]\n:unchecked: needs a GPU\n1 / 0", "y = 2")
    done = site.pytest()
    assert "1 passed, 1 skipped" in done.output
    assert "1 cell unchecked: needs a GPU" in done.output


@pytest.mark.parametrize("where", ["table", "front matter"])
def test_a_page_with_a_reason_runs_nothing(site: Site, where: str) -> None:
    """Its cells are counted, and accept leaves it alone."""
    head = "---\nunchecked: the network\n---\n" if where == "front matter" else ""
    site.page("page.md", head + cell("open('/tmp/x/y/z')") + "\n" + cell("1 / 0"))
    site.cells("other.md", "x = 1")
    if where == "table":
        table = '[tool.myst_doctest.unchecked]\n"docs/page.md" = "the network"\n'
        with (site.root / "pyproject.toml").open("a") as file:
            file.write(table)
    before = site.read()
    done = site.accept()
    line = 4 if head else 1
    assert f"docs/page.md:{line}: 2 cells unchecked: the network" in done.output
    assert (done.code, site.read()) == (0, before)


def test_a_page_of_the_table_that_is_not_there_is_an_error(site: Site) -> None:
    """Else a name that is mistyped would leave its page checked, and one that is gone stay."""
    site.cells("page.md", "x = 1")
    with (site.root / "pyproject.toml").open("a") as file:
        file.write('[tool.myst_doctest.unchecked]\n"docs/pages.md" = "x"\n')
    done = site.pytest()
    assert done.code != 0
    assert "pyproject.toml:6: tool.myst_doctest.unchecked.docs/pages.md: no page" in done.output


def test_a_build_publishes_what_is_recorded_and_counts(tmp_path: Path) -> None:
    """Without a block a cell that ran shows what it showed, one that did not shows nothing."""
    site = BuiltSite(tmp_path)
    head = "---\nunchecked: Julia\nkernelspec: {name: julia, language: julia}\n---\n# T\n\n"
    site.pages(
        julia=head + cell("3^2", "9") + "\n" + cell("4^2"),
        page="# T\n\n"
        + cell("print('one')", "", ":unchecked: why")
        + "\n"
        + cell("1 / 0", "two", ":tags: [skip-execution]", ":unchecked: why"),
    )
    built = site.build()
    assert built.status == 0, built.said
    assert "4 cells on 2 pages are published unchecked" in built.said
    assert built.outputs("julia") == ["9"]
    assert built.outputs("page") == ["one", "two"]


def test_streams_that_a_tag_removes_are_checked_and_not_published(tmp_path: Path) -> None:
    """``remove-stderr`` and ``remove-stdout`` change the page, and not the record."""
    site = BuiltSite(tmp_path)
    code = "import sys\nprint('out')\nprint('err', file=sys.stderr)\n3"
    cells = [cell(code, "out\nerr\n3", f":tags: [remove-{name}]") for name in ("stdout", "stderr")]
    site.pages(page="# T\n\n" + "\n".join(cells))
    built = site.build()
    assert built.status == 0, built.said
    assert built.outputs("page") == ["err\n3", "out\n3"]
    site.pages(page="# T\n\n" + cell(code, ":ellipsis:\no...\n3", ":tags: [remove-stderr]"))
    assert "nobody knows which lines" in site.build().said


def test_a_caption_without_a_figure_is_said(tmp_path: Path) -> None:
    """Its name would be lost, and a reference to it would lead nowhere."""
    site = BuiltSite(tmp_path)
    options = ("---", "mystnb: {figure: {caption: A line, name: line}}", "---")
    site.pages(page="# T\n\n" + cell("x = 1", "", *options))
    status, said = site.pytest("docs")
    assert status == 1
    assert "has a caption or a name for what it shows, and shows nothing" in said


def test_a_cell_that_varies_has_to_end_as_its_tags_say(site: Site) -> None:
    """What it shows is recorded and not compared; it is counted with its reason."""
    random = ":varies: random\nimport random\nprint(random.random())"
    site.cells("page.md", random, ":varies: on Fridays\n1 / 0", "x = 1")
    done = site.pytest()
    assert "1 failed, 1 passed, 1 skipped" in done.output
    assert "ZeroDivisionError" in done.output
    assert "docs/page.md:3: 1 cell varies: random" in done.output
    site.cells("page.md", random)
    assert site.accept().code == 0
    assert "0." in site.recorded()[0]
    first = site.read()
    assert (site.accept().code, site.read()) == (0, first)


def test_a_cell_that_varies_shows_the_same_kinds_of_output(site: Site) -> None:
    """A table where a text is recorded is no variation."""
    table = "class Table:\n    def _repr_html_(self):\n        return '<p>1</p>'\n\nTable()"
    site.cells("page.md", f":varies: random\n{table}")
    assert site.accept().code == 0
    text = site.read().decode()
    assert "text/html" in text
    (site.docs / "page.md").write_text(text.replace("\nTable()", "\n1"), "utf-8")
    done = site.pytest()
    assert "varies, but shows text alone" in done.output
