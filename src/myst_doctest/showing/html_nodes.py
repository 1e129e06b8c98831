"""How Sphinx's writers write nodes that are HTML: the other writers write what is in them."""

from collections.abc import Callable
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

OTHERS = ("latex", "man", "texinfo", "text")


def _children(self: Any, node: nodes.Element) -> None:
    """Leave the children to the writer."""


def add_html_node(
    app: Sphinx,
    node: type[nodes.Element],
    visit: Callable[[Any, Any], None],
    depart: Callable[[Any, Any], None] | None,
) -> None:
    """Register a node, which ``visit`` and ``depart`` write as HTML."""
    others: Any = dict.fromkeys(OTHERS, (_children, _children))
    app.add_node(node, html=(visit, depart), **others)
