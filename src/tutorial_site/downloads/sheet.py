"""A page as Markdown, with its cells' code and what they showed."""

from __future__ import annotations

from tutorial_site.downloads.markdown_writer import cell_text
from tutorial_site.downloads.page_export import Address, Document, linked

__all__ = ["sheet"]


def sheet(page: Document, address: Address) -> str:
    """The text of the page's ``.md``."""
    blocks = [
        linked(part, address) if isinstance(part, str) else cell_text(page.cells[part])
        for part in page.parts
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"
