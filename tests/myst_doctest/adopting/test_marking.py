"""The option that a cell is given: every other byte of the page stays."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from myst_parser.config.main import MdParserConfig
from nbformat import v4

from myst_doctest.adopting.marking import marked, unmarked
from myst_doctest.pages.page import Page
from myst_doctest.pages.rules import Rules

JUPYTER = Rules(is_jupyter=True)


def page_of(data: bytes, name: str) -> Page:
    path = Path("/site") / name
    page = Page.parse(data.decode().replace("\r\n", "\n"), path, MdParserConfig(), {}, JUPYTER)
    page.data = data
    return page


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("```{code-cell}\n1\n```\n", "```{code-cell}\n:varies: so\n1\n```\n"),
        (
            "```{code-cell} python\n:tags: [hide-input]\n\n1\n```\n",
            "```{code-cell} python\n:varies: so\n:tags: [hide-input]\n\n1\n```\n",
        ),
        (
            "- a\n  ```{code-cell}\n  ---\n  tags: [hide-input]\n  ---\n  1\n  ```\n",
            "- a\n  ```{code-cell}\n  ---\n  varies: so\n  tags: [hide-input]\n  ---\n  1\n  ```\n",
        ),
        ("```{code-cell}\n\n1\n```", "```{code-cell}\n:varies: so\n\n1\n```"),
    ],
)
def test_a_cell_of_a_page(before: str, after: str, newline: str) -> None:
    """It says so, runs the same code, and keeps its options."""
    page = page_of(before.replace("\n", newline).encode(), "p.md")
    new = marked(page, page.cells[0], "varies", "so")
    assert new.decode() == after.replace("\n", newline)
    cell = page_of(new, "p.md").cells[0]
    assert (cell.unchecked, cell.varies) == ("so", True)
    assert cell.source.strip() == "1"
    assert cell.tags == page.cells[0].tags
    again = page_of(new, "p.md")
    assert unmarked(again, again.cells[0], "varies") == page.data
    assert unmarked(again, again.cells[0], "unchecked") == new


@pytest.mark.parametrize("metadata", [{}, {"tags": ["hide-input"]}])
@pytest.mark.parametrize("indent", [1, 4, None])
def test_a_cell_of_a_notebook(metadata: dict[str, object], indent: int | None) -> None:
    """However the file is laid out."""
    cells = [v4.new_markdown_cell("a"), v4.new_code_cell("1"), v4.new_code_cell("2")]
    cells[2].metadata.update(metadata)
    before = nbformat.writes(v4.new_notebook(cells=cells), indent=indent).encode()
    page = page_of(before, "p.ipynb")
    new = marked(page, page.cells[1], "unchecked", "so")
    book = nbformat.reads(new.decode(), as_version=4)
    assert book.cells[2].metadata == {"unchecked": "so", **metadata}
    again = page_of(new, "p.ipynb")
    assert nbformat.reads(
        unmarked(again, again.cells[1], "unchecked").decode(), as_version=4
    ) == nbformat.reads(before.decode(), as_version=4)
    assert unmarked(again, again.cells[0], "unchecked") == new
    del book.cells[2].metadata["unchecked"]
    assert book == nbformat.reads(before.decode(), as_version=4)
    if indent:
        assert {*before.decode().splitlines()} - {*new.decode().splitlines()} <= {
            f'{" " * 3 * indent}"metadata": {{}},',
        }
