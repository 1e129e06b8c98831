"""Make the two intersphinx inventories of this folder.

python tools/inventories/make.py sqlalchemy PATH_TO_UNPACKED_SDIST
python tools/inventories/make.py python PATH_TO_OBJECTS_INV

``sqlalchemy.inv`` comes from the HTML documentation in SQLAlchemy's sdist, which holds no
inventory, and from the installed SQLAlchemy of the same version, which gives the other names of
each object. ``python.inv`` is a selection from the inventory of Python's documentation.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import sphobjinv as soi  # type: ignore[import-untyped]  # sphobjinv ships no py.typed
import sqlalchemy
from bs4 import BeautifulSoup, Tag

HERE = Path(__file__).resolve().parent
ALIAS_PRIORITY = -1
"""Priority of a second name, the one Sphinx gives to the name in ``:canonical:``."""
PUBLIC_MODULES = (
    *("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.event", "sqlalchemy.exc", "sqlalchemy.orm"),
    *("sqlalchemy.orm.exc", "sqlalchemy.pool", "sqlalchemy.schema", "sqlalchemy.sql"),
    *("sqlalchemy.sql.expression", "sqlalchemy.types"),
)
"""The modules from which people import, and by which they name an object in a role."""
NOT_IMPORTED = ("sqlalchemy.ext.asyncio",)
"""Imports only where greenlet is installed: the result must not depend on that."""
COMPILED_SUFFIX = "_cy"
"""Modules that are compiled on one machine and not on another: no names are taken from them."""
PYTHON_MODULES = (
    *("collections.abc", "contextlib", "dataclasses", "datetime", "logging"),
    *("sqlite3", "typing", "warnings"),
)
"""The modules of the standard library that ``python.inv`` keeps, next to the builtins."""
BUILTIN_PAGES = tuple(
    f"library/{name}.html" for name in ("constants", "exceptions", "functions", "stdtypes")
)
"""The pages of Python's documentation that hold the builtins, under bare names."""


class Entry(NamedTuple):
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


# --- SQLAlchemy's HTML: Sphinx writes <dl class="py ROLE"><dt id="NAME"> for an object,
# --- id="module-NAME" for a module, <dt id="term-..."> for a term


def parsed(path: Path) -> BeautifulSoup:
    """One page of the documentation."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def documented(doc: Path) -> Iterator[Entry]:
    """Yield the modules, objects and terms of all pages, each under its documented name."""
    for path in sorted(doc.rglob("*.html")):
        page = path.relative_to(doc).as_posix()
        for tag in parsed(path).find_all(id=True):
            anchor = str(tag["id"])
            if anchor.startswith("module-sqlalchemy"):
                name = anchor.removeprefix("module-")
                yield Entry("py", "module", name, f"{page}#{anchor}", 0)
            elif tag.name == "dt" and anchor.startswith("sqlalchemy."):
                role = " ".join(str(name) for name in tag.find_parents("dl")[0]["class"][1:])
                yield Entry("py", role, anchor, f"{page}#{anchor}", 1)
            elif tag.name == "dt" and anchor.startswith("term-"):
                yield Entry("std", "term", own_text(tag), f"{page}#{anchor}", -1)


def own_text(tag: Tag) -> str:
    """A term's or a heading's text, without the link to itself at its end."""
    link = tag.find("a", class_="headerlink")
    strings = [text for text in tag.find_all(string=True) if not link or link not in text.parents]
    return " ".join("".join(strings).split())


def error_labels(doc: Path) -> Iterator[Entry]:
    """Yield the labels of the page of error messages, as ``error_bhk3`` and as ``error-bhk3``.

    The labels are those of ``build/errors.rst``; docutils writes ``-`` for ``_`` in an anchor.
    """
    page = parsed(doc / "errors.html")
    source = (doc / "build" / "errors.rst").read_text(encoding="utf-8")
    for label in re.findall(r"^\.\. _(error_\w+):$", source, flags=re.MULTILINE):
        anchor = label.lower().replace("_", "-")
        heading = page.select(f"#{anchor} :is(h1, h2, h3), #{anchor} ~ :is(h1, h2, h3)")[0]
        for name in (label, anchor):
            yield Entry("std", "label", name, f"errors.html#{anchor}", -1, own_text(heading))


# --- second names, from the installed SQLAlchemy


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

    None where there is no such object: some are documented under a name that cannot be imported.
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


def top_level_names(name: str) -> list[str]:
    """List the other names of an object of a module: public modules', and the defining one."""
    thing, leaf = follow(name), name.rpartition(".")[2]
    if thing is None:
        return []
    names: list[str | None] = [
        f"{module}.{leaf}"
        for module in PUBLIC_MODULES
        if getattr(importlib.import_module(module), leaf, None) is thing
    ]
    return [other for other in [*names, defining_name(thing)] if other is not None]


def owner_aliases(entry: Entry) -> Iterator[Entry]:
    """Yield the entry under the other names of the class or module-level object it is part of."""
    if place := locate(entry.name):
        module, parts = place
        for top in top_level_names(f"{module}.{parts[0]}"):
            name = ".".join([top, *parts[1:]])
            yield entry._replace(name=name, priority=ALIAS_PRIORITY)


def method_aliases(entry: Entry) -> Iterator[Entry]:
    """Yield a method under the name of the class that defines it, which may be a base class."""
    name = defining_name(follow(entry.name)) if entry.role == "method" else None
    if name is not None:
        yield entry._replace(name=name, priority=ALIAS_PRIORITY)


def best_target(entries: list[Entry]) -> Entry:
    """Choose among several documented places the one whose name is most like the alias.

    ``sqlalchemy.sql.sqltypes.INTEGER`` is documented as ``INT`` too; next, the shortest wins.
    """

    def rank(entry: Entry) -> tuple[int, int, int, Entry]:
        anchor = entry.uri.partition("#")[2]
        names = (reversed(name.split(".")) for name in (entry.name, anchor))
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*names, strict=False)))
        return -same, anchor.count("."), len(anchor), entry

    return min(entries, key=rank)


def by_name(entries: Iterable[Entry], taken: Mapping[str, object]) -> dict[str, list[Entry]]:
    """Group the entries whose names are not taken yet."""
    groups: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.name not in taken:
            groups[entry.name].append(entry)
    return groups


def aliases(found: Iterable[Entry]) -> list[Entry]:
    """List the second names of the documented objects.

    A documented name is never given another target, and an owner's name goes before a base
    class's. Where a base class's method is documented at several subclasses and not at the base
    class, no target is the right one, and the name is left out.
    """
    objects = [entry for entry in found if entry.domain == "py" and entry.role != "module"]
    taken = {entry.name: entry for entry in objects}
    owners = by_name((alias for entry in objects for alias in owner_aliases(entry)), taken)
    chosen = {name: best_target(entries) for name, entries in owners.items()}
    methods = by_name((alias for each in objects for alias in method_aliases(each)), taken | chosen)
    return [*chosen.values(), *(each[0] for each in methods.values() if len(each) == 1)]


def make_sqlalchemy(sdist: Path) -> Path:
    """Make ``sqlalchemy.inv`` from an unpacked sdist of the installed version."""
    info = (sdist / "PKG-INFO").read_text(encoding="utf-8")
    version = info.partition("\nVersion: ")[2].partition("\n")[0]
    if version != sqlalchemy.__version__:
        message = f"the sdist is SQLAlchemy {version}, installed is {sqlalchemy.__version__}"
        raise SystemExit(message)
    found = list(documented(sdist / "doc"))
    entries = [*found, *aliases(found), *error_labels(sdist / "doc")]
    return write(HERE / "sqlalchemy.inv", "SQLAlchemy", version, entries)


# --- Python's inventory


def selected(entries: list[Entry]) -> Iterator[Entry]:
    """Keep the builtins, PYTHON_MODULES, their members, their pages' labels and all terms."""
    objects = [entry for entry in entries if entry.domain == "py"]
    modules = {entry.name for entry in objects if entry.role == "module"}
    builtins = {
        each.name for each in objects if each.page in BUILTIN_PAGES and "." not in each.name
    }
    pages = set()
    for entry in objects:
        parts = entry.name.split(".")
        owners = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
        owner = next((name for name in owners if name in modules), None)
        if owner in PYTHON_MODULES or (entry.role != "module" and parts[0] in builtins):
            pages.add(entry.page)
            yield entry
    for entry in entries:
        kind = (entry.domain, entry.role)
        if kind == ("std", "term") or (kind == ("std", "label") and entry.page in pages):
            yield entry


def make_python(source: Path) -> Path:
    """Make ``python.inv`` from the ``objects.inv`` of Python's documentation."""
    inventory = soi.Inventory(source)
    entries = [
        Entry(
            each.domain, each.role, each.name, each.uri_expanded, int(each.priority), each.dispname
        )
        for each in inventory.objects
    ]
    project, version = str(inventory.project), str(inventory.version)
    return write(HERE / "python.inv", project, version, selected(entries))


def write(path: Path, project: str, version: str, entries: Iterable[Entry]) -> Path:
    """Write the entries, sorted and each once, in the zlib form that Sphinx reads."""
    inventory = soi.Inventory()
    inventory.project, inventory.version = project, version
    for domain, role, name, uri, priority, title in sorted(set(entries)):
        inventory.objects.append(soi.DataObjStr(
            name=name, domain=domain, role=role, priority=str(priority), uri=uri, dispname=title
        ))  # fmt: skip
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
