"""What a project says of its pages: the table ``[tool.myst_doctest]`` of its pyproject.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from myst_doctest.running.runner import MAX_OUTPUT

__all__ = ["Settings", "SettingsError"]


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
    """Modules that the fork server imports once, for all pages; none of the project's own."""
    setup: str = ""
    """``module:function``, called as ``function(publish)`` before a page's first cell."""
    rich: tuple[str, ...] = ()
    """Types, as ``module.QualName``, that are published as SVG or HTML."""
    timeout: float = 30.0
    """Seconds that a cell may take; the tag ``timeout-60`` gives a cell sixty."""
    memory: int = 1024
    """MiB of address space that a page's process may take (Linux); 0 for no limit."""
    max_output: int = MAX_OUTPUT
    """Characters that a cell may show."""

    @classmethod
    def find(cls, start: Path, otherwise: Path | None = None) -> Settings:
        """The settings of the nearest folder, from ``start`` upwards, with the table in it.

        Where no folder has it, the defaults hold below ``otherwise`` (or ``start``).
        Raises SettingsError for a key that is unknown, of the wrong type, or names no folder.
        """
        for root in (start, *start.parents):
            file = root / "pyproject.toml"
            table = _table(file) if file.is_file() else None
            if table is not None:
                return cls._of(root, table)
        return cls(otherwise or start)

    @classmethod
    def _of(cls, root: Path, table: dict[str, Any]) -> Settings:
        defaults = {field.name: field.default for field in fields(cls) if field.name != "root"}
        file = root / "pyproject.toml"
        for key in table:
            if key not in defaults:
                raise SettingsError(f"{file}: [tool.myst_doctest] has no key {key!r}; see README")
        given = {key: _checked(file, key, value, defaults[key]) for key, value in table.items()}
        settings = cls(root, **given)
        for folder in settings.pages:
            if not (root / folder).is_dir():
                raise SettingsError(f"{file}: tool.myst_doctest.pages: no folder {folder!r}")
        if not (root / settings.confdir / "conf.py").is_file():
            name = f"{settings.confdir}/conf.py"
            raise SettingsError(f"{file}: tool.myst_doctest.confdir: no file {name!r}")
        return settings


def _table(file: Path) -> dict[str, Any] | None:
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
        right, wanted = isinstance(value, str), "a string"
    else:
        wanted = "a positive number" if kind is float else "a positive whole number"
        right = type(value) in (int, kind) and value > 0
        if key == "memory":
            right, wanted = right or (type(value), value) == (int, 0), f"0 or {wanted}"
    if not right:
        raise SettingsError(f"{file}: tool.myst_doctest.{key} must be {wanted}, not {value!r}")
    return kind(value)
