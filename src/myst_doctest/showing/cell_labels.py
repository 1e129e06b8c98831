"""Names of a cell's parts for screen readers: a post-transform and the nodes that it writes.

MyST-NB gives a cell's output no name, and calls each fold "Toggle hidden content".
"""

from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from myst_doctest.showing.cells import CellNode, cells_of
from myst_doctest.showing.output_nodes import names_lines, shown_output
from myst_doctest.showing.quotes import curly


class output_box(nodes.container):  # noqa: N801  (docutils names nodes so)
    """The container of a cell's output; ``label`` is its name."""


class NameParts(SphinxPostTransform):
    """Make each output a group with a name, as in "Output of cell session-new".

    A fold gets its cell's name too.
    """

    default_priority = 990  # earlier, other transforms would not find MyST-NB's containers
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Name the outputs and the folds of the page's cells."""
        for cell in cells_of(self.document):
            name = label_of(cell)
            for fold in cell.node.findall(HideCodeCellNode):
                fold["whose"] = name
            if cell.code and _names_lines(cell):
                cell.code["classes"].append("numbered")
            if output := cell.output:
                box = output_box("", *output.children, label=f"Output of {name}")
                box.update_all_atts(output)
                output.replace_self(box)


def _names_lines(cell: CellNode) -> bool:
    """Whether statements name lines of the cell, here or on a variant: then lines have numbers."""
    main = any(node["names_lines"] for node in cell.node.findall(shown_output))
    return main or any(each.output and names_lines(each.output) for each in cell.variants)


def label_of(cell: CellNode) -> str:
    """What a cell is called: "cell session-new", or "cell 3" without a name."""
    return f"cell {cell.name or cell.index + 1}"


def _visit_box(self: Any, node: output_box) -> None:
    attributes = {"role": "group", "aria-label": node["label"]}
    self.body.append(self.starttag(node, "div", **attributes))


def _depart_box(self: Any, node: output_box) -> None:
    self.body.append("</div>\n")


def _visit_fold(self: Any, node: HideCodeCellNode) -> None:
    """As MyST-NB, with the cell's name, and without <p> in <summary>, which is invalid HTML."""
    classes = escape(" ".join(["hide", *node["classes"]]))
    whose = f'<span class="visually-hidden"> of {escape(node["whose"])}</span>'
    words = "".join(
        f'<span class="{state}">{escape(curly(node[prompt], self.config))}{whose}</span>'
        for state, prompt in (("collapsed", "prompt_show"), ("expanded", "prompt_hide"))
    )
    self.body.append(f'<details class="{classes}">\n<summary>{words}</summary>\n')


def _depart_fold(self: Any, node: HideCodeCellNode) -> None:
    self.body.append("</details>\n")


def add_nodes(app: Sphinx) -> None:
    """Register how Sphinx's HTML writer writes outputs and folds."""
    app.add_node(output_box, html=(_visit_box, _depart_box))
    app.add_node(HideCodeCellNode, override=True, html=(_visit_fold, _depart_fold))
