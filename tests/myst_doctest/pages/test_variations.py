"""What a ``{try}`` says, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.page import Page
from tests.kit.small_site import cell

CHANGED = "```{changed}\nsum([1])\n```\n"
OUTPUT = "\n```{output}\n1\n```\n"
GOOD = f"Ask for\nthe `sum`.\n\n{CHANGED}{OUTPUT}\nIt is *one*.\n"


def tried(body: str = GOOD, above: str = "", below: str = "") -> str:
    return f"{above or cell('1', '1')}\n````{{try}}\n{body}````\n{below}"


def parsed(text: str) -> Page:
    return Page.parse(text, Path("page.md"), MdParserConfig())


def test_a_variation_belongs_to_the_cell_above_it() -> None:
    """Its parts have their lines, and it runs in its cell's place, below the cells above."""
    above = cell("0") + "\n" + cell("1", "1", ":name: one")
    more = tried(":tags: [raises-exception]\n\nAgain.\n\n```{changed}\n1 / 0\n```\n", "\n")
    page = parsed(tried(GOOD, above, f"{more}\n{cell('2', '2')}"))
    assert page.problems == []
    first, second = page.cells[1].variations
    assert (first.sentence.lines, first.sentence.line) == (["Ask for", "the `sum`."], 15)
    assert (first.code, first.line, first.code_line) == ("sum([1])", 14, 19)
    assert (first.about.lines, first.about.line) == (["It is *one*."], 26)
    assert first.block is not None
    assert (first.block.text, first.block.line) == ("1\n", 23)
    assert second.block is None
    assert list(page.variations) == ["one[try]", "one[try-2]"]
    runs = page.variations["one[try-2]"].cells
    assert [each.source for each in runs] == ["0", "1 / 0"]
    assert (runs[1].raises, runs[1].recorded) == (True, "")


def test_the_page_below_does_not_know_of_it() -> None:
    """Neither its cells nor what MyST-NB reads of them."""
    page = parsed(tried(below="\n" + cell("2", "2")))
    assert [each.recorded for each in page.cells] == ["1\n", "2\n"]
    assert page.notebook is not None
    assert [each.source for each in page.notebook.cells if each.cell_type == "code"] == ["1", "2"]


WRONG = {
    "no cell": (tried(above="text\n"), 3, "a {try} without a cell right above it"),
    "text between": (tried(above=cell("1") + "\ntext\n"), 7, "without a cell right above it"),
    "an output below": (tried(below=OUTPUT), 24, "below a {try}: put it above, or inside"),
    "in a list": (cell("1") + "\n- ```{try}\n  a\n  ```\n", 5, "inside a list"),
    "in a note": (f"`````{{note}}\n{tried()}`````\n", 10, "{try} inside {note}"),
    "capitals": (tried().replace("try}", "Try}"), 9, "write it in small letters"),
    "no sentence": (tried(CHANGED), 10, "says what to do in one paragraph"),
    "two paragraphs": (tried(f"a\n\nb\n\n{CHANGED}"), 10, "in one paragraph"),
    "no code": (tried("a\n"), 10, "a {try} without {changed}"),
    "the same code": (tried("a\n\n```{changed}\n1\n```\n"), 9, "is that of the cell above"),
    "two codes": (tried(f"a\n\n{CHANGED}\n{CHANGED}"), 16, "{changed} is out of place"),
    "an output first": (tried(f"a\n{OUTPUT}\n{CHANGED}"), 12, "{output} is out of place"),
    "an output below text": (
        tried(f"a\n\n{CHANGED}\nb\n{OUTPUT}"),
        18,
        "{output} is out of place: write one {changed} and right below it one {output}",
    ),
    "a cell": (tried(f"a\n\n{cell('2')}"), 12, "{code-cell} inside {try}: write {changed}"),
    "a question": (
        tried(f"a\n\n{CHANGED}\n```{{predict}}\n```\n"),
        16,
        "{predict} inside {try}: put it at the top level",
    ),
    "not closed": (tried("a\n\n```{changed}\n2\n"), 12, "a {changed} whose fence is never closed"),
    "unknown option": (tried(f":seven: eight\n\n{GOOD}"), 9, "seven"),
    "unknown tag": (tried(f":tags: [hide-cell]\n\n{GOOD}"), 9, "has no tag hide-cell"),
    "an output's option": (
        tried(f"a\n\n{CHANGED}\n```{{output}}\n:nine: ten\n```\n"),
        17,
        "an {output} has no option ':nine: ten'",
    ),
}


@pytest.mark.parametrize(("text", "line", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_has_a_line(text: str, line: int, words: str) -> None:
    """What cannot be tried is a problem of its page, where the author looks."""
    problems = parsed(text).problems
    assert any(each.line == line and words in each.message for each in problems), problems


def test_one_never_closed() -> None:
    """A fence that goes on to the page's end is named where it begins."""
    page = parsed(cell("1") + "\n````{try}\na\n\n" + CHANGED)
    assert [(each.line, "never closed" in each.message) for each in page.problems] == [(5, True)]
