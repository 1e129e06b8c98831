"""The code cells of a page in its doctree: the one place that knows how MyST-NB writes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from docutils import nodes

__all__ = ["CellNode", "cell_of", "cells_of"]


@dataclass(frozen=True)
class CellNode:
    """A code cell of a page.

    ``index`` counts the page's code cells from 0, also those that the page does not show; ``name``
    is empty where the cell has none. ``lanes`` gives the CSS classes of the lanes that are open
    ``before`` the cell's output and ``after`` it. ``node`` is the container of the whole cell,
    ``code`` and ``output`` those of its parts: None where a tag removes one or nothing is shown.
    """

    node: nodes.container
    index: int
    name: str
    tags: Sequence[str]
    lanes: Mapping[str, list[str]]

    @property
    def code(self) -> nodes.container | None:
        """The container of the cell's code; it may be in a fold."""
        return self._part("cell_code_source")

    @property
    def output(self) -> nodes.container | None:
        """The container of what the cell showed; it may be in a fold."""
        return self._part("cell_code_output")

    def _part(self, kind: str) -> nodes.container | None:
        parts = self.node.findall(nodes.container)
        return next((part for part in parts if part.get("nb_element") == kind), None)


def cell_of(node: nodes.Node) -> CellNode | None:
    """The cell whose container a node is; None for any other node."""
    metadata = node.get("cell_metadata") if isinstance(node, nodes.container) else None
    if not isinstance(metadata, dict) or "index" not in metadata:
        return None
    assert isinstance(node, nodes.container)
    return CellNode(
        node,
        index=int(metadata["index"]),
        name=str(metadata.get("name") or ""),
        tags=tuple(metadata.get("tags", ())),
        lanes=metadata["lanes"],
    )


def cells_of(document: nodes.Element) -> Iterator[CellNode]:
    """The cells of a page, from top to bottom; cells may be changed while they are gone through."""
    for node in list(document.findall(nodes.container)):
        if cell := cell_of(node):
            yield cell
