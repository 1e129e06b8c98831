"""The SQL statements that are sent while a block runs, counted and listed."""

import re
from collections import UserList
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.interfaces import ExecuteStyle
from sqlalchemy.orm import Session

from . import sqlalchemy_private
from .markup import counted, cut, element, escape, shown, text_element

SHOWN = 20
"""Statements that are listed; the others are counted."""

SQL = 1000
PARAMETERS = 120

_TABLE = re.compile(r"""\b(?:FROM|JOIN|INTO|UPDATE)\s+["`]?(\w+)""")


@dataclass(frozen=True)
class Statement:
    """A statement as the driver got it.

    ``parameters`` is what went with it, a tuple or a dictionary as the driver wants it; where
    ``executemany`` is true, it is a list of these, one for each time the statement is executed.
    """

    sql: str
    parameters: Any
    executemany: bool

    @classmethod
    def of(
        cls, _: object, sql: str, parameters: Any, context: object, executemany: bool
    ) -> "Statement":
        """The statement of SQLAlchemy's event ``before_cursor_execute``."""
        # Many rows in one INSERT with many VALUES have one set of parameters.
        style = getattr(context, "execute_style", None)
        many = executemany and style is not ExecuteStyle.INSERTMANYVALUES
        return cls(sql, list(parameters) if many else parameters, many)

    @property
    def kind(self) -> str:
        """The statement's first word: ``SELECT``, ``INSERT``, ``SAVEPOINT``."""
        return self.sql.split(maxsplit=1)[0].upper()

    @property
    def tables(self) -> list[str]:
        """The tables that it reads or writes, in the order in which it names them."""
        return list(dict.fromkeys(_TABLE.findall(self.sql)))

    @property
    def has_join(self) -> bool:
        """Whether it joins tables."""
        return re.search(r"\bJOIN\b", self.sql) is not None

    @property
    def has_in(self) -> bool:
        """Whether it looks for one of several values, ``IN (...)``."""
        return re.search(r"\bIN \(", self.sql) is not None

    @property
    def words(self) -> str:
        """The parameters in a line, and how many sets of them where there is more than one."""
        if not self.executemany:
            return shown(self.parameters, PARAMETERS)
        sets = ", ".join(shown(each, PARAMETERS) for each in self.parameters[:SHOWN])
        return cut(f"{counted(len(self.parameters), 'parameter set')}: {sets}", PARAMETERS)

    def lines(self) -> list[str]:
        """The statement in lines, cut, and its parameters."""
        sql = cut(self.sql.strip(), SQL).splitlines()
        return [*(line.rstrip() for line in sql if line.strip()), self.words]


class Statements(UserList[Statement]):
    """What :func:`~orm_tutorial.show.statements` gives: a list of the statements so far."""

    @property
    def title(self) -> str:
        """How many statements were sent, in words."""
        return counted(len(self), "statement")

    @property
    def kinds(self) -> list[str]:
        """The first word of each statement."""
        return [statement.kind for statement in self]

    @property
    def rest(self) -> str:
        """How many statements are not listed, in words."""
        return f"and {len(self) - SHOWN} more" if len(self) > SHOWN else ""

    def __repr__(self) -> str:
        lines = [self.title]
        for number, statement in enumerate(self[:SHOWN], start=1):
            first, *others = statement.lines()
            mark = f"{number}. "
            lines += [mark + first, *(" " * len(mark) + line for line in others)]
        return "\n".join([*lines, *filter(None, [self.rest])])

    def _repr_html_(self) -> str:
        head = text_element("p", self.title, class_="show-head")
        items = [_item(statement) for statement in self[:SHOWN]]
        listed = element("ol", *items) if items else ""
        rest = text_element("p", self.rest, class_="show-quiet")
        return element("div", head, listed, rest, class_="show-statements")


def _item(statement: Statement) -> str:
    *sql, words = statement.lines()
    code = element("pre", element("code", escape("\n".join(sql))))
    return element("li", code, element("p", element("code", escape(words)), class_="show-quiet"))


@contextmanager
def statements(where: Engine | Connection | Session | None = None) -> Iterator[Statements]:
    """Collect the statements that are sent inside a ``with`` block.

    ``where`` is an engine or a connection, whose statements are collected, or a Session: then only
    what that Session sends is. Without it, the statements of all engines are.

    ``with statements() as sent`` gives :class:`~orm_tutorial.show.statements.Statements`, which
    fill as the block runs and stay as they are after it.
    ``BEGIN``, ``COMMIT`` and ``ROLLBACK`` are no statements here, ``SAVEPOINT`` is one.
    An ``executemany`` counts once; a statement that fails counts. Where they are shown, SQL is
    cut at 1000 characters and parameters at 120, and no more than 20 statements are listed.

    Raises TypeError for anything else than an engine, a connection or a Session.
    """
    if not isinstance(where, Engine | Connection | Session | None):
        raise TypeError(
            f"statements() listens to an Engine, a Connection or a Session, and was given "
            f"{shown(where)}; give an AsyncEngine's sync_engine, an AsyncSession's sync_session"
        )
    sent = Statements()
    target = where if isinstance(where, Engine | Connection) else Engine
    session = where if isinstance(where, Session) else None

    def collect(connection: Connection, *given: Any) -> None:
        # A Session may have many engines, and an engine many Sessions.
        if session is None or connection in sqlalchemy_private.connections(session):
            sent.append(Statement.of(*given))

    event.listen(target, "before_cursor_execute", collect)
    try:
        yield sent
    finally:
        event.remove(target, "before_cursor_execute", collect)
