"""A post-transform that shows, below a cell, what it is on variants where it is something else."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from myst_doctest.showing.cells import CellVariant, cells_of
from myst_doctest.showing.output_nodes import shown_output

__all__ = ["ShowVariants"]


class ShowVariants(SphinxPostTransform):
    """Add a box with a title for each variant on which a cell is something else."""

    default_priority = 890  # before the lanes are drawn through what is between cells

    def run(self, **kwargs: Any) -> None:
        """Go through the cells of the document."""
        for cell in cells_of(self.document):
            hidden = {"remove-cell", "remove-output"} & set(cell.tags)
            for variant in cell.variants if not hidden else ():
                cell.node.append(_box(variant, cell.only_on.get(variant.name, "")))


def _box(variant: CellVariant, only: str) -> nodes.container:
    box = nodes.container(classes=["variant"])
    box["variant"] = variant.name
    words = f"{variant.title} only: {only}" if only else variant.title
    title = nodes.paragraph(text=words, classes=["variant-title"])
    box += title
    if variant.reason:
        title += nodes.Text(f": not run there. {variant.reason}")
        return box
    if variant.code is not None:
        lines = variant.code.split("\n")
        code = "\n".join(lines[number - 1] for number in variant.lines)
        box += nodes.literal_block(code, code, language="python", classes=["variant-code"])
    if variant.output is None:
        title += nodes.Text(": shows nothing.")
    else:
        box += shown_output.of(variant.output)
    return box
