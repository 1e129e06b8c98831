"""The search of the site, by Pagefind: its index, its dialog, and the page for old links.

On each page there is only a script that waits for a key (``search.js``). The dialog is Pagefind's
component UI; it is loaded, with the index, when the search is first opened. Sphinx's own search is
switched off: a reader who cannot run Pagefind, which needs WebAssembly, has the index and the
contents.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from built_site.builders import is_site
from built_site.files import write
from myst_doctest.static_files import publish
from tutorial_site.page.assets import load_on_all_pages
from tutorial_site.search.index import write_index
from tutorial_site.search.words import (
    SearchWords,
    error_addresses,
    error_messages,
    official_names,
    section_addresses,
)

NAMES = "search-names.json"
"""What the dialog asks for: names of errors and of SQLAlchemy, and the pages that explain them."""

SPHINX_SEARCH = ("searchtools.js", "language_data.js")
"""Scripts of Sphinx's own search, which it copies into ``_static`` although that is off."""


def _begin(app: Sphinx) -> None:
    """``builder-inited``: no search of Sphinx's."""
    if is_site(app.builder):
        app.builder.search = False  # type: ignore[attr-defined]


def _search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """``html-collect-pages``: a page that opens the search, for links to ``search.html?q=``."""
    if is_site(app.builder):
        yield "search", {}, "search.html"


def _write_index(app: Sphinx, exception: Exception | None) -> None:
    """``build-finished``: index the pages, once nothing changes them any more."""
    if exception is not None or not is_site(app.builder):
        return
    root = Path(app.outdir)
    for name in SPHINX_SEARCH:
        (root / "_static" / name).unlink(missing_ok=True)
    names = app.env.found_docs - set(app.config.search_leave_out)
    files = [Path(app.builder.get_outfilename(name)) for name in names]  # type: ignore[attr-defined]
    if not all(file.is_file() for file in files):
        print("search: left out, since not all pages were built", file=sys.stderr)  # noqa: T201
        return
    words = SearchWords.read(app)
    pages = {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in files}
    write_index(pages, root / "pagefind", app.config.search_page_weights, words)
    places = {
        "errors": error_addresses(app),
        "messages": error_messages(app),
        "sections": section_addresses(app, words),
    }
    known = {**official_names(app, words), **places}
    text = json.dumps(known, separators=(",", ":"))
    write(root / "_static" / NAMES, text.encode())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the search."""
    app.add_config_value("search_leave_out", [], "", list)
    app.add_config_value("search_page_weights", {}, "", dict)
    app.add_config_value("search_words", "", "", str)
    app.add_config_value("search_inventory", "", "", str)
    folder = Path(__file__).parent / "static"
    load_on_all_pages(app, folder, "search.js", "search.css")
    publish(app, folder, "search-dialog.js", "search-dialog.css", "keys-dialog.js", "dialogs.js")
    app.connect("builder-inited", _begin)
    app.connect("html-collect-pages", _search_page)
    app.connect("build-finished", _write_index, priority=700)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
