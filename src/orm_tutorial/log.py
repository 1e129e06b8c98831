"""Show on a page the SQL that its engines log.

A page writes ``create_engine("sqlite://", echo=True)`` as any program does; what SQLAlchemy would
then print to stdout, with date, level and logger, is published as segments of the page instead.
"""

from __future__ import annotations

import logging
import re
from typing import Protocol

import sqlalchemy.log

__all__ = ["Publish", "SQLHandler", "install", "message"]

ENGINE = "sqlalchemy.engine.Engine"
# The words in brackets come from DefaultExecutionContext._get_cache_stats.
_TIMING = re.compile(
    r"^((?:\[[^\]\n]*\] )*\[[^\]\n]*?)(?: in| since)? \d[\d.e+-]*s(?: ago)?(?= ?[\] ])"
)


class Publish(Protocol):
    """What the page's runner gives to :func:`install`."""

    def __call__(self, kind: str, text: str, **meta: str) -> None:
        """Show ``text`` as a segment of the running cell."""


def message(text: str) -> str:
    """A logged message as a page records it: without the time that a statement took.

    >>> message("[generated in 0.00031s] ('Dave',)")
    "[generated] ('Dave',)"
    >>> message("[cached since 0.1487s ago] ()")
    '[cached] ()'
    >>> message("[no key 0.00139s] ()")
    '[no key] ()'
    >>> message("[generated in 0.00005s (insertmanyvalues) 1/2 (ordered; batch not supported)] ()")
    '[generated (insertmanyvalues) 1/2 (ordered; batch not supported)] ()'
    >>> message("SELECT 'in 0.5s ago'")
    "SELECT 'in 0.5s ago'"
    """
    return _TIMING.sub(r"\1", text.strip("\n"))


class SQLHandler(logging.Handler):
    """Publishes the messages of the loggers that ``echo=True`` switched on.

    A named engine (``logging_name``) has a logger below that of all engines and shows its name.
    """

    def __init__(self, publish: Publish) -> None:
        super().__init__()
        self.publish = publish
        self.echoed: set[str] = set()

    def echo(self, logger: logging.Logger) -> None:
        """Show what this logger says; called where SQLAlchemy would add its stdout handler."""
        self.echoed.add(logger.name)

    def emit(self, record: logging.LogRecord) -> None:
        if record.name not in self.echoed:
            return
        text = message(record.getMessage())
        name = record.name.removeprefix(ENGINE).removeprefix(".")
        if record.name.startswith(ENGINE) and name:
            self.publish("sql", f"[{name}] {text}", engine=name)
        else:
            self.publish("sql", text)


def install(publish: Publish) -> None:
    """Publish the SQL of every engine that is created with ``echo=True`` from now on.

    SQLAlchemy gives each echoing logger a handler of its own, a named engine's one more than the
    others, so that a named engine would be shown twice; that function of ``sqlalchemy.log`` is
    private and is replaced here alone.
    """
    handler = SQLHandler(publish)
    logging.getLogger("sqlalchemy").addHandler(handler)
    sqlalchemy.log._add_default_handler = handler.echo
