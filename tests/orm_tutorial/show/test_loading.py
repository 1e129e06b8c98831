"""Ways to load a query, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import (
    Session,
    defer,
    joinedload,
    raiseload,
    selectinload,
    undefer,
)

from orm_tutorial.shop import Address, Order, Product, User, shop
from orm_tutorial.show import loading_table, statements

USERS = select(User).order_by(User.id)
REFUSED = "raises InvalidRequestError"
CARDS = {
    "no option": USERS,
    "selectinload": USERS.options(selectinload(User.addresses)),
    "joinedload": USERS.options(joinedload(User.addresses)),
    "raiseload": USERS.options(raiseload(User.addresses)),
}


@pytest.fixture
def engine() -> Engine:
    made = create_engine("sqlite://")
    shop(made)
    return made


def cities(users: Sequence[User]) -> list[str]:
    return sorted(address.city for user in users for address in user.addresses)


def test_each_way_is_counted(engine: Engine) -> None:
    """Seven users with six addresses; the text form has the numbers, and what was raised."""
    assert repr(loading_table(engine, cities, CARDS)).splitlines() == [
        "4 ways to load it",
        "              to load  to read  rows  values  thrown away  objects",
        "no option     1        7        13    39      0            13",
        "selectinload  2        0        13    39      0            13",
        "joinedload    1        0        8     48      9            13",
        f"raiseload     1        0        7     21      0            7        {REFUSED}",
    ]


def test_numbers_are_found_by_the_way(engine: Engine) -> None:
    """``statements`` adds them up, and ``read`` is what the reader returned."""
    table = loading_table(engine, cities, CARDS)
    assert [way.statements for way in table] == [8, 2, 1, 1]
    assert table["joinedload"].read == ["Bonn", "Bonn", "Ghent", "Ghent", "Graz", "Turin"]
    assert table["raiseload"].raised == "InvalidRequestError"
    with pytest.raises(KeyError, match="lazyload"):
        table["lazyload"]


def test_other_result_is_told(engine: Engine) -> None:
    """A way that reads something else than the first says so."""
    some = {"all": USERS, "one": USERS.where(User.id == 1)}
    lines = repr(loading_table(engine, cities, some)).splitlines()
    assert [line.endswith("reads something else") for line in lines[2:]] == [False, True]


def test_objects_held_before_are_not_made_again(engine: Engine) -> None:
    """What the Session holds is thrown away when it comes again."""
    ways = {"joinedload": select(Order).options(joinedload(Order.user))}

    def names(orders: Sequence[Order]) -> list[str]:
        return [order.user.name for order in orders if order.user]

    def users(session: Session) -> Sequence[User]:
        return session.scalars(USERS).all()

    alone = loading_table(engine, names, ways)["joinedload"]
    held = loading_table(engine, names, ways, before=users)["joinedload"]
    assert (alone.objects, alone.rows, alone.values) == (21, 16, 128)
    assert (held.objects, held.rows, held.values) == (16, 16, 128)
    assert held.thrown_away == alone.thrown_away + 15


def test_commit_in_between_is_read_again(engine: Engine) -> None:
    """A value that is loaded again is kept again: nothing of it was in the object."""
    way = loading_table(
        engine, lambda users: [user.name for user in users], {"": USERS}, between=Session.commit
    )[""]
    assert (way.to_load, way.to_read, way.rows) == (1, 7, 14)
    assert (way.values, way.thrown_away, way.objects) == (42, 0, 7)


def test_what_is_sent_before_and_between_is_not_counted(engine: Engine) -> None:
    """Nor is what is sent by others meanwhile."""

    def busy(session: Session) -> None:
        session.scalars(select(Product)).all()

    def read(users: Sequence[User]) -> int:
        with create_engine("sqlite://").connect() as other:
            other.exec_driver_sql("SELECT 1")
        return len(users)

    way = loading_table(engine, read, {"": USERS}, before=busy, between=busy)[""]
    assert (way.statements, way.rows, way.objects) == (1, 7, 7)


def test_deferred_column_is_kept_where_it_is_read(engine: Engine) -> None:
    """A column that is loaded later counts when it comes."""
    ways = {"": USERS.options(defer(User.email)), "now": USERS.options(undefer(User.email))}
    table = loading_table(engine, lambda users: [user.email for user in users], ways)
    assert (table[""].statements, table["now"].statements) == (8, 1)
    assert (table[""].thrown_away, table["now"].thrown_away) == (0, 0)


def test_listeners_are_gone(engine: Engine) -> None:
    """Also after an exception of the reader that isn't SQLAlchemy's, which goes on."""

    def fail(users: Sequence[User]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        loading_table(engine, fail, {"": USERS})
    table = loading_table(engine, cities, {"": USERS})
    with Session(engine) as session, statements(session) as sent:
        session.scalars(select(Address)).all()
    assert len(sent) == 1
    assert table[""].statements == 8


def test_picture_is_a_table(engine: Engine) -> None:
    """Each row has its name, names are safe, bars are numbers and have a colour of their own."""
    evil = "<img src=x onerror=alert(1)>"
    ways = {evil: USERS, "joinedload": CARDS["joinedload"]}
    html = loading_table(engine, cities, ways)._repr_html_()
    soup = BeautifulSoup(html, "html.parser")
    assert soup.find("img") is None
    assert "style=" not in html
    assert [each.text for each in soup.select("th[scope=col]")] == [
        "Statementsto load + to read",
        "Rows",
        "Valueskept + thrown away",
        "Objects",
    ]
    assert [each.text for each in soup.select("tbody th[scope=row] code")] == [
        evil,
        "joinedload",
    ]
    numbers = [each.text for each in soup.select("tbody .show-count")]
    assert numbers == ["1 + 7", "13", "39 + 0", "13", "1 + 0", "8", "39 + 9", "13"]
    assert all(each["fill"] for each in soup("rect"))
    bars = [(each["viewbox"], [rect["width"] for rect in each("rect")]) for each in soup("svg")]
    assert bars == [
        ("0 0 8 1", ["1", "7"]),
        ("0 0 48 1", ["39", "0"]),
        ("0 0 8 1", ["1", "0"]),
        ("0 0 48 1", ["39", "9"]),
    ]


def test_long_numbers_have_commas(engine: Engine) -> None:
    """In the picture, where a reader compares them; the text has them plain."""
    shop(engine, orders=400)
    table = loading_table(engine, len, {"": select(Order)})
    assert "2,080 + 0" in table._repr_html_()
    assert "2080" in repr(table)


def test_statements_are_shown_beside_each_other(engine: Engine) -> None:
    """A column for each way, the same statement in a row as one, and who sent it."""
    ways = {name: CARDS[name] for name in ("no option", "joinedload")}
    table = loading_table(engine, cities, ways).with_sql()
    assert [line.partition(": SELECT")[0] for line in repr(table).splitlines()[4:]] == [
        "no option:",
        "  1 statement by the query",
        "  7 statements by reading",
        "joinedload:",
        "  1 statement by the query",
    ]
    soup = BeautifulSoup(table._repr_html_(), "html.parser")
    columns = soup.select(".show-beside > div")
    assert [[each.text for each in column.select("li > p")] for column in columns] == [
        ["1 statement by the query", "7 statements by reading"],
        ["1 statement by the query"],
    ]
    assert columns[0].pre.text.splitlines()[1:] == ["FROM user_account ORDER BY user_account.id"]


def test_wrong_ways_are_refused(engine: Engine) -> None:
    """What is no ``select()``, and nothing at all."""
    with pytest.raises(TypeError, match="takes a select\\(\\) for each way, and 'a' is 'text'"):
        loading_table(engine, cities, {"a": "text"})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="was given none"):
        loading_table(engine, cities, {})
