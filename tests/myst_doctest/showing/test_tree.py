"""Trees of elements as HTML."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from myst_doctest.showing.tree import Tree, html
from tests.kit.outputs import HOSTILE


@pytest.mark.parametrize(
    "tree",
    [
        ["script>", {}],
        ["p onclick=x", {}],
        ["", {}],
        ["p", {"class='x' onclick": "y"}],
        ["p", {"": "x"}],
        ["p", {}, ["b", {"a>": ""}]],
    ],
)
def test_a_name_that_would_end_a_tag_is_refused(tree: Tree) -> None:
    """A tree is made by this package; a mistake in it does not become markup."""
    with pytest.raises(ValueError, match="no name"):
        html(tree)


def test_an_attribute_is_escaped() -> None:
    """Its value cannot end it."""
    made = BeautifulSoup(html(["p", {"class": HOSTILE}, "x"]), "html.parser").p
    assert made.attrs == {"class": HOSTILE.split()}
