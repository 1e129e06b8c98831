"""Cells in lists and directives, which MyST-NB's reader does not see, drawn as it draws others.

They go to MyST-NB at the end of the notebook, where a tag keeps them off the page; when the
directive that holds one is read, it is drawn in its place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from docutils import nodes
from docutils.parsers.rst import directives
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from nbformat import NotebookNode, from_dict

DRAWN = "myst_doctest_drawn"
"""A document's attribute: the numbers of the cells that are drawn."""


class AnyOptions(dict[str, Any]):
    """What a cell's options may be: MyST asks for each, and whether there are any."""

    def __init__(self) -> None:
        super().__init__(name=directives.unchanged)

    def __missing__(self, name: str) -> Any:
        return directives.unchanged


def add_nested(notebook: NotebookNode, nested: Mapping[int, NotebookNode]) -> None:
    """Put the cells at the end of a notebook."""
    for cell in nested.values():
        tags = list(cell.metadata.get("tags", ()))
        cell.metadata["nested"] = {"tags": tags}
        cell.metadata["tags"] = [*tags, "remove-cell"]
        notebook.cells.append(cell)
        if "source_map" in notebook.metadata:
            notebook.metadata["source_map"].append(0)


def draw_nested(renderer: Any, source: str, line: int) -> list[nodes.Node] | None:
    """The nodes of the next cell that has this source; None where MyST-NB has none."""
    client = renderer.md_options.get("nb_client")
    drawn = renderer.document.attributes.setdefault(DRAWN, [])
    for place, cell in enumerate(client.notebook.cells if client else ()):
        index = cell.metadata.get("index")
        is_next = "nested" in cell.metadata and index not in drawn
        if is_next and cell.source.strip() == source.strip():
            drawn.append(index)
            return _drawn(renderer, cell, place, line)
    return None


def not_drawn(document: nodes.document, nested: Iterable[int]) -> list[int]:
    """The numbers of the page's cells that no directive asked for."""
    drawn = document.attributes.pop(DRAWN, [])
    return [index for index in nested if index not in drawn]


def _drawn(renderer: Any, cell: NotebookNode, place: int, line: int) -> list[nodes.Node]:
    tags = cell.metadata["nested"]["tags"]
    if "remove-cell" in tags:
        return []
    metadata = {**cell.metadata, "tags": tags}
    del metadata["nested"]
    meta = {"index": place, "metadata": from_dict(metadata)}
    token = Token("nb_cell_code", "code", 0, content=cell.source, meta=meta, map=[line, line])
    box = nodes.container()
    with renderer.current_node_context(box):
        renderer.render_nb_cell_code(SyntaxTreeNode([token]).children[0])
    return list(box.children)
