"""Trees of elements as HTML."""

from __future__ import annotations

from bs4 import BeautifulSoup

from myst_doctest.showing.tree import html
from tests.kit.outputs import HOSTILE


def test_an_attribute_is_escaped() -> None:
    """Its value cannot end it."""
    made = BeautifulSoup(html(["p", {"class": HOSTILE}, "x"]), "html.parser").p
    assert made.attrs == {"class": HOSTILE.split()}
