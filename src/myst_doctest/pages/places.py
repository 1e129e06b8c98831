"""On which variants a cell runs, and where it raises: options of the cell.

``:not-on:`` and ``:only-on:`` give a reason for each variant; ``:raises-on:`` and
``:raises-not-on:`` list those on which the tag ``raises-exception`` holds other than without one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from myst_doctest.pages.fences import Problem

if TYPE_CHECKING:
    from myst_doctest.pages.page import Cell

RAISES = "raises-exception"
REASONS = ("not-on", "only-on")
LISTS = ("raises-on", "raises-not-on")


@dataclass(frozen=True)
class Places:
    """What a cell's options say of variants."""

    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, metadata: Mapping[str, Any]) -> Places:
        """Those of a cell's metadata."""
        return cls({key: metadata[key] for key in (*REASONS, *LISTS) if key in metadata})

    def have(self, variant: str) -> bool:
        """Whether the cell runs on a variant; without one if it is empty."""
        only = self.options.get("only-on")
        return variant not in self.options.get("not-on", ()) and (not only or variant in only)

    def reason(self, variant: str) -> str:
        """Why the cell does not run on a variant; empty where it does."""
        if self.have(variant):
            return ""
        reasons = self.options.get("not-on", {})
        others = self.options.get("only-on", {})
        return str(reasons.get(variant) or "; ".join(map(str, others.values())))

    def tags(self, tags: Sequence[str], variant: str) -> tuple[str, ...]:
        """A cell's tags on a variant."""
        others = tuple(tag for tag in tags if tag != RAISES)
        if variant in self.options.get("raises-on", ()):
            return (*others, RAISES)
        return others if variant in self.options.get("raises-not-on", ()) else tuple(tags)

    def problems(self, known: Collection[str], asked: Collection[str]) -> Iterator[str]:
        """What is wrong with the options, on a page that asks for these variants."""
        for key, value in self.options.items():
            kind, wanted = (dict, "{variant: reason}") if key in REASONS else (list, "[variant]")
            is_given = isinstance(value, kind) and bool(value)
            if not is_given or (kind is dict and not all(map(_is_reason, value.values()))):
                yield f"the cell's option {key} must be {wanted}, not {value!r}"
                continue
            for name in value:
                if name not in known:
                    yield f"{key}: [tool.myst_doctest.variants] has no {name!r}"
                elif name not in asked:
                    yield f"{key}: the page does not ask for the variant {name}"


def _is_reason(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def problems_of_places(
    cells: Sequence[Cell], known: Collection[str], asked: Collection[str]
) -> Iterator[Problem]:
    """Find options that cannot hold, and blocks of cells that do not run there."""
    for cell in cells:
        wrong = [Problem(cell.line, why) for why in cell.places.problems(known, asked)]
        yield from wrong
        blocks = {"": cell.block} if cell.block else {}
        for name, block in {**blocks, **cell.own}.items() if not wrong else ():
            if not cell.places.have(name):
                where = f"on {name}" if name else "without a variant"
                yield Problem(block.start + 1, f"an {{output}} of a cell that does not run {where}")
