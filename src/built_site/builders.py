"""Which of Sphinx's builders make the site, its pages, and how ``dirhtml`` writes addresses."""

from typing import Any
from urllib.parse import quote
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.dirhtml import DirectoryHTMLBuilder

_MADE: WeakKeyDictionary[Sphinx, set[str]] = WeakKeyDictionary()


def is_site(builder: Builder) -> bool:
    """True for ``html`` and ``dirhtml``.

    The builders ``epub``, ``singlehtml``, ``json`` and ``pickle`` have the format ``html`` too,
    but no addresses of pages, no host that sends headers, and mostly nobody who runs a script.
    """
    return builder.name in {"html", "dirhtml"}


def made_pages(app: Sphinx) -> set[str]:
    """The names of a build's pages without a source, to which an extension adds those it makes."""
    return _MADE.setdefault(app, set())


def page_names(app: Sphinx) -> set[str]:
    """The pages with a source, and those that extensions make."""
    return app.env.found_docs | made_pages(app)


class QuotedDirectories(DirectoryHTMLBuilder):
    """``dirhtml`` with links that also lead to pages such as ``c#`` or ``what?``."""

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """The address of a page, quoted as ``html`` quotes it."""
        return quote(super().get_target_uri(docname, typ))


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the builder in the place of Sphinx's own."""
    app.add_builder(QuotedDirectories, override=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
