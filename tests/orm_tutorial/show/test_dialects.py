"""One statement in several dialects, as text and as tabs."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import (
    DDL,
    Column,
    ColumnElement,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.schema import CreateTable

import orm_tutorial
from orm_tutorial.models import Base, User
from orm_tutorial.show.dialects import DialectTabs, in_dialects

NAMES = ["SQLite", "PostgreSQL", "MySQL", "Oracle", "SQL Server"]
STATIC = Path(str(orm_tutorial.__file__)).parent / "static"
EVIL = "<img src=x onerror=alert(1)>"


class Unknown(ColumnElement[int]):
    """An expression for which no dialect has words."""

    inherit_cache = False
    type = Integer()


def section(tabs: DialectTabs, name: str) -> list[str]:
    """The lines below one heading of the text, without their indent."""
    lines = repr(tabs).split("\n")
    start = lines.index(name) + 1
    stop = next(
        (at for at in range(start, len(lines)) if lines[at] and lines[at][0] != " "), len(lines)
    )
    return [line[2:] for line in lines[start:stop]]


def soup(tabs: DialectTabs) -> BeautifulSoup:
    return BeautifulSoup(tabs._repr_html_(), "html.parser")


def test_a_select_in_five_dialects() -> None:
    """Each dialect has a section with its placeholders; the parameters stand once, at the end."""
    assert (
        repr(in_dialects(select(User.id).where(User.name.ilike("d%"))))
        == """\
SQLite
  SELECT user_account.id
  FROM user_account
  WHERE lower(user_account.name) LIKE lower(?)
PostgreSQL
  SELECT user_account.id
  FROM user_account
  WHERE user_account.name ILIKE %(name_1)s::VARCHAR
MySQL
  SELECT user_account.id
  FROM user_account
  WHERE lower(user_account.name) LIKE lower(%s)
Oracle
  SELECT user_account.id
  FROM user_account
  WHERE lower(user_account.name) LIKE lower(:name_1)
SQL Server
  SELECT user_account.id
  FROM user_account
  WHERE lower(user_account.name) LIKE lower(?)
Parameters
  name_1 = 'd%'"""
    )


@pytest.mark.parametrize(
    ("statement", "begin"),
    [
        (insert(User).values(name="Dave", full_name=None), "INSERT INTO user_account"),
        (update(User).where(User.id == 1).values(name="Dave"), "UPDATE user_account SET"),
        (delete(User).where(User.id == 1), "DELETE FROM user_account"),
        (select(User.__table__), "SELECT user_account.id"),
        (text("SELECT :number").bindparams(number=1), "SELECT"),
        (DDL("ANALYZE"), "ANALYZE"),
        (func.now(), ""),
    ],
)
def test_every_kind_of_statement(statement: object, begin: str) -> None:
    """Core and ORM statements, text() and DDL have words in each dialect."""
    tabs = in_dialects(statement)
    for name in NAMES:
        lines = section(tabs, name)
        assert lines
        assert lines[0].startswith(begin)


def test_ddl_has_no_parameters() -> None:
    """CREATE TABLE shows each dialect's types, and why MySQL has none without a length."""
    tabs = in_dialects(CreateTable(Base.metadata.tables["user_account"]))
    assert section(tabs, "PostgreSQL")[1] == "\tid SERIAL NOT NULL,"
    assert section(tabs, "SQL Server")[1] == "\tid INTEGER NOT NULL IDENTITY,"
    [message] = section(tabs, "MySQL")
    assert message.startswith("cannot be compiled: ")
    assert "VARCHAR requires a length on dialect mysql" in message
    assert "Parameters" not in repr(tabs)
    assert not soup(tabs).select(".show-parameters")


def test_in_lists_are_expanded() -> None:
    """IN shows a placeholder for each value, as it is sent."""
    tabs = in_dialects(select(User.id).where(User.id.in_([7, 8])))
    assert section(tabs, "Oracle")[-1] == "WHERE user_account.id IN (:id_1_1, :id_1_2)"
    assert section(tabs, "Parameters") == ["id_1_1 = 7", "id_1_2 = 8"]


def test_a_dialect_with_other_parameters_shows_its_own() -> None:
    """MySQL and SQL Server take the offset before the limit, and say so."""
    tabs = in_dialects(select(User.id).order_by(User.id).limit(5).offset(10))
    assert section(tabs, "Parameters") == ["param_1 = 5", "param_2 = 10"]
    own = "parameters here: param_1 = 10, param_2 = 5"
    assert section(tabs, "MySQL")[-1] == own
    assert section(tabs, "SQL Server")[-2:] == [" FETCH FIRST ? ROWS ONLY", own]
    fetch, none = section(tabs, "Oracle")[-2:]
    assert (fetch, none) == (" FETCH FIRST 5 ROWS ONLY", "parameters here: none")
    assert "parameters here" not in "".join(section(tabs, "PostgreSQL"))


def test_a_dialect_with_fewer_parameters_shows_its_own() -> None:
    """SQL Server writes TOP 5 into the SQL, and PostgreSQL needs no offset: each says so."""
    tabs = in_dialects(select(User.id).where(User.name == "Dave").limit(5))
    assert section(tabs, "Parameters") == [
        "name_1 = 'Dave'",
        "param_1 = 5",
        "param_2 = 0",
    ]
    assert section(tabs, "SQL Server")[-1] == "parameters here: name_1 = 'Dave'"
    own = "parameters here: name_1 = 'Dave', param_1 = 5"
    assert section(tabs, "PostgreSQL")[-1] == own


def test_parameters_without_a_value_say_so() -> None:
    """What is given at execution, or comes back, is not shown as None."""
    tabs = in_dialects(insert(User).values(name="Dave", full_name=bindparam("whole")))
    assert section(tabs, "Parameters") == ["name = 'Dave'", "whole = (given at execution)"]
    tabs = in_dialects(insert(User).values(name="Dave").returning(User.id))
    assert "ret_0 = (comes back from the database)" in section(tabs, "Oracle")[-1]


def test_returning_is_refused_by_mysql() -> None:
    """MySQL's dialect has words for RETURNING, which are MariaDB's; the reader is told."""
    tabs = in_dialects(delete(User).where(User.id == 1).returning(User.id))
    said = "MySQL has no RETURNING for DELETE: the database would refuse this"
    assert section(tabs, "MySQL")[-1] == said
    assert repr(tabs).count("refuse") == 1
    assert said in soup(tabs).get_text()


def test_what_cannot_be_compiled_says_why() -> None:
    """SQLAlchemy's message stands in the dialect's place, without address and without link."""
    tabs = in_dialects(select(User.id).where(User.name.regexp_match("^D")))
    assert section(tabs, "SQL Server") == [
        "cannot be compiled: mssql dialect does not support regular expressions"
    ]
    assert section(tabs, "SQLite")[0] == "SELECT user_account.id"
    nowhere = in_dialects(select(Unknown()))
    for name in NAMES:
        assert section(nowhere, name)[0].startswith("cannot be compiled: Compiler <sqlalchemy.")
    assert "0x" not in repr(nowhere)
    assert "sqlalche.me" not in repr(nowhere)
    assert len(soup(nowhere).select("pre")) == 0


def test_values_are_text_and_are_cut() -> None:
    """Markup in a value, in SQL or in a message is shown as it is; long ones are cut."""
    statement = select(literal_column(f"'{EVIL}'")).where(
        User.name == EVIL, User.full_name == "n" * 200
    )
    tabs = in_dialects(statement)
    assert not soup(tabs).select("img")
    assert soup(tabs).get_text().count(EVIL) == 6
    assert section(tabs, "Parameters")[1] == f"full_name_1 = '{'n' * 78}…"
    assert len(repr(in_dialects(select(literal_column("x" * 50_000))))) < 60_000


def test_messages_are_text() -> None:
    """A message that quotes markup, here a column's name, is shown as it is."""
    table = Table("odd", MetaData(), Column(EVIL, String))
    page = soup(in_dialects(CreateTable(table)))
    assert not page.select("img")
    assert f"column '{EVIL}'" in page.get_text()


def test_many_parameters_are_counted() -> None:
    """Beyond twenty parameters, their number is said."""
    tabs = in_dialects(select(User.id).where(User.id.in_(range(100))))
    assert len(section(tabs, "Parameters")) == 21
    assert section(tabs, "Parameters")[-1] == "… and 80 more"


def test_tabs_are_radio_buttons() -> None:
    """Each dialect has a labelled radio button of one group, the first chosen, and a panel."""
    page = soup(in_dialects(select(User.id)))
    box = page.fieldset
    assert box is not None
    assert box.legend is not None
    radios = box.find_all("input", recursive=False)
    assert [radio["value"] for radio in radios] == NAMES
    assert len({str(radio["name"]) for radio in radios}) == 1
    assert [radio.has_attr("checked") for radio in radios] == [True] + [False] * 4
    labels = {str(label["for"]): label.string for label in box.find_all("label", recursive=False)}
    assert [labels[str(radio["id"])] for radio in radios] == NAMES
    panels = box.find_all("div", recursive=False)
    assert [panel.p.string for panel in panels if panel.p] == NAMES
    assert all(panel.pre["tabindex"] == "0" for panel in panels if panel.pre)
    assert all(panel.pre["aria-label"].startswith("SQL for") for panel in panels if panel.pre)


def test_markup_holds_no_script() -> None:
    """The block works by itself: no script, no handler, no style of its own."""
    page = soup(in_dialects(select(User.id).where(User.name == "Dave")))
    assert not page.select("script, style")
    assert not [name for tag in page.find_all(True) for name in tag.attrs if name[:2] == "on"]


def test_the_style_sheet_knows_every_tab() -> None:
    """For each dialect a rule shows its panel when its radio button is chosen."""
    css = (STATIC / "show.css").read_text(encoding="utf-8")
    for number in range(1, len(NAMES) + 1):
        rule = (
            f".show-dialects > input:nth-of-type({number}):checked"
            f" ~ .show-dialect:nth-of-type({number})"
        )
        assert rule in css
    assert f"nth-of-type({len(NAMES) + 1})" not in css


def test_groups_on_one_page_are_apart() -> None:
    """Two blocks share no id and no group of radio buttons."""
    tabs = in_dialects(select(User.id))
    page = BeautifulSoup(tabs._repr_html_() + tabs._repr_html_(), "html.parser")
    ids = [str(tag["id"]) for tag in page.select("[id]")]
    assert len(ids) == len(set(ids)) == 10
    assert len({str(radio["name"]) for radio in page.select("input")}) == 2


def test_dates_in_the_picture_are_in_the_text() -> None:
    """A value that changes from day to day stands in the text as it stands in the picture."""
    now = dt.datetime(2024, 12, 9, 10, 0, 1)  # noqa: DTZ001
    tabs = in_dialects(select(User.id).where(User.created_at < now))
    assert section(tabs, "Parameters") == [f"created_at_1 = {now!r}"]
    assert soup(tabs).get_text().count(repr(now)) == 1


def test_two_calls_give_the_same() -> None:
    """The text of one statement is always the same."""
    statement = select(User.id).where(User.id.in_([1, 2]), User.name == "Dave")
    assert repr(in_dialects(statement)) == repr(in_dialects(statement))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("SELECT 1", "not an object of type str"),
        (None, "not None"),
        (User, "not an object of type"),
        (Base.metadata.tables["user_account"], "not an object of type Table"),
        (42, "not an object of type int"),
    ],
)
def test_what_is_no_statement(given: object, said: str) -> None:
    """Anything else is refused, with a word on text()."""
    with pytest.raises(TypeError, match=r'text\("\.\.\."\)') as caught:
        in_dialects(given)
    assert said in str(caught.value)


def test_a_closed_session_is_no_statement(closed_session: Session) -> None:
    """A Session, closed or not, is refused by its type."""
    with pytest.raises(TypeError, match="not an object of type Session"):
        in_dialects(closed_session)
