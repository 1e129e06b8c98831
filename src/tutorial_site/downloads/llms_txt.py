"""The site for language models: ``llms.txt`` and ``llms-full.txt``, see https://llmstxt.org."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tutorial_site.downloads.markdown_writer import escaped

FORM = """\
Each cell of a page is a block of Python that was run when the site was built{ran}.
What it showed follows it, after "Output:": logged SQL in blocks of SQL, all else in blocks of
text. Where a cell was run on another database or version too and is different there, its lines and
its output follow, after "Code that differs on NAME:" and "Output on NAME:".\
"""


@dataclass(frozen=True)
class Entry:
    """A page in ``llms.txt``: the address of its Markdown, and a sentence or two about it."""

    title: str
    address: str
    about: str


def head(title: str, about: str, requires: Sequence[str]) -> str:
    """How both files begin: what the site is, and with which packages its cells ran."""
    ran = f" with {', '.join(requires)}" if requires else ""
    summary = [f"> {escaped(about)}"] if about else []
    return "\n\n".join([f"# {escaped(title)}", *summary, FORM.format(ran=ran)])


def contents(head: str, sections: Mapping[str, Sequence[Entry]]) -> str:
    """``llms.txt``: a link to the Markdown of each page, by section."""
    blocks = [head]
    for section, pages in sections.items():
        if pages:
            blocks.append("\n".join([f"## {section}", "", *map(_line, pages)]))
    return "\n\n".join(blocks) + "\n"


def _line(page: Entry) -> str:
    about = f": {escaped(page.about)}" if page.about else ""
    return f"- [{escaped(page.title)}]({page.address}){about}"


def full(head: str, pages: Iterable[str]) -> str:
    """``llms-full.txt``: the Markdown of all pages, one after the other."""
    return "\n---\n\n".join([f"{head}\n", *pages])
