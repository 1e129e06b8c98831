"""The lanes beside a page: what its log has begun and not yet ended."""

from __future__ import annotations

import pytest
from bs4 import Tag

from tests.kit.small_site import Built, Site, cell

MODULE = """
publish = None


def setup(function):
    global publish
    publish = function


def log(part, lane="0", **more):
    text = part.upper() if part in ("begin", "commit", "rollback") else "SELECT id "
    publish("sql", text, part=part, lane=lane, **more)
"""
BEGIN = "log('begin')"
PAGES = {
    "through": "# T\n\nabove\n\n"
    + cell(f"from logs import *\n{BEGIN}\nprint('inside')", "│ BEGIN\ninside")
    + "\nbetween\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n## Deeper\n\nmore\n\n"
    + cell("log('commit')", "│ COMMIT")
    + "\nbelow\n",
    "two": "# T\n\n"
    + cell(f"from logs import *\n{BEGIN}\nlog('begin', '1')", "│ BEGIN\n│ BEGIN")
    + "\nboth\n\n"
    + cell("log('rollback', '0')", "│ ROLLBACK")
    + "\none\n",
    "hidden": "# T\n\n"
    + cell(f"from logs import *\n{BEGIN}", "│ BEGIN", ":tags: [remove-output]")
    + "\nafter\n",
    "folded": "# T\n\n"
    + cell(f"from logs import *\n{BEGIN}", "│ BEGIN")
    + "\n"
    + cell("print(1)", "1", ":tags: [hide-output]"),
    "wildcards": "# T\n\n"
    + cell(
        "from logs import *\nlog('statement', '')\nlog('begin')\nprint('end')",
        ":ellipsis:\n\n│ SELECT ...\n│ BEGIN\nend",
    )
    + "\nafter\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A site whose cells log what begins and ends."""
    site = Site(tmp_path_factory.mktemp("lanes"), table='setup = "logs:setup"\npythonpath = ["."]')
    site.write("logs.py", MODULE)
    site.pages(**PAGES)
    done = site.build()
    assert (done.status, done.said) == (0, "")
    return done


def lane(element: Tag) -> list[str]:
    """The lanes of an element or of the box around it."""
    while element is not None:
        found = [name for name in element.get("class", []) if name.startswith("lane-")]
        if found or element.name == "section":
            return found
        element = element.parent
    return []


def holding(page: Tag, text: str) -> Tag:
    """The innermost element with this text."""
    return page.find_all(lambda tag: tag.get_text().strip().startswith(text))[-1]


def test_a_lane_runs_from_begin_to_commit_through_the_text_between(built: Built) -> None:
    """What stands between the two cells is beside the lane, titles and tables too."""
    page = built.body("through")
    assert lane(holding(page, "above")) == []
    assert lane(holding(page, "BEGIN")) == ["lane-0-commit-begin"]
    for text in ("inside", "between", "Deeper", "more"):
        assert lane(holding(page, text)) == ["lane-0-commit"], text
    assert lane(page.table) == ["lane-0-commit"]
    assert lane(holding(page, "COMMIT")) == ["lane-0-commit-end"]
    assert lane(holding(page, "below")) == []


def test_code_of_the_next_cell_is_beside_the_lane(built: Built) -> None:
    """The code that runs inside of a transaction is marked, the code before it is not."""
    first, second = built.body("through").select(".cell_input")
    assert lane(first) == []
    assert lane(second) == ["lane-0-commit"]


def test_two_lanes_stand_beside_each_other_and_end_each_by_itself(built: Built) -> None:
    """One that is not ended on the page goes on to its end, marked as open."""
    page = built.body("two")
    assert lane(holding(page, "both")) == ["lane-0-rollback", "lane-1-open"]
    assert lane(holding(page, "one")) == ["lane-1-open"]


def test_a_lane_begins_in_an_output_that_is_not_shown(built: Built) -> None:
    """remove-output takes the panel away, not what is true of the text below."""
    page = built.body("hidden")
    assert page.select(".executed") == []
    assert lane(holding(page, "after")) == ["lane-0-open"]


def test_a_lane_goes_on_beside_a_folded_cell(built: Built) -> None:
    """The bar that unfolds it belongs to the cell alone."""
    first, second = built.body("folded").select("div.cell")
    assert (lane(first), lane(second)) == ([], ["lane-0-open"])


def test_a_block_with_wildcards_has_no_lane_at_the_wrong_place(built: Built) -> None:
    """What it shows are not the run's messages one by one; what is true below it stays."""
    page = built.body("wildcards")
    assert lane(page.select_one(".log-entry")) == []
    assert lane(holding(page, "end")) == []
    assert lane(holding(page, "after")) == ["lane-0-open"]
