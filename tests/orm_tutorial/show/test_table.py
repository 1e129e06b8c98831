"""A result as a table."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import create_engine, event, func, insert, inspect, literal, null, select, text
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    registry,
)

from orm_tutorial.models import Base, User
from orm_tutorial.show import result_table

EVIL = "<img src=x onerror=alert(1)>"
MADE = datetime(2020, 1, 2, 3, 4, tzinfo=UTC).replace(tzinfo=None)


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.execute(
            insert(User),
            [
                {"name": "Dave", "full_name": "Daveey Dee", "created_at": MADE},
                {"name": "Sandy", "full_name": None, "created_at": MADE},
            ],
        )
        made.commit()
        yield made


USERS = select(User).order_by(User.id)
NAMES = select(User.name, User.full_name).order_by(User.id)


def test_rows_stand_under_their_names(session: Session) -> None:
    """A Result of columns: the names, the values as Python shows them, None for NULL."""
    assert repr(result_table(session.execute(NAMES))) == (
        "Result: 2 rows, each a Row of 2 columns\n"
        "name     full_name\n"
        "-------  ------------\n"
        "'Dave'   'Daveey Dee'\n"
        "'Sandy'  None"
    )


def test_entities_become_columns(session: Session) -> None:
    """A ScalarResult of entities shows their column attributes."""
    assert repr(result_table(session.scalars(USERS))) == (
        "ScalarResult: 2 rows, each an entity (User)\n"
        "id  name     full_name     created_at\n"
        "--  -------  ------------  -------------------\n"
        "1   'Dave'   'Daveey Dee'  2020-01-02 03:04:00\n"
        "2   'Sandy'  None          2020-01-02 03:04:00"
    )


def test_entity_in_a_row_is_one_value(session: Session) -> None:
    """An entity in a Row is one column, named as its class and cut."""
    assert repr(result_table(session.execute(USERS.limit(1)))) == (
        "Result: 1 row, which is a Row of 1 column\n"
        "User\n"
        "------------------------------------------------\n"
        "User(id=1, name='Dave', full_name='Daveey Dee',…"
    )


def test_mappings_and_scalars_are_told_apart(session: Session) -> None:
    """Each kind of result and of row has its name in the title."""
    mappings = repr(result_table(session.execute(NAMES).mappings())).split("\n")
    assert mappings[:2] == [
        "MappingResult: 2 rows, each a RowMapping of 2 columns",
        "name     full_name",
    ]
    scalars = repr(result_table(session.scalars(select(User.full_name).order_by(User.id))))
    assert scalars == (
        "ScalarResult: 2 rows, each a scalar (str) or None\nvalue\n------------\n'Daveey Dee'\nNone"
    )
    driver = session.connection().execute(NAMES)
    assert repr(result_table(driver)).startswith("Result: 2 rows, each a Row of 2 columns")


def test_reading_consumes_the_result(session: Session) -> None:
    """The table reads the result to its end; the second table says so, and raises nothing."""
    for made in (session.execute(NAMES), session.scalars(USERS), session.execute(NAMES).mappings()):
        assert "2 rows" in repr(result_table(made))
        assert made.all() == []
        assert repr(result_table(made)) == f"{repr(result_table(made)).split(':')[0]}: already read"


def test_partly_read_and_closed_results(session: Session) -> None:
    """What is left of a result is shown; of a closed one nothing is."""
    result = session.scalars(USERS)
    next(iter(result))
    assert "1 row, which is" in repr(result_table(result))
    closed = session.execute(NAMES)
    closed.close()
    assert repr(result_table(closed)) == "Result: already read"
    scalars = session.execute(NAMES)
    scalars.first()
    assert repr(result_table(scalars.scalars())) == "ScalarResult: already read"


def test_statement_without_rows_says_so(session: Session) -> None:
    """An INSERT without RETURNING has a result, and no rows."""
    made = session.execute(insert(User).values(name="Ann"))
    assert repr(result_table(made)) == "Result: this statement returns no rows"


def test_empty_result_shows_its_columns(session: Session) -> None:
    """Nothing was found: the names stand there all the same, where the result knows them."""
    none = User.id < 0
    assert repr(result_table(session.execute(NAMES.where(none)))) == (
        "Result: no rows\nname  full_name\n----  ---------"
    )
    assert repr(result_table(session.scalars(USERS.where(none)))) == "ScalarResult: no rows"
    assert repr(result_table([])) == "list: no rows"


def test_two_columns_of_one_name_are_both_shown(session: Session) -> None:
    """A name that stands for two columns hides neither."""
    made = session.execute(text("SELECT 1 AS one, 2 AS one"))
    assert repr(result_table(made)).split("\n")[1:] == ["one  one", "---  ---", "1    2"]


def test_lists_of_all_kinds(session: Session) -> None:
    """Rows, mappings, tuples, named tuples, values and a mixture can be shown from a list."""
    rows = session.execute(NAMES).all()
    assert repr(result_table(rows)).startswith("list: 2 rows, each a Row of 2 columns\nname ")
    assert "a dict of 1 column\na\n-\n1" in repr(result_table([{"a": 1}]))
    assert "a tuple of 2 columns\n1  2\n-  -\n7  8" in repr(result_table([(7, 8)]))
    point = namedtuple("point", "x y")  # noqa: PYI024  (what a driver may give)
    assert "a point of 2 columns\nx  y\n-  -\n7  8" in repr(result_table([point(7, 8)]))
    assert repr(result_table([User("Ann", None), 7])) == (
        "list: 2 rows, each an entity (User) or a scalar (int)\n"
        "name   full_name  value\n"
        "-----  ---------  -----\n"
        "'Ann'  None       -\n"
        "-      -          7"
    )


def test_entities_of_several_classes_name_them(session: Session) -> None:
    """Where the classes differ, a column tells each entity's."""

    class Local(DeclarativeBase):
        registry = registry()

    class Word(Local):
        __tablename__ = "word"
        name: Mapped[str] = mapped_column(primary_key=True)

    assert repr(result_table([User("Ann", None), Word(name="hello")])) == (
        "list: 2 rows, each an entity (User) or an entity (Word)\n"
        "class  name     full_name\n"
        "-----  -------  ---------\n"
        "User   'Ann'    None\n"
        "Word   'hello'  -"
    )


def test_rows_are_limited_and_counted() -> None:
    """Twenty rows are shown, the rest is counted."""
    lines = repr(result_table(list(range(25)))).split("\n")
    assert lines[0] == "list: 25 rows, each a scalar (int)"
    assert lines[-2:] == ["19", "and 5 more rows"]
    assert repr(result_table(list(range(21)))).endswith("and 1 more row")
    assert "more" not in repr(result_table(list(range(20))))
    page = BeautifulSoup(result_table(list(range(25)))._repr_html_(), "html.parser")
    assert len(page.select("tbody tr")) == 20
    assert "and 5 more rows" in page.text


def test_nothing_is_loaded_for_entities_in_a_list(session: Session) -> None:
    """An expired entity is shown as expired, in a column and as a value."""
    users = session.scalars(USERS).all()
    rows = session.execute(USERS).all()
    session.expire(users[0], ["full_name"])
    session.commit()
    sent: list[str] = []
    bind = session.get_bind()
    event.listen(bind, "before_cursor_execute", lambda c, cursor, sql, *rest: sent.append(sql))
    assert repr(result_table(users)).split("\n")[3].split() == ["expired"] * 4
    assert "User(id=expired, name=expired, full_name=" in repr(result_table(rows))
    assert sent == []
    assert inspect(users[0]).expired


def test_picture_is_a_table_with_names(session: Session) -> None:
    """The picture has a caption, column headings and the cells of the text form."""
    made = result_table(session.execute(select(User.name, null().label("empty"))))
    page = BeautifulSoup(made._repr_html_(), "html.parser")
    assert page.caption is not None
    assert page.caption.text == made.title
    assert [(th.text, th["scope"]) for th in page.select("th")] == [
        ("name", "col"),
        ("empty", "col"),
    ]
    assert [td.text for td in page.select("td")] == ["'Dave'", "None", "'Sandy'", "None"]
    assert [td.text for td in page.select("td.show-quiet")] == ["None", "None"]
    box = page.select_one(".show-scroll")
    assert box is not None
    assert (box["tabindex"], box["aria-label"]) == ("0", made.title)


def test_long_and_hostile_values_are_cut_and_escaped(session: Session) -> None:
    """Names and values of 200 characters are cut; markup is text."""
    long = "n" * 200
    made = result_table(session.execute(select(literal(EVIL).label(long), literal(long))))
    page = BeautifulSoup(made._repr_html_(), "html.parser")
    assert page.find("img") is None
    cells = [cell.text for cell in page.select("th, td")]
    assert all(len(cell) <= 48 for cell in cells)
    assert repr(EVIL) in cells
    assert all(len(line) <= 98 for line in repr(made).split("\n"))
    evil = result_table(session.execute(select(func.count().label(EVIL))))
    assert BeautifulSoup(evil._repr_html_(), "html.parser").find("img") is None


def test_dates_of_today_do_not_move_the_columns() -> None:
    """Text that differs in a date alone has its other characters in place."""
    short, long = datetime(2026, 1, 2, 3, 4, 5), datetime(2026, 11, 22, 13, 44, 55, 123456)  # noqa: DTZ001
    tables = [repr(result_table([(when, "x")])).replace(str(when), "D") for when in (short, long)]
    assert tables[0] == tables[1]


def test_columns_of_numbers_are_on_the_right() -> None:
    """Their heads too, also where a number is missing; digits in a text are no number."""
    rows = [(1, "1", Decimal("1.50"), None), (-20, "2", Decimal(3), None), (None, "3", None, None)]
    page = BeautifulSoup(result_table(rows)._repr_html_(), "html.parser")
    for row in page.select("tr"):
        sides = ["show-number" in cell.get("class", []) for cell in row.select("th, td")]
        assert sides == [True, False, True, False]


@pytest.mark.parametrize(
    "kind", ["statement", "row", "session", "text", "None", "entity", "iterator"]
)
def test_what_is_no_result_is_refused(session: Session, kind: str) -> None:
    """The message says what was given and what to do."""
    given: dict[str, Any] = {
        "statement": USERS,
        "row": session.execute(NAMES).first(),
        "session": session,
        "text": "Dave",
        "None": None,
        "entity": User("Dave", None),
        "iterator": iter([1]),
    }
    with pytest.raises(TypeError, match=r"shows a Result.* and was given .*; execute a statement"):
        result_table(given[kind])
