"""The board of a Session: what it shows, and that asking changes nothing."""

from __future__ import annotations

import gc
import re
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, ForeignKey, QueuePool, create_engine, event, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    scoped_session,
    sessionmaker,
)

from orm_tutorial import models
from orm_tutorial.models import User
from orm_tutorial.show import session_board, sqlalchemy_private

STATES = ("transient", "pending", "persistent", "deleted", "detached")
EVIL = "<img src=x onerror=alert(1)>"


class Base(DeclarativeBase):
    pass


class Node(Base):
    """Refers to itself, and has an attribute that is loaded when it is asked for."""

    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    text: Mapped[str | None] = mapped_column(deferred=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    children: Mapped[list[Node]] = relationship(back_populates="parent")
    parent: Mapped[Node | None] = relationship(back_populates="children", remote_side="Node.id")


class Pair(Base):
    """Has a composite key."""

    __tablename__ = "pair"
    left: Mapped[int] = mapped_column(primary_key=True)
    right: Mapped[str] = mapped_column(primary_key=True)


@pytest.fixture
def engine(tmp_path) -> Engine:
    made = create_engine(f"sqlite:///{tmp_path}/board.db", poolclass=QueuePool)
    models.Base.metadata.create_all(made)
    Base.metadata.create_all(made)
    return made


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as made:
        yield made


def text(session: Session, /, *objects: object, **named: object) -> str:
    """The board's text, its dates of today replaced."""
    return re.sub(r"\d{4}-\d\d-\d\d [\d:.]+", "T", repr(session_board(session, *objects, **named)))


def one_of_each(session: Session) -> dict[str, User]:
    """A user in each state, and a few attributes in each condition."""
    made = {state: User(state, None) for state in ("persistent", "deleted", "detached", "expired")}
    session.add_all(made.values())
    session.commit()
    session.refresh(made["persistent"])
    session.refresh(made["detached"])
    session.delete(made["deleted"])
    session.flush()
    session.expunge(made["detached"])
    made |= {"pending": User("pending", None), "transient": User("transient", None)}
    session.add(made["pending"])
    made["persistent"].name = "changed"
    made["persistent"].full_name = None
    return made


def test_every_state_has_its_column(session: Session) -> None:
    """Objects stand in their state, with key, values, changes and what is expired."""
    made = one_of_each(session)
    assert text(session, made["transient"], gone=made["detached"], kept=made["persistent"]) == (
        "Session: in a transaction, 1 connection\n"
        "transient\n"
        "  User (new)\n"
        "    name='transient', full_name=None\n"
        "pending\n"
        "  User (new)\n"
        "    name='pending', full_name=None\n"
        "persistent\n"
        "  User 1 kept, key (User, (1,)), dirty\n"
        "    id=1, name='changed' (was 'persistent'), full_name=None (set, no change),\n"
        "    created_at=T\n"
        "  User 4, key (User, (4,))\n"
        "    all expired\n"
        "deleted\n"
        "  User 2, key (User, (2,))\n"
        "    id=2, name='deleted', full_name=None, created_at=T\n"
        "detached\n"
        "  User 3 gone, key (User, (3,))\n"
        "    id=3, name='detached', full_name=None, created_at=T"
    )


def test_picture_says_what_the_text_says(session: Session) -> None:
    """The picture has a named group for each state, a table for each object, a row a value."""
    made = one_of_each(session)
    board = session_board(session, gone=made["detached"], new=made["transient"])
    page = BeautifulSoup(board._repr_html_(), "html.parser")
    assert [name.text for name in page.select(".show-state-name")] == list(STATES)
    for column, state in zip(page.select(".show-column"), STATES, strict=True):
        assert column["aria-label"] == state
        assert f"show-{state}" in column["class"]
    persistent = page.select(".show-persistent table")
    captions = [table.caption.text for table in persistent if table.caption]
    assert captions == ["User 1 key (User, (1,)) dirty", "User 4 key (User, (4,))"]
    first = [[cell.text for cell in row.select("th, td")] for row in persistent[0].select("tr")]
    assert first[:3] == [
        ["id", "1"],
        ["name", "'changed' was 'persistent'"],
        ["full_name", "None set, no change"],
    ]
    assert [cell.text for cell in persistent[1].select("td")] == ["all expired"]
    assert all(th["scope"] == "row" for th in page.select("th"))
    assert [code.text for code in page.select(".show-detached caption code")] == ["gone"]


def test_a_picture_has_dates_as_a_database_shows_them(session: Session) -> None:
    """In a narrow column ``datetime.datetime(...)`` would break in the middle of a word."""
    user = User("Dave", None)
    session.add(user)
    session.commit()
    made = user.created_at
    user.created_at = made.replace(year=2001)
    page = BeautifulSoup(session_board(session)._repr_html_(), "html.parser")
    row = page.select(".show-persistent tr")[-1]
    assert [row.th.text, row.code.text] == ["created_at", str(user.created_at)]
    assert row.select_one(".show-quiet").text == f"was {made}"


def test_what_is_not_loaded_and_what_was_changed_look_different(session: Session) -> None:
    """An attribute's row says by its class which of both it is; a loaded value has none."""
    made = one_of_each(session)
    session.expire(made["persistent"], ["full_name"])
    page = BeautifulSoup(session_board(session)._repr_html_(), "html.parser")
    rows = page.select(".show-persistent table")[0].select("tr")
    assert [row.get("class") for row in rows] == [None, ["show-edited"], ["show-unloaded"], None]
    assert page.select(".show-persistent .show-unloaded td")[-1].text == "all expired"


def condition(session: Session, engine: Engine, objects: list[Any]) -> list[Any]:
    """All that a question could change."""
    pool = engine.pool
    assert isinstance(pool, QueuePool)
    facts: list[Any] = [
        session.in_transaction(),
        session.in_nested_transaction(),
        session.is_active,
        pool.checkedout(),
        len(session.identity_map),
        [id(each) for each in session.new],
        [id(each) for each in session.deleted],
        sorted(id(each) for each in session.dirty),
    ]
    for obj in objects:
        state = inspect(obj)
        facts += [
            [getattr(state, name) for name in STATES],
            dict(obj.__dict__),
            set(state.expired_attributes),
            dict(state.committed_state),
            (state.modified, state.expired, state.key, set(vars(state))),
        ]
    return facts


def nothing(session: Session) -> None:
    pass


def committed(session: Session) -> None:
    session.commit()


def rolled_back(session: Session) -> None:
    session.rollback()


def savepoint(session: Session) -> None:
    session.begin_nested()


def failed(session: Session) -> None:
    session.add(User(None, None))  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        session.flush()


def closed(session: Session) -> None:
    session.close()


@pytest.mark.parametrize("then", [nothing, committed, rolled_back, savepoint, failed, closed])
def test_asking_changes_nothing(
    session: Session, engine: Engine, then: Callable[[Session], None]
) -> None:
    """No question loads, flushes, begins, checks out or refreshes, in whatever state."""
    made = one_of_each(session)
    then(session)
    sent: list[str] = []
    before = condition(session, engine, list(made.values()))
    event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, *rest: sent.append(sql))
    board = session_board(session, **made)
    repr(board)
    board._repr_html_()
    assert condition(session, engine, list(made.values())) == before
    assert sent == []


def test_asking_loads_nothing_of_relationships(session: Session, engine: Engine) -> None:
    """A parent that was replaced before it was loaded is not loaded to compare the two."""
    leaf = Node(id=2, parent=Node(id=1))
    session.add_all([leaf, Node(id=3)])
    session.commit()
    other = session.get(Node, 3)
    session.refresh(leaf)
    leaf.parent = other
    sent: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda c, cursor, sql, *rest: sent.append(sql))
    before = condition(session, engine, [leaf, other])
    shown = text(session)
    assert condition(session, engine, [leaf, other]) == before
    assert sent == []
    assert "Node 2, key (Node, (2,)), dirty, changed: parent\n" in shown


def test_question_to_an_idle_session_begins_nothing(session: Session, engine: Engine) -> None:
    """A Session without a transaction has none afterwards, and no connection."""
    before = condition(session, engine, [])
    assert repr(session_board(session)) == (
        "Session: not in a transaction, no connection\nno objects"
    )
    assert condition(session, engine, []) == before
    assert not session.in_transaction()


def test_board_keeps_no_object_alive(session: Session) -> None:
    """What nobody else refers to leaves the identity map, with the board still there."""
    session.add(User("Dave", None))
    session.commit()
    dave = session.scalars(select(User)).one()
    detached = User("Sandy", None)
    gone = [weakref.ref(dave), weakref.ref(detached)]
    board = session_board(session, sandy=detached)
    del dave, detached
    gc.collect()
    assert [reference() for reference in gone] == [None, None]
    assert len(session.identity_map) == 0
    assert "User 1" in repr(board)


def test_board_stays_as_it_was(session: Session) -> None:
    """A board is a snapshot: what happens later does not show on it."""
    dave = User("Dave", None)
    session.add(dave)
    board = session_board(session)
    before = repr(board)
    dave.name = "David"
    session.commit()
    assert repr(board) == before


def test_transaction_and_connections_are_told(engine: Engine, tmp_path) -> None:
    """Each condition of the Session's transaction has its words."""

    def title(session: Session) -> str:
        return repr(session_board(session)).split("\n")[0].removeprefix("Session: ")

    other = create_engine(f"sqlite:///{tmp_path}/other.db")
    Base.metadata.create_all(other)
    with Session(engine, binds={Node: other}) as session:
        assert title(session) == "not in a transaction, no connection"
        session.begin()
        assert title(session) == "in a transaction, no connection"
        session.scalars(select(User)).all()
        assert title(session) == "in a transaction, 1 connection"
        with session.begin_nested(), session.begin_nested():
            assert title(session) == "in a transaction, 2 savepoints, 1 connection"
        session.scalars(select(Node)).all()
        assert title(session) == "in a transaction, 2 connections"
        failed(session)
        assert title(session) == "in a transaction, waiting for rollback(), 2 connections"
        assert isinstance(engine.pool, QueuePool)
        assert engine.pool.checkedout() == 1  # and one of the other engine
        session.rollback()
        assert title(session) == "not in a transaction, no connection"


def test_session_closed_for_good_says_so(engine: Engine) -> None:
    """A Session that cannot be used again is closed; one that can is only idle."""
    session = Session(engine, close_resets_only=False)
    session.add(User("Dave", None))
    session.close()
    assert repr(session_board(session)) == "Session: closed\nno objects"
    page = BeautifulSoup(session_board(session)._repr_html_(), "html.parser")
    assert [part.text for part in page.select("p")] == ["Session: closed", "no objects"]


def test_changes_are_told_apart(session: Session) -> None:
    """Removed, changed without the old value, changed by SQL, deferred, in a relationship."""
    root = Node(id=1, name="root", children=[Node(id=2, name="leaf")])
    session.add(root)
    session.commit()
    root.name = "new"
    assert text(session, root=root).split("\n")[2:4] == [
        "  Node 1 root, key (Node, (1,)), dirty",
        "    id (expired), name='new' (changed, old value not loaded), text (expired),",
    ]
    session.commit()
    found = session.scalars(select(Node).order_by(Node.id)).all()
    assert "text (not loaded)" in text(session)
    found[0].id = Node.id + 1  # type: ignore[assignment,operator]
    assert "id=SQL: node.id + :id_1 (was 1)" in text(session)
    session.rollback()
    del root.name
    assert "name (removed, old value not loaded)" in text(session)
    session.rollback()
    assert root.name == "new"
    del root.name
    assert "name (removed, was 'new')" in text(session)
    session.rollback()
    root.children.append(Node(id=3))
    assert "  Node 1, key (Node, (1,)), dirty, changed: children\n" in text(session)


def test_marked_for_deletion_is_still_persistent(session: Session) -> None:
    """delete() marks, the flush deletes, rollback() brings back."""
    dave = User("Dave", None)
    session.add(dave)
    session.flush()
    session.delete(dave)
    assert "persistent\n  User 1, key (User, (1,)), to be deleted\n" in text(session)
    session.begin_nested()  # flushes
    assert "deleted\n  User 1, key (User, (1,))\n" in text(session)
    session.rollback()
    assert "no objects" in text(session)


def test_optimistic_dirty_is_told(session: Session) -> None:
    """Setting an attribute to its value makes an object dirty without a change."""
    dave = User("Dave", None)
    session.add(dave)
    session.flush()
    dave.name = dave.name
    assert "User 1, key (User, (1,)), dirty, no net change\n" in text(session)
    assert "name='Dave' (set, no change)" in text(session)


def test_objects_are_in_order(session: Session) -> None:
    """By class, by key as numbers, new ones last in the order in which they were added."""
    kept = [Pair(left=10, right="b"), Pair(left=9, right="a"), Node(id=70)]
    session.add_all(kept)
    session.flush()
    session.add_all([Node(name="z"), Node(name="a")])
    titles = [line.split(",")[0] for line in text(session).split("\n") if line[2:3] in {"N", "P"}]
    assert titles == ["  Node (new)", "  Node (new)", "  Node 70", "  Pair (9", "  Pair (10"]
    new = list(session.new)
    assert text(session, new[1]).index("'z'") < text(session, new[1]).index("'a'")
    assert "  Pair (9, 'a'), key (Pair, (9, 'a'))\n" in text(session)


def test_object_of_another_session_is_marked(session: Session, engine: Engine) -> None:
    """An object belongs to one Session; a board of another says so."""
    dave = User("Dave", None)
    with Session(engine) as other:
        other.add(dave)
        assert "pending\n  User (new) dave, in another Session\n" in text(session, dave=dave)


def test_names_of_one_object_stand_together(session: Session) -> None:
    """An object that is given twice is shown once, under both its names."""
    dave = User("Dave", None)
    assert text(session, dave, dave=dave, david=dave).count("User (new) dave, david") == 1


def test_name_session_may_be_given(session: Session) -> None:
    """No name is taken: an object may be called like the first argument."""
    assert "User (new) session" in text(session, session=User("Dave", None))


def test_long_and_hostile_values_are_cut_and_escaped(session: Session) -> None:
    """A value of 200 characters is cut; markup in a value is text."""
    kind = type("N" * 200, (Node,), {})
    named = {"n" * 200: kind(name=EVIL), EVIL: User("x" * 200, EVIL)}
    board = session_board(session, **named)
    page = BeautifulSoup(board._repr_html_(), "html.parser")
    assert page.find("img") is None
    assert page.text.count(repr(EVIL)) == 2
    assert max(map(len, re.findall(r"[xnN]+…", repr(board)))) <= 48
    assert "x" * 49 not in page.text


@pytest.mark.parametrize(
    "given", [None, "session", sessionmaker(), scoped_session(sessionmaker()), Session]
)
def test_what_is_no_session_is_refused(given: Any) -> None:
    """A factory is the slip that is made most; the message says what to give."""
    with pytest.raises(TypeError, match=r"shows a Session, and was given .*give what the factory"):
        session_board(given)


@pytest.mark.parametrize("given", [None, "Dave", User, object(), [User("Dave", None)]])
def test_what_is_not_mapped_is_refused(session: Session, given: object) -> None:
    """The message says what was given."""
    with pytest.raises(TypeError, match=r"session_board\(\) shows mapped objects, and was given"):
        session_board(session, dave=given)


def test_what_sqlalchemy_keeps_to_itself_is_still_there(session: Session) -> None:
    """The private attributes that sqlalchemy_private.py reads have these names and meanings."""
    dave = User("Dave", None)
    session.add(dave)
    session.flush()
    transaction = session.get_transaction()
    assert transaction is not None
    assert transaction is session._transaction
    assert session.connection() in {entry[0] for entry in transaction._connections.values()}
    assert sqlalchemy_private.connections(session) == [session.connection()]
    session.delete(dave)
    session.flush()
    assert list(transaction._deleted) == [inspect(dave)]
    assert session._close_state.name == "CLOSE_IS_RESET"
    result = session.scalars(select(User))
    assert result._soft_closed is False
    result.all()
    assert (result.closed, result._soft_closed) == (False, True)
