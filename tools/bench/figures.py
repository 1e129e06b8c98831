"""What was measured, and the table of it."""

from collections.abc import Iterable, Sequence
from statistics import median

THIS = "this"
"""The column of this checkout: all others are compared with it."""


class Figures:
    """Numbers, one a round, by what was measured (a row) and of whom (a column)."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.rows: dict[str, dict[str, list[float]]] = {}

    def add(self, what: str, whose: str, number: float) -> None:
        """Note a number of one round."""
        self.rows.setdefault(what, {}).setdefault(whose, []).append(number)

    def __str__(self) -> str:
        """Medians, and the ratios of this checkout's to the others'."""
        columns = list(dict.fromkeys(whose for row in self.rows.values() for whose in row))
        others = [whose for whose in columns if whose != THIS]
        lines = [[self.title, *columns, *(f"{THIS} / {whose}" for whose in others)]]
        for what, row in self.rows.items():
            found = {whose: median(numbers) for whose, numbers in row.items()}
            medians = [_number(found[whose]) if whose in found else "-" for whose in columns]
            ratios = [
                f"{found[THIS] / found[whose]:.2f}" if found.get(whose) and THIS in found else "-"
                for whose in others
            ]
            lines.append([what, *medians, *ratios])
        return aligned(lines)


def aligned(lines: Iterable[Sequence[str]]) -> str:
    """Lines of cells as a table, its first column to the left, the others to the right."""
    lines = list(lines)
    first, *others = (max(map(len, column)) for column in zip(*lines, strict=True))
    return "\n".join(
        line[0].ljust(first)
        + "".join(cell.rjust(size + 3) for cell, size in zip(line[1:], others, strict=True))
        for line in lines
    )


def _number(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
