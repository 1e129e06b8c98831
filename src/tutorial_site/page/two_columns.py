"""Cells whose code and output are side by side on a wide screen.

Which these are is known when a page is written, so that nothing moves in the browser, whatever a
cell shows there later: ``cells.css`` lays out what has the class ``beside`` from 1680 px on, and
what is ``beside-early`` too from 1440 px on. Where the code is short and the output is not, which
is ``code-short``, the columns meet further left.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from myst_doctest.showing.cells import CellNode, cells_of
from myst_doctest.showing.output_nodes import shown_output
from myst_doctest.showing.predictions import prediction
from myst_doctest.showing.tree import Tree


@dataclass(frozen=True)
class Columns:
    """A layout: its class, and how many characters a line has in each of its columns."""

    name: str
    code: int
    output: int

    def for_short_code(self) -> "Columns":
        """The layout whose output has the room that short code leaves."""
        return replace(self, code=SHORT, output=self.output + self.code - SHORT)


NARROW = Columns("beside-early", 62, 43)
WIDE = Columns("beside", 80, 51)
"""What ``cells.css`` has room for, in the widest of the usual monospaced faces."""
SHORT = 43
"""Characters of a line of code that leaves room."""
MARKS = 6
"""Characters of a log's line that its word and its indent take."""
STACKED = 88
"""Characters of an output's line where it is below the code."""
HIGH = 30
"""More lines of code do not stay in sight beside a long output."""
QUESTION = 4
"""Lines of a prediction, without its options."""
TEXT = 3
"""So many lines of text are no value any more that may go on in the next line, but a table."""
BOARD = '<div class="show-board"'
ROW = re.compile("<(tr|li|p)\\b")


@dataclass(frozen=True)
class Block:
    """A part of an output, by its lines as they are below the code.

    A ``kind`` of ``log`` or ``board`` fits any width; other text is a table where it has several
    lines, and other pictures want all of a card's width.
    """

    kind: str
    lines: Sequence[str]

    def fits(self, width: int) -> bool:
        """Whether it is whole in a column."""
        if self.kind in ("log", "board"):
            return True
        is_table = len(self.lines) >= TEXT
        return self.kind == "text" and not (is_table and max(map(len, self.lines)) > width)

    def height(self, width: int) -> int:
        """How many lines it takes; the objects of a board are side by side in a wide card."""
        if self.kind == "board" and width == STACKED:
            return len(self.lines) // 2
        return sum(-(-len(line) // width) or 1 for line in self.lines)


class BesideItsCode(SphinxPostTransform):
    """Give each cell the classes of the layouts in which it fits."""

    default_priority = 996  # variants are drawn by then
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Go through the cells that are part of the text, and not of a card."""
        for cell in cells_of(self.document):
            if isinstance(cell.node.parent, nodes.section):
                cell.node["classes"] += classes(cell)


def classes(cell: CellNode) -> list[str]:
    """The classes of the layouts in which a cell fits."""
    code, outputs = _code(cell), _outputs(cell)
    lines = (len(line) for each in outputs for block in each for line in block.lines)
    if code and max(map(len, code)) <= SHORT and max(lines, default=0) > NARROW.output - MARKS:
        short = [each.for_short_code() for each in (WIDE, NARROW)]
        found = [each.name for each in short if fits(cell, each)]
        return [*found, "code-short"] if found else []
    return [each.name for each in (WIDE, NARROW) if fits(cell, each)]


def fits(cell: CellNode, columns: Columns) -> bool:
    """Whether no line of code is cut, no text broken, and the card no higher than it would be."""
    code, blocks = _code(cell), _outputs(cell)
    if not code or _is_other(cell) or len(code) > HIGH or max(map(len, code)) > columns.code:
        return False
    if not all(block.fits(columns.output) for each in blocks for block in each):
        return False
    asked = sum(QUESTION + 2 * len(each) for each in cell.node.findall(prediction))
    beside, below = (
        asked + max((sum(block.height(width) for block in each) for each in blocks), default=1)
        for width in (columns.output, STACKED)
    )
    return max(beside, len(code)) <= below + len(code) + 1  # the line is that of a part's edges


def _code(cell: CellNode) -> list[str]:
    """The lines of a cell's code; none where it has several forms, or stands in a fold."""
    if not cell.code or cell.code.parent is not cell.node:
        return []
    (code, *others) = [each.astext().split("\n") for each in cell.code.findall(nodes.literal_block)]
    return [] if others else code


def _outputs(cell: CellNode) -> list[list[Block]]:
    """The parts of a cell's outputs, one for each variant."""
    outputs = [each for each in cell.node.findall(shown_output) if each["tree"]]
    return [[*_blocks(each["tree"])] for each in outputs]


def _is_other(cell: CellNode) -> bool:
    """Whether it shows nothing, a figure, or what MyST-NB draws."""
    output = cell.output
    if output is None or "cell_output" not in output["classes"]:
        return True
    return not all(isinstance(each, shown_output | nodes.paragraph) for each in output.children)


def _blocks(tree: Tree) -> Iterator[Block]:
    """The parts of an output, by its tree."""
    tag, attributes, *children = tree
    classes = attributes.get("class", "").split()
    if "picture" in classes:
        markup = children[0]["markup"]
        yield Block("board" if markup.startswith(BOARD) else "picture", ROW.findall(markup))
    elif tag == "pre":
        kind = "log" if "highlight" in classes else "text"
        yield Block(kind, _text(tree).split("\n"))
    else:
        for child in children:
            if isinstance(child, list):
                yield from _blocks(child)


def _text(tree: Tree) -> str:
    return "".join(each if isinstance(each, str) else _text(each) for each in tree[2:])


def finish_page(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """At ``html-page-context``, have a page with such cells take the room for them."""
    cells = cells_of(doctree) if doctree is not None else ()
    context["has_columns"] = any(WIDE.name in cell.node["classes"] for cell in cells)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the classes of cells and of pages."""
    app.add_post_transform(BesideItsCode)
    app.connect("html-page-context", finish_page)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
