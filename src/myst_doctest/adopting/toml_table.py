"""Keys of tables in a TOML file, set and removed so that all else of the file stays as it is.

What comes of a change is read back: where it is not the file's data with that one change, nothing
is written, and the caller hears what to write by hand.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Sequence
from typing import Any


class TomlError(Exception):
    """A change cannot be made; the message says what to do."""


class TomlText:
    """The text of a TOML file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.data = _loaded(text)
        self.ending = "\r\n" if "\r\n" in text else "\n"

    def table(self, path: Sequence[str]) -> dict[str, Any]:
        """A table's data; empty where there is none."""
        found: Any = self.data
        for key in path:
            found = found.get(key, {}) if isinstance(found, dict) else {}
        return found if isinstance(found, dict) else {}

    def set(self, path: Sequence[str], key: str, value: Any) -> None:
        """Set a key of a table; raises TomlError where it cannot be done."""
        if key in self.table(path):
            self.remove(path, key)
        line = f"{_key(key)} = {written(value)}"
        lines = self._lines()
        place = self._end(lines, path)
        if place is None:
            while lines and not lines[-1].strip():
                lines.pop()
            lines += [*([""] if lines else []), f"[{'.'.join(map(_key, path))}]", line]
        else:
            lines.insert(place, line)
        self._take(lines, path, {**self.table(path), key: value}, line)

    def remove(self, path: Sequence[str], key: str) -> None:
        """Remove a key that stands in a line of its own; raises TomlError where it does not."""
        lines = self._lines()
        start, end = self._start(lines, path), self._end(lines, path)
        pattern = re.compile(rf"\s*(?:{re.escape(_key(key))}|'{re.escape(key)}'|\"{key}\")\s*=")
        found = [
            n for n in range(start or 0, end or 0) if start is not None and pattern.match(lines[n])
        ]
        left = {name: value for name, value in self.table(path).items() if name != key}
        if found:
            del lines[found[0]]
        if not left and start is not None and start == self._end(lines, path):
            del lines[start - 1]  # the head of a table that is empty now
            while lines and not lines[-1].strip():
                lines.pop()
        self._take(lines, path, left, f"without {_key(key)}")

    def _lines(self) -> list[str]:
        lines = self.text.replace("\r\n", "\n").split("\n")
        return lines[:-1] if lines[-1] == "" else lines

    def _start(self, lines: Sequence[str], path: Sequence[str]) -> int | None:
        """The line below a table's head; None where it has none of its own."""
        plain = ".".join(path)
        for number, line in enumerate(lines):
            head = re.match(r"\s*\[([^\[\]]+)\]\s*(#.*)?$", line)
            if head and re.sub(r"[\s\"']", "", head[1]) == plain:
                return number + 1
        return None

    def _end(self, lines: Sequence[str], path: Sequence[str]) -> int | None:
        """The line below the last one of a table that is neither blank nor a comment."""
        start = self._start(lines, path)
        if start is None:
            return None
        heads = (n for n in range(start, len(lines)) if re.match(r"\s*\[", lines[n]))
        end = next((n for n in heads if _is_whole(lines, n)), len(lines))
        while end > start and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
            end -= 1
        return end

    def _take(
        self, lines: Sequence[str], path: Sequence[str], table: dict[str, Any], what: str
    ) -> None:
        text = "".join(f"{line}{self.ending}" for line in lines)
        wanted = copy.deepcopy(self.data)
        inner = wanted
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = table
        if not table and self._start(lines, path) is None:
            del inner[path[-1]]
        try:
            is_right = tomllib.loads(text) == wanted
        except tomllib.TOMLDecodeError:
            is_right = False
        if not is_right:
            raise TomlError(f"write by hand, in [{'.'.join(path)}]: {what}")
        self.text, self.data = text, wanted


def _is_whole(lines: Sequence[str], number: int) -> bool:
    """Whether a line begins a table, and is not within a value of several lines."""
    try:
        tomllib.loads("\n".join(lines[:number]))
    except tomllib.TOMLDecodeError:
        return False
    return True


def _loaded(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"no TOML: {error}") from None


def _key(name: str) -> str:
    return name if re.fullmatch(r"[\w-]+", name, re.ASCII) else written(name)


def written(value: Any) -> str:
    """A value in TOML.

    >>> written(["a", 'b"'])
    '["a", "b\\\\""]'
    """
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    return str(value)
