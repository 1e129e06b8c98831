"""The words of readers that the pages do not use, from the file ``search_words``.

Its table ``here`` gives a section of a page the words under which it is looked for, too. Its table
``official`` gives words for what is not taught here the names that SQLAlchemy's documentation has
for it. The dialog also finds each name of that inventory by itself.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from sphinx.ext.intersphinx import InventoryAdapter

from tutorial_site.content.error_messages import (
    canonical_page,
    errors,
    is_class,
    messages_of,
    page_of,
)

NO_WORD = re.compile(r"[^\w.+]+")
"""What search-dialog.js leaves out of a query before it looks for names."""
ERROR = "error-"
"""How the labels of error codes begin in the inventory."""


@dataclass(frozen=True)
class SearchWords:
    """``here`` by page and section (``session/commit#a-loop``), ``official`` by words."""

    here: Mapping[str, Sequence[str]] = field(default_factory=dict)
    official: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, app: Sphinx) -> "SearchWords":
        """Those of a site; none where ``search_words`` names no file.

        Raises ConfigError for a file that cannot be read.
        """
        if not app.config.search_words:
            return cls()
        file = Path(app.confdir, app.config.search_words)
        try:
            return cls(**tomllib.loads(file.read_text(encoding="utf-8")))
        except (OSError, TypeError, ValueError) as error:
            raise ConfigError(f"search_words: {file}: {error!r}") from error

    def on(self, page: str) -> dict[str, Sequence[str]]:
        """The words of a page's sections, by their anchors."""
        pairs = ((place.partition("#"), words) for place, words in self.here.items())
        return {section: words for (name, _, section), words in pairs if name == page}


def official_names(app: Sphinx, words: SearchWords) -> dict[str, Any]:
    """What the dialog reads: the names of the inventory, in small letters, and the topics.

    Of several names with one last part, that of the Session's package counts, and the legacy
    ``Query`` last. Raises ConfigError for a topic whose name the inventory does not have.
    """
    inventory = InventoryAdapter(app.env).named_inventory.get(app.config.search_inventory, {})
    found: dict[str, tuple[tuple[object, ...], str, str]] = {}
    for kind, items in inventory.items():
        for name, item in items.items():
            if kind.startswith("py:"):
                short = name.rpartition(".")[2].lower()
                candidate = (_rank(kind, name), name, item.uri)
                found[short] = min(candidate, found.get(short, candidate))
            elif kind == "std:label" and name.startswith(ERROR):
                code = name.removeprefix(ERROR)
                found[code] = ((), f"error {code}", item.uri)
    topics = {topic: [name.lower() for name in names] for topic, names in words.official.items()}
    if unknown := {name for names in topics.values() for name in names} - found.keys():
        message = f"search_words: not in {app.config.search_inventory}: {sorted(unknown)}"
        raise ConfigError(message)
    public = sorted(short for short in found if not short.startswith("_"))
    return {"names": {short: found[short][1:] for short in public}, "topics": topics}


def error_addresses(app: Sphinx) -> dict[str, list[str]]:
    """Names of errors in small letters: each as it is written, and its page's address."""
    target = app.builder.get_target_uri
    found = errors(app.env)
    pages = ((name, canonical_page(name, found)) for name in sorted(found))
    return {name.lower(): [name, target(page)] for name, page in pages}


def error_messages(app: Sphinx) -> list[list[str]]:
    """The texts of messages as the dialog asks, each with its class, first words and place."""
    target = app.builder.get_target_uri
    return [
        [
            NO_WORD.sub(" ", text.lower()).strip(),
            f"{name}: {message.short}" if message.short else name,
            f"{target(page_of(name))}#{message.anchor}",
        ]
        for name, places in errors(app.env).items()
        if is_class(name)
        for message in messages_of(places)
        for text in message.texts
    ]


def section_addresses(app: Sphinx, words: SearchWords) -> dict[str, list[str]]:
    """What readers call sections, as the dialog asks: each section's title and address."""
    found: dict[str, list[str]] = {}
    for place, others in words.here.items():
        page, _, anchor = place.partition("#")
        if page not in app.env.tocs:
            continue
        titles = {each["anchorname"]: each.astext()
                  for each in app.env.tocs[page].findall(nodes.reference)}  # fmt: skip
        where = [titles[f"#{anchor}"], f"{app.builder.get_target_uri(page)}#{anchor}"]
        found |= {NO_WORD.sub(" ", each.lower()).strip(): where for each in others}
    return found


def _rank(kind: str, name: str) -> tuple[object, ...]:
    is_orm = name.startswith("sqlalchemy.orm.")
    return (".Query." in name, not is_orm, name.count("."), kind != "py:function", len(name))
