"""Exercises on a page: a card with the task and the starter, and folds for what comes later.

In the folds are what is given, hints and solutions. All of it can be read without JavaScript.
What a reader must not see (wrong answers, what they are told, the check) is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from myst_doctest.page_store import PageStore
from myst_doctest.pages.exercises import KINDS, Attempt, Exercise, Prose
from myst_doctest.running.used_files import digest_of
from myst_doctest.showing.html_nodes import add_html_node
from myst_doctest.showing.predictions import DIGITS
from myst_doctest.showing.quotes import curly
from myst_doctest.showing.variants import variant_fold
from myst_doctest.variants import Variant

EXERCISES = PageStore[list[Exercise]]("myst_doctest_exercises")
"""The exercises of each page that has some."""
Parse = Callable[[Prose, nodes.Element], None]
"""Adds the nodes of Markdown to an element."""
GIVEN = "What is there already"


class exercise_card(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """An exercise, by its ``name``; ``digest`` is that of what it asks and checks."""


class exercise_title(nodes.Part, nodes.TextElement):  # noqa: N801
    """The title of an exercise, and its ``kind`` in words."""


class exercise_fold(nodes.General, nodes.Element):  # noqa: N801
    """A part of an exercise that is folded: its ``part``, and the ``words`` of the fold."""


def card(
    exercise: Exercise, title: list[nodes.Node], parse: Parse, variants: Iterable[Variant] = ()
) -> exercise_card:
    """What a page shows of an exercise, which can be done on these variants, too."""
    name, kind = exercise.name, KINDS[exercise.kind]
    starters = (each.code for each in exercise.starters)
    parts = (exercise.task.text, exercise.given, *starters, exercise.check)
    digest = digest_of("\n".join(parts).encode())[:DIGITS]
    box = exercise_card(name=name, digest=digest, ids=[nodes.make_id(name)], names=[name])
    box += exercise_title("", "", *title, kind=kind)
    parse(exercise.task, box)
    if exercise.given:
        given = _given(exercise.given, variants)
        box += exercise_fold("", *given, part="given", words=GIVEN)
    for starter in exercise.starters:
        box.extend(_starter(starter))
    box.extend(_hints(exercise, parse))
    for number, solution in enumerate(exercise.those("solution")):
        box += _solution(number, solution, parse)
    return box


def _code(code: str) -> nodes.literal_block:
    text = code.rstrip("\n")
    return nodes.literal_block(text, text, language="python")


def _given(code: str, variants: Iterable[Variant]) -> list[nodes.Element]:
    """What is given, and in folds what is given on variants where that is something else."""
    others = [(each, there) for each in variants if (there := each.code(code)) != code]
    main = _code(code)
    if others:
        main["classes"].append("variant-main")
    folds = (
        variant_fold("", _code(there), name=each.name, words=f"On {each.title}")
        for each, there in others
    )
    return [main, *folds]


def _starter(starter: Attempt) -> Iterator[nodes.Element]:
    """A starter, as a cell is drawn, and above it its title."""
    if starter.title:
        yield nodes.paragraph("", "", nodes.strong(starter.title, starter.title))
    code = nodes.container("", _code(starter.code), classes=["cell_input"])
    yield nodes.container("", code, classes=["cell", "exercise-starter"])


def _hints(exercise: Exercise, parse: Parse) -> Iterator[exercise_fold]:
    for number, hint in enumerate(exercise.hints, 1):
        words = f"Hint {number}" if len(exercise.hints) > 1 else "Hint"
        fold = exercise_fold(part="hint", words=words)
        parse(hint, fold)
        yield fold


def _solution(number: int, solution: Attempt, parse: Parse) -> exercise_fold:
    words = "Another solution" if number else "Solution"
    if solution.title:
        words = f"{words}: {solution.title}"
    fold = exercise_fold("", _code(solution.code), part="solution", words=words)
    if solution.about:
        parse(solution.about, fold)
    return fold


def _visit_card(self: Any, node: exercise_card) -> None:
    about = {
        "role": "group",
        "aria-labelledby": f"{node['ids'][0]}-title",
        "data-digest": node["digest"],
    }
    self.body.append(self.starttag(node, "div", CLASS="exercise", **about))


def _depart_card(self: Any, node: exercise_card) -> None:
    self.body.append("</div>\n")


def _visit_title(self: Any, node: exercise_title) -> None:
    """A heading, one level below that of the section."""
    level = min(self.section_level + 1, 6)
    self.body.append(
        f'<p class="exercise-kind">Exercise: {escape(node["kind"]).lower()}</p>\n'
        f'<h{level} class="exercise-title" id="{node.parent["ids"][0]}-title">'
    )
    self.context.append(f"</h{level}>\n")


def _depart_title(self: Any, node: exercise_title) -> None:
    self.body.append(self.context.pop())


def _visit_fold(self: Any, node: exercise_fold) -> None:
    words, part = escape(curly(node["words"], self.config)), node["part"]
    self.body.append(f'<details class="exercise-{part}"><summary>{words}</summary>\n')


def _depart_fold(self: Any, node: exercise_fold) -> None:
    self.body.append("</details>\n")


def add_nodes(app: Sphinx) -> None:
    """Register how Sphinx's writers write exercises: those without folds write all of it."""
    add_html_node(app, exercise_card, _visit_card, _depart_card)
    add_html_node(app, exercise_title, _visit_title, _depart_title)
    add_html_node(app, exercise_fold, _visit_fold, _depart_fold)
