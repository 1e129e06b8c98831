"""``%timeit``: how often code is run, and how a time is shown.

A time has the form ``in 0.031s``, which is compared by its form.
"""

from __future__ import annotations

import math
import re
import statistics
import timeit
from dataclasses import dataclass

OPTION = re.compile(r"\s*-(?:([nr])\s*(\d+)|([oqtcp])(?:\d+(?=\s))?(?=\s|$))")
SHORTEST = 0.02
"""Seconds that code has to take in all, where a loop is timed."""


@dataclass
class TimeitResult:
    """What ``%timeit -o`` gives."""

    loops: int
    repeat: int
    all_runs: list[float]

    @classmethod
    def of(cls, timer: timeit.Timer, loops: int, repeat: int) -> TimeitResult:
        """Time loops as often as is asked, or as often as tells something."""
        if loops:
            return cls(loops, repeat, timer.repeat(repeat, loops))
        loops, taken = 1, timer.timeit(1)
        if taken > SHORTEST * 10:
            return cls(1, 1, [taken])
        while taken < SHORTEST and loops < 1_000_000:
            loops *= 10
            taken = timer.timeit(loops)
        return cls(loops, repeat, [taken, *timer.repeat(repeat - 1, loops)])

    @property
    def timings(self) -> list[float]:
        """The seconds of a loop, in each run."""
        return [each / self.loops for each in self.all_runs]

    @property
    def best(self) -> float:
        """The least of them."""
        return min(self.timings)

    @property
    def worst(self) -> float:
        """The most."""
        return max(self.timings)

    @property
    def average(self) -> float:
        """Their mean."""
        return statistics.fmean(self.timings)

    @property
    def stdev(self) -> float:
        """How far they are from it."""
        return statistics.pstdev(self.timings)

    def __str__(self) -> str:
        return f"Ran in {seconds(self.best)} a loop, the best of several runs"

    def __repr__(self) -> str:
        return f"<TimeitResult: {self}>"


def seconds(value: float) -> str:
    """A time of three digits, in the form that is compared by its form.

    >>> seconds(0.000012345), seconds(1.5), seconds(0.0)
    ('0.0000123s', '1.50s', '0.0s')
    """
    if value <= 0:
        return "0.0s"
    return f"{value:.{max(1, 2 - math.floor(math.log10(value)))}f}s"


def flags_of(line: str) -> tuple[dict[str, int], str]:
    """The options of ``%timeit``, and what is behind them."""
    flags: dict[str, int] = {}
    while match := OPTION.match(line):
        name = match[1] or match[3]
        flags[name] = int(match[2] or 1)
        line = line[match.end() :]
    return flags, line.strip()
