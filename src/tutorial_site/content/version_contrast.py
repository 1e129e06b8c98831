"""``{contrast}``: the recorded output of an older SQLAlchemy, below a cell of the page.

``make contrast`` records it (tools/contrast); no build runs the older version.
"""

from collections.abc import Iterator
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
    """What a cell shows on the older version; ``cell`` is the cell's name."""


class Contrast(SphinxDirective):
    """``{contrast} CELL-NAME``, whose content is the recorded output."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {SILENT: directives.flag}

    def run(self) -> list[nodes.Node]:
        """A box with the version, a sentence, and the output."""
        silent = SILENT in self.options
        if bool(self.content) == silent:
            what = "nothing is" if not silent else "nothing and something are"
            message = f"{what} recorded of {self.arguments[0]!r}: run `make contrast`"
            _warn(message, self.get_location())
        box = contrast(cell=self.arguments[0])
        self.set_source_info(box)
        box += nodes.paragraph(text=f"SQLAlchemy {VERSION}", classes=["contrast-title"])
        verb = "shows nothing." if silent else "shows:"
        sentence = nodes.paragraph(classes=["contrast-says"])
        sentence += nodes.inline(text="The same cell")
        sentence += nodes.Text(f", run on the older version, {verb}")
        box += sentence
        if self.content:
            box += _output("\n".join(self.content))
        return [box]


def _output(recorded: str) -> shown_output:
    """Recorded text in the form in which a page shows a cell's output."""
    segments: list[Segment] = []
    for segment in segments_by_gutter(normalise(recorded).split("\n")):
        segments += messages(segment.text) if segment.kind == "sql" else [segment]
    return shown_output.of(CellOutput(segments))


def messages(text: str) -> Iterator[Segment]:
    """Split the text of a log into its messages: statements, their parameters, transactions' ends.

    Parameters are one line; a statement is all lines above them.

    >>> [message.text for message in messages("BEGIN (implicit)\\nSELECT\\n1\\n[generated] ()")]
    ['BEGIN (implicit)', 'SELECT\\n1', '[generated] ()']
    """
    found: list[list[str]] = []
    continues = False  # whether the last message is a statement, which may have more lines
    for line in text.split("\n"):
        whole = PARAMETERS.match(line) or (not continues and about(line)["part"] in ENDS)
        if continues and not whole:
            found[-1].append(line)
        else:
            found.append([line])
        continues = not whole
    for lines in found:
        message = "\n".join(lines)
        yield Segment("sql", message, meta=about(message))


class LinkCells(SphinxTransform):
    """Link each contrast to its cell on the same page; warn of one that names no cell there."""

    default_priority = 220  # after the cells got their anchors

    def apply(self, **kwargs: Any) -> None:
        """Turn the words "The same cell" into the link."""
        cells = {cell.name: cell.node for cell in cells_of(self.document)}
        for box in self.document.findall(contrast):
            cell = cells.get(box["cell"])
            if cell is None:
                _warn(f"no cell on this page is named {box['cell']!r}", box)
                continue
            words = next(iter(box.findall(nodes.inline)))
            link = nodes.reference("", words.astext(), internal=True, refid=cell["ids"][0])
            words.replace_self(link)


def _warn(message: str, place: Any) -> None:
    LOGGER.warning(message, location=place, type="tutorial_site", subtype="contrast")


def _visit(self: Any, node: contrast) -> None:
    self.body.append('<aside class="contrast">\n')


def _depart(self: Any, node: contrast) -> None:
    self.body.append("</aside>\n")


def _pass(self: Any, node: contrast) -> None:
    """Write nothing: writers that make no HTML write the children alone."""


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive, its node and its style sheet."""
    others: dict[str, Any] = dict.fromkeys(("latex", "text", "man", "texinfo"), (_pass, _pass))
    app.add_node(contrast, html=(_visit, _depart), **others)
    app.add_directive("contrast", Contrast)
    app.add_transform(LinkCells)
    publish(app, Path(__file__).parent / "static", STYLE)
    app.add_css_file(STYLE)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
