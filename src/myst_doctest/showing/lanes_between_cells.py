"""A post-transform that continues the lanes of a page's log through the text between its cells."""

from collections.abc import Sequence
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform

from myst_doctest.showing.cells import CellNode, cell_of
from myst_doctest.showing.predictions import asked_output


class LanesThroughText(SphinxPostTransform):
    """Give all that is between two cells the CSS classes of the lanes that are open there.

    Neighbours are put into one container. A line that is drawn beside each of them would be cut
    off where an element hides its overflow.
    """

    default_priority = 900  # earlier, other transforms would miss the siblings of what is wrapped
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Go through the document from top to bottom."""
        self.classes: list[str] = []
        self._walk(self.document)

    def _walk(self, parent: nodes.Element) -> None:
        together: list[nodes.Node] = []
        for child in list(parent.children):
            cell = cell_of(child)
            if isinstance(child, nodes.section | nodes.title) or cell:
                self._box(together)
                together = []
            else:
                together.append(child)
            if isinstance(child, nodes.section):
                self._walk(child)
            elif isinstance(child, nodes.title):
                child["classes"] += self.classes
            elif cell:
                self._enter(cell)
        self._box(together)

    def _enter(self, cell: CellNode) -> None:
        """Mark a cell's code; what follows has the lanes that are open below the cell."""
        before, after = cell.lane_classes("before"), cell.lane_classes("after")
        if any(isinstance(each, HideCodeCellNode | asked_output) for each in cell.node.findall()):
            # While the fold is closed, neither the code nor the output is there to show the lane.
            cell.node["classes"] += [name for name in before if name in after]
        if cell.code and cell.code.parent is cell.node:
            cell.code["classes"] += before
        self.classes = after

    def _box(self, together: Sequence[nodes.Node]) -> None:
        shown = [node for node in together if not isinstance(node, nodes.Invisible)]
        if not self.classes or not shown:
            return
        parent = together[0].parent
        index = parent.index(together[0])
        box = nodes.container("", classes=["between-cells", *self.classes])
        for node in together:
            parent.remove(node)
            box += node
        parent.insert(index, box)
