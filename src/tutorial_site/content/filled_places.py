"""Directives in whose places comes what is known once all pages have been read."""

from collections.abc import Callable, Iterable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

Content = Callable[[Sphinx, str, str], Iterable[nodes.Node]]
"""Makes the nodes, given the page that they are for and the directive's argument, or ``""``."""


class place(nodes.General, nodes.Element):  # noqa: N801  (docutils names nodes so)
    """Where the directive of a ``name`` stands until ``doctree-resolved``."""


def has_place(doctree: nodes.document, name: str) -> bool:
    """Whether a page has this directive, until ``doctree-resolved``."""
    return any(each["name"] == name for each in doctree.findall(place))


def fill_places(app: Sphinx, name: str, content: Content, arguments: int = 0) -> None:
    """Register the directive of this name, and have its places filled."""

    class Place(SphinxDirective):
        required_arguments = arguments

        def run(self) -> list[nodes.Node]:
            return [place(name=name, argument="".join(self.arguments))]

    def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
        for each in list(doctree.findall(place)):
            if each["name"] == name:
                each.replace_self(list(content(app, docname, each["argument"])))

    app.add_node(place, override=True)  # each directive has it
    app.add_directive(name, Place)
    app.connect("doctree-resolved", fill)
