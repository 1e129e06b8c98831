"""The parts of the tutorial: the captioned tables of contents of its first page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sphinx import addnodes
from sphinx.environment import BuildEnvironment

__all__ = ["Part", "parts"]


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
