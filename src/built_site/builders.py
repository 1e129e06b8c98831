"""Which of Sphinx's builders make the site, and its pages."""

from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.builders import Builder

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
