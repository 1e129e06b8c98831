"""What readers may try: run apart from the page, recorded, and shown below its cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, Tag

from tests.kit.small_site import cell

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

TRY = """
````{try}
Ask for the `sum`.

```{changed}
numbers.append(4)
sum(numbers)
```

It is [seven](#two).
````

````{try}
:tags: [raises-exception]

Fail.

```{changed}
1 / 0
```

```{output}
nothing
```
````

"""
PAGE = "\n".join(
    ["# Page\n", cell("numbers = [1, 2]"), cell("numbers", "[1, 2]", ":name: two")]
) + (TRY + cell("numbers", "[1, 2]"))


@pytest.fixture(scope="module")
def site(new_site: Callable[[], Site]) -> Site:
    """A page with two variations of one cell, recorded and built."""
    site = new_site()
    site.page("index.md", PAGE)
    states = site.pytest().states("index.md")
    assert (states["two[try]"], states["two[try-2]"]) == ("failed", "failed")
    done = site.accept()
    assert "index.md:19: added the output of two, changed" in done.output
    assert set(site.pytest().states().values()) == {"passed"}
    assert [each.output for each in (site.build(), site.build("-b", "text"))] == ["", ""]
    return site


@pytest.fixture(scope="module")
def shown(site: Site) -> list[Tag]:
    html = (site.root / "_build" / "html" / "index.html").read_text()
    return BeautifulSoup(html, "html.parser").select(".try > details")


def test_it_starts_from_the_cells_above_and_changes_nothing_below(site: Site) -> None:
    """What is recorded is its own; the page's other cells show what they showed."""
    text = site.read("index.md").decode()
    assert "sum(numbers)\n```\n\n```{output}\n7\n```\n\nIt is" in text
    assert "```{output}\nZeroDivisionError: division by zero\n```\n````" in text
    assert text.count("\n[1, 2]\n") == 2


def test_it_is_a_fold_with_code_output_and_words(shown: list[Tag]) -> None:
    """Closed, and whole without scripts."""
    assert [each.summary.get_text() for each in shown if each.summary] == [
        "Try this: Ask for the sum.",
        "Try this: Fail.",
    ]
    assert [each.has_attr("open") for each in shown] == [False, False]
    output = shown[0].select_one(".cell_output")
    assert output is not None
    assert (output["aria-label"], output.get_text(strip=True)) == (
        "Output of cell 2, as it is changed",
        "7",
    )
    link = shown[0].select_one("p a")
    assert link is not None
    assert link["href"] == "#two"
    assert "ZeroDivisionError" in shown[1].get_text()


def test_builders_without_folds_write_all_of_it(site: Site) -> None:
    """As text: the sentence, the code, the output, and what is said of it."""
    text = (site.root / "_build" / "html" / "index.txt").read_text()
    places = [text.index(each) for each in ("Ask for the", "sum(numbers)", "7\n", "It is seven")]
    assert places == sorted(places)


def test_one_that_differs_is_named_where_it_stands(site: Site) -> None:
    """By pytest and by the build, and the page itself is left as it is."""
    page = site.read("index.md").decode()
    site.page("index.md", page.replace("```{output}\n7", "```{output}\n8"))
    try:
        assert site.pytest("-k", "two").states("index.md")["two[try]"] == "failed"
        assert "index.md:25: WARNING: the output differs from the recorded one" in (
            site.build().output
        )
    finally:
        site.page("index.md", page)
