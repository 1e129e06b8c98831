"""The diagram of an object's states, held against real Sessions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import create_engine, inspect
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

import orm_tutorial
from orm_tutorial.models import Base, User
from orm_tutorial.show import object_states
from orm_tutorial.show.entity import STATES, state_name
from orm_tutorial.show.states import TRANSITIONS, Transition


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        yield made


def transient(session: Session) -> User:
    return User("Dave", None)


def pending(session: Session) -> User:
    user = transient(session)
    session.add(user)
    return user


def persistent(session: Session) -> User:
    user = pending(session)
    session.commit()
    return user


def flushed(session: Session) -> User:
    user = pending(session)
    session.flush()
    return user


def deleted_new(session: Session) -> User:
    user = flushed(session)
    session.delete(user)
    session.flush()
    return user


def deleted(session: Session) -> User:
    user = persistent(session)
    session.delete(user)
    session.flush()
    return user


def detached(session: Session) -> User:
    user = persistent(session)
    session.expunge(user)
    return user


MAKE = {make.__name__: make for make in (transient, pending, persistent, deleted, detached)}
CALLS: dict[str, Callable[[Session, User], object]] = {
    "add()": lambda session, user: session.add(user),
    "flush()": lambda session, user: session.flush(),
    "commit()": lambda session, user: session.commit(),
    "rollback()": lambda session, user: session.rollback(),
    "expunge()": lambda session, user: session.expunge(user),
    "close()": lambda session, user: session.close(),
    "delete()": lambda session, user: session.delete(user),
}
NEW = {"persistent": flushed, "deleted": deleted_new}
"""Of objects whose INSERT is in the transaction that is rolled back."""
WAYS = [(way, call) for way in TRANSITIONS for call in way.calls]


def name(user: User) -> str:
    return state_name(inspect(user))


@pytest.mark.parametrize(("way", "call"), WAYS, ids=str)
def test_each_way_is_what_a_session_does(session: Session, way: Transition, call: str) -> None:
    """A call that is drawn leads from the one state to the other."""
    user = NEW[way.source](session) if way.when == "of its INSERT" else MAKE[way.source](session)
    assert name(user) == way.source
    CALLS[call](session, user)
    if way.when == "and a flush":
        assert name(user) == way.source
        session.flush()
    assert name(user) == way.target


@pytest.mark.parametrize("make", [*MAKE.values(), *NEW.values()])
@pytest.mark.parametrize("call", CALLS)
def test_no_way_is_missing(session: Session, make: Callable[[Session], User], call: str) -> None:
    """A call that leads to another state is drawn; one that is refused leads nowhere."""
    user = make(session)
    state = name(user)
    with suppress(InvalidRequestError):
        CALLS[call](session, user)
    drawn = {way.target for way in TRANSITIONS if way.source == state and call in way.calls}
    assert name(user) in drawn | {state}


@pytest.mark.parametrize("call", ["add()", "delete()"])
def test_a_key_that_is_taken_keeps_a_detached_object_out(session: Session, call: str) -> None:
    """A Session that has another object with the key refuses the detached one."""
    user = detached(session)
    held = session.get_one(User, inspect(user).identity)
    with pytest.raises(InvalidRequestError, match="another instance with key"):
        CALLS[call](session, user)
    assert (name(user), name(held)) == ("detached", "persistent")


@pytest.mark.parametrize("state", MAKE)
def test_present_state_is_marked(session: Session, state: str) -> None:
    """The object's state has a star in the text, a dot, a class and a title in the picture."""
    diagram = object_states(MAKE[state](session))
    marked = [line for line in repr(diagram).split("\n") if line.startswith("*")]
    assert marked == [f"* {state}"]
    assert repr(diagram).split("\n")[0].endswith(f" is {state}")
    picture = BeautifulSoup(diagram._repr_html_(), "html.parser")
    present = picture.select(".show-present")
    assert [group.text for group in present] == [f"● {state}"]
    assert picture.svg is not None
    assert picture.svg.title is not None
    assert picture.svg.title.text == diagram.title


def test_without_an_object_nothing_is_marked() -> None:
    """The diagram alone marks no state."""
    diagram = object_states()
    assert "*" not in repr(diagram)
    assert repr(diagram).split("\n")[0] == "The states of a mapped object"
    assert "show-present" not in diagram._repr_html_()


def test_picture_says_all_that_the_text_says() -> None:
    """Every state and every way stands in the picture, its description in words."""
    picture = BeautifulSoup(object_states()._repr_html_(), "html.parser")
    assert picture.svg is not None
    assert picture.svg["role"] == "img"
    named = [picture.find(id=key) for key in str(picture.svg["aria-labelledby"]).split()]
    assert all(named)
    description = named[1]
    assert description is not None
    assert all(f"From {w.source} to {w.target}: {w}." in description.text for w in TRANSITIONS)
    drawn = [" ".join(text.stripped_strings) for text in picture.select("text.show-call")]
    assert drawn == [" ".join([*way.calls, way.when]).strip() for way in TRANSITIONS]
    assert [group.text for group in picture.select("g")] == list(STATES)


def test_the_file_for_films_is_this_drawing() -> None:
    """film.js adds the diagram from a file, with ids of its own in the place of the numbers."""
    drawn = re.sub(r"\b(states(?:-arrow)?)-\d+", r"\1-N", object_states().drawing())
    file = Path(orm_tutorial.__path__[0]) / "static" / "states.svg"
    expected = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    assert file.read_text(encoding="utf-8").rstrip("\n") == expected, f"write this to {file}"


def test_two_pictures_share_no_id() -> None:
    """Two diagrams on one page refer each to their own arrows and words."""
    both = BeautifulSoup(
        object_states()._repr_html_() + object_states()._repr_html_(), "html.parser"
    )
    ids = [tag["id"] for tag in both.find_all(id=True)]
    assert len(ids) == len(set(ids)) == 6
    arrows = {str(path["marker-end"]) for path in both.select("path.show-way")}
    assert arrows <= {f"url(#{key})" for key in ids}


def test_asking_loads_nothing(session: Session) -> None:
    """An expired object stays expired and the Session stays out of a transaction."""
    user = persistent(session)
    before = dict(inspect(user).dict)
    object_states(user)
    assert inspect(user).dict == before
    assert not session.in_transaction()


@pytest.mark.parametrize(
    "given", [User, "Dave", 1, object()], ids=["class", "text", "int", "object"]
)
def test_what_is_not_mapped_is_refused(given: object) -> None:
    """The message says what was given and what to give."""
    with pytest.raises(
        TypeError, match=r"object_states\(\) shows mapped objects.*; give an object"
    ):
        object_states(given)
