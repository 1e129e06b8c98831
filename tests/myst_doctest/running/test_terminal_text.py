"""Colours, carriage returns and backspaces."""

from __future__ import annotations

import time

import pytest

from myst_doctest.running.runner import PLAIN, Kind, Segment
from myst_doctest.running.terminal_text import last_state, settle

RED = "\x1b[31mred\x1b[0m"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("1\r2\r3\n", "3\n"),
        ("1\r", "1"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\n\bb", "a\n\bb"),
        ("no\b\byes\n", "yes\n"),
    ],
)
def test_of_a_line_its_last_state_is_left(text: str, left: str) -> None:
    """As a terminal leaves it, and stock MyST-NB."""
    assert last_state(text) == left


def test_long_lines_take_no_long_time() -> None:
    """Neither without an end nor with as many backspaces as characters."""
    before = time.perf_counter()
    assert last_state("a" * 50_000 + "\b" * 50_000 + "b" * 100_000) == "b" * 100_000
    assert last_state("a\r" + "b" * 100_000) == "b" * 100_000
    assert time.perf_counter() - before < 2


@pytest.mark.parametrize("kind", ["stdout", "result"])
def test_text_in_colours_stands_in_the_bundle(kind: Kind) -> None:
    """Beside what else it is; what is recorded has no colours."""
    segment = Segment(kind, f"{RED}\n", bundle={"data": {"text/html": "<b>"}, "metadata": {}})
    settle(segment)
    assert segment.text == "red\n"
    assert segment.bundle["data"] == {"text/html": "<b>", PLAIN: RED}


@pytest.mark.parametrize("kind", ["error", "warning"])
def test_an_exception_shows_no_colours(kind: Kind) -> None:
    """It has a form of its own."""
    segment = Segment(kind, RED)
    settle(segment)
    assert (segment.text, segment.bundle) == ("red", {})
