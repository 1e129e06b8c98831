"""Cells in lists and in directives, in pytest and in a build."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.pytest_site import Site
from tests.kit.small_site import CONF, cell
from tests.kit.small_site import Site as BuiltSite

IN_A_NOTE = (
    "# T\n\n````{admonition} A title\n:class: wide\n\ntext\n\n" + cell("x = 2\nx", "2") + "````\n"
)
IN_A_LIST = "# T\n\n1. one\n\n   ```{code-cell}\n   :name: a\n   y = 3\n   y\n   ```\n\n"
IN_A_LIST += "   ```{output}\n   3\n   ```\n\n2. two\n"


def test_cells_anywhere_are_checked_in_the_pages_order(site: Site) -> None:
    """They share names with the others; each is a test with its own line."""
    site.page("page.md", cell("x = 1") + "\n" + IN_A_NOTE + "\n" + cell("x", "2"))
    site.page("list.md", IN_A_LIST + "\n" + cell("y", "3"))
    done = site.pytest()
    assert [*done.states("page.md")] == ["line-1", "line-12", "line-22"]
    assert [*done.states("list.md")] == ["a", "line-17"]
    assert done.code == 0, done.output


def test_accept_writes_blocks_where_the_cells_are(site: Site) -> None:
    """With their indentation, and with a fence that does not end the directive."""
    site.page("note.md", IN_A_NOTE.replace("2\n```\n````", "7\n```\n````"))
    site.page("list.md", IN_A_LIST.replace("   ```{output}\n   3\n   ```\n\n", ""))
    site.page("fences.md", "````{tip}\n" + cell("print('```')") + "````\n\n" + cell("1", "1"))
    assert site.accept().code == 0
    assert site.read("note.md").decode() == IN_A_NOTE
    assert site.read("list.md").decode() == IN_A_LIST
    assert "~~~{output}\n```\n~~~\n````\n" in site.read("fences.md").decode()
    assert site.pytest().code == 0


def test_what_is_wrong_has_its_line(site: Site) -> None:
    """In a directive, and in one of another one."""
    text = "`````{tab-set}\n````{tab-item} A\n" + cell("1 / 0") + "````\n`````\n"
    site.page("page.md", text)
    site.page("tags.md", "- a\n\n  ```{code-cell}\n  :tags: [hide_input]\n  1\n  ```\n")
    done = site.pytest()
    assert done.items["page.md::line-3"].report.startswith("docs/page.md:4: ZeroDivisionError")
    assert done.items["tags.md::page"].report.startswith("docs/tags.md:3: the tag hide_input")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltSite:
    """A site with cells in what MyST and sphinx-design have."""
    site = BuiltSite(tmp_path_factory.mktemp("nested"))
    hidden = cell("print('hidden')", "hidden", ":tags: [hide-output]")
    removed = cell("print('removed')", "removed", ":tags: [remove-cell]")
    site.pages(
        note=IN_A_NOTE,
        list=IN_A_LIST + "\nSee [the cell](#a).\n",
        both="# T\n\n" + cell("1", "1") + "\n````{tip}\n" + cell("2", "2") + "````\n\n"
        "```{code-cell}\n3\n```\n\n```{output}\n3\n```\n",
        tags="# T\n\n`````{note}\n" + hidden + "\n" + removed + "`````\n",
    )
    return site


def test_they_are_published_in_their_places(built: BuiltSite) -> None:
    """With code and output, once each, and with the anchors of their names."""
    done = built.build()
    assert done.status == 0, done.said
    assert done.outputs("note") == ["2"]
    note = done.body("note").select_one(".admonition")
    assert note is not None
    assert "x = 2" in note.get_text()
    assert done.outputs("both") == ["1", "2", "3"]
    item = done.body("list").select_one("ol > li")
    assert item is not None
    assert item.select_one("#a")
    assert done.outputs("list") == ["3"]
    assert done.outputs("tags") == ["hidden"]
    assert done.body("tags").select_one("details")
    assert "removed" not in done.body("tags").get_text()


def test_a_directive_that_shows_no_markdown_is_said(tmp_path: Path) -> None:
    """The cell would be checked, and on no page."""
    conf = CONF + (
        "from docutils.parsers.rst import Directive\n"
        "class Mute(Directive):\n    has_content = True\n"
        "    def run(self):\n        return []\n"
        "def setup(app):\n    app.add_directive('toggle', Mute)\n"
    )
    site = BuiltSite(tmp_path, conf=conf)
    site.pages(page="# T\n\n````{toggle}\n" + cell("1", "1") + "````\n")
    assert site.build().places("that its directive does not show") == ["docs/page.md:4"]


def test_exercises_of_sphinx_exercise_are_not_ours(site: Site) -> None:
    """Where ``conf.py`` names it, its directives are read as it reads them."""
    (site.docs / "conf.py").write_text(
        'extensions = ["myst_nb", "myst_doctest", "sphinx_exercise"]\n'
    )
    site.page(
        "page.md",
        "`````{exercise}\n:label: one\n\nWhat is it?\n\n"
        + cell("1", "1")
        + "`````\n\n`````{solution} one\n"
        + cell("2", "2")
        + "`````\n",
    )
    assert site.pytest().states("page.md") == {"line-6": "passed", "line-16": "passed"}
