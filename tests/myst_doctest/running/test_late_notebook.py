"""A page of plain Python has no IPython until a value needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

LOADED = "from sys import modules\n'IPython' in modules"
HTML = """\
Kind = type("Kind", (), {"_rep" + "r_html_": lambda self: "<b>x</b>"})
Kind.__repr__ = lambda self: "a thing"
Kind()
"""


def test_ipython_comes_with_the_first_value_that_needs_it(site: Site) -> None:
    """Its methods may have come in a way that no text of the page tells."""
    site.cells("page.md", LOADED, HTML, "1 + 1", LOADED)
    assert site.accept().code == 0
    assert site.recorded() == ["False\n", "a thing\n┆ text/html: <b>x</b>\n", "2\n", "True\n"]
    assert site.pytest().code == 0


def test_ipython_that_a_cell_brought_in_shows_its_cells_end(site: Site) -> None:
    """A cell may import it in a way that no text of the page tells."""
    bring = "from pydoc import locate\nlocate('IPython').__name__"
    site.cells("page.md", bring, "locate('IPython').get_ipython() is None")
    assert site.accept().code == 0
    assert site.recorded() == ["'IPython'\n", "False\n"]
