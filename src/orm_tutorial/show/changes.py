"""What is different on one board after another: for each object a sentence, and what to mark."""

from collections.abc import Sequence
from dataclasses import dataclass

from .board import Board, Card
from .markup import wrapped
from .states import way_between


@dataclass(frozen=True)
class Change:
    """What became of an object.

    ``title`` names it, with its state or the way to it; ``details`` are its new attributes and
    marks, ``keys`` the attributes to mark. ``way`` is the number of the way that it took in the
    diagram of states; None where it took no single one.
    """

    number: int
    title: str
    details: tuple[str, ...] = ()
    keys: frozenset[str] = frozenset()
    way: int | None = None

    def lines(self) -> list[str]:
        """The change in the text form."""
        return [f"    {self.title}", *wrapped(self.details, "      ")]


def cards_by_number(boards: Sequence[Board]) -> dict[int, Card]:
    """The cards of several boards by their objects' numbers."""
    return {card.number: card for board in boards for card in board.cards}


def changes_between(before: Sequence[Board], after: Sequence[Board]) -> tuple[Change, ...]:
    """What became of the objects from one board to the next, of one Session or of several."""
    old, new = cards_by_number(before), cards_by_number(after)
    found = [change for card in new.values() if (change := _change(old.get(card.number), card))]
    gone = [
        Change(number, f"{card.name}: object no longer in memory")
        for number, card in old.items()
        if number not in new
    ]
    return (*found, *gone)


def _change(old: Card | None, new: Card) -> Change | None:
    """What became of an object; None where nothing did."""
    had = {each.key: str(each) for each in old.attributes} if old else {}
    changed = [each for each in new.attributes if had.get(each.key) != str(each)]
    had_marks = old.marks if old else []
    marks = [each for each in new.marks if each not in had_marks and not each.startswith("key ")]
    moved = old is None or old.state != new.state
    if not (moved or changed or marks):
        marks = [f"no longer {each}" for each in had_marks if each not in new.marks]
    if not (moved or changed or marks):
        return None
    way = None
    title = f"{new.name}: {new.state}" if moved else f"{new.name} changed"
    if old and moved:
        title = f"{new.name}: {old.state} → {new.state}"
        way = way_between(old.state, new.state)
    summary = new.summary()
    values = [summary] if summary and changed else [str(each) for each in changed]
    keys = frozenset(each.key for each in changed)
    details = (*marks, *values)
    if not moved and (summary or not changed):
        title, details = f"{new.name}: {', '.join(details)}", ()
    return Change(new.number, title, details, keys, way)
