"""What a prediction says, and what is wrong with one."""

from __future__ import annotations

from pathlib import Path

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.page import Page
from tests.kit.small_site import cell

QUESTION = """\
````{predict}
What is
it?

- [x] `1`
  It is *one*,
  as you see.
- [ ]
  ```
  2
  3
  ```

  Too many.
- [ ] Something else.

  No.

All in all.
````

% a comment

"""
GOOD = "- [x] yes\n  a\n- [ ] no\n  b\n"


def parsed(text: str, *extensions: str) -> Page:
    return Page.parse(text, Path("page.md"), MdParserConfig(enable_extensions={*extensions}))


def test_a_prediction_belongs_to_the_cell_below_it() -> None:
    """Its parts have their lines; comments may stand between the two."""
    page = parsed(cell("1", "1") + "\n" + QUESTION + cell("2", "2"))
    assert page.problems == []
    above, below = (each.prediction for each in page.cells)
    assert above is None
    assert below is not None
    assert (below.question.lines, below.question.line) == (["What is", "it?"], 10)
    assert (below.explanation.lines, below.explanation.line) == (["All in all."], 27)
    shown = [(o.line, o.is_right, o.label, o.literal, o.feedback) for o in below.options]
    assert [each[:4] for each in shown] == [
        (13, True, "`1`", "1"),
        (16, False, "2\n3", "2\n3"),
        (23, False, "Something else.", None),
    ]
    assert [(each[4].lines, each[4].line) for each in shown] == [
        (["It is *one*,", "as you see."], 14),
        (["Too many."], 22),
        (["No."], 25),
    ]


def test_it_may_stand_between_colons() -> None:
    """As other directives may, where the project allows it."""
    page = parsed(f":::{{predict}}\nIs it?\n\n{GOOD}:::\n\n" + cell("1", "1"), "colon_fence")
    assert page.problems == []
    assert page.cells[0].prediction


def asking(body: str, below: str = "") -> str:
    return f"```{{predict}}\n{body}```\n\n{below or cell('1', '1')}"


WRONG = {
    "no cell": (asking(f"Is it?\n\n{GOOD}", "text\n"), 1, "without a cell right below it"),
    "text between": (
        asking(f"Is it?\n\n{GOOD}", "text\n\n" + cell("1", "1")),
        1,
        "without a cell right below it",
    ),
    "at the end": (f"```{{predict}}\nIs it?\n\n{GOOD}```\n", 1, "without a cell right below it"),
    "twice": (
        asking(f"Is it?\n\n{GOOD}", asking(f"Is it?\n\n{GOOD}")),
        1,
        "without a cell right below it",
    ),
    "in a list": ("- " + asking("Is it?\n").replace("\n", "\n  "), 1, "inside a list"),
    "in a note": (
        f"````{{note}}\n{asking('Is it?', 'text')}````\n",
        2,
        "{predict} inside {note}: put it at the top level",
    ),
    "a cell inside": (
        f"````{{predict}}\nIs it?\n\n{GOOD}\n{cell('1')}````\n\n" + cell("1", "1"),
        9,
        "{code-cell} inside {predict}",
    ),
    "capitals": (
        asking(f"Is it?\n\n{GOOD}").replace("predict", "Predict"),
        1,
        "write it in small letters",
    ),
    "no question": (asking(GOOD), 1, "without a question"),
    "no options": (asking("Is it?\n"), 1, "with 0 options"),
    "no marks": (asking("Is it?\n\n- yes\n- no\n"), 1, "with 0 options"),
    "one option": (asking("Is it?\n\n- [x] yes\n  a\n"), 1, "with 1 options"),
    "five options": (
        asking("Is it?\n\n- [x] a\n  b\n" + 4 * "- [ ] c\n  d\n"),
        1,
        "with 5 options",
    ),
    "a mark is missing": (asking(f"Is it?\n\n{GOOD}- perhaps\n  c\n"), 8, "this is no option"),
    "none right": (asking("Is it?\n\n" + 2 * "- [ ] c\n  d\n"), 1, "no option is right"),
    "two right": (asking("Is it?\n\n" + 2 * "- [x] c\n  d\n"), 6, "2 options are right"),
    "no feedback": (asking("Is it?\n\n- [x] a\n- [ ] b\n  c\n"), 4, "without feedback"),
    "unknown option": (asking(f":seven: eight\n\nIs it?\n\n{GOOD}"), 1, "seven"),
    "unknown variant": (
        asking(f":also-on: [old]\n\nIs it?\n\n{GOOD}"),
        1,
        "also-on: the page does not ask for the variant 'old'",
    ),
    "hidden twice": (
        asking(f"Is it?\n\n{GOOD}", cell("1", "1", ":tags: [hide-output]")),
        1,
        "the cell below has the tag hide-output",
    ),
}


@pytest.mark.parametrize(("text", "line", "words"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_has_a_line(text: str, line: int, words: str) -> None:
    """A prediction that cannot hold is a problem of its page, where the author looks."""
    problems = parsed(text).problems
    assert any(each.line == line and words in each.message for each in problems), problems


def test_several_may_be_right() -> None:
    """If the prediction says so."""
    page = parsed(asking(":several:\n\nIs it?\n\n" + 2 * "- [x] c\n  d\n"))
    assert page.problems == []
