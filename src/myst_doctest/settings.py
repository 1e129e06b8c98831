"""What a project says of its pages: the table ``[tool.myst_doctest]`` of its pyproject.toml."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from myst_doctest.running.runner import ALL, MAX_OUTPUT
from myst_doctest.variants import Variant, VariantError

FILE = "pyproject.toml"
TABLE = "tool.myst_doctest"
VARIANTS = f"{TABLE}.variants"
TYPE = re.compile(r"\*|\w+(\.\w+)+")
"""A name in ``rich``."""
CHOICES = {"compatibility": ("python", "jupyter"), "cwd": ("empty", "page")}
"""What a key may be that is one of a few words."""


class SettingsError(Exception):
    """A setting is wrong; the message names the file, the key and what to write there."""


@dataclass(frozen=True)
class Settings:
    """The table's keys, with their defaults."""

    root: Path
    """The folder of pyproject.toml; other paths are relative to it."""
    pages: tuple[str, ...] = ("docs",)
    """Folders whose ``.md`` files are pages."""
    confdir: str = "docs"
    """The folder of Sphinx's ``conf.py``, whose ``myst_*`` values say how pages parse."""
    pythonpath: tuple[str, ...] = ()
    """Folders put on ``sys.path`` of a page's process."""
    preload: tuple[str, ...] = ()
    """Modules that the fork server imports once, for all pages, the project's own too."""
    setup: str = ""
    """``module:function``, called as ``function(publish)`` before a page's first cell."""
    watch: str = ""
    """``module:function``, which watches an attempt at an exercise: ``running/grading.py``."""
    rich: tuple[str, ...] = (ALL,)
    """Types, as ``module.QualName``, that are published as SVG or HTML; ``*`` for what a notebook
    shows of any value."""
    timeout: float = 30.0
    """Seconds that a cell may take; the tag ``timeout-60`` gives a cell sixty."""
    memory: int = 1024
    """MiB of address space that a page's process may take (Linux); 0 for no limit."""
    max_output: int = MAX_OUTPUT
    """Characters that a cell may show."""
    title: str = "Default"
    """What readers call the run without a variant."""
    compatibility: str = "python"
    """``jupyter`` where cells may hold what only a notebook knows."""
    cwd: str = "empty"
    """Where a page runs: in an empty folder, or, with ``page``, as if in its file's."""
    data: tuple[str, ...] = ()
    """Files and folders that each page finds in its folder."""
    unchecked: Mapping[str, str] = field(default_factory=dict)
    """Patterns of pages that are on the site without being checked, and why."""
    kept: str = ""
    """A folder where builds keep what pages did, so that only what changed runs again."""
    variants: Mapping[str, Variant] = field(default_factory=dict)
    """Other circumstances in which cells run, by their names."""

    @classmethod
    def find(cls, start: Path, otherwise: Path | None = None) -> Self:
        """The settings of the nearest folder, from ``start`` upwards, with the table in it.

        Where no folder has it, the defaults hold below ``otherwise`` (or ``start``).
        Raises SettingsError for a key that is unknown, of the wrong type, or names no folder.
        """
        for root in (start, *start.parents):
            file = root / FILE
            table = _table(file)
            if table is not None:
                settings = cls.of(root, table)
                settings.check_places()
                return settings
        return cls(otherwise or start)

    def refuse(self, key: str, message: str) -> None:
        """Raise SettingsError for a key of the table, where there is one."""
        if _table(self.root / FILE) is not None:
            raise _error(self.root / FILE, key, message)

    def where(self, variant: str, key: str) -> str:
        """``file:line`` of a variant's key, the file relative to the project's folder."""
        line = _line(self.root / FILE, key, f"{VARIANTS}.{variant}")
        return f"{FILE}:{line}"

    @classmethod
    def of(cls, root: Path, table: dict[str, Any]) -> Self:
        """The settings that a table holds. Raises SettingsError for a key or a value."""
        kept = {field.name: field.default for field in fields(cls)}
        file = root / FILE
        tables = {"variants": _variants, "unchecked": _unchecked}
        given: dict[str, Any] = {
            key: tables[key](file, value)
            if key in tables
            else _checked(file, key, value, kept.get(key))
            for key, value in table.items()
        }
        settings = cls(root, **given)
        for name in settings.rich:
            if not TYPE.fullmatch(name):
                wanted = "module.QualName, as in 'pandas.DataFrame'"
                raise _error(file, "rich", f"{name!r} names no type: write {wanted}")
        return settings

    def check_places(self) -> None:
        """Raise SettingsError for what names no file or folder that is there."""
        file = self.root / FILE
        for folder in self.pages:
            if not (self.root / folder).is_dir():
                raise _error(file, "pages", f"no folder {folder!r}")
        for name in self.data:
            if not (self.root / name).exists():
                raise _error(file, "data", f"no file or folder {name!r}")
        for page in self.unchecked:
            if not any(self.root.glob(page)):
                message = f"no page {page!r} below the folder of {FILE}"
                raise _error(file, page, message, f"{TABLE}.unchecked")
        if not (self.root / self.confdir / "conf.py").is_file():
            raise _error(file, "confdir", f"no file {self.confdir + '/conf.py'!r}")


def _error(file: Path, key: str, message: str, table: str = "tool.myst_doctest") -> SettingsError:
    """What is wrong with a key, and the line where it stands, or its table."""
    where = f"{file}:{_line(file, key, table)}"
    return SettingsError(f"{where}: {'.'.join(filter(None, [table, key]))}: {message}")


def _line(file: Path, key: str, table: str) -> int:
    lines = re.sub("[\"' \t]", "", file.read_text(encoding="utf-8")).split("\n")
    place = 0
    for head in (f"[{table}]", f"{key}=") if key else (f"[{table}]",):
        found = (n for n, line in enumerate(lines[place:], place) if line.startswith(head))
        place = next(found, place)
    return place + 1


def _variants(file: Path, tables: Any) -> dict[str, Variant]:
    if not isinstance(tables, dict):
        raise _error(file, "variants", f"must be tables, not {tables!r}")
    variants = {}
    for name, table in tables.items():
        try:
            variants[name] = Variant.of(name, table)
        except VariantError as error:
            raise _error(file, error.key, str(error), f"{VARIANTS}.{name}") from None
    return variants


def _unchecked(file: Path, reasons: Any) -> dict[str, str]:
    if not isinstance(reasons, dict) or not all(
        isinstance(why, str) and why.strip() for why in reasons.values()
    ):
        raise _error(file, "unchecked", f"must be a table of pages and reasons, not {reasons!r}")
    return reasons


def _table(file: Path) -> dict[str, Any] | None:
    if not file.is_file():
        return None
    data = file.read_bytes()
    if b"myst_doctest" not in data:
        return None  # somebody else's file, which may be broken on purpose
    try:
        table = tomllib.loads(data.decode()).get("tool", {}).get("myst_doctest")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error
    if not isinstance(table, dict | None):
        raise SettingsError(f"{file}: tool.myst_doctest must be a table")
    return table


def _checked(file: Path, key: str, value: Any, default: Any) -> Any:
    kind = type(default)
    if kind is tuple:
        right = isinstance(value, list) and all(isinstance(item, str) for item in value)
        wanted = "a list of strings"
    elif kind is str:
        choices = CHOICES.get(key, ())
        right = value in choices if choices else isinstance(value, str)
        wanted = f"one of {', '.join(choices)}" if choices else "a string"
    elif kind in (int, float):
        wanted = "a positive number" if kind is float else "a positive whole number"
        right = type(value) in (int, kind) and value > 0
        if key == "memory":
            right, wanted = right or (type(value), value) == (int, 0), f"0 or {wanted}"
    else:
        raise _error(file, key, "no such key; see README")
    if not right:
        raise _error(file, key, f"must be {wanted}, not {value!r}")
    return kind(value)
