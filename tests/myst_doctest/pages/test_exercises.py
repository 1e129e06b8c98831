"""Exercises in a page's source: their parts, and what is wrong with their form."""

from __future__ import annotations

from pathlib import Path

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.page import Page
from tests.kit.exercise_page import CHECK, STARTER, TWICE, exercise, page, part


def parsed(text: str) -> Page:
    return Page.parse(text, Path("page.md"), MdParserConfig())


def test_parts_are_read_with_their_lines() -> None:
    """Code, prose and verdicts, each with the line at which an author finds it."""
    above = part("given", "numbers = [1]") + "\n"
    more = [part("verdict", "twice(2) is 2."), part("hint", "*Add* it."), "\n"]
    options = (":kind: fill", ":asks: twice", ":given: numbers")
    text = page(above.replace("{given}", "{given} numbers"), exercise(*more, options=options))
    text = text.replace(TWICE + "```\n", TWICE + "```\n\nThat is all.\n")
    text = text.replace(
        "{solution}\n", "{solution}\n:title: by adding\n:optional: return n; x = 1\n"
    )
    lines = text.split("\n")
    [found] = (page_of := parsed(text)).exercises
    assert page_of.problems == []
    assert (found.name, found.title, found.kind, found.asks) == (
        "twice",
        "Twice",
        "fill",
        ("twice",),
    )
    assert (found.given, found.check) == ("numbers = [1]\n", CHECK)
    task, [hint] = found.task, found.hints
    assert (task.text, lines[task.line - 1]) == ("Write `twice`.\n", "Write `twice`.")
    assert lines[found.check_line - 1] == CHECK.rstrip("\n")
    assert (hint.text, lines[hint.line - 1]) == ("*Add* it.\n", "*Add* it.")
    starter, solution = found.attempts
    assert (starter.code, lines[starter.code_line - 1]) == (STARTER, "def twice(n):")
    assert starter.verdict is not None
    assert starter.verdict.text == "twice(2) is 2.\n"
    assert lines[starter.verdict.start : starter.verdict.end][::2] == ["```{verdict}", "```"]
    assert (solution.title, solution.optional) == ("by adding", ("return n", "x = 1"))
    about = solution.about
    assert about is not None
    assert (about.text, lines[about.line - 1]) == ("That is all.\n", "That is all.")


GOOD = exercise()
WRONG = {
    "no-name": (GOOD.replace(":name: twice", ""), "has no :name:"),
    "no-title": (exercise(title=""), "has no title"),
    "no-task": (exercise(task=""), "has no task"),
    "kind": (exercise(options=(":kind: repare",)), "has the :kind: 'repare': perhaps repair?"),
    "option": (exercise(options=(":kind: fill", ":tags: x")),
               "{exercise}: Unknown option key"),
    "part-option": (GOOD.replace("{solution}\n", "{solution}\n:titel: x\n"),
                    "{solution}: Unknown option key"),
    "also-on": (exercise(options=(":kind: fill", ":also-on: [x]")),
                ":also-on: the page does not ask for the variant 'x'"),
    "designs": (exercise(part("starter", "1", ":title: one"), options=(":kind: design",)),
                "a design from which readers choose has a :title:"),
    "asks": (exercise(options=(":kind: fill", ":asks: a-b")), ":asks: 'a-b' is no name"),
    "given": (exercise(options=(":kind: fill", ":given: x")), "the page has no {given} 'x'"),
    "starters": (exercise(part("starter", "1")), "has 2 {starter} parts, and not one"),
    "check": (GOOD.replace("{check}", "{hint}"), "has 0 {check} parts, and not one"),
    "solution": (GOOD.replace("{solution}", "{wrong}"), "has no {solution}"),
    "hints": (exercise(*[part("hint", "a")] * 4), "has more than 3 hints"),
    "verdict": (exercise(part("hint", "a"), part("verdict", "b")), "a {verdict} without a"),
    "text": (exercise("text\n"), "text that nobody reads"),
    "no-python": (exercise(check="assert 1 +"), "the check is no Python"),
    "no-message": (exercise(check="assert twice(2) == 4"), "an assert without a message"),
    "no-assert": (exercise(check="twice(2)"), "a check without an assert refuses nothing"),
    "same-name": (f"{GOOD}\n{GOOD}", "the name twice is used twice"),
    "a-cell's-name": (f"```{{code-cell}} python\n:name: twice\n1\n```\n\n{GOOD}", "is used twice"),
    "in-a-note": (f"``````{{note}}\n{GOOD}``````\n", "{exercise} inside {note}"),
    "unclosed": (GOOD.removesuffix("`````\n"), "an {exercise} whose fence is never closed"),
    "given-without-name": (part("given", "x = 1"), "a {given} for several exercises has a name"),
    "a-cell-inside": (exercise(part("code-cell", "1")), "{code-cell} inside {exercise}"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_said(text: str, message: str) -> None:
    """Each fault of form has a message, and a whole exercise has none."""
    assert parsed(page(GOOD)).problems == []
    assert [each.message for each in parsed(page(text)).problems if message in each.message]


def test_problems_are_at_their_lines() -> None:
    """A check's faults are at the check's line, an option's at its own, or its directive's.

    MyST-Parser before version 5 does not tell an option's line.
    """
    text = page(exercise(check="x = 1\nassert x", options=(":kind: fill", ":tags: x")))
    lines = text.split("\n")
    found = {lines[each.line - 1] for each in parsed(text).problems}
    assert "assert x" in found
    assert found - {"assert x"} in ({":tags: x"}, {"`````{exercise} Twice"})


def test_an_exercise_of_another_extension_is_said_as_one() -> None:
    """Once, with what to do; what has anything of ours is read as ours."""
    theirs = "# T\n\n```{exercise} Twice\n:label: twice\n\nWhat is twice two?\n```\n"
    [problem] = parsed(theirs).problems
    assert problem.line == 3
    assert "name sphinx_exercise in extensions of conf.py" in problem.message
    half = parsed(exercise(options=())).problems
    assert "has the :kind: ''" in "".join(each.message for each in half)
