"""The table of contents: the parts of the tutorial, the order of reading, a page's summary."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from tutorial_site.page.accessibility import breakable


@dataclass(frozen=True)
class TutorialPart:
    """A captioned toctree of the first page: its caption, and its pages in the order of reading."""

    title: str
    names: tuple[str, ...]
    titles: tuple[str, ...]


def tutorial_parts(env: BuildEnvironment) -> list[TutorialPart]:
    """The parts of the tutorial; complete from the event ``env-updated`` on.

    A page below two captions belongs to the first.
    """
    found = []
    seen = {env.config.root_doc}
    for toctree in env.tocs[env.config.root_doc].findall(addnodes.toctree):
        names = tuple(name for top in toctree["includefiles"] for name in _below(env, top, seen))
        if toctree.get("caption") and names:
            titles = tuple(env.titles[name].astext() for name in names)
            found.append(TutorialPart(toctree["caption"], names, titles))
    return found


def reading_order(env: BuildEnvironment) -> list[str]:
    """All pages: those of the toctrees from the first page on, then the others by name."""
    order = list(_below(env, env.config.root_doc, set()))
    return [*order, *sorted(env.all_docs.keys() - set(order))]


def _below(env: BuildEnvironment, name: str, seen: set[str]) -> Iterator[str]:
    """A page and all pages below it, without those already seen."""
    if name in env.all_docs and name not in seen:
        seen.add(name)
        yield name
        for child in env.toctree_includes.get(name, []):
            yield from _below(env, child, seen)


def entries(title: str, below: Iterable[tuple[str, str]]) -> str:
    """The contents of a page that Sphinx knows nothing of, as it writes them.

    ``below`` has anchors and words; without a title the list is to go into an entry of another.
    """
    links = "".join(
        f'<li><a class="reference internal" href="#{anchor}">{breakable(escape(words))}</a></li>'
        for anchor, words in below
    )
    top = f'<li><a class="reference internal" href="#">{escape(title)}</a>'
    return f"<ul>{top}<ul>{links}</ul></li></ul>" if title else f"<ul>{links}</ul>"


def first_paragraph(doctree: nodes.document) -> tuple[str, ...]:
    """The lines of a page's first own paragraph: in its source, one sentence a line.

    If it introduces a list, the list's items join the last line. Empty for a page without a
    paragraph.
    """
    for paragraph in doctree.findall(nodes.paragraph):
        if isinstance(paragraph.parent, nodes.document | nodes.section):
            *lines, last = [" ".join(line.split()) for line in paragraph.astext().split("\n")]
            return (*lines, _with_list(last, paragraph))
    return ()


def _with_list(line: str, paragraph: nodes.paragraph) -> str:
    """A line that ends in a colon, with the items of the list that follows it."""
    following = paragraph.next_node(descend=False, siblings=True)
    if not line.endswith(":") or not isinstance(following, nodes.bullet_list):
        return line
    items = [" ".join(item.astext().split()).rstrip(".,;") for item in following.children]
    return f"{line} {'; '.join(items)}."
