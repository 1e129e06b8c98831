"""Cards for the chapters on the first page, from the tables of contents.

A chapter's front matter has the ``question`` that it answers and the ``promise`` of what its reader
can do afterwards. How long it takes is computed from what is on it, and said at its top. The
directive ``{chapters}`` is replaced by a list of cards for each part of the tutorial; pages without
a question are in none. At a page's end there is a card for the next one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

from myst_doctest.page_store import PageStore
from myst_doctest.showing.cells import cells_of
from myst_doctest.showing.exercise_cards import exercise_card
from myst_doctest.showing.quotes import curly
from myst_doctest.static_files import publish
from tutorial_site.content.filled_places import fill_places
from tutorial_site.contents import TutorialPart, tutorial_parts

LOGGER = logging.getLogger(__name__)
STYLE = "doors.css"
WORDS, CODE_LINES, OUTPUT_LINES = 238, 20, 60
"""What a reader takes in within a minute.

Words of prose by Brysbaert, "How many words do we read per minute?", 2019; of code a line in three
seconds, of outputs, which repeat themselves, one in a second.
"""


class Takes(NamedTuple):
    """What a page takes: minutes of reading, rounded to five of them, and exercises."""

    minutes: int
    exercises: int

    def __str__(self) -> str:
        """As a reader is told."""
        reading = f"about {self.minutes} minutes"
        plural = "s" * (self.exercises > 1)
        return f"{reading}, {self.exercises} exercise{plural}" if self.exercises else reading


TAKES = PageStore[Takes]("what_a_page_takes")
"""What each page takes."""


def what_it_takes(doctree: nodes.document) -> Takes:
    """Measure a page; exercises take their own time, and are counted apart."""
    cells = list(cells_of(doctree))
    exercises = list(doctree.findall(exercise_card))
    apart: list[nodes.Node] = [*(cell.node for cell in cells), *exercises]
    words = len(doctree.astext().split()) - sum(len(node.astext().split()) for node in apart)
    code = sum(_lines(cell.code) for cell in cells)
    output = sum(_lines(text) for cell in cells if cell.output for text in _plain(cell.output))
    minutes = words / WORDS + code / CODE_LINES + output / OUTPUT_LINES
    return Takes(max(5, 5 * round(minutes / 5)), len(exercises))


def _plain(output: nodes.Element) -> Iterator[nodes.container]:
    """What an output holds as text; MyST-NB keeps the same once more in each other form."""
    parts = output.findall(nodes.container)
    return (part for part in parts if part.get("mime_type") == "text/plain")


def _lines(part: nodes.Element | None) -> int:
    return sum(1 for line in part.astext().splitlines() if line.strip()) if part else 0


def _measure(app: Sphinx, doctree: nodes.document) -> None:
    """``doctree-read``: measure a page."""
    TAKES.of(app.env)[app.env.docname] = what_it_takes(doctree)


def _sections(app: Sphinx, docname: str, _: str) -> Iterator[nodes.section]:
    for part in tutorial_parts(app.env):
        cards = list(_cards(app, docname, part))
        if cards:
            name = nodes.make_id(f"chapters-{part.title}")
            section = nodes.section("", nodes.title(text=part.title), ids=[name])
            section += nodes.container("", nodes.bullet_list("", *cards), classes=["chapters"])
            yield section


def _cards(app: Sphinx, docname: str, part: TutorialPart) -> Iterator[nodes.list_item]:
    for name, title in zip(part.names, part.titles, strict=True):
        said = app.env.metadata[name]
        if "question" not in said:
            continue
        if "promise" not in said:
            message = "front matter has a question and no promise: what can its reader do then?"
            LOGGER.warning(message, location=name, type="chapters", subtype="promise")
        address = app.builder.get_relative_uri(docname, name)
        link = nodes.reference("", title, internal=True, refuri=address)
        texts = {
            "question": curly(said["question"], app.config),
            "promise": curly(said.get("promise", ""), app.config),
            "minutes": str(TAKES.of(app.env)[name]).capitalize(),
        }
        words = [
            nodes.paragraph("", "", *_said(text), classes=[kind]) for kind, text in texts.items()
        ]
        yield nodes.list_item("", nodes.paragraph("", "", link), *words)


def _said(text: str) -> Iterator[nodes.Node]:
    """Words with code in backticks."""
    for number, part in enumerate(text.split("`")):
        yield nodes.literal(text=part) if number % 2 else nodes.Text(part)


def _finish_page(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """``html-page-context``: what ``furo-page.html`` says of a chapter, and of the next page.

    The first page has a style sheet of its own.
    """
    if name == app.config.root_doc:
        app.add_css_file(STYLE)  # during this event: for this page alone
    context["takes"], _ = about(app, name)
    if context.get("next"):
        _, _, following = app.builder.relations[name]  # type: ignore[attr-defined]
        context["next_takes"], context["next_question"] = about(app, following)


def about(app: Sphinx, name: str) -> tuple[Takes | None, str]:
    """What a chapter takes and its question; nothing of another page."""
    question = app.env.metadata.get(name, {}).get("question", "")
    return (TAKES.of(app.env)[name], curly(question, app.config)) if question else (None, "")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the cards."""
    fill_places(app, "chapters", _sections)
    TAKES.connect(app)
    app.connect("doctree-read", _measure)
    app.connect("html-page-context", _finish_page)
    publish(app, Path(__file__).parent / "static", STYLE)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
