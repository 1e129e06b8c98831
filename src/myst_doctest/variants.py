"""Variants: other circumstances in which a page's cells run too, each with outputs of its own.

They are the tables ``[tool.myst_doctest.variants.NAME]`` of a project's pyproject.toml.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

NAME = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
MAIN = "main"
"""What ``--variant`` calls the run without a variant."""
WANTED = {
    "title": "a string",
    "replace": "a table of strings without line breaks",
    "setup": "a string, module:function",
    "python": "a string",
    "preload": "a list of strings",
    "environment": "a table of strings, whose keys may be names of environment variables",
    "service": "a string, module:function, or a list of strings, a command",
    "required": "true or false",
}


class VariantError(Exception):
    """A key of a variant is wrong: its name, and what to write there."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


@dataclass(frozen=True)
class Variant:
    """A variant's keys, with their defaults."""

    name: str
    title: str
    """What readers call it."""
    replace: Mapping[str, str] = field(default_factory=dict)
    """Texts in the code of cells, and what stands there instead."""
    setup: str = ""
    """As the project's key ``setup``, in its place."""
    python: str = ""
    """Another interpreter: a path, relative to pyproject.toml, or a name to look for on PATH."""
    preload: tuple[str, ...] = ()
    """Modules that are imported once, beside those of the project's own key ``preload``."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Environment variables of a page's process."""
    service: str | tuple[str, ...] = ""
    """``module:function`` or a command that runs beside the pages; see ``running/service.py``."""
    required: bool = False
    """Whether it is an error that the variant cannot run here."""

    @classmethod
    def of(cls, name: str, table: Any) -> Self:
        """The variant of a table. Raises VariantError."""
        if not NAME.fullmatch(name) or name == MAIN:
            wanted = f"small letters, digits, dots and dashes, and not {MAIN!r}"
            raise VariantError("", f"the name of a variant is of {wanted}")
        if not isinstance(table, dict):
            raise VariantError("", f"must be a table, not {table!r}")
        for key, value in table.items():
            if key not in WANTED:
                raise VariantError(key, f"no such key; there are {', '.join(WANTED)}")
            if not _is_right(key, value):
                raise VariantError(key, f"must be {WANTED[key]}, not {value!r}")
        if not table.get("title"):
            raise VariantError("title", "is missing: what readers call this variant")
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in table.items()
        }
        return cls(name, **values)

    def code(self, source: str) -> str:
        """A cell's code on this variant; it has as many lines."""
        for old, new in self.replace.items():
            source = source.replace(old, new)
        return source

    def file(self, page: Path) -> Path:
        """The file beside a page that records what cells show on this variant."""
        return page.with_name(f"{page.stem}.{self.name}.md")


def _is_right(key: str, value: Any) -> bool:
    if key == "environment":
        return isinstance(value, dict) and are_variables(value)
    if key == "replace":
        return isinstance(value, dict) and all(
            old and isinstance(text, str) and "\n" not in old + text for old, text in value.items()
        )
    if key == "required":
        return isinstance(value, bool)
    if key == "preload" or (key == "service" and isinstance(value, list)):
        return bool(value) and isinstance(value, list) and all(isinstance(x, str) for x in value)
    if key in ("setup", "service"):
        return isinstance(value, str) and (
            not value or re.fullmatch(r"[\w.]+:\w+", value) is not None
        )
    return isinstance(value, str)


def are_variables(table: Mapping[Any, Any]) -> bool:
    """Whether the operating system takes these for environment variables."""
    texts = [text for pair in table.items() for text in pair]
    return all(isinstance(text, str) and "\0" not in text for text in texts) and not any(
        "=" in name or not name for name in table
    )
