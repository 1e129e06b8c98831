"""Tests of the panels of what was logged, and of the lanes beside the page."""

from __future__ import annotations

import pytest
from bs4 import Tag

from myst_doctest.running.runner import CellRun, Segment
from myst_doctest.showing.lanes import Lanes
from myst_doctest.sphinx_extension import BEFORE_PAINT
from tests.kit.small_site import Built, Site, cell

MODULE = """
publish = None


def setup(function):
    global publish
    publish = function


def log(part, lane="0", **more):
    text = part.upper() if part in ("begin", "commit", "rollback") else "SELECT id RETURNING id"
    publish("sql", text, part=part, lane=lane, **more)


def parameters(values, word="generated", about="Made <now>."):
    publish("sql", f"[{word}] {values}", part="parameters", lane="0", word=word, about=about)
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
    "words": "# T\n\n"
    + cell(
        "from logs import *\nlog('statement')\nparameters(\"('a', 1)\")\n"
        "log('statement')\nparameters(\"[('a', 1), ('b', 2)]\")",
        "│ SELECT id RETURNING id\n│ [generated] ('a', 1)\n"
        "│ SELECT id RETURNING id\n│ [generated] [('a', 1), ('b', 2)]",
    ),
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
    "quiet": "# T\n\n" + cell("print(1)", "1"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A site whose cells log what begins and ends."""
    site = Site(tmp_path_factory.mktemp("panel"), table='setup = "logs:setup"\npythonpath = ["."]')
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


def test_a_panel_is_open_and_says_what_is_in_it(built: Built) -> None:
    """It folds without a script, and its summary tells what one would not see."""
    (panel,) = built.body("two").select("details.log")[:1]
    assert panel.has_attr("open")
    assert panel.summary.get_text() == "SQL: BEGIN, BEGIN (transaction open)"


def test_parameters_stand_apart_one_set_a_line(built: Built) -> None:
    """A list of parameter sets is broken into lines, and nothing of it is lost."""
    one, many = built.body("words").select(".log-parameters pre")
    assert one.get_text() == "('a', 1)"
    assert many.get_text() == "('a', 1)\n('b', 2)"


def test_a_word_is_explained_once_on_a_page_and_escaped(built: Built) -> None:
    """Each word is a button for the one explanation, which needs no script."""
    page = built.body("words")
    buttons = page.select("button.log-word")
    (about,) = page.select("[popover]")
    assert [button["popovertarget"] for button in buttons] == [about["id"]] * 2
    assert about.get_text() == "Made <now>."


def test_returning_is_a_keyword(built: Built) -> None:
    """What Pygments takes for a name is marked where SQL gives it a meaning."""
    (words, _) = built.body("words").select(".log-statement")
    assert [word.get_text() for word in words.select(".k")] == ["SELECT", "RETURNING"]


def test_panels_are_folded_before_the_first_paint(built: Built) -> None:
    """A line in the head of pages with panels does it, and waits for no file."""
    heads = {name: built.page(f"{name}.html").split("</head>")[0] for name in ("words", "quiet")}
    assert f"<script>{BEFORE_PAINT}</script>" in heads["words"]
    assert BEFORE_PAINT not in heads["quiet"]
    assert 'defer="defer" src="_static/log-panels.js' in heads["words"]
    assert (built.folder / "_static" / "log-panels.js").is_file()


def test_lanes_beyond_the_third_share_it() -> None:
    """There is room for three lines in the margin."""
    run = CellRun([Segment("sql", "BEGIN", meta={"lane": "7", "part": "begin"})])
    assert Lanes([run]).before(1) == ["lane", "lane-2-open"]


def test_an_end_without_a_beginning_is_no_lane() -> None:
    """A log may begin in the middle."""
    run = CellRun([Segment("sql", "COMMIT", meta={"lane": "0", "part": "commit"})])
    assert Lanes([run]).at(0, 0) == []
