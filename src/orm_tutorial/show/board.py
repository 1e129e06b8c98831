"""The Session as a board: every object that it knows, in its state.

Asking changes nothing of what is shown: nothing is loaded, flushed, begun or refreshed, and the
board holds text alone, no object and no Session.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from . import entity, sqlalchemy_private
from .entity import STATES, Attribute
from .markup import counted, cut, element, escape, shown, text_element, wrapped

CHANGED = "show-changed"
"""The class of what is different from the frame before, or from what one would think."""
NOTED = {entity.EXPIRED: "show-unloaded", entity.NOT_LOADED: "show-unloaded", "": ""}
"""The classes of attributes by their notes; any other note is of a change."""


@dataclass(frozen=True)
class Card:
    """An object on the board in words, with the names it was given, and its marks.

    ``number`` is the object's, by which two boards are compared.
    """

    label: str
    state: str
    attributes: list[Attribute]
    names: list[str]
    marks: list[str]
    number: int = field(compare=False)

    @property
    def name(self) -> str:
        """What the object is called: its class and its key, and the names it was given."""
        return " ".join([self.label, ", ".join(self.names)]).rstrip()

    def lines(self) -> list[str]:
        """The object's lines in the text form."""
        values = [self.summary()] if self.summary() else map(str, self.attributes)
        return [*wrapped([self.name, *self.marks], "  "), *wrapped(values, "    ")]

    def summary(self) -> str:
        """What is the same of all attributes, so that none needs a line of its own."""
        if not self.attributes:
            return "no value set"
        expired = all(each.note == entity.EXPIRED for each in self.attributes)
        return "all expired" if expired else ""

    def html(self, changed: Collection[str] | None = None) -> str:
        """The object as a small table, an attribute a row.

        ``changed`` are the attributes to mark as changed; None where the object is as it was.
        """
        title = escape(self.label)
        names = [element("code", escape(name)) for name in self.names]
        marks = [
            text_element(
                "span", each, class_="show-key" if each.startswith("key ") else "show-mark"
            )
            for each in self.marks
        ]
        caption = element("caption", " ".join([element("b", title), *names, *marks]))
        if summary := self.summary():
            quiet = text_element("span", summary, class_="show-quiet")
            classes = "show-unloaded" if self.attributes else ""
            rows = [element("tr", element("td", quiet), **_classes(classes))]
        else:
            keys = changed or ()
            rows = [_row(each, changed=each.key in keys) for each in self.attributes]
        look = _classes("" if changed is None else CHANGED)
        return element("table", caption, element("tbody", *rows), **look)


def _row(attribute: Attribute, *, changed: bool) -> str:
    value = text_element("code", attribute.value or "")
    note = text_element("span", attribute.note, class_="show-quiet")
    name = element("th", escape(attribute.key), scope="row")
    cell = element("td", " ".join(filter(None, [value, note])))
    noted = "show-edited" if attribute.changed else NOTED.get(attribute.note, "")
    return element("tr", name, cell, **_classes(noted, CHANGED if changed else ""))


def _classes(*names: str) -> dict[str, str]:
    """The attribute ``class``, where there is one of these."""
    found = " ".join(filter(None, names))
    return {"class_": found} if found else {}


@dataclass(frozen=True)
class Fresh:
    """What a film draws of a board: these objects by their numbers, and which titles are new."""

    numbers: Collection[int]
    titles: Collection[str]


@dataclass(frozen=True)
class Board:
    """What :func:`session_board` gives: text, read at one moment."""

    title: str
    cards: tuple[Card, ...]

    def _columns(self) -> list[tuple[str, list[Card]]]:
        """The states that have objects, with their cards."""
        columns = [(s, [card for card in self.cards if card.state == s]) for s in STATES]
        return [(state, cards) for state, cards in columns if cards]

    def __repr__(self) -> str:
        lines = [self.title]
        for state, cards in self._columns():
            lines += [state, *(line for card in cards for line in card.lines())]
        return "\n".join(lines if self.cards else [*lines, "no objects"])

    def _repr_html_(self) -> str:
        return self.html({})

    def html(self, changed: Mapping[int, Collection[str]], fresh: Fresh | None = None) -> str:
        """The board; marked are the objects of the numbers in ``changed``, and these attributes.

        Of the objects that are not ``fresh`` only the place is drawn, hidden; a state that has no
        others has no name for readers without scripts to miss, and ``film.js`` gives it one.
        """
        new = _classes("show-head", CHANGED if fresh and self.title in fresh.titles else "")
        head = text_element("p", self.title, **new)
        columns = [_column(state, cards, changed, fresh) for state, cards in self._columns()]
        empty = element("p", "no objects", class_="show-quiet")
        body = element("div", *columns, class_="show-columns") if columns else empty
        return element("div", head, body, class_="show-board", role="group", aria_label=self.title)


def _column(
    state: str,
    cards: Iterable[Card],
    changed: Mapping[int, Collection[str]],
    fresh: Fresh | None,
) -> str:
    hidden = {"hidden": ""}
    items, is_hidden = [], True
    for card in cards:
        place = {"class_": f"show-card-{card.number}"} if fresh else {}
        if fresh and card.number not in fresh.numbers:
            items.append(element("li", **place, **hidden))
        else:
            items.append(element("li", card.html(changed.get(card.number)), **place))
            is_hidden = False
    title = "" if is_hidden else element("p", state, class_="show-state-name")
    listed = element("ul", *items, role="list")
    look = {"class_": f"show-column show-{state}", "role": "group", "aria_label": state}
    return element("div", title, listed, **look, **(hidden if is_hidden else {}))


def session_board(session: Session, /, *objects: object, **named: object) -> Board:
    """Every object that a Session knows, in the order of the states, without touching any of them.

    ``objects`` and ``named`` are mapped objects to be shown as well, whether or not the Session
    knows them; a name is shown beside its object.

    A new object shows the attributes that were set. An object with a primary key shows which of
    its column attributes are expired or not loaded, and what was changed since the last flush.
    Values are cut at 48 characters, and a date is as a database shows it.

    Raises TypeError when ``session`` is no Session, or one of the objects is not mapped.
    """
    if not isinstance(session, Session):
        raise TypeError(
            f"session_board() shows a Session, and was given {shown(session)}; "
            "give what the factory makes, or an AsyncSession's sync_session"
        )
    # The objects are held until the end: garbage may be collected at any time.
    known = {id(obj): obj for obj in [*_known(session), *objects, *named.values()]}
    cards = [_card(session, obj, named) for obj in sorted(known.values(), key=_order)]
    return Board(_title(session), tuple(cards))


def _known(session: Session) -> list[object]:
    """All objects of the Session that are still there, in the order in which it got them."""
    flushed = sqlalchemy_private.flushed_deletions(session)
    deleted = [state.obj() for state in flushed if state.deleted]
    found = [*session.new, *session.identity_map.values(), *deleted]
    return [obj for obj in found if obj is not None]


def _order(obj: object) -> tuple[str, list[tuple[int, str]]]:
    """By class and primary key, numbers as numbers; the others stay in the order they came in."""
    state = entity.state_of(obj, "session_board()")
    values = [
        (value, "") if isinstance(value, int) else (0, shown(value, 200, str))
        for value in (state.key[1] if state.key else ())
    ]
    return state.class_.__name__, values


def _title(session: Session) -> str:
    """The Session's transaction and its connections."""
    if sqlalchemy_private.is_closed(session):
        return "Session: closed"
    parts = ["in a transaction" if session.in_transaction() else "not in a transaction"]
    if savepoints := _savepoints(session):
        parts.append(counted(savepoints, "savepoint"))
    if not session.is_active:
        parts.append("waiting for rollback()")
    connections = len(sqlalchemy_private.connections(session))
    parts.append(counted(connections, "connection") if connections else "no connection")
    return f"Session: {', '.join(parts)}"


def _savepoints(session: Session) -> int:
    transaction, count = session.get_nested_transaction(), 0
    while transaction is not None:
        count += transaction.nested
        transaction = transaction.parent
    return count


def _card(session: Session, obj: object, named: Mapping[str, object]) -> Card:
    state, attributes = entity.state_of(obj, "session_board()"), entity.attributes(obj)
    names = [cut(name, entity.VALUE) for name, each in named.items() if each is obj]
    marks = [f"key {entity.identity(state.key)}"] if state.key else []
    if state.session not in {None, session}:
        marks.append("in another Session")
    if obj in session.deleted:
        marks.append("to be deleted")
    if state.modified and state.persistent:
        relationships = entity.changed_relationships(obj)
        changed = relationships or any(each.changed for each in attributes)
        marks.append("dirty" if changed else "dirty, no net change")
        marks += [f"changed: {key}" for key in relationships]
    label, name = entity.label(state), entity.state_name(state)
    return Card(label, name, attributes, names, marks, entity.number(state))
