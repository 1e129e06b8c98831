"""A board as one would think it is, beside the board that is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .board import Board, Card
from .entity import STATES, Attribute, words
from .markup import element, shown, text_element

THOUGHT = "what you would think"
REAL = "what is"


@dataclass(frozen=True)
class Expected:
    """What :func:`expected` gives: two boards, and the attributes that differ, by object."""

    thought: Board
    real: Board
    changed: Mapping[int, frozenset[str]]

    def __repr__(self) -> str:
        lines = [THOUGHT]
        for card in self.thought.cards:
            if card.number in self.changed:
                keys = self.changed[card.number]
                values = [str(each) for each in card.attributes if each.key in keys]
                lines.append(f"  {card.name}: {', '.join([card.state, *values])}")
        return "\n".join([*lines, REAL, *(f"  {line}" for line in repr(self.real).split("\n"))])

    def _repr_html_(self) -> str:
        sides = [
            element(
                "div",
                text_element("p", title, class_="show-state-name"),
                board.html(self.changed),
                role="group",
                aria_label=title,
            )
            for title, board in ((THOUGHT, self.thought), (REAL, self.real))
        ]
        return element("div", *sides, class_="show-beside show-expected")


def expected(board: Board, **thought: str | Mapping[str, Any]) -> Expected:
    """Show a board beside what one would think it is.

    ``thought`` says it of objects by the names that the board has for them: a state, as in
    ``dave="persistent"``, or values of attributes, as in ``dave={"name": "Dave"}``.

    Raises TypeError for what is no board, and ValueError where the board has no such object or
    attribute, there is no such state, or the board is just so.
    """
    if not isinstance(board, Board):
        raise TypeError(f"expected() takes a board, and was given {shown(board)}; session_board()")
    known = {name: card for card in board.cards for name in card.names}
    changes = {
        known[name].number: _as_thought(known[name], each)
        for name, each in thought.items()
        if name in known
    }
    if unknown := sorted(thought.keys() - known.keys()):
        raise ValueError(
            f"the board has no {unknown[0]!r}: session_board(session, {unknown[0]}=...)"
        )
    cards = tuple(changes.get(card.number, card) for card in board.cards)
    changed = {number: _different(card, board) for number, card in changes.items()}
    if not thought or cards == board.cards:
        raise ValueError("the board is what you would think: say what one expects instead")
    return Expected(replace(board, cards=cards), board, changed)


def _as_thought(card: Card, thought: str | Mapping[str, Any]) -> Card:
    if isinstance(thought, str):
        if thought not in STATES:
            raise ValueError(f"{thought!r} is no state: one of {', '.join(STATES)}")
        return replace(card, state=thought)
    keys = {each.key for each in card.attributes}
    if unknown := sorted(thought.keys() - keys):
        raise ValueError(f"{card.name} has no {unknown[0]!r}")
    attributes = [
        Attribute(each.key, words(thought[each.key])) if each.key in thought else each
        for each in card.attributes
    ]
    return replace(card, attributes=attributes)


def _different(card: Card, board: Board) -> frozenset[str]:
    real = next(each for each in board.cards if each.number == card.number)
    pairs = zip(card.attributes, real.attributes, strict=True)
    return frozenset(a.key for a, b in pairs if a != b)
