"""The site for language models: ``llms.txt`` and ``llms-full.txt``, see https://llmstxt.org."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tutorial_site.downloads.markdown_writer import escaped
from tutorial_site.downloads.page_export import Address, Document
from tutorial_site.downloads.sheet import sheet

__all__ = ["contents", "full"]

FORM = """\
Each cell of a page is a block of Python that was run when the site was built{ran}.
What it showed stands below it, behind "Output:": the SQL that was logged in blocks of SQL, all
else in blocks of text.\
"""


def contents(
    title: str,
    words: str,
    pins: str,
    sections: Mapping[str, Sequence[Document]],
    address: Address,
) -> str:
    """``llms.txt``: what the site is, and a link to the Markdown of each page, by section.

    ``words`` say what the site is, ``pins`` with what its cells ran.
    """
    blocks = [_head(title, words, pins)]
    for section, pages in sections.items():
        lines = [_entry(page, address(f"{page.name}.md")) for page in pages]
        blocks.append("\n".join([f"## {section}", "", *lines]))
    return "\n\n".join(blocks) + "\n"


def full(title: str, words: str, pins: str, pages: Sequence[Document], address: Address) -> str:
    """``llms-full.txt``: all pages, one after the other."""
    return "\n".join(_pages(_head(title, words, pins), pages, address))


def _pages(head: str, pages: Sequence[Document], address: Address) -> Iterator[str]:
    yield f"{head}\n"
    for page in pages:
        yield "---\n"
        yield sheet(page, address)


def _head(title: str, words: str, pins: str) -> str:
    ran = f" with {pins}" if pins else ""
    summary = [f"> {escaped(words)}"] if words else []
    return "\n\n".join([f"# {escaped(title)}", *summary, FORM.format(ran=ran)])


def _entry(page: Document, address: str) -> str:
    about = f": {escaped(page.about)}" if page.about else ""
    return f"- [{escaped(page.title)}]({address}){about}"
