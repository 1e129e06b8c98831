"""Films of lines: what each of them sent, and what it made of the Session."""

from __future__ import annotations

import gc
import linecache
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import ForeignKey, create_engine, select
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    mapped_column,
    relationship,
)

from orm_tutorial.models import Base, User
from orm_tutorial.show import film
from orm_tutorial.show.frames import Film

Filmed = Callable[..., Film]


class ShopBase(MappedAsDataclass, DeclarativeBase):
    """Orders with items, which come and go with them."""


class Item(ShopBase):
    __tablename__ = "item"

    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(ForeignKey("order.number"), init=False)


class Order(ShopBase):
    __tablename__ = "order"

    number: Mapped[int] = mapped_column(primary_key=True)
    items: Mapped[list[Item]] = relationship(default_factory=list, cascade="all, delete-orphan")


@pytest.fixture
def filmed() -> Iterator[Filmed]:
    """Runs lines inside of ``with film(...)`` as a page does, below other lines of the page."""
    sessions: list[Session] = []
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    ShopBase.metadata.create_all(engine)

    def run(*lines: str, above: str = "", arguments: str = "session", within: str = "") -> Film:
        body = "".join(f"    {line}\n" for line in lines)
        source = f"{above}\nwith film({arguments}) as steps:\n{body}"
        if within:
            inner = "".join(f"    {line}\n" for line in source.split("\n"))
            source = f"{within}:\n{inner}except ValueError:\n    pass\n"
        name = f"<cell {len(linecache.cache)}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        page: dict[str, Any] = {"film": film, "User": User, "select": select, "engine": engine}
        page |= {"Order": Order, "Item": Item}
        sessions.extend(Session(engine) for _ in range(2))
        page |= {"session": sessions[-2], "other": sessions[-1], "__name__": "__main__"}
        exec(compile(source, name, "exec"), page)
        shown: Film = page["steps"]
        return shown

    yield run
    for session in sessions:
        session.close()


def told(shown: Film) -> list[tuple[str, list[str]]]:
    """Of each line its code and what happened, but for the SQL."""
    return [(frame.statement.code, frame.words) for frame in shown.frames[1:]]


def test_each_line_says_what_it_sent_and_what_it_made(filmed: Filmed) -> None:
    """The SQL, the transaction, the way of an object and its new values."""
    shown = filmed('dave = User("Dave", None)', "session.add(dave)", "session.commit()")
    lines = repr(shown).split("\n")
    assert lines[:11] == [
        "Film of 3 lines",
        "before",
        "    Session: not in a transaction, no connection",
        'dave = User("Dave", None)',
        "    User (new) dave: transient",
        "      name='Dave', full_name=None",
        "session.add(dave)",
        "    Session: in a transaction, no connection",
        "    User (new) dave: transient → pending",
        "session.commit()",
        "    BEGIN",
    ]
    assert lines[11].startswith("    INSERT INTO user_account (name, full_name) VALUES (?, ?)")
    assert lines[12:] == [
        "    COMMIT",
        "    Session: not in a transaction, no connection",
        "    User 1 dave: pending → persistent",
        "      all expired",
    ]


def test_a_loop_has_its_lines_at_each_turn(filmed: Filmed) -> None:
    """Up to the limit; what comes after it is counted."""
    lines = ("for name in 'ab':", "    user = User(name, None)")
    loop = lines[0]
    assert [code for code, _ in told(filmed(*lines))] == [loop, lines[1].strip()] * 2 + [loop]
    short = filmed(*lines, arguments="session, limit=2")
    assert repr(short).split("\n")[-1] == "and 3 more lines: film(limit=...)"
    assert len(short.frames) == 3


def test_functions_of_the_page_are_filmed_where_they_are_called(filmed: Filmed) -> None:
    """Their lines are further in; the call itself comes again only where it did more."""
    above = "def made(name):\n    user = User(name, None)\n    return user"
    shown = filmed("dave = made('Dave')", "session.add(dave)", above=above)
    assert [(frame.depth, frame.statement.code) for frame in shown.frames[1:]] == [
        (0, "dave = made('Dave')"),
        (1, "user = User(name, None)"),
        (1, "return user"),
        (0, "session.add(dave)"),
    ]
    figure = BeautifulSoup(shown._repr_html_(), "html.parser")
    lines = [line.get_text() for line in figure.select(".show-frame[data-line] .show-line")]
    assert lines[1] == "user = User(name, None) line 2, in made()"
    assert lines[3] == "session.add(dave) line 6"


def test_a_function_of_another_cell_has_the_line_that_calls_it(filmed: Filmed) -> None:
    """Its own lines are of another cell, where they would mark something else."""
    above = (
        "import linecache\n"
        "code = 'def made(name):\\n    return User(name, None)\\n'\n"
        "linecache.cache['<cell above>'] = (len(code), None, code.splitlines(True), '')\n"
        "exec(compile(code, '<cell above>', 'exec'), globals())"
    )
    shown = filmed("dave = made('Dave')", above=above)
    assert [(frame.statement.code, frame.line) for frame in shown.frames[1:]] == [
        ("dave = made('Dave')", 6),
        ("return User(name, None)", 6),
        ("dave = made('Dave')", 6),
    ]
    figure = BeautifulSoup(shown._repr_html_(), "html.parser")
    said = [line.get_text() for line in figure.select(".show-line")]
    assert said[2] == "return User(name, None) in made()"


def test_what_has_no_lines_is_not_filmed(filmed: Filmed) -> None:
    """As ``__init__`` of a dataclass that the page defines."""
    above = "from dataclasses import dataclass\n@dataclass\nclass Note:\n    text: str"
    assert told(filmed("note = Note('x')", above=above)) == [("note = Note('x')", [])]


def test_a_lazy_load_is_of_the_line_that_reads(filmed: Filmed) -> None:
    """Its SELECT, and the objects that it brought."""
    shown = filmed(
        "order = Order(1, [Item('cup'), Item('tea')])",
        "session.add(order)",
        "session.commit()",
        "number = order.number",
        "items = order.items",
    )
    *_, number, items = shown.frames
    assert [sent.partition(" FROM ")[2] for sent in number.sent if sent != "BEGIN"] == [
        '"order" WHERE "order".number = ?'
    ]
    assert [sent.partition(" FROM ")[2] for sent in items.sent] == ["item WHERE ? = item.number"]
    assert items.words == ["Item 'cup': persistent", "Item 'tea': persistent"]


def test_cascades_are_seen_on_the_board(filmed: Filmed) -> None:
    """What comes along with an object, and what goes with it."""
    shown = filmed(
        "order = Order(1, [Item('cup'), Item('tea')])",
        "session.add(order)",
        "session.flush()",
        "tea = order.items.pop()",
        "session.flush()",
        "session.delete(order)",
        "session.flush()",
    )
    said = [[words for words in frame.words if "Session" not in words] for frame in shown.frames]
    assert said[1:] == [
        ["Order (new) order: transient"],
        [f"{name}: transient → pending" if name == "Order (new) order" else f"{name}: pending"
         for name in ("Item (new)", "Item (new)", "Order (new) order")],
        ["Item 'cup': pending → persistent", "Item 'tea': pending → persistent",
         "Order 1 order: pending → persistent"],
        ["Order 1 order: dirty, changed: items"],
        ["Item 'tea' tea: persistent → deleted",
         "Order 1 order: no longer dirty, no longer changed: items"],
        ["Item 'cup': to be deleted", "Order 1 order: to be deleted"],
        ["Item 'cup': persistent → deleted", "Order 1 order: persistent → deleted"],
    ]  # fmt: skip


def test_a_statement_of_several_lines_is_one(filmed: Filmed) -> None:
    """On each Python, whatever it says of the lines of a call or of a comprehension."""
    lines = (
        "users = session.scalars(",
        "    select(User)",
        ").all()",
        "[",
        " 1",
        " for _ in '12'",
        "]",
    )
    codes = [code for code, _ in told(filmed(*lines))]
    assert codes == ["users = session.scalars( select(User) ).all()", "[ 1 for _ in '12' ]"]


def test_an_exception_is_said_of_its_line(filmed: Filmed) -> None:
    """Whether it is caught in the film or leaves it, after which nothing is traced."""
    before = sys.gettrace()
    lines = ("try:", "    raise KeyError", "except KeyError:", "    pass")
    assert told(filmed(*lines))[1] == ("raise KeyError", ["raised KeyError"])
    shown = filmed("raise ValueError", within="try")
    assert told(shown) == [("raise ValueError", ["raised ValueError"])]
    assert sys.gettrace() is before


def test_two_sessions_have_two_boards_with_their_names(filmed: Filmed) -> None:
    """An object is on the board of its own Session."""
    shown = filmed("dave = User('Dave', None)", "other.add(dave)", arguments="session, other")
    last = shown.frames[-1]
    assert [board.title.partition(":")[0] for board in last.boards] == ["session", "other"]
    assert [len(board.cards) for board in last.boards] == [0, 1]
    assert last.words == [
        "other: in a transaction, no connection",
        "User (new) dave: transient → pending",
    ]


def test_a_film_keeps_no_session_alive() -> None:
    """It holds texts alone."""
    source = (
        "with film(session) as steps:\n    session.add(User('Dave', None))\n"
        "kept = weakref.ref(session)\ndel session\ngc.collect()\nis_gone = kept() is None\n"
    )
    session = Session(create_engine("sqlite://"))
    page: dict[str, Any] = {"film": film, "User": User, "session": session}
    page |= {"gc": gc, "weakref": weakref}
    del session
    exec(source, page)
    assert page["is_gone"]
    assert "pending" in repr(page["steps"])


def test_the_figure_has_what_a_reader_turns(filmed: Filmed) -> None:
    """An item a frame with its board, the ways that were taken, and room for the buttons."""
    shown = filmed('dave = User("<b>", None)', "session.add(dave)", "session.flush()")
    figure = BeautifulSoup(shown._repr_html_(), "html.parser")
    frames = figure.select("ol > li")
    assert len(frames) == 4
    assert [len(frame.select(".show-board")) for frame in frames] == [1] * 4
    assert [frame.get("data-line") for frame in frames] == [None, "3", "4", "5"]
    assert [[c for c in f["class"] if c.startswith("show-took")] for f in frames] == [
        *([], [], ["show-took-0"], ["show-took-1"])
    ]
    assert figure.select(".show-moves")
    assert figure.select(".show-controls")[0].get_text() == ""
    assert frames[1].select(".show-changed")
    assert figure.select("b:not(caption b)") == []


def test_a_frame_has_the_objects_that_are_not_as_before(filmed: Filmed) -> None:
    """The others have their place on its board, hidden, with the number by which it is filled."""
    shown = filmed("dave = User('Dave', None)", "tom = User('Tom', None)", "session.add(tom)")
    figure = BeautifulSoup(shown._repr_html_(), "html.parser")
    boards = [
        [(item["class"], item.code and item.code.text) for item in frame.select("ul > li")]
        for frame in figure.select("ol > li")[1:]
    ]
    (dave, _), (tom, _) = boards[1]
    assert boards == [[(dave, "dave")], [(dave, None), (tom, "tom")], [(dave, None), (tom, "tom")]]
    last = figure.select("ol > li")[-1]
    columns = [
        (each["aria-label"], each.has_attr("hidden"), [name.text for name in each("p")])
        for each in last.select(".show-column")
    ]
    assert columns == [("transient", True, []), ("pending", False, ["pending"])]
    assert [table.caption and table.caption.code for table in last.select(".show-changed")]


def test_what_is_no_session_is_refused() -> None:
    """The message says what to give instead."""
    with pytest.raises(TypeError, match="was given 3"):
        film(3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"film\(session\)"):
        film()


def test_a_long_statement_has_a_line_for_each_clause(filmed: Filmed) -> None:
    """In the picture, as in a cell's log, with its values; each statement is a block of its own."""
    steps = filmed("session.get(User, 1)")
    (sent,) = BeautifulSoup(steps._repr_html_(), "html.parser").select(".show-sent")
    begin, query = (each.get_text() for each in sent.find_all("span", recursive=False))
    assert begin == "BEGIN"
    assert query.endswith(" (1,)")
    assert [line.split()[0] for line in query.split("\n") if line[0] != " "] == [
        *("SELECT", "FROM", "WHERE")
    ]
