"""Which of Sphinx's builders make the site."""

from __future__ import annotations

from sphinx.builders import Builder

__all__ = ["is_site"]


def is_site(builder: Builder) -> bool:
    """True for ``html`` and ``dirhtml``.

    The builders ``epub``, ``singlehtml``, ``json`` and ``pickle`` have the format ``html`` too,
    but no addresses of pages, no host that sends headers, and mostly nobody who runs a script.
    """
    return builder.name in {"html", "dirhtml"}
