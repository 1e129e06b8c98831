"""An incremental build gives what a clean one gives, where Sphinx by itself does not.

Sphinx writes the pages that it read anew. The others may show what has changed elsewhere: a
page's title in the sidebar, a heading's words in a link, a name in code that is documented now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.index_entries import split_index_msg

__all__ = ["setup"]


def _write_anew(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """All pages, where one that was read changed what others show of it."""
    old = getattr(env, "shown_elsewhere", "")
    new = _shown_elsewhere(env)
    env.shown_elsewhere = new  # type: ignore[attr-defined]
    return sorted(env.found_docs) if old != new else []


def _shown_elsewhere(env: BuildEnvironment) -> str:
    """A digest of titles, the tables of contents, labels, terms and documented names."""
    standard, python = env.domains.standard_domain, env.domains.python_domain
    shown: list[Mapping[Any, Any]] = [
        {name: title.astext() for name, title in env.titles.items()},
        env.toctree_includes,
        standard.labels,
        standard.anonlabels,
        standard.objects,
        python.objects,
    ]
    text = "\n".join(repr(sorted(table.items())) for table in shown)
    return hashlib.sha256(text.encode()).hexdigest()


def _complete_search(app: Sphinx) -> list[tuple[str, dict[str, Any], str]]:
    """Give Sphinx's search what a clean build would give it of the pages that are not written.

    Sphinx 9.0 (``IndexBuilder.load`` and ``.prune``) takes them from the index that it wrote
    before, but for their index entries, and keeps words that stand on no page any more. No page
    comes of this: it is the last event before the index is written.
    """
    indexer = getattr(app.builder, "indexer", None)
    if indexer is not None:
        written = indexer._index_entries
        entries = app.env.domains.index_domain.entries
        indexer._index_entries = {
            name: written[name] if name in written else _words(entries.get(name, ()))
            for name in sorted(app.env.found_docs)
        }
        for pages in (indexer._mapping, indexer._title_mapping):
            for word in [word for word, names in pages.items() if not names]:
                del pages[word]
    return []


def _words(entries: Iterable[tuple[str, str, str, str, str | None]]) -> list[tuple[str, str, str]]:
    """A page's index entries, as ``IndexBuilder.feed`` takes them from the page."""
    words: set[tuple[str, str, str]] = set()
    for kind, value, target, main, _ in entries:
        parts = split_index_msg(kind, value)
        words |= {(word, target or "", main) for word in parts}
    return sorted(words)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part."""
    app.connect("env-updated", _write_anew)
    app.connect("html-collect-pages", _complete_search)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
