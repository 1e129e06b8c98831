"""The cells of a page in its doctree, as MyST-NB makes it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from docutils import nodes

from myst_doctest.showing.cells import CellNode, cell_of, cells_of
from tests.kit.small_site import Site, cell

PAGE = "\n\ntext\n\n".join(
    [
        "# Page",
        cell("print(1)", "1", ":name: one", ":tags: [hide-output, slow]"),
        cell("print(2)", "2", ":tags: [remove-output]"),
        cell("setup = 3", "", ":tags: [remove-cell]"),
        cell("print(4)", "4", ":name: four", ":tags: [remove-input]"),
        "> a quotation\n\n```{container} box\na container\n```",
    ]
)


@pytest.fixture(scope="module")
def doctree(tmp_path_factory: pytest.TempPathFactory) -> nodes.document:
    site = Site(tmp_path_factory.mktemp("cells"))
    site.pages(page=PAGE)
    done = site.build()
    assert (done.status, done.said) == (0, "")
    file: Path = site.root / "_build" / "doctrees" / "page.doctree"
    read: nodes.document = pickle.loads(file.read_bytes())
    return read


def test_each_shown_cell_is_found_with_its_number_name_and_tags(doctree: nodes.document) -> None:
    """Numbers count the cells that the page does not show; other containers are no cells."""
    assert [(each.index, each.name, list(each.tags)) for each in cells_of(doctree)] == [
        (0, "one", ["hide-output", "slow"]),
        (1, "", ["remove-output"]),
        (3, "four", ["remove-input"]),
    ]
    boxes = [each for each in doctree.findall(nodes.container) if "box" in each["classes"]]
    assert [cell_of(box) for box in boxes] == [None]


def test_a_cell_has_its_code_and_its_output_where_they_are_shown(doctree: nodes.document) -> None:
    """A part that a tag removes is None."""
    found: list[CellNode] = list(cells_of(doctree))
    assert [each.code and each.code.astext() for each in found] == ["print(1)", "print(2)", None]
    assert [each.output is not None for each in found] == [True, False, True]


def test_a_cell_knows_the_lanes_above_and_below_its_output(doctree: nodes.document) -> None:
    """A page that logs nothing has none."""
    assert [each.lanes for each in cells_of(doctree)] == [{"before": [], "after": []}] * 3
