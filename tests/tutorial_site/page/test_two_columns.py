"""What fits beside a cell's code: by its lines, as they are below it."""

from __future__ import annotations

from tutorial_site.page.two_columns import NARROW, STACKED, Block


def test_a_value_goes_on_in_the_next_line_and_a_table_does_not() -> None:
    """What is printed in columns would be none."""
    long = "word " * 20
    assert Block("text", [long]).fits(NARROW.output)
    assert not Block("text", ["a", "b", long]).fits(NARROW.output)
    assert Block("text", ["a", "b", "c"]).fits(NARROW.output)


def test_short_code_leaves_room() -> None:
    """The card is as wide; of an output's line, nothing goes on that fits there."""
    moved = NARROW.for_short_code()
    assert moved.code + moved.output == NARROW.code + NARROW.output
    line = "x" * moved.output
    assert (
        Block("log", [line]).height(NARROW.output),
        Block("log", [line]).height(moved.output),
    ) == (*(2, 1),)


def test_a_log_fits_and_a_film_does_not() -> None:
    """Statements go on in the next line; of pictures, a board's objects come below one another."""
    long = ["x" * STACKED] * 5
    assert [Block(kind, long).fits(NARROW.output) for kind in ("log", "board", "picture")] == [
        *(True, True, False)
    ]


def test_what_does_not_fit_a_line_takes_several() -> None:
    """The height of a card in two columns is that of the higher one."""
    block = Block("log", ["x" * 50, "", "x"])
    assert (block.height(25), block.height(STACKED)) == (4, 3)
