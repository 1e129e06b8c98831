"""The log handler, through SQLAlchemy's own engines."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy.log
from sqlalchemy import Engine, text

from orm_tutorial import log

Create = Callable[..., Engine]


class Published(list[str]):
    """What was published, as the page's runner would record it."""

    def __call__(self, kind: str, message: str, **meta: str) -> None:
        assert kind == "sql"
        self.append(message)


@pytest.fixture
def published() -> Iterator[Published]:
    """The handler, installed for one test, and what it published."""
    logger = logging.getLogger("sqlalchemy")
    before, default = list(logger.handlers), sqlalchemy.log._add_default_handler
    shown = Published()
    log.install(shown)
    yield shown
    logger.handlers[:] = before
    sqlalchemy.log._add_default_handler = default


@pytest.fixture
def create_engine() -> Iterator[Create]:
    """SQLAlchemy's function; the engines' connections are closed after the test."""
    engines: list[Engine] = []

    def create(url: str, **options: Any) -> Engine:
        engines.append(sqlalchemy.create_engine(url, **options))
        return engines[-1]

    yield create
    for engine in engines:
        engine.dispose()


def test_echo_publishes_and_prints_nothing(
    published: Published, create_engine: Create, capsys: pytest.CaptureFixture[str]
) -> None:
    """An engine with echo=True publishes its SQL, and stdout stays empty."""
    with create_engine("sqlite://", echo=True).connect() as connection:
        connection.execute(text("SELECT :word"), {"word": "hello"})
    assert published == ["BEGIN (implicit)", "SELECT ?", "[generated] ('hello',)", "ROLLBACK"]
    assert capsys.readouterr() == ("", "")


def test_named_engine_shows_its_name_once(published: Published, create_engine: Create) -> None:
    """A named engine is shown once, not once for each logger that it has."""
    create_engine("sqlite://", echo=True)  # its logger is above that of the named engine
    with create_engine("sqlite://", echo=True, logging_name="archive").connect() as connection:
        connection.execute(text("SELECT 1"))
    assert published == [
        "[archive] BEGIN (implicit)",
        "[archive] SELECT 1",
        "[archive] [generated] ()",
        "[archive] ROLLBACK",
    ]


def test_quiet_engine_is_not_shown(published: Published, create_engine: Create) -> None:
    """An engine without echo is not shown, even beside one with echo."""
    create_engine("sqlite://", echo=True)
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT 1"))
    assert published == []


def test_echo_can_be_switched(published: Published, create_engine: Create) -> None:
    """Setting engine.echo later is followed."""
    engine = create_engine("sqlite://", echo=True)
    engine.echo = False
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    engine.echo = True
    with engine.connect() as connection:
        connection.execute(text("SELECT 2"))
    assert published == ["BEGIN (implicit)", "SELECT 2", "[generated] ()", "ROLLBACK"]


def test_debug_echo_shows_rows(published: Published, create_engine: Create) -> None:
    """echo="debug" shows columns and rows too, as SQLAlchemy logs them."""
    with create_engine("sqlite://", echo="debug").connect() as connection:
        connection.execute(text("SELECT 1 AS one")).all()
    assert "Col ('one',)" in published
    assert "Row (1,)" in published


def test_timings_are_taken_out_of_every_kind_of_bracket(
    published: Published, create_engine: Create
) -> None:
    """No message holds a time: neither a first run's, nor a cached one's, nor DDL's."""
    engine = create_engine("sqlite://", echo=True)
    key = sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True)
    table = sqlalchemy.Table("word", sqlalchemy.MetaData(), key)
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(sqlalchemy.insert(table), {"id": 1})
        for _ in range(2):
            connection.execute(sqlalchemy.select(table))
    brackets = [message.split("]")[0] + "]" for message in published if message.startswith("[")]
    assert brackets == ["[no key]", "[generated]", "[generated]", "[cached]"]
