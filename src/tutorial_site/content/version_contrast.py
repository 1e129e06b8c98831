"""What an older SQLAlchemy shows: its recorded output, on the page beside the newer one's.

``tools/contrast/make.py`` records it; no build runs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from myst_doctest.checking.compare import normalise
from myst_doctest.checking.verdicts import segments_by_gutter
from myst_doctest.running.runner import Segment
from myst_doctest.showing.cells import cells_of
from myst_doctest.showing.log_lines import PARAMETERS
from myst_doctest.showing.output_nodes import shown_output
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.static_files import publish
from orm_tutorial.sql_log import about

__all__ = ["SILENT", "VERSION", "messages", "setup"]

VERSION = "2.0.58"
"""The older SQLAlchemy; ``tools/contrast/requirements.in`` pins the same."""
SILENT = "shows-nothing"
"""The option of a block whose cell shows nothing on the older version."""
ENDS = ("begin", "commit", "rollback")
STYLE = "version-contrast.css"
LOGGER = logging.getLogger(__name__)


class contrast(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """What the cell of the name ``cell`` shows on the older version."""


class Contrast(SphinxDirective):
    """``{contrast} CELL-NAME``, the recorded output below it."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {SILENT: directives.flag}

    def run(self) -> list[nodes.Node]:
        silent = SILENT in self.options
        if bool(self.content) == silent:
            what = "nothing is" if not silent else "nothing and something are"
            message = f"{what} recorded of {self.arguments[0]!r}: run `make contrast`"
            _warn(message, self.get_location())
            self.env.note_reread()
        box = contrast(cell=self.arguments[0])
        self.set_source_info(box)
        box += nodes.paragraph(text=f"SQLAlchemy {VERSION}", classes=["contrast-title"])
        verb = "shows nothing." if silent else "shows:"
        sentence = nodes.paragraph(classes=["contrast-says"])
        sentence += nodes.inline(text="The same cell")
        sentence += nodes.Text(f", run on the older version, {verb}")
        box += sentence
        if self.content:
            box += _output(list(self.content))
        return [box]


def _output(lines: Sequence[str]) -> shown_output:
    """Recorded lines in the form in which a page shows a cell's output."""
    segments: list[Segment] = []
    for segment in segments_by_gutter(normalise("\n".join(lines)).split("\n")):
        segments += messages(segment.text) if segment.kind == "sql" else [segment]
    return shown_output.of(CellOutput(segments))


def messages(text: str) -> Iterator[Segment]:
    """The messages of a log of which the text alone is known.

    A statement ends above its parameters, which are one line.

    >>> [message.text for message in messages("BEGIN (implicit)\\nSELECT\\n1\\n[generated] ()")]
    ['BEGIN (implicit)', 'SELECT\\n1', '[generated] ()']
    """
    statement: list[str] = []
    for line in text.split("\n"):
        apart = PARAMETERS.match(line) or (not statement and about(line)["part"] in ENDS)
        if apart and statement:
            yield _message("\n".join(statement))
            statement = []
        if apart:
            yield _message(line)
        else:
            statement.append(line)
    if statement:
        yield _message("\n".join(statement))


def _message(text: str) -> Segment:
    return Segment("sql", text, meta=about(text))


class LinkCells(SphinxTransform):
    """Lead from each contrast to its cell, which has to be on the page."""

    default_priority = 220  # after the cells got their anchors

    def apply(self, **kwargs: Any) -> None:
        cells = {cell.name: cell.node for cell in cells_of(self.document)}
        for box in self.document.findall(contrast):
            cell = cells.get(box["cell"])
            if cell is None:
                _warn(f"no cell on this page is named {box['cell']!r}", box)
                self.env.note_reread()
            else:
                _link(box, cell["ids"][0])


def _link(box: contrast, anchor: str) -> None:
    words = next(iter(box.findall(nodes.inline)))
    link = nodes.reference("", words.astext(), internal=True, refid=anchor)
    words.replace_self(link)


def _warn(message: str, place: Any) -> None:
    LOGGER.warning(message, location=place, type="tutorial_site", subtype="contrast")


def _visit(self: Any, node: contrast) -> None:
    self.body.append('<aside class="contrast">\n')


def _depart(self: Any, node: contrast) -> None:
    self.body.append("</aside>\n")


def _pass(self: Any, node: contrast) -> None:
    """For writers that know no asides: what is in it is shown as it comes."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, its node and its style sheet."""
    others: dict[str, Any] = dict.fromkeys(("latex", "text", "man", "texinfo"), (_pass, _pass))
    app.add_node(contrast, html=(_visit, _depart), **others)
    app.add_directive("contrast", Contrast)
    app.add_transform(LinkCells)
    # Pages are read again when the older version is another one.
    app.add_config_value("contrast_version", VERSION, "env", str)
    publish(app, Path(__file__).parent / "static", STYLE)
    app.add_css_file(STYLE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
