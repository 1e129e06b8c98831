"""What readers may try in the place of a cell: a fold below it, with changed code and its output.

Who runs cells in the reader's browser adds a button that puts the code into the cell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from myst_doctest.page_store import PageStore
from myst_doctest.pages.variations import Variation
from myst_doctest.showing.cell_labels import output_box
from myst_doctest.showing.html_nodes import add_html_node
from myst_doctest.showing.output_nodes import shown_output
from myst_doctest.showing.output_tree import CellOutput


class variation(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """A variation: its ``cell`` and its ``number``."""


class variation_fold(nodes.General, nodes.Element):  # noqa: N801
    """Its words, its code with the output, and what is said of it."""


class variation_words(nodes.Part, nodes.TextElement):  # noqa: N801
    """What is to be tried."""


@dataclass(frozen=True)
class CheckedVariation:
    """A variation with what it showed, and where it belongs."""

    form: Variation
    cell: int
    """The number of its cell, from 0."""
    number: int
    """Its own among those of the cell, from 0."""
    output: CellOutput | None

    def node(self, sentence: Sequence[nodes.Node], about: Sequence[nodes.Node]) -> variation:
        """What a page shows of it."""
        text = self.form.code
        code = nodes.container("", nodes.literal_block(text, text, language="python"))
        code["classes"].append("cell_input")
        box = nodes.container("", code, classes=["cell", "tried"])
        if self.output is not None:
            label = f"Output of cell {self.cell + 1}, as it is changed"
            shown = shown_output.of(self.output)
            box += output_box("", shown, label=label, classes=["cell_output"])
        words = [child for each in sentence for child in each.children]
        fold = variation_fold("", variation_words("", "", *words), box, *about)
        return variation("", fold, cell=self.cell, number=self.number)


VARIATIONS = PageStore[list[CheckedVariation]]("myst_doctest_variations")
"""Those of each page that has some."""


def _visit(self: Any, node: variation) -> None:
    self.body.append(self.starttag(node, "div", CLASS="try"))


def _depart(self: Any, node: variation) -> None:
    self.body.append("</div>\n")


def _visit_fold(self: Any, node: variation_fold) -> None:
    self.body.append("<details>\n")


def _depart_fold(self: Any, node: variation_fold) -> None:
    self.body.append("</details>\n")


def _visit_words(self: Any, node: variation_words) -> None:
    self.body.append("<summary><b>Try this:</b> ")


def _depart_words(self: Any, node: variation_words) -> None:
    self.body.append("</summary>\n")


def add_nodes(app: Sphinx) -> None:
    """Register how Sphinx's writers write variations: those without folds write all of it."""
    add_html_node(app, variation, _visit, _depart)
    add_html_node(app, variation_fold, _visit_fold, _depart_fold)
    add_html_node(app, variation_words, _visit_words, _depart_words)
