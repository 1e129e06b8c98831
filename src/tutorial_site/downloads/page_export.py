"""A page as it is taken away: its narrative as Markdown, its cells, and what they showed.

Written by the process that writes a page, and read by the one that ends the build: pages may be
written by several processes, and most are not written at all in an incremental build.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from myst_doctest.checking.compare import normalise
from myst_doctest.checking.verdicts import Verdict
from myst_doctest.running.runner import line_of

__all__ = ["Address", "Document", "Output", "TakenCell", "linked", "site_link"]

Address = Callable[[str], str]
"""Gives the address of what the site has at a path, seen from its root; empty: it has none."""

# Round a link to a page of the site, whose address depends on who reads it. No page holds them.
_START, _MIDDLE, _END = "\x01", "\x02", "\x03"
_LINK = re.compile(f"{_START}([^{_START}{_MIDDLE}]*){_MIDDLE}([^{_END}]*){_END}")


def site_link(words: str, path: str) -> str:
    """A link to a path from the site's root, for :func:`linked` to complete."""
    return f"{_START}{words}{_MIDDLE}{path}{_END}"


def linked(markdown: str, address: Address) -> str:
    """Markdown with its links into the site completed, or their words alone.

    >>> text = f"See {site_link('the *page*', 'start/page.html#cell')}."
    >>> linked(text, lambda path: f"https://example.org/{path}")
    'See [the *page*](https://example.org/start/page.html#cell).'
    >>> linked(text, lambda path: "")
    'See the *page*.'
    """

    def complete(match: re.Match[str]) -> str:
        target = address(match[2])
        return f"[{match[1]}]({target})" if target else match[1]

    return _LINK.sub(complete, markdown)


@dataclass(frozen=True)
class Output:
    """One piece of what a cell showed; ``rich`` are its pictures by their MIME types."""

    kind: str
    text: str
    rich: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TakenCell:
    """A cell with what it showed; ``line`` is its code's line that raised, empty for none."""

    source: str
    name: str
    tags: list[str]
    outputs: list[Output]
    line: str = ""

    @classmethod
    def of(cls, verdict: Verdict) -> TakenCell:
        cell = verdict.cell
        shown = [Output(s.kind, normalise(s.text), dict(s.rich)) for s in verdict.shown]
        line = line_of(cell.source, verdict.failing_line)
        return cls(cell.source, cell.name, list(cell.tags), shown, line)

    @property
    def error(self) -> Output | None:
        """The exception with which the cell ended."""
        return next((each for each in self.outputs if each.kind == "error"), None)

    def shows(self, what: str) -> bool:
        """Whether the page shows the cell's ``input``, or its ``output``."""
        return not {"remove-cell", f"remove-{what}"}.intersection(self.tags)


@dataclass(frozen=True)
class Document:
    """A page.

    ``about`` is a sentence or two on it; ``parts`` are Markdown, and the numbers of cells, in the
    page's order.
    """

    name: str
    title: str
    about: str
    parts: list[str | int]
    cells: list[TakenCell]

    @classmethod
    def of(
        cls, name: str, title: str, about: str, parts: Sequence[str | int], cells: list[TakenCell]
    ) -> Document:
        """A page whose parts may lack cells that the page does not show."""
        return cls(name, title, about, _with_all(parts, len(cells)), cells)

    def dumps(self) -> str:
        """The page as text."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def loads(cls, text: str) -> Document:
        """The page that :meth:`dumps` made text of."""
        data: dict[str, Any] = json.loads(text)
        for cell in data["cells"]:
            cell["outputs"] = [Output(**output) for output in cell["outputs"]]
        data["cells"] = [TakenCell(**cell) for cell in data["cells"]]
        return cls(**data)


def _with_all(parts: Sequence[str | int], count: int) -> list[str | int]:
    """The parts with each cell that is not among them, behind the cell before it.

    >>> _with_all(["a", 0, "b", 2], 4)
    ['a', 0, 1, 'b', 2, 3]
    >>> _with_all(["a"], 2)
    ['a', 0, 1]
    """
    whole: list[str | int] = []
    present = {part for part in parts if isinstance(part, int)}
    for part in parts:
        whole.append(part)
        if isinstance(part, int):
            following = part + 1
            while following < count and following not in present:
                whole.append(following)
                present.add(following)
                following += 1
    return whole + [number for number in range(count) if number not in present]
