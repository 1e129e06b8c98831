"""Marks on the lines by which code differs from what it changes: another cell, or its own cell."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from myst_doctest.pages.changes import CHANGES, changed_lines
from myst_doctest.showing.cells import cells_of
from myst_doctest.showing.variations import variation

__all__ = ["MarkChanges"]


class MarkChanges(SphinxPostTransform):
    """Mark lines of cells with ``:changes:``, and of what readers may try."""

    default_priority = 895  # while a cell has one code, before variants bring theirs
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Go through the page's cells, and what is tried."""
        codes: dict[str | int, str] = {}
        for cell in cells_of(self.document):
            if cell.code is None:
                continue
            block = next(iter(cell.code.findall(nodes.literal_block)))
            before = codes.get(cell.node["cell_metadata"].get(CHANGES, ""))
            if before is not None:
                _mark(block, before)
            codes[cell.index] = block.astext()
            if cell.name:
                codes[cell.name] = block.astext()
        for tried in self.document.findall(variation):
            if (before := codes.get(tried["cell"])) is not None:
                _mark(next(iter(tried.findall(nodes.literal_block))), before)


def _mark(block: nodes.Element, before: str) -> None:
    """Mark the lines of a block; where most are others, it is other code, and marks say nothing."""
    code = block.astext()
    lines = changed_lines(before, code)
    if 2 * len(lines) > len([line for line in code.split("\n") if line.strip()]):
        return
    block["highlight_args"] = {**block.get("highlight_args", {}), "hl_lines": lines}
