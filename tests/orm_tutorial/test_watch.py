"""What the check of an exercise sees of SQLAlchemy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, insert, select
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from orm_tutorial.models import Base, User
from orm_tutorial.watch import attempt, committed, rows_of, state


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = create_engine(f"sqlite:///{tmp_path / 'exercise.db'}")
    Base.metadata.create_all(made)
    return made


def test_what_an_attempt_sends_is_seen(engine: Engine) -> None:
    """Statements by kind, ends of transactions, on any engine, from its beginning on.

    What the check asks by itself is not.
    """
    with attempt() as begin:
        with engine.begin() as connection:
            connection.execute(select(1))
        seen = begin()
        sent = seen["sent"]
        with Session(engine) as session:
            session.add(User("Dave", None))
            session.flush()
            assert seen["committed"](engine, "SELECT name FROM user_account") == []
            session.commit()
            session.scalars(select(User)).all()
        assert (sent.kinds, sent.commits, sent.rollbacks) == (["INSERT", "SELECT"], 1, 1)
        assert [each.tables for each in sent.of("INSERT")] == [["user_account"]]
        assert seen["committed"](engine, select(User.name)) == [("Dave",)]
        assert len(sent) == 2
        sent.clear()
        assert (sent.kinds, sent.commits, sent.rollbacks) == ([], 0, 0)


def test_to_look_into_a_database_again_sends_nothing_else(engine: Engine) -> None:
    """One connection serves an attempt's questions, in a transaction each, and is closed then."""
    asked: list[str] = []

    def note(*given: Any) -> None:
        asked.append(given[2])

    made: list[Any] = []
    closed: list[Any] = []
    with attempt():
        event.listen(Engine, "connect", lambda driver, _: made.append(driver))
        event.listen(Engine, "close", lambda driver, _: closed.append(driver))
        event.listen(Engine, "before_cursor_execute", note)
        for _ in range(3):
            assert committed(engine, "SELECT name FROM user_account") == []
        with Session(engine) as session:
            session.add(User("Dave", None))
            session.commit()
        assert rows_of(engine, []) == 0
        assert committed(engine, "SELECT name FROM user_account") == [("Dave",)]
        assert len(made) == 1
        assert not closed
    assert closed == made
    assert [each for each in asked if each.startswith("SELECT")] == (
        ["SELECT name FROM user_account"] * 4
    )


def test_rows_of_statements_are_counted(engine: Engine) -> None:
    """With their parameters, from nobody's transaction, and by statements that are not seen."""
    with attempt() as begin:
        seen = begin()
        sent = seen["sent"]
        with Session(engine) as session:
            session.add_all([User("Dave", None), User("Sandy", None)])
            session.commit()
            session.scalars(select(User).where(User.name == "Dave")).all()
            session.scalars(select(select(User.id).cte().c.id)).all()
            session.add(User("Gary", None))
            session.flush()
            assert [each.kind for each in sent.of("WITH", "SELECT")] == ["SELECT", "WITH"]
            assert seen["rows_of"](engine, sent.of("SELECT")) == 1
            assert seen["rows_of"](engine, sent.of("SELECT", "WITH")) == 3
            assert seen["rows_of"](engine, []) == 0
        assert sent.kinds == ["INSERT", "INSERT", "SELECT", "WITH", "INSERT"]


def test_nothing_is_left_behind(engine: Engine) -> None:
    """What is in a transaction is closed, and nobody listens any more."""
    session, connection = Session(engine), engine.connect()
    with attempt():
        session.execute(insert(User).values(name="Dave"))
        connection.execute(select(User))
    assert not session.in_transaction()
    assert connection.closed
    with attempt() as begin:
        assert committed(engine, select(User.name)) == []
    session.scalars(select(User)).all()
    assert begin()["sent"] == []
    session.close()
    assert not event.contains(Session, "after_transaction_create", print)


def test_a_listener_of_a_class_ends_with_its_attempt(engine: Engine) -> None:
    """Whether it was registered by listen() or listens_for(); one of an engine is the engine's."""
    heard: list[str] = []
    listen = event.listen
    with attempt():

        @event.listens_for(Engine, "before_cursor_execute")
        def hear(*_: object) -> None:
            heard.append("class")

        event.listen(Session, "after_begin", hear)
        event.listen(engine, "before_cursor_execute", lambda *_: heard.append("engine"))
        event.listen(Session, "before_flush", print)
        event.remove(Session, "before_flush", print)
    assert event.listen is listen
    with Session(engine) as session:
        session.scalars(select(User)).all()
    assert heard == ["engine"]


def test_a_listener_for_an_event_that_does_not_exist_is_the_attempts_own_error() -> None:
    """A name that somebody mistypes raises where it stands, and ends the attempt no worse."""
    with attempt(), pytest.raises(InvalidRequestError, match="No such event 'do_orm_exec'"):
        event.listen(Session, "do_orm_exec", print)


def test_a_database_in_memory_has_no_other_side() -> None:
    """Another connection would see another database, empty."""
    with pytest.raises(
        ValueError, match=r"committed\(\) cannot look into sqlite://: give it a file"
    ):
        committed(create_engine("sqlite://"), "SELECT 1")
    with pytest.raises(ValueError, match=r"rows_of\(\) cannot look into sqlite://"):
        rows_of(create_engine("sqlite://"), [])


def test_states_of_objects(engine: Engine) -> None:
    """By their names; anything may be asked about."""
    dave = User("Dave", None)
    with Session(engine) as session:
        seen = [state(dave)]
        session.add(dave)
        seen.append(state(dave))
        session.flush()
        seen.append(state(dave))
        session.delete(dave)
        session.flush()
        seen.append(state(dave))
        session.commit()
        seen.append(state(dave))
    assert seen == ["transient", "pending", "persistent", "deleted", "detached"]
    assert [state(None), state(User)] == ["unmapped", "unmapped"]
