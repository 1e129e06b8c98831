"""What a page, or a cell, says of its pictures: how alike they must be, and where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

KEY = "pictures"


@dataclass(frozen=True)
class PictureRules:
    """The options below ``pictures`` of a cell, else of the page's front matter."""

    tolerance: float | None = None
    """Levels, of 256; without it, what the same software drew has the same pixels."""
    keep: bool = False
    """Whether pictures are kept in files beside the page, and published from there."""

    @classmethod
    def of(cls, *tables: Mapping[str, Any]) -> Self:
        """The rules of a cell's metadata, after those of its page's."""
        given: dict[str, Any] = {}
        for table in tables:
            options = table.get(KEY, {})
            given |= options if not wrong(options) else {}
        return cls(**given)


def wrong(options: Any) -> str:
    """What is wrong with what stands at ``pictures``; empty where nothing is."""
    if not isinstance(options, Mapping):
        return "must be a mapping"
    return next(_wrong(options), "")


def _wrong(options: Mapping[str, Any]) -> Iterator[str]:
    for key, value in options.items():
        if key not in ("tolerance", "keep"):
            yield f"{key}: there are tolerance and keep"
        elif key == "keep" and not isinstance(value, bool):
            yield "keep: must be true or false"
        elif key == "tolerance" and (type(value) not in (int, float) or not 0 <= value < 256):
            yield "tolerance: must be a number from 0 to 255"
