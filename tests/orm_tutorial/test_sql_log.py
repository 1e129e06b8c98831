"""The log handler, through SQLAlchemy's own engines."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy.log
from sqlalchemy import Engine, create_engine, event, text

from orm_tutorial import sql_log


class Published(list[str]):
    """What was published, as the page's runner would record it."""

    def __init__(self) -> None:
        super().__init__()
        self.meta: list[dict[str, str]] = []

    def __call__(self, kind: str, text: str, **meta: str) -> None:
        assert kind == "sql"
        self.append(text)
        self.meta.append(meta)

    @property
    def lanes(self) -> list[tuple[str, str]]:
        """Part and lane of each message."""
        return [(meta["part"], meta["lane"]) for meta in self.meta]


@pytest.fixture
def published() -> Iterator[Published]:
    """The handler, installed for one test, and what it published."""
    logger = logging.getLogger("sqlalchemy")
    before, default = list(logger.handlers), sqlalchemy.log._add_default_handler
    shown = Published()
    sql_log.install(shown)
    yield shown
    logger.handlers[:] = before
    sqlalchemy.log._add_default_handler = default
    event.remove(Engine, "engine_connect", sql_log._mark)
    event.remove(Engine, "set_connection_execution_options", sql_log._keep_mark)
    event.remove(Engine, "before_cursor_execute", sql_log._in_order)


def test_echo_publishes_and_prints_nothing(
    published: Published, capsys: pytest.CaptureFixture[str]
) -> None:
    """An engine with echo=True publishes its SQL, and stdout stays empty."""
    with create_engine("sqlite://", echo=True).connect() as connection:
        connection.execute(text("SELECT :word"), {"word": "hello"})
    assert published == ["BEGIN (implicit)", "SELECT ?", "[generated] ('hello',)", "ROLLBACK"]
    assert capsys.readouterr() == ("", "")


def test_named_engine_shows_its_name_once(published: Published) -> None:
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


def test_quiet_engine_is_not_shown(published: Published) -> None:
    """An engine without echo is not shown, even beside one with echo."""
    create_engine("sqlite://", echo=True)
    with create_engine("sqlite://").connect() as connection:
        connection.execute(text("SELECT 1"))
    assert published == []


def test_echo_can_be_switched(published: Published) -> None:
    """Setting engine.echo later is followed."""
    engine = create_engine("sqlite://", echo=True)
    engine.echo = False
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    engine.echo = True
    with engine.connect() as connection:
        connection.execute(text("SELECT 2"))
    assert published == ["BEGIN (implicit)", "SELECT 2", "[generated] ()", "ROLLBACK"]


def test_debug_echo_shows_rows(published: Published) -> None:
    """echo="debug" shows columns and rows too, as SQLAlchemy logs them."""
    with create_engine("sqlite://", echo="debug").connect() as connection:
        connection.execute(text("SELECT 1 AS one")).all()
    assert "Col ('one',)" in published
    assert "Row (1,)" in published


def test_timings_are_taken_out_of_every_kind_of_bracket(published: Published) -> None:
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


def test_what_sqlalchemy_asks_by_itself_is_explained(published: Published) -> None:
    """The question whether a table exists is told from the program's own statements."""
    key = sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True)
    table = sqlalchemy.Table("word", sqlalchemy.MetaData(), key)
    with create_engine("sqlite://", echo=True).begin() as connection:
        table.create(connection, checkfirst=True)
    asked = [meta for meta in published.meta if "by itself" in meta.get("about", "")]
    assert [meta["word"] for meta in asked] == ["raw sql", "raw sql"]
    assert "whether a table exists" in asked[0]["about"]


def test_a_transaction_keeps_one_lane_and_frees_it(published: Published) -> None:
    """From BEGIN to its end a connection has a lane; the next transaction takes it again."""
    engine = create_engine("sqlite://", echo=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.commit()
        connection.execute(text("SELECT 2"))
    parts = ["begin", "statement", "parameters"]
    assert published.lanes == [(part, "0") for part in [*parts, "commit", *parts, "rollback"]]


def test_two_connections_have_two_lanes(published: Published, tmp_path: Path) -> None:
    """Two transactions at the same time are told apart, of one engine or of two."""
    engine = create_engine(f"sqlite:///{tmp_path}/lanes.db", echo=True)
    with engine.connect() as first, engine.connect() as second:
        first.begin()
        second.begin()
        first.commit()
        first.begin()
    assert [lane for _, lane in published.lanes] == ["0", "1", "0", "0", "1", "0"]


def test_a_token_of_the_program_stays_and_costs_no_lane(published: Published) -> None:
    """A logging_token of an engine or of a connection is shown, and lanes are told as without."""
    engine = create_engine("sqlite://", echo=True).execution_options(logging_token="report")
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.execution_options(logging_token="later")
        connection.execute(text("SELECT 2"))
    assert published[0] == "[report] BEGIN (implicit)"
    assert "[later] SELECT 2" in published
    assert published[-1] == "[later] ROLLBACK"
    assert {meta["lane"] for meta in published.meta} == {"0"}


def test_a_savepoint_ends_no_transaction(published: Published) -> None:
    """ROLLBACK TO SAVEPOINT is a statement inside of the transaction."""
    with create_engine("sqlite://", echo=True).connect() as connection:
        connection.begin()
        connection.begin_nested().rollback()
    assert [part for part, _ in published.lanes if part != "parameters"] == [
        "begin",
        "statement",
        "statement",
        "rollback",
    ]


def test_a_connection_that_is_dropped_frees_its_lane() -> None:
    """A Session that nobody closed does not hold its lane for ever."""
    engine = create_engine("sqlite://")
    lanes = sql_log.Lanes()
    assert lanes.lane(engine.connect(), "begin") == "0"
    gc.collect()
    assert lanes.lane(engine.connect(), "begin") == "0"


@pytest.mark.parametrize(
    ("bracket", "known"),
    [
        ("generated", True),
        ("cached", True),
        ("raw sql", True),
        ("no key", True),
        ("caching disabled (a reason)", True),
        ("dialect x+y does not support caching", True),
        ("insertmanyvalues 2/2 (ordered; batch not supported)", True),
        ("something new", False),
    ],
)
def test_words_in_brackets_are_explained(bracket: str, known: bool) -> None:
    """Each word that SQLAlchemy has for a statement's text has its explanation."""
    said = sql_log.about(f"[{bracket}] ('Dave',)")
    assert (said["part"], said["word"]) == ("parameters", bracket)
    assert bool(said["about"]) == known


def test_named_parameters_are_in_the_order_of_the_statement() -> None:
    """An INSERT of several rows has them from a set, in another order in each process."""
    sql = "INSERT INTO word (a, b) VALUES (%(b__0)s, %(a__0)s), (%(b__1)s, %(a__1)s)"
    given = {"a__1": 4, "a__0": 2, "b__1": 3, "b__0": 1}
    _, ordered = sql_log._in_order(None, None, sql, given)  # type: ignore[arg-type]
    assert list(ordered.items()) == [("b__0", 1), ("a__0", 2), ("b__1", 3), ("a__1", 4)]
    assert sql_log._in_order(None, None, "SELECT ?", (1,))[1] == (1,)  # type: ignore[arg-type]
