"""What a cell shows in a notebook and nobody publishes here is said, at its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

FIGURE = """\
import sys
class Plots:
    open = [1]
    def get_fignums(): return Plots.open
    def close(_): Plots.open = []
sys.modules["matplotlib.pyplot"] = Plots
"""


@pytest.mark.parametrize(
    "method", ["_repr_html_", "_repr_latex_", "_repr_png_", "_repr_mimebundle_", "_repr_markdown_"]
)
def test_a_value_that_is_not_published(site: Site, method: str) -> None:
    """Both doors fail with its line, its method and what to do."""
    site.settings(rich=[])
    site.cells("index.md", f"class Thing:\n    {method} = print\n\nThing(); Thing()")
    report = site.pytest().items["index.md::line-3"].report
    assert report.startswith(f"docs/index.md:7: the value's {method}() is not published, only its")
    assert "add '__main__.Thing' to rich in [tool.myst_doctest]" in report
    built = site.build()
    assert built.code != 0
    assert f"{method}() is not published" in built.output


def test_an_open_figure(site: Site) -> None:
    """A figure that a cell leaves open is said once, and is closed."""
    site.settings(rich=[])
    site.cells("page.md", FIGURE, "Plots.open")
    items = site.pytest().items
    assert (
        "docs/page.md:4: the cell leaves a figure of matplotlib" in items["page.md::line-3"].report
    )
    assert "+[]" in items["page.md::line-13"].report


@pytest.mark.parametrize(
    "source",
    [
        "class Any:\n    __getattr__ = lambda *_: print\n    __repr__ = lambda _: 'Any()'\nAny()",
        "class Thing:\n    _repr_html_ = print\nThing",
        "from unittest.mock import Mock\nstr(Mock()) and None",
    ],
)
def test_nothing_is_lost(site: Site, source: str) -> None:
    """A class, and an object that has every attribute, show as text in a notebook, too."""
    site.settings(rich=[])
    site.cells("page.md", source)
    assert site.accept().code == 0
    assert site.pytest().code == 0


def test_a_listed_type_that_does_not_exist(site: Site) -> None:
    """The last cell of a page that imported its module fails."""
    site.settings(rich=["colorsys.Colour"])
    site.cells("page.md", "x = 1", "import colorsys")
    site.cells("other.md", "x = 1")
    done = site.pytest()
    assert set(done.states("other.md").values()) == {"passed"}
    report = done.items["page.md::line-7"].report
    assert "'colorsys.Colour' in rich of [tool.myst_doctest]: colorsys has no Colour" in report


def test_a_file_beside_the_page_that_was_not_found(site: Site) -> None:
    """It is there for pages that say so."""
    site.page("data/a.csv", "1")
    site.page("mine.py", "x = 1")
    site.cells("page.md", "open('data/a.csv')", "import mine", "import nothing_of_mine")
    items = site.pytest().items
    said = 'is beside the page: set cwd = "page", or data, in [tool.myst_doctest]'
    assert f"(data {said}" in items["page.md::line-3"].report
    assert f"(mine.py {said}" in items["page.md::line-7"].report
    assert said not in items["page.md::line-11"].report
