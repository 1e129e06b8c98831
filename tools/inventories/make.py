"""Make ``sqlalchemy.inv``: python tools/inventories/make.py PATH_TO_UNPACKED_SDIST.

It comes from the HTML documentation in SQLAlchemy's sdist, which holds no inventory, and from the
installed SQLAlchemy of the same version, which gives the other names of each object.
"""

import inspect
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path
from pkgutil import resolve_name
from sys import modules
from typing import Any

import sphobjinv as soi  # type: ignore[import-untyped]  # sphobjinv ships no py.typed
import sqlalchemy
from bs4 import BeautifulSoup, Tag

ALIAS_PRIORITY = "-1"
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
"""Modules that are compiled on one machine and not on another: their names are left out."""


@dataclass(frozen=True, order=True)
class Entry:
    """One line of an inventory, in sphobjinv's words."""

    domain: str
    role: str
    name: str
    uri: str
    priority: str
    dispname: str = "-"


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
                yield Entry("py", "module", name, f"{page}#{anchor}", "0")
            elif tag.name == "dt" and anchor.startswith("sqlalchemy."):
                role = " ".join(str(name) for name in tag.find_parents("dl")[0]["class"][1:])
                yield Entry("py", role, anchor, f"{page}#{anchor}", "1")
            elif tag.name == "dt" and anchor.startswith("term-"):
                yield Entry("std", "term", own_text(tag), f"{page}#{anchor}", "-1")


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
            yield Entry("std", "label", name, f"errors.html#{anchor}", "-1", own_text(heading))


# --- second names, from the installed SQLAlchemy


def follow(name: str) -> Any:
    """The object of that name; None where there is none: not all that is documented is."""
    try:
        found = None if name.startswith(NOT_IMPORTED) else resolve_name(name)
    except (ImportError, AttributeError):
        return None
    return getattr(found, "__func__", found)  # of a class method


def defining_name(thing: Any) -> str | None:
    """Return ``module.qualname`` of a class or a function, if that name leads back to it."""
    if not (inspect.isclass(thing) or inspect.isfunction(thing)):
        return None
    if not thing.__module__.startswith("sqlalchemy") or thing.__module__.endswith(COMPILED_SUFFIX):
        return None
    name = f"{thing.__module__}.{thing.__qualname__}"
    return name if follow(name) is thing else None


def owner_aliases(entry: Entry) -> Iterator[Entry]:
    """The entry under the other names of the class or module-level object that it is part of.

    These are its names in public modules, and that by which its own module defines it.
    """
    if follow(entry.name) is None:
        return
    parts = entry.name.split(".")
    size = next(size for size in range(1, len(parts)) if ".".join(parts[: size + 1]) not in modules)
    leaf, *below = parts[size:]
    owner = follow(".".join(parts[: size + 1]))
    public = [m for m in PUBLIC_MODULES if follow(f"{m}.{leaf}") is owner]
    for top in [*(f"{module}.{leaf}" for module in public), defining_name(owner)]:
        if top is not None:
            yield replace(entry, name=".".join([top, *below]), priority=ALIAS_PRIORITY)


def method_aliases(entry: Entry) -> Iterator[Entry]:
    """Yield a method under the name of the class that defines it, which may be a base class."""
    name = defining_name(follow(entry.name)) if entry.role == "method" else None
    if name is not None:
        yield replace(entry, name=name, priority=ALIAS_PRIORITY)


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


def main() -> None:
    """Make the inventory from the sdist that the command line names."""
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sdist = Path(sys.argv[1])
    info = (sdist / "PKG-INFO").read_text(encoding="utf-8")
    version = info.partition("\nVersion: ")[2].partition("\n")[0]
    if version != sqlalchemy.__version__:
        sys.exit(f"the sdist is SQLAlchemy {version}, installed is {sqlalchemy.__version__}")
    found = list(documented(sdist / "doc"))
    inventory = soi.Inventory()
    inventory.project, inventory.version = "SQLAlchemy", version
    for entry in sorted({*found, *aliases(found), *error_labels(sdist / "doc")}):
        inventory.objects.append(soi.DataObjStr(**vars(entry)))
    file = Path(__file__).with_name("sqlalchemy.inv")
    soi.writebytes(file, soi.compress(inventory.data_file(contract=True)))
    print(f"{file.name}: {inventory.count} entries, {file.stat().st_size} bytes")


if __name__ == "__main__":
    main()
