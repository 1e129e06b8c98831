"""What the parts of a cell are called, for a reader who hears a page.

MyST-NB gives a cell's output no name, and calls each fold "Toggle hidden content".
"""

from __future__ import annotations

from html import escape
from typing import Any

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from myst_doctest.showing.cells import cells_of

__all__ = ["NameParts", "add_nodes"]


class output_box(nodes.container):  # noqa: N801  (docutils names nodes so)
    """The box of a cell's output; ``label`` is what it is called."""


class NameParts(SphinxPostTransform):
    """Make each output a group with a name, as in "Output of cell 3, session-new".

    A fold is told its cell's name too.
    """

    default_priority = 990  # after all that looks for MyST-NB's boxes
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        for cell in cells_of(self.document):
            name = ", ".join(filter(None, [f"cell {cell.index + 1}", cell.name]))
            for fold in cell.node.findall(HideCodeCellNode):
                fold["whose"] = name
            if output := cell.output:
                box = output_box("", *output.children, label=f"Output of {name}")
                box.update_all_atts(output)
                output.replace_self(box)


def _visit_box(self: Any, node: output_box) -> None:
    attributes = {"role": "group", "aria-label": node["label"]}
    self.body.append(self.starttag(node, "div", CLASS="docutils container", **attributes))


def _depart_box(self: Any, node: output_box) -> None:
    self.body.append("</div>\n")


def _visit_fold(self: Any, node: HideCodeCellNode) -> None:
    """As MyST-NB, with the cell's name, and with no paragraph in a summary, which is no HTML."""
    classes = escape(" ".join(["hide", *node["classes"]]))
    whose = f'<span class="visually-hidden"> of {escape(node["whose"])}</span>'
    words = "".join(
        f'<span class="{state}">{escape(node[prompt])}{whose}</span>'
        for state, prompt in (("collapsed", "prompt_show"), ("expanded", "prompt_hide"))
    )
    self.body.append(f'<details class="{classes}">\n<summary>{words}</summary>\n')


def _depart_fold(self: Any, node: HideCodeCellNode) -> None:
    self.body.append("</details>\n")


def add_nodes(app: Sphinx) -> None:
    """Tell Sphinx's HTML writer how to write the boxes and the folds."""
    app.add_node(output_box, html=(_visit_box, _depart_box))
    app.add_node(HideCodeCellNode, override=True, html=(_visit_fold, _depart_fold))
