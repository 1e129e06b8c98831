"""Make the two intersphinx inventories of this folder.

python tools/inventories/make.py sqlalchemy PATH_TO_UNPACKED_SDIST
python tools/inventories/make.py python PATH_TO_OBJECTS_INV

``sqlalchemy.inv`` comes from the HTML documentation inside SQLAlchemy's sdist, which holds no
inventory of its own, and from the installed SQLAlchemy of the same version, which tells under
which other names a documented object is known.  ``python.inv`` is a selection from the inventory
of Python's own documentation.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from email.parser import HeaderParser
from html.parser import HTMLParser
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import sphobjinv as soi  # type: ignore[import-untyped]  # sphobjinv ships no py.typed
import sqlalchemy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import ModuleType

HERE = Path(__file__).resolve().parent

ALIAS_PRIORITY = -1
"""Priority of a second name, the one Sphinx gives to the name in ``:canonical:``."""

PUBLIC_MODULES = (
    "sqlalchemy",
    "sqlalchemy.engine",
    "sqlalchemy.event",
    "sqlalchemy.exc",
    "sqlalchemy.orm",
    "sqlalchemy.orm.exc",
    "sqlalchemy.pool",
    "sqlalchemy.schema",
    "sqlalchemy.sql",
    "sqlalchemy.sql.expression",
    "sqlalchemy.types",
)
"""The modules from which people import, and by which they name an object in a role."""

NOT_IMPORTED = ("sqlalchemy.ext.asyncio",)
"""Imports only where greenlet is installed: the result must not depend on that."""

COMPILED_SUFFIX = "_cy"
"""Modules that are compiled on one machine and not on another: no names are taken from them."""

PYTHON_MODULES = (
    "collections.abc",
    "contextlib",
    "dataclasses",
    "datetime",
    "logging",
    "sqlite3",
    "typing",
    "warnings",
)
"""The modules of the standard library that ``python.inv`` keeps, next to the builtins."""

BUILTIN_PAGES = (
    "library/constants.html",
    "library/exceptions.html",
    "library/functions.html",
    "library/stdtypes.html",
)
"""The pages of Python's documentation on which the builtins stand, under bare names."""


@dataclass(frozen=True, order=True)
class Entry:
    """One line of an inventory."""

    domain: str
    role: str
    name: str
    uri: str
    priority: int = 1
    title: str = "-"

    @property
    def page(self) -> str:
        """The address without its anchor."""
        return self.uri.partition("#")[0]


# --- reading SQLAlchemy's HTML -------------------------------------------------------------


class PageParser(HTMLParser):
    """Collects from one page the anchors that Sphinx's HTML writer gave to objects.

    Source of facts: ``<dl class="py ROLE">`` with ``<dt id="NAME">`` for an object of the py
    domain, ``id="module-NAME"`` for a module, ``<dt id="term-...">`` for a term (its text is the
    name), and any other id before a heading for a label (the heading's text is the title).
    """

    def __init__(self, page: str) -> None:
        """Read nothing yet; ``page`` is the address relative to the documentation's root."""
        super().__init__()
        self.page = page
        self.entries: list[Entry] = []
        self.titles: dict[str, str] = {}
        self._role = ""
        self._waiting: list[str] = []
        self._text: list[str] | None = None
        self._term = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the anchor of the tag, and begin to collect the text of a term or a heading."""
        values = {key: value or "" for key, value in attrs}
        anchor = values.get("id", "")
        if tag == "dl":
            domain, _, role = values.get("class", "").partition(" ")
            self._role = role if domain == "py" else ""
        if anchor.startswith("module-sqlalchemy"):
            self._add("py", "module", anchor.removeprefix("module-"), anchor, 0)
        elif tag == "dt" and anchor.startswith("sqlalchemy."):
            self._add("py", self._role, anchor, anchor, 1)
        elif tag == "dt" and anchor.startswith("term-"):
            self._term, self._text = anchor, []
        elif anchor and tag in {"section", "span"}:
            self._waiting.append(anchor)
        if re.fullmatch("h[1-6]", tag):
            self._text = []
        elif tag == "a" and values.get("class") == "headerlink":
            self._finish()

    def handle_data(self, data: str) -> None:
        """Collect the text of a term or a heading."""
        if self._text is not None:
            self._text.append(data)

    def _finish(self) -> None:
        """End a term or a heading: its text is complete where the link to itself begins."""
        if self._text is None:
            return
        text = " ".join("".join(self._text).split())
        if self._term:
            self._add("std", "term", text, self._term, -1)
        else:
            self.titles.update(dict.fromkeys(self._waiting, text))
            self._waiting = []
        self._term, self._text = "", None

    def _add(self, domain: str, role: str, name: str, anchor: str, priority: int) -> None:
        """Append an entry that points into this page."""
        self.entries.append(Entry(domain, role, name, f"{self.page}#{anchor}", priority))


def parse_page(doc: Path, path: Path) -> PageParser:
    """Parse one HTML file of the documentation below ``doc``."""
    parser = PageParser(path.relative_to(doc).as_posix())
    parser.feed(path.read_text(encoding="utf-8"))
    parser.close()
    return parser


def documented_entries(doc: Path) -> list[Entry]:
    """List the modules, objects and terms of all pages, each under its documented name."""
    return [
        entry for path in sorted(doc.rglob("*.html")) for entry in parse_page(doc, path).entries
    ]


def error_labels(doc: Path) -> Iterator[Entry]:
    """Yield the labels of the page of error messages, as ``error_bhk3`` and as ``error-bhk3``.

    Source of facts: the labels are those of ``build/errors.rst``; docutils makes an anchor of one
    by writing ``-`` for ``_``; the title is that of the heading in ``errors.html``.
    """
    titles = parse_page(doc, doc / "errors.html").titles
    source = (doc / "build" / "errors.rst").read_text(encoding="utf-8")
    for label in re.findall(r"^\.\. _(error_\w+):$", source, flags=re.MULTILINE):
        anchor = label.lower().replace("_", "-")
        for name in (label, anchor):
            yield Entry("std", "label", name, f"errors.html#{anchor}", -1, titles[anchor])


# --- second names, from the installed SQLAlchemy -------------------------------------------


def import_or_none(name: str) -> ModuleType | None:
    """Import a module of SQLAlchemy, or return None where no such module exists."""
    if name.startswith(NOT_IMPORTED):
        return None
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and name.startswith(error.name):
            return None
        raise


def locate(name: str) -> tuple[str, list[str]] | None:
    """Split a full name into the longest importable module and the names below it.

    Return None where the installed package has no such object: some objects are documented under
    a name from which they cannot be imported.
    """
    parts = name.split(".")
    for end in range(len(parts) - 1, 0, -1):
        module = import_or_none(".".join(parts[:end]))
        if module is not None:
            return (module.__name__, parts[end:]) if hasattr(module, parts[end]) else None
    return None


def follow(name: str) -> object | None:
    """Return the object of that name, without calling descriptors, or None."""
    place = locate(name)
    if place is None:
        return None
    result: object = getattr(importlib.import_module(place[0]), place[1][0])
    for part in place[1][1:]:
        result = inspect.getattr_static(result, part, None)
    return result.__func__ if isinstance(result, (classmethod, staticmethod)) else result


def defining_name(thing: object) -> str | None:
    """Return ``module.qualname`` of a class or a function, if that name leads back to it."""
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return None
    if not thing.__module__.startswith("sqlalchemy") or thing.__module__.endswith(COMPILED_SUFFIX):
        return None
    name = f"{thing.__module__}.{thing.__qualname__}"
    return name if follow(name) is thing else None


def public_names(leaf: str, thing: object) -> Iterator[str]:
    """Yield the names under which the public modules offer this very object."""
    for module in PUBLIC_MODULES:
        if getattr(importlib.import_module(module), leaf, None) is thing:
            yield f"{module}.{leaf}"


def top_level_names(name: str) -> list[str]:
    """List the other names of an object that stands directly in a module."""
    thing = follow(name)
    if thing is None:
        return []
    names = [*public_names(name.rpartition(".")[2], thing), defining_name(thing)]
    return [other for other in names if other is not None]


def owner_aliases(entry: Entry) -> Iterator[Entry]:
    """Yield the entry under the other names of the class or module-level object it is part of."""
    place = locate(entry.name)
    if place is None:
        return
    module, parts = place
    for top in top_level_names(f"{module}.{parts[0]}"):
        name = ".".join([top, *parts[1:]])
        yield replace(entry, name=name, priority=ALIAS_PRIORITY)


def method_aliases(entry: Entry) -> Iterator[Entry]:
    """Yield a method under the name of the class that defines it, which may be a base class."""
    name = defining_name(follow(entry.name)) if entry.role == "method" else None
    if name is not None:
        yield replace(entry, name=name, priority=ALIAS_PRIORITY)


def shared_ending(left: str, right: str) -> int:
    """Count the parts that two dotted names have in common at their ends."""
    pairs = zip(reversed(left.split(".")), reversed(right.split(".")), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def best_target(entries: list[Entry]) -> Entry:
    """Choose among several documented places the one whose name is most like the alias.

    ``sqlalchemy.sql.sqltypes.INTEGER`` is documented as ``INT`` too; next, the shortest wins.
    """

    def rank(entry: Entry) -> tuple[int, int, int, Entry]:
        anchor = entry.uri.partition("#")[2]
        return -shared_ending(entry.name, anchor), anchor.count("."), len(anchor), entry

    return min(entries, key=rank)


def group(entries: Iterable[Entry], taken: Mapping[str, object]) -> dict[str, list[Entry]]:
    """Group by name the entries whose names are not taken yet."""
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.name not in taken:
            groups[entry.name].append(entry)
    return groups


def aliases(documented: Iterable[Entry]) -> list[Entry]:
    """List the second names of the documented objects of the py domain.

    A documented name is never given another target, and an owner's name goes before a base
    class's.  Where a base class's method is documented at several subclasses and not at the base
    class, no target is the right one, and the name is left out.
    """
    objects = [entry for entry in documented if entry.domain == "py" and entry.role != "module"]
    taken = {entry.name: entry for entry in objects}
    owners = group((alias for entry in objects for alias in owner_aliases(entry)), taken)
    chosen = {name: best_target(found) for name, found in owners.items()}
    methods = group((alias for entry in objects for alias in method_aliases(entry)), taken | chosen)
    unique = [found[0] for found in methods.values() if len(found) == 1]
    return [*chosen.values(), *unique]


def sdist_version(sdist: Path) -> str:
    """Read the sdist's version from its PKG-INFO, and insist that the same one is installed."""
    headers = HeaderParser().parsestr((sdist / "PKG-INFO").read_text(encoding="utf-8"))
    version = str(headers["Version"])
    if version != sqlalchemy.__version__:
        message = f"the sdist is SQLAlchemy {version}, installed is {sqlalchemy.__version__}"
        raise SystemExit(message)
    return version


def make_sqlalchemy(sdist: Path) -> Path:
    """Make ``sqlalchemy.inv`` from an unpacked sdist."""
    version = sdist_version(sdist)
    documented = documented_entries(sdist / "doc")
    entries = [*documented, *aliases(documented), *error_labels(sdist / "doc")]
    return write(HERE / "sqlalchemy.inv", "SQLAlchemy", version, entries)


# --- selecting from Python's inventory -----------------------------------------------------


def read_entries(inventory: soi.Inventory) -> list[Entry]:
    """List the lines of an inventory, with full addresses."""
    return [
        Entry(
            item.domain, item.role, item.name, item.uri_expanded, int(item.priority), item.dispname
        )
        for item in inventory.objects
    ]


def builtin_names(objects: Iterable[Entry]) -> set[str]:
    """Return the bare names documented on the pages of the builtins."""
    return {
        entry.name for entry in objects if entry.page in BUILTIN_PAGES and "." not in entry.name
    }


def owning_module(name: str, modules: set[str]) -> str | None:
    """Return the longest documented module that the name is or stands in."""
    parts = name.split(".")
    prefixes = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in modules), None)


def select_python(entries: list[Entry]) -> list[Entry]:
    """Keep the builtins, PYTHON_MODULES, their members, their pages' labels and all terms."""
    objects = [entry for entry in entries if entry.domain == "py"]
    builtins = builtin_names(objects)
    modules = {entry.name for entry in objects if entry.role == "module"}
    kept = [
        entry
        for entry in objects
        if owning_module(entry.name, modules) in PYTHON_MODULES
        or (entry.role != "module" and entry.name.partition(".")[0] in builtins)
    ]
    pages = {entry.page for entry in kept}
    for entry in entries:
        is_label = (entry.domain, entry.role) == ("std", "label") and entry.page in pages
        if is_label or (entry.domain, entry.role) == ("std", "term"):
            kept.append(entry)
    return kept


def make_python(source: Path) -> Path:
    """Make ``python.inv`` from the ``objects.inv`` of Python's documentation."""
    inventory = soi.Inventory(source)
    entries = select_python(read_entries(inventory))
    return write(HERE / "python.inv", str(inventory.project), str(inventory.version), entries)


# --- writing -------------------------------------------------------------------------------


def data_object(entry: Entry) -> soi.DataObjStr:
    """Turn an entry into sphobjinv's object."""
    return soi.DataObjStr(
        name=entry.name,
        domain=entry.domain,
        role=entry.role,
        priority=str(entry.priority),
        uri=entry.uri,
        dispname=entry.title,
    )


def write(path: Path, project: str, version: str, entries: Iterable[Entry]) -> Path:
    """Write the entries, sorted and each once, in the zlib form that Sphinx reads."""
    inventory = soi.Inventory()
    inventory.project, inventory.version = project, version
    inventory.objects.extend(data_object(entry) for entry in sorted(set(entries)))
    soi.writebytes(path, soi.compress(inventory.data_file(contract=True)))
    return path


def main() -> None:
    """Make the inventory that the command line names, and say how many lines it has."""
    parser = argparse.ArgumentParser(description="Make an intersphinx inventory of this folder.")
    parser.add_argument("which", choices=("sqlalchemy", "python"))
    parser.add_argument("source", type=Path, help="the unpacked sdist, or Python's objects.inv")
    options = parser.parse_args()
    make = make_sqlalchemy if options.which == "sqlalchemy" else make_python
    path = make(options.source)
    print(f"{path.name}: {soi.Inventory(path).count} entries, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
