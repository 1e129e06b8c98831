"""What a project says of its pages: the table ``[tool.myst_doctest]`` of its pyproject.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from myst_doctest.running.runner import MAX_OUTPUT

__all__ = ["Settings", "SettingsError"]


class SettingsError(Exception):
    """The table holds what it may not hold; the message names the file, the key and the cure."""


@dataclass(frozen=True)
class Settings:
    """The table's keys, with their defaults.

    ``root`` is the folder of pyproject.toml; other paths are relative to it.
    """

    root: Path
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
    """MiB of address space that a page's process may take (Linux)."""
    max_output: int = MAX_OUTPUT
    """Characters that a cell may show."""

    @classmethod
    def read(cls, root: Path) -> Settings:
        """Read ``root/pyproject.toml``; without it, or without the table, the defaults.

        Raises SettingsError for a key that is unknown or holds a value of the wrong type.
        """
        file = root / "pyproject.toml"
        table = (_table(file) if file.is_file() else None) or {}
        known = {field.name: field for field in fields(cls) if field.name != "root"}
        given: dict[str, Any] = {}
        for key, value in table.items():
            if key not in known:
                raise SettingsError(f"{file}: [tool.myst_doctest] has no key {key!r}; see README")
            given[key] = _checked(file, key, value, known[key].default)
        return cls(root=root, **given)

    @classmethod
    def find(cls, start: Path) -> Settings:
        """The settings of the nearest folder, from ``start`` upwards, with the table in it."""
        for folder in (start, *start.parents):
            file = folder / "pyproject.toml"
            if file.is_file() and _table(file) is not None:
                return cls.read(folder)
        return cls.read(start)


def _table(file: Path) -> dict[str, Any] | None:
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}") from error
    table = data.get("tool", {}).get("myst_doctest")
    if not isinstance(table, dict | None):
        raise SettingsError(f"{file}: tool.myst_doctest must be a table")
    return table


def _checked(file: Path, key: str, value: object, default: object) -> Any:
    if isinstance(default, tuple):
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        wanted = "a list of strings"
    elif isinstance(default, str):
        if isinstance(value, str):
            return value
        wanted = "a string"
    else:
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return int(value) if isinstance(default, int) else float(value)
        wanted = "a positive number"
    raise SettingsError(f"{file}: tool.myst_doctest.{key} must be {wanted}, not {value!r}")
