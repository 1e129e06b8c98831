"""The statements that are sent while a block runs."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, create_engine, event, insert, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from orm_tutorial.models import Base, User
from orm_tutorial.show import statements
from orm_tutorial.show.statements import Statement, Statements

EVIL = "<img src=x onerror=alert(1)>"
ONE = text("SELECT 1")


@pytest.fixture
def engine() -> Engine:
    made = create_engine("sqlite://")
    Base.metadata.create_all(made)
    return made


@pytest.fixture
def other() -> Engine:
    return create_engine("sqlite://")


def listeners(engine: Engine) -> int:
    """How many listen to an engine, those of all engines among them."""
    return len(list(engine.dispatch.before_cursor_execute))  # type: ignore[attr-defined]


def test_statements_are_listed_with_their_parameters(engine: Engine) -> None:
    """The text counts and lists what was sent, in order, and neither BEGIN nor COMMIT."""
    with statements() as sent, Session(engine) as session:
        session.add(User("Dave", None))
        session.commit()
        session.scalars(select(User.name).where(User.name == "Dave")).all()
        session.execute(insert(User), [{"name": "Ann"}, {"name": "Eve"}])
        session.commit()
    assert repr(sent) == (
        "3 statements\n"
        "1. INSERT INTO user_account (name, full_name) VALUES (?, ?) RETURNING id, created_at\n"
        "   ('Dave', None)\n"
        "2. SELECT user_account.name\n"
        "   FROM user_account\n"
        "   WHERE user_account.name = ?\n"
        "   ('Dave',)\n"
        "3. INSERT INTO user_account (name) VALUES (?)\n"
        "   2 parameter sets: ('Ann',), ('Eve',)"
    )


def test_statements_can_be_counted_and_read(engine: Engine) -> None:
    """Length, iteration and index give the same statements, with the driver's values."""
    with statements() as sent, engine.connect() as connection:
        assert len(sent) == 0
        assert repr(sent) == "0 statements"
        connection.execute(text("SELECT :name"), {"name": "Dave"})
        assert len(sent) == 1
        connection.execute(text("SELECT :a WHERE :b"), [{"a": 1, "b": 2}][0])
    assert [each.sql for each in sent] == ["SELECT ?", "SELECT ? WHERE ?"]
    assert (sent[0].parameters, sent[0].executemany) == (("Dave",), False)
    assert sent[-1] is list(sent)[1]


def test_executemany_counts_once_and_a_batch_is_none(engine: Engine) -> None:
    """An executemany is one statement with its sets; a batch of rows is one set, sent as is."""
    rows = [{"name": str(number), "full_name": None} for number in range(3)]
    with statements() as sent, engine.begin() as connection:
        connection.execute(insert(User), rows)
        connection.execute(insert(User).returning(User.id), rows)
    assert [each.executemany for each in sent] == [True, False]
    assert sent[0].parameters == [("0", None), ("1", None), ("2", None)]
    assert sent[1].parameters == ("0", None, "1", None, "2", None)
    assert "3 parameter sets: ('0', None)" in repr(sent)


def test_kept_parameters_do_not_change_later(engine: Engine) -> None:
    """A list of parameter sets that is filled on afterwards stays as it was sent."""
    with statements() as sent, engine.begin() as connection:
        sets = [("Ann",), ("Eve",)]
        connection.exec_driver_sql("INSERT INTO user_account (name) VALUES (?)", sets)
        sets.clear()
    assert len(sent[0].parameters) == 2


def test_open_connection_is_heard_too(engine: Engine) -> None:
    """A Session that had its connection before the block is listened to as well."""
    with Session(engine) as session:
        session.execute(ONE)
        with (
            statements() as everything,
            statements(session) as own,
            statements(engine) as all_of_it,
        ):
            session.execute(ONE)
        session.execute(ONE)
    assert (len(everything), len(own), len(all_of_it)) == (1, 1, 1)


def test_engine_connection_and_session_hear_their_own(engine: Engine, other: Engine) -> None:
    """Each source is listened to alone: an engine's, a connection's, a Session's statements."""
    with engine.connect() as connection, Session(other) as session, Session(other) as neighbour:
        with (
            statements(engine) as of_engine,
            statements(connection) as of_connection,
            statements(session) as of_session,
            statements() as of_all,
        ):
            connection.execute(ONE)
            session.execute(ONE)
            session.execute(ONE)
            neighbour.execute(ONE)
            with other.connect() as third:
                third.execute(ONE)
        counts = [len(each) for each in (of_engine, of_connection, of_session, of_all)]
    assert counts == [1, 1, 2, 5]


def test_session_with_several_engines_is_heard_on_all(engine: Engine, other: Engine) -> None:
    """A Session without one bind sends to many engines, and all of it counts."""
    with Session(binds={User: engine}) as session, statements(session) as sent:
        session.scalars(select(User)).all()
        session.execute(ONE, bind_arguments={"bind": other})
    assert len(sent) == 2


def test_engine_with_options_is_heard(engine: Engine) -> None:
    """An engine made by execution_options() is one of all engines."""
    with statements() as sent, engine.execution_options(stream_results=True).connect() as conn:
        conn.execute(ONE)
    assert len(sent) == 1


def test_blocks_nest(engine: Engine) -> None:
    """The outer block counts what the inner does, the inner no more than its own."""
    with engine.connect() as connection, statements() as outer:
        connection.execute(ONE)
        with statements() as inner:
            connection.execute(ONE)
        connection.execute(ONE)
    assert (len(outer), len(inner)) == (3, 1)


@pytest.mark.parametrize("where", ["all", "engine", "session"])
def test_listener_goes_after_an_exception(engine: Engine, where: str) -> None:
    """However the block ends, nothing listens after it; a statement that failed counts."""
    with Session(engine) as session:
        source: Any = {"all": None, "engine": engine, "session": session}[where]
        with pytest.raises(OperationalError), statements(source) as sent:
            session.execute(text("SELECT nothing"))
        session.execute(ONE)
    assert [each.sql for each in sent] == ["SELECT nothing"]
    assert listeners(engine) == 0


def test_savepoint_is_a_statement(engine: Engine) -> None:
    """BEGIN and COMMIT are the driver's; a SAVEPOINT is SQL that is sent."""
    with statements() as sent, Session(engine) as session, session.begin(), session.begin_nested():
        session.execute(ONE)
    assert [each.sql.split()[0] for each in sent] == ["SAVEPOINT", "SELECT", "RELEASE"]


def test_echo_makes_no_difference(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """What is logged is logged all the same, and what is sent is counted all the same."""
    caplog.set_level(logging.INFO, "sqlalchemy.engine.Engine")
    with statements() as sent, engine.connect() as connection:
        connection.execute(ONE)
    assert len(sent) == 1
    assert "SELECT 1" in caplog.messages


def test_what_others_make_of_a_statement_is_left_alone(engine: Engine) -> None:
    """A listener that rewrites statements is not disturbed."""
    event.listen(
        engine,
        "before_cursor_execute",
        lambda c, cursor, sql, parameters, *rest: ("SELECT 2", parameters),
        retval=True,
    )
    with statements(), engine.connect() as connection:
        assert connection.scalar(ONE) == 2


def test_list_is_limited_and_cut(engine: Engine) -> None:
    """Twenty statements are listed, long ones and their values are cut, all can be read."""
    with statements() as sent, engine.connect() as connection:
        connection.execute(text(f"SELECT :value AS {'x' * 2000}"), {"value": "v" * 500})
        for _ in range(24):
            connection.execute(ONE)
    lines = repr(sent).split("\n")
    assert (lines[0], lines[-1]) == ("25 statements", "and 5 more")
    assert (len(lines[1]), len(lines[2])) == (1003, 123)
    assert len(sent[0].sql) > 2000
    page = BeautifulSoup(sent._repr_html_(), "html.parser")
    assert len(page.select("li")) == 20
    assert "and 5 more" in page.text


def test_picture_says_what_the_text_says(engine: Engine) -> None:
    """Statements are items of a list, their SQL and values as text."""
    with statements() as sent, engine.connect() as connection:
        connection.execute(text(f"SELECT '{EVIL}',\n\n  :value"), {"value": EVIL})
    page = BeautifulSoup(sent._repr_html_(), "html.parser")
    assert page.find("img") is None
    assert [item.text for item in page.select("li pre")] == [f"SELECT '{EVIL}',\n  ?"]
    assert [item.text for item in page.select("li p")] == [f"('{EVIL}',)"]
    assert page.p is not None
    assert page.p.text == "1 statement"


@pytest.mark.parametrize("given", ["sqlite://", 1, sessionmaker(), Session, Engine, ONE])
def test_what_sends_nothing_is_refused(engine: Engine, given: Any) -> None:
    """The message says what was given; nothing listens afterwards."""
    with pytest.raises(TypeError, match=r"listens to .*, and was given .*; give an AsyncEngine's"):
        statements(given).__enter__()
    assert listeners(engine) == 0


@pytest.mark.parametrize(
    ("sql", "kind", "tables", "has_join", "has_in"),
    [
        ("SELECT a.x FROM a JOIN b ON b.id = a.id", "SELECT", ["a", "b"], True, False),
        ('SELECT x\nFROM "order" WHERE x IN (?, ?)', "SELECT", ["order"], False, True),
        ("INSERT INTO a (x) VALUES (?) RETURNING id", "INSERT", ["a"], False, False),
        ("UPDATE a SET x=? WHERE a.id = ?", "UPDATE", ["a"], False, False),
        ("DELETE FROM a WHERE a.id = ?", "DELETE", ["a"], False, False),
        ("SAVEPOINT sa_savepoint_1", "SAVEPOINT", [], False, False),
    ],
)
def test_what_a_statement_does(
    sql: str, kind: str, tables: list[str], *, has_join: bool, has_in: bool
) -> None:
    """Its kind, its tables, whether it joins them, and whether it looks for several values."""
    sent = Statement(sql, (), executemany=False)
    assert (sent.kind, sent.tables, sent.has_join, sent.has_in) == (kind, tables, has_join, has_in)
    assert Statements([sent]).kinds == [kind]
