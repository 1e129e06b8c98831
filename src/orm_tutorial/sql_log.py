"""Show on a page the SQL that its engines log.

A page writes ``create_engine("sqlite://", echo=True)`` as any program does; what SQLAlchemy would
then print to stdout, with date, level and logger, is published as segments of the page instead.
"""

from __future__ import annotations  # the reference then names Publish, and links to it

import logging
import re
import weakref
from collections.abc import Callable
from itertools import count
from typing import Any

import sqlalchemy.log
from sqlalchemy import Connection, Engine, event

__all__ = ["WORDS", "Publish", "SQLHandler", "install", "message"]

ENGINE = "sqlalchemy.engine.Engine"
TOKEN = "logging_token"
"""The execution option whose value SQLAlchemy puts before each message of a connection."""
# The words in brackets come from DefaultExecutionContext._get_cache_stats.
_TIMING = re.compile(
    r"^((?:\[[^\]\n]*\] )*\[[^\]\n]*?)(?: in| since)? \d[\d.e+-]*s(?: ago)?(?= ?[\] ])"
)

_NAMED = re.compile(r"%\((\w+)\)s")
# A transaction begins where SQLAlchemy says so: a BEGIN that a program sends is a statement of it.
_PART = re.compile(r"(BEGIN(?= (?:TWOPHASE )?\(implicit)|COMMIT|ROLLBACK)(?! TO | PREPARED)\b|(\[)")

WORDS = {
    "generated": "SQLAlchemy has made the SQL text of this statement now, and keeps it.",
    "cached": "SQLAlchemy has made this SQL text before, and sends it again with other values.",
    "raw sql": "The text was handed over as it is: there was nothing to make, or to keep.",
    "no key": "Text of this kind, such as DDL, is made anew each time and not kept.",
    "caching disabled": "The program has asked that SQL texts are not kept.",
    "dialect": "SQL texts are not kept, since the dialect does not say that they may be.",
    "insertmanyvalues": (
        "Several rows are inserted and return values. The numbers count the batches;"
        " ordered means that each returned row must be matched to its object;"
        " where no batch is supported in that case, each row has a statement of its own."
    ),
}
"""What the words in brackets mean: the first words of a bracket, and a sentence or two.

Source: SQLAlchemy's documentation, "SQL Compilation Caching" and "Insert Many Values" Behavior
for INSERT statements.
"""

ASKED = {
    re.compile(
        r"select (pg_catalog\.version|current_schema)\(\)$|show standard_conforming_strings$"
        r"|SELECT (DATABASE\(\)|@@sql_mode|@@lower_case_table_names)$"
    ): (
        "question at a first connection",
        "questions at a first connection",
        "SQLAlchemy asks this by itself, once for an engine, at its first connection.",
    ),
    re.compile(
        r"PRAGMA (main|temp)\.table_info\(|SELECT pg_catalog\.pg_class\.relname\s|DESCRIBE "
    ): (
        "check whether a table exists",
        "checks whether tables exist",
        "SQLAlchemy asks this by itself, to learn whether a table exists.",
    ),
}
"""Statements that no program sends, for SQLite, PostgreSQL and MariaDB: what one of them is called,
and several, and why SQLAlchemy sends one."""

Publish = Callable[..., None]
"""The runner's ``publish(kind, text, **meta)``, which shows a segment of the running cell."""


def message(text: str) -> str:
    """A logged message as a page records it: without the time that a statement took.

    >>> message("[generated in 0.00031s] ('Dave',)")
    "[generated] ('Dave',)"
    >>> message("[cached since 0.1487s ago] ()")
    '[cached] ()'
    """
    return _TIMING.sub(r"\1", text.strip("\n"))


class SQLHandler(logging.Handler):
    """Publishes the messages of the loggers that ``echo=True`` switched on.

    A named engine (``logging_name``) has a logger below that of all engines and shows its name.
    Beside its text, a message has its ``part`` (``begin``, ``commit``, ``rollback``,
    ``parameters`` or ``statement``), the ``engine``'s name, the ``lane`` of its connection, the
    ``word`` in brackets, and what is to be known ``about`` that word; a statement that SQLAlchemy
    sends by itself has what one of its kind is called, ``aside``, and several, ``asides``.
    """

    def __init__(self, publish: Publish) -> None:
        super().__init__()
        self.publish = publish
        self.echoed: set[str] = set()
        self.statement = ""
        self.lanes = Lanes()

    def echo(self, logger: logging.Logger) -> None:
        """Show what this logger says; called where SQLAlchemy would add its stdout handler."""
        self.echoed.add(logger.name)

    def emit(self, record: logging.LogRecord) -> None:
        """Publish a record of such a logger, whatever other loggers below SQLAlchemy's say."""
        if record.name not in self.echoed:
            return
        connection, token, text = _unmarked(record.getMessage())
        text = message(text)
        meta = about(text, self.statement)
        self.statement = text if meta["part"] == "statement" else ""
        if connection is not None:
            meta["lane"] = self.lanes.lane(connection, meta["part"])
        text = f"[{token}] {text}" if token else text
        name = record.name.removeprefix(ENGINE).removeprefix(".")
        if record.name.startswith(ENGINE) and name:
            meta["engine"] = name
            text = f"[{name}] {text}"
        self.publish("sql", text, **meta)


def about(text: str, statement: str = "") -> dict[str, str]:
    """What a message is, and what its word in brackets means, behind that ``statement``.

    >>> about("COMMIT")
    {'part': 'commit'}
    >>> about("BEGIN (implicit)")
    {'part': 'begin'}
    """
    match = _PART.match(text)
    if match is None:
        for asked, (one, several, _) in ASKED.items():
            if asked.match(text):
                return {"part": "statement", "aside": one, "asides": several}
        return {"part": "statement"}
    if match[1]:
        return {"part": match[1].lower()}
    word = text[1:].partition("]")[0]
    explained = [meaning for start, meaning in WORDS.items() if start in word]
    explained += [reason for asked, (*_, reason) in ASKED.items() if asked.match(statement)]
    return {"part": "parameters", "word": word, "about": " ".join(explained)}


class Lanes:
    """Numbers for the connections with a transaction, the lowest free one for each.

    A Session takes a Connection for each transaction, so that a lane lasts from ``BEGIN`` to
    ``COMMIT`` or ``ROLLBACK``.
    """

    def __init__(self) -> None:
        self.numbers: weakref.WeakKeyDictionary[Connection, int] = weakref.WeakKeyDictionary()

    def lane(self, connection: Connection, part: str) -> str:
        """The lane of a connection's message; empty outside of a transaction."""
        if part == "begin":
            used = set(self.numbers.values())
            self.numbers[connection] = min(set(range(len(used) + 1)) - used)
        lane = self.numbers.get(connection)
        if part in ("commit", "rollback"):
            self.numbers.pop(connection, None)
        return "" if lane is None else str(lane)


_NUMBERS = count(1)
_MARKED: weakref.WeakValueDictionary[str, Connection] = weakref.WeakValueDictionary()
"""Connections by the ``logging_token`` that says whose a message is.

A token that the program sets follows ours, and stays in the message: ``[ours] [theirs] BEGIN``.
"""


def _mark(connection: Connection) -> None:
    """Give a new connection its token; listens to SQLAlchemy's event ``engine_connect``."""
    if connection.engine.echo:
        number = str(next(_NUMBERS))
        _MARKED[number] = connection
        given = connection.get_execution_options().get(TOKEN)
        token = number if given is None else f"{number}] [{given}"
        connection.execution_options(**{TOKEN: token})


def _keep_mark(connection: Connection, options: dict[str, Any]) -> None:
    """Put ours before the program's token; listens to ``set_connection_execution_options``."""
    number = str(connection.get_execution_options().get(TOKEN)).partition("]")[0]
    if TOKEN in options and _MARKED.get(number) is connection:
        options[TOKEN] = f"{number}] [{options[TOKEN]}"


def _unmarked(text: str) -> tuple[Connection | None, str, str]:
    """The connection that logged a message, the program's own token, and the message itself."""
    number = text.removeprefix("[").partition("]")[0]
    connection = _MARKED.get(number) if text.startswith("[") else None
    if connection is None:
        return None, "", text
    token = str(connection.get_execution_options()[TOKEN])
    return connection, token.partition("] [")[2], text.removeprefix(f"[{token}] ")


def _in_order(
    connection: Connection, cursor: object, sql: str, parameters: Any, *_: object
) -> tuple[str, Any]:
    """Put named parameters into the order of the statement; listens to ``before_cursor_execute``.

    Those of an INSERT of several rows come from a set, in another order in each process.
    """
    if isinstance(parameters, dict):
        names = [name for name in _NAMED.findall(sql) if name in parameters]
        parameters = {name: parameters[name] for name in names} | parameters
    return sql, parameters


def install(publish: Publish) -> None:
    """Publish the SQL of every engine that is created with ``echo=True`` from now on.

    SQLAlchemy gives each echoing logger a handler of its own, a named engine's one more than the
    others, so that a named engine would be shown twice; that function of ``sqlalchemy.log`` is
    private and is replaced here alone.
    """
    handler = SQLHandler(publish)
    if not event.contains(Engine, "engine_connect", _mark):
        event.listen(Engine, "engine_connect", _mark)
        event.listen(Engine, "set_connection_execution_options", _keep_mark)
        event.listen(Engine, "before_cursor_execute", _in_order, retval=True)
    logging.getLogger("sqlalchemy").addHandler(handler)
    sqlalchemy.log._add_default_handler = handler.echo
