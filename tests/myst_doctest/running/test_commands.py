"""What a page puts into its commands."""

from __future__ import annotations

import pytest

from myst_doctest.running.commands import Lines, expanded


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("echo {x} $x {x + 1}", "echo 1 1 2"),
        ("echo $HOME $$x", "echo $HOME $x"),
        ("awk '{print $1}'", "awk '{print $1}'"),
    ],
)
def test_values_stand_for_names(command: str, text: str) -> None:
    """What names nothing is the command's own."""
    assert expanded(command, {"x": 1}) == text


def test_lines_are_a_text_too() -> None:
    """As IPython's list of strings is."""
    lines = Lines(["a", "b"])
    assert (lines.n, lines.s, lines.l) == ("a\nb", "a b", ["a", "b"])
