"""What the check of an exercise sees of SQLAlchemy, besides the names of the attempt itself."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Executable,
    create_engine,
    event,
    inspect,
    text,
)
from sqlalchemy.event import api
from sqlalchemy.event import listen as _listen
from sqlalchemy.orm import InstanceState, Session, SessionTransaction

from .show.entity import state_name
from .show.statements import Statement, Statements

__all__ = ["Sent", "attempt", "committed", "rows_of", "state"]

_OWN = "committed"
"""The execution option of what a check asks the database by itself, which is not sent by anyone."""

_others: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()
"""By an attempt's engine, the one that looks into its database, by one connection: to connect takes
longer than to ask."""


class Sent(Statements):
    """The statements that were sent, as they are sent, and how often a transaction ended.

    ``clear()`` forgets all of it, for what the check calls next.
    """

    commits = 0
    rollbacks = 0

    def clear(self) -> None:
        """Forget what was sent so far."""
        super().clear()
        self.commits = self.rollbacks = 0

    def of(self, *kinds: str) -> list[Statement]:
        """The statements whose first word is one of these."""
        return [statement for statement in self if statement.kind in kinds]


def committed(engine: Engine, question: str | Executable) -> list[tuple[Any, ...]]:
    """The rows that anybody else sees in the engine's database, by a connection of their own.

    ``question`` is SQL or a ``select()``. Raises ValueError for SQLite in memory, which nobody
    else sees: an exercise that looks at its database has a file.
    """
    asked = text(question) if isinstance(question, str) else question
    with _other_side(engine, "committed()") as connection:
        return [tuple(row) for row in connection.execute(asked)]


def rows_of(engine: Engine, statements: Iterable[Statement]) -> int:
    """How many rows these statements bring, if anybody else sends them again.

    Raises ValueError as :func:`committed` does.
    """
    with _other_side(engine, "rows_of()") as connection:
        results = (connection.exec_driver_sql(each.sql, each.parameters) for each in statements)
        return sum(len(result.all()) for result in results)


def _other_side(engine: Engine, who: str) -> Connection:
    """A connection of its own to the engine's database, whose statements are not in ``sent``."""
    if engine.dialect.name == "sqlite" and engine.url.database in {None, "", ":memory:"}:
        raise ValueError(f"{who} cannot look into {engine.url}: give it a file")
    other = _others.get(engine)
    if other is None:
        options = {_OWN: True}
        other = create_engine(engine.url, pool_size=1, execution_options=options)
        _others[engine] = other
    return other.connect()


def state(obj: object) -> str:
    """Which state an object is in: transient, pending, persistent, deleted or detached.

    ``unmapped`` where it is not an object of a mapped class.
    """
    found = inspect(obj, raiseerr=False)
    return state_name(found) if isinstance(found, InstanceState) else "unmapped"


@contextmanager
def attempt() -> Iterator[Callable[[], dict[str, Any]]]:
    """Watch an attempt at an exercise, and its check: ``watch`` in ``[tool.myst_doctest]``.

    What it gives is called once the attempt begins, and gives the names that the check sees:
    ``sent``, what is sent from then on, and this module's :func:`committed`, :func:`rows_of` and
    :func:`state`.
    A PostgreSQL database is emptied before it is first used. What is in a transaction at the end
    is closed, since the next attempt may use the same database, and a listener of a whole class,
    such as one of Engine, is removed, since it would hear the next attempt and the page.
    """
    watch = _Watch()
    listeners: list[tuple[Any, str, Any]] = [
        (Engine, "do_connect", watch.connect),
        (Engine, "before_cursor_execute", watch.send),
        (Engine, "begin", watch.begin),
        (Engine, "commit", watch.commit),
        (Engine, "rollback", watch.roll_back),
        (Session, "after_transaction_create", watch.begin),
    ]
    for listener in listeners:
        event.listen(*listener)
    event.listen = api.listen = watch.listen  # type: ignore[assignment]
    try:
        yield watch.start
    finally:
        event.listen = api.listen = _listen
        for each in reversed(watch.used):
            each.close()
        for other in _others.values():
            other.dispose()
        _others.clear()
        for listener in listeners + watch.listeners:
            if event.contains(*listener):
                event.remove(*listener)


class _Watch:
    """What listens to SQLAlchemy during an attempt."""

    def __init__(self) -> None:
        self.sent = Sent()
        self.used: list[Session | Connection] = []
        self.databases: set[str] = set()
        self.listeners: list[tuple[Any, str, Any]] = []

    def start(self) -> dict[str, Any]:
        self.sent.clear()
        seen = {"committed": committed, "rows_of": rows_of, "state": state}
        return {"sent": self.sent, **seen}

    def listen(self, target: Any, name: str, function: Any, *args: Any, **options: Any) -> None:
        """``event.listen()``, also as ``listens_for()`` calls it."""
        _listen(target, name, function, *args, **options)
        if isinstance(target, type):
            self.listeners.append((target, name, function))

    def connect(self, dialect: Dialect, _: object, args: Any, options: dict[str, Any]) -> Any:
        """Connect to PostgreSQL, and empty a database that is new to the attempt."""
        if dialect.name != "postgresql":
            return None
        connection, name = dialect.connect(*args, **options), options.get("dbname", "")
        if name not in self.databases:
            self.databases.add(name)
            connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
            connection.commit()
        return connection

    def send(self, connection: Connection, *given: Any) -> None:
        if not _is_asked(connection):
            self.sent.append(Statement.of(*given))

    def begin(self, begun: Session | Connection, *_: SessionTransaction) -> None:
        self.used.append(begun)

    def commit(self, connection: Connection) -> None:
        self.sent.commits += not _is_asked(connection)

    def roll_back(self, connection: Connection) -> None:
        self.sent.rollbacks += not _is_asked(connection)


def _is_asked(connection: Connection) -> bool:
    return _OWN in connection.get_execution_options()
