"""What is told of pages elsewhere: the parts of the tutorial, and a page's first words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

__all__ = ["Part", "opening", "parts"]


@dataclass(frozen=True)
class Part:
    """A part: its title, and the names and titles of its pages, in the order of reading."""

    title: str
    names: tuple[str, ...]
    titles: tuple[str, ...]


def parts(env: BuildEnvironment) -> list[Part]:
    """All parts, once the pages are read."""
    return list(_parts(env))


def _parts(env: BuildEnvironment) -> Iterator[Part]:
    root = env.tocs[env.config.root_doc]
    for toctree in root.findall(addnodes.toctree):
        names = tuple(name for _, name in toctree["entries"] if name in env.titles)
        titles = tuple(env.titles[name].astext() for name in names)
        if toctree.get("caption") and names:
            yield Part(toctree["caption"], names, titles)


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
