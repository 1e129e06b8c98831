"""How ``%timeit`` is asked."""

from __future__ import annotations

import pytest

from myst_doctest.running.timings import TimeitResult, flags_of


@pytest.mark.parametrize(
    ("line", "flags", "code"),
    [
        ("-n 10 -r2 f(x)", {"n": 10, "r": 2}, "f(x)"),
        ("-o -q -x", {"o": 1, "q": 1}, "-x"),
        ("f(-n)", {}, "f(-n)"),
    ],
)
def test_options_end_where_code_begins(line: str, flags: dict[str, int], code: str) -> None:
    """Code may begin with a minus, too."""
    assert flags_of(line) == (flags, code)


def test_timings_are_of_a_loop() -> None:
    """However many loops a run has."""
    result = TimeitResult(10, 2, [1.0, 3.0])
    assert (result.best, result.worst, result.average) == (0.1, 0.3, 0.2)
    assert str(result) == "Ran in 0.100s a loop, the best of several runs"
