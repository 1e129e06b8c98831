"""The code cells of a page in its doctree: the one place that knows how MyST-NB writes them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docutils import nodes

from myst_doctest.showing.output_tree import CellOutput


@dataclass(frozen=True)
class CellVariant:
    """What a cell is on a variant.

    ``code`` is its code there and ``lines`` are the numbers, from 1, of the lines that are
    replaced; None and empty where it is the same. ``output`` is None where it shows nothing.
    ``reason`` says why it does not run there; it is empty where it does. It was ``checked``, or is
    published as recorded.
    """

    name: str
    title: str
    code: str | None
    lines: Sequence[int]
    output: CellOutput | None
    reason: str
    checked: bool


@dataclass(frozen=True)
class CellNode:
    """A code cell of a page.

    ``index`` counts the page's code cells from 0, also those that the page does not show; ``name``
    is empty where the cell has none. ``lanes`` gives the CSS classes of the lanes that are open
    ``before`` the cell's output and ``after`` it, ``lanes_on`` those of variants where they are
    others. ``variants`` are those on which it is something else; ``only_on`` has the reason why it
    runs on variants alone, by their names. ``node`` is the container of the whole cell, ``code``
    and ``output`` those of its parts: None where a tag removes one or nothing is shown.
    """

    node: nodes.container
    index: int
    name: str
    tags: Sequence[str]
    lanes: Mapping[str, list[str]]
    lanes_on: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    variants: Sequence[CellVariant] = ()
    only_on: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> nodes.container | None:
        """The container of the cell's code; it may be in a fold."""
        return self._part("cell_code_source")

    @property
    def output(self) -> nodes.container | None:
        """The container of what the cell showed; it may be in a fold."""
        return self._part("cell_code_output")

    def lane_classes(self, where: str) -> list[str]:
        """The classes of the lanes that are open ``before`` or ``after`` the cell's output.

        On a variant other lanes may be open: for ``variants.js``, its class ``lane-0-commit`` is
        there as ``NAME/0-commit``; ``NAME/`` stands for none.
        """
        main = self.lanes[where]
        others = (
            f"{variant}/{name.removeprefix('lane-')}"
            for variant, lanes in self.lanes_on.items()
            for name in lanes[where][1:] or [""]
            if lanes[where] != main
        )
        return [*main, *others]

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
        lanes_on=metadata.get("lanes_on", {}),
        variants=tuple(map(_variant, metadata.get("variants", ()))),
        only_on=metadata.get("only-on", {}),
    )


def _variant(data: Mapping[str, Any]) -> CellVariant:
    output = CellOutput.of(data["output"]) if data["output"] else None
    return CellVariant(**{**data, "output": output})


def cells_of(document: nodes.Element) -> Iterator[CellNode]:
    """The cells of a page, from top to bottom; cells may be changed while they are gone through."""
    for node in list(document.findall(nodes.container)):
        if cell := cell_of(node):
            yield cell
