"""Marks on the lines by which a cell differs from an earlier one, and a try from its cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag

from tests.kit.small_site import Site, cell

FIRST = "one = 1\ntwo = 2\nprint(one + two)"
TRY = """````{try}
Take another.

```{changed}
one = 1
two = 5
print(one + two)
```

```{output}
6
```
````"""


OTHER = TRY.replace("two = 5", "three = 3").replace("one + two", "one + three").replace("6", "4")


def page(changes: str) -> str:
    """A page whose second cell has this option."""
    second = FIRST.replace("1", "2")
    return "\n\n".join(
        (
            "# Page",
            cell(FIRST, "3", ":name: first"),
            TRY,
            OTHER,
            cell(second, "4", ":name: second", f":changes: {changes}"),
        )
    )


def marked(code: Tag) -> list[str]:
    return [each.get_text().rstrip("\n") for each in code.select(".hll")]


def test_changed_lines_are_marked(tmp_path: Path) -> None:
    """Of a cell that says so and of what may be tried; the code stays whole."""
    site = Site(tmp_path)
    site.pages(page=page("first"))
    built = site.build()
    assert (built.status, built.said) == (0, "")
    first, tried, other, second = built.body("page").select(".cell .cell_input")
    assert [marked(each) for each in (first, tried, second)] == [[], ["two = 5"], ["one = 2"]]
    assert marked(other) == [], "most of its lines are others"
    assert second.get_text().strip() == FIRST.replace("1", "2")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("none", "changes: no cell above has the name 'none'"),
        ("second", "changes: no cell above has the name 'second'"),
    ],
)
def test_a_cell_that_is_not_there_is_told(tmp_path: Path, changes: str, words: str) -> None:
    """The option's cell comes before."""
    site = Site(tmp_path)
    site.pages(page=page(changes))
    built = site.build()
    assert [line.partition(" WARNING: ")[2] for line in built.warnings] == [
        f"{words} [myst_doctest.page]"
    ]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (FIRST, "changes: no line is another than in first"),
        ("print(3)", "changes: every line is another than in first"),
    ],
)
def test_a_cell_that_changes_nothing_or_all_is_told(tmp_path: Path, code: str, words: str) -> None:
    """It would be marked nowhere, or everywhere."""
    site = Site(tmp_path)
    cells = cell(FIRST, "3", ":name: first"), cell(code, "3", ":changes: first")
    site.pages(page="\n\n".join(("# Page", *cells)))
    built = site.build()
    assert [line.partition(" WARNING: ")[2] for line in built.warnings] == [
        f"{words} [myst_doctest.page]"
    ]
