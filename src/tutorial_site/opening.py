"""A page's first words, by which lists of pages, search engines and other sites tell of it."""

from __future__ import annotations

from docutils import nodes

__all__ = ["opening"]


def opening(doctree: nodes.document) -> tuple[str, ...]:
    """The lines of the first paragraph that is the page's own: in its source, its sentences.

    The last one is told with the list that it introduces. Empty for a page without a paragraph.
    """
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.document | nodes.section):
            *lines, last = [" ".join(line.split()) for line in paragraph.astext().split("\n")]
            return (*lines, _with_list(last, paragraph))
    return ()


def _with_list(line: str, paragraph: nodes.paragraph) -> str:
    following = paragraph.next_node(descend=False, siblings=True)
    if not line.endswith(":") or not isinstance(following, nodes.bullet_list):
        return line
    items = [" ".join(item.astext().split()).rstrip(".,;") for item in following.children]
    return f"{line} {'; '.join(items)}."
