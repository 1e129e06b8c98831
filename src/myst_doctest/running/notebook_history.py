"""What a notebook keeps of cells that ran: ``_``, ``__``, ``___``, ``Out``, ``_3``, and ``In``."""

from __future__ import annotations

import builtins
from typing import Any

LAST = ("_", "__", "___")


class History:
    """The names, in a page's namespace; a name that the page takes for something else is its own.

    Cells are counted from 1, in the order in which they run.
    """

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.cells = [""]
        self.values: dict[int, Any] = {}
        self.last = dict.fromkeys(LAST, "")
        names.update(self.last, In=self.cells, Out=self.values, _ih=self.cells, _oh=self.values)

    def begin(self, code: str) -> None:
        """Take a cell's code in, before it runs."""
        self.cells.append(code)

    def keep(self, value: Any) -> None:
        """Keep the value that the cell shows."""
        if value is self.values:
            return
        number = len(self.cells) - 1
        self.values[number] = self.names[f"_{number}"] = value
        is_free = all(self.names.get(name) is self.last[name] for name in LAST)
        newest = (value, *self.last.values())
        self.last = dict(zip(LAST, newest, strict=False))
        if is_free and not hasattr(builtins, "_"):
            self.names.update(self.last)
