"""A board as one would think it is, beside the board that is."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from orm_tutorial.models import User
from orm_tutorial.show import expected, session_board
from orm_tutorial.show.board import Board


@pytest.fixture
def board() -> Board:
    """Dave is pending, Tom no Session knows."""
    session = Session(create_engine("sqlite://"))
    dave, tom = User("Dave", None), User("Tom", None)
    session.add(dave)
    return session_board(session, dave=dave, tom=tom)


def test_both_boards_are_there_and_what_differs_is_marked(board: Board) -> None:
    """In the text form the thought is short, and what is, is whole."""
    shown = expected(board, dave="persistent", tom={"name": "Thomas"})
    thought, real = repr(shown).split("what is\n")
    assert thought.split("\n") == [
        "what you would think",
        "  User (new) dave: persistent",
        "  User (new) tom: transient, name='Thomas'",
        "",
    ]
    assert real == "\n".join(f"  {line}" for line in repr(board).split("\n"))
    figure = BeautifulSoup(shown._repr_html_(), "html.parser")
    assert [
        len(side.select("table.show-changed"))
        for side in figure.select("[role=group]:not(.show-board, .show-column)")
    ] == [2, 2]
    assert [each.get_text() for each in figure.select("tr.show-changed")] == [
        "name'Thomas'",
        "name'Tom'",
    ]


@pytest.mark.parametrize(
    ("thought", "said"),
    [
        ({"ed": "pending"}, r"no 'ed': session_board\(session, ed=\.\.\.\)"),
        ({"dave": "lost"}, "'lost' is no state"),
        ({"dave": {"age": 3}}, "has no 'age'"),
        ({"dave": "pending"}, "is what you would think"),
        ({}, "is what you would think"),
    ],
)
def test_a_thought_that_says_nothing_is_refused(
    board: Board, thought: dict[str, str], said: str
) -> None:
    """An author who mistakes the board is told."""
    with pytest.raises(ValueError, match=said):
        expected(board, **thought)
