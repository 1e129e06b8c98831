"""Scenarios and what they have in common: how to run them, and how to tell what they gave."""

from __future__ import annotations

import contextlib
import json
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import pq
from psycopg.pq import DiagnosticField, ExecStatus, TransactionStatus

Scenario = Callable[[str], Any]
SCENARIOS: dict[str, Scenario] = {}


def scenario(function: Scenario) -> Scenario:
    SCENARIOS[function.__name__] = function
    return function


def outcomes(conninfo: str, *, without: str = "") -> str:
    """What each scenario gave, as JSON; an exception is no outcome."""
    found = {}
    for name, function in SCENARIOS.items():
        if name == without:
            continue
        try:
            with psycopg.connect(conninfo, autocommit=True) as connection:
                connection.execute("SET client_min_messages = error")
                connection.execute("DROP SCHEMA public CASCADE")
                connection.execute("CREATE SCHEMA public")
            found[name] = {"gave": function(conninfo)}
        except Exception:
            found[name] = {"raised": traceback.format_exc()}
    return json.dumps(found, default=repr)


@contextlib.contextmanager
def opened(conninfo: str) -> Iterator[Any]:
    """A connection of the level below psycopg's own."""
    connection = pq.PGconn.connect(conninfo.encode())
    assert connection.status == pq.ConnStatus.OK, connection.get_error_message()
    try:
        yield connection
    finally:
        connection.finish()


def told(result: Any) -> Any:
    """All that a result says; numbers of tables and processes differ between servers."""
    if result is None:
        return None
    columns = [
        {
            "name": result.fname(n),
            "type": known(result.ftype(n)),
            "size": result.fsize(n),
            "modifier": result.fmod(n),
            "format": result.fformat(n),
        }
        for n in range(result.nfields)
    ]
    rows = [
        [result.get_value(row, column) for column in range(result.nfields)]
        for row in range(result.ntuples)
    ]
    return {
        "status": ExecStatus(result.status).name,
        "columns": columns,
        "rows": [[value and value.hex() for value in row] for row in rows[:50]],
        "count": len(rows),
        "binary": result.binary_tuples,
        "command": result.command_status,
        "changed": result.command_tuples,
        "error": result.error_message.decode("utf-8", "replace"),
        "cleaned": result.get_error_message(),
        "fields": fields(result),
        "repr": repr(result).partition("[")[2].partition("]")[0],
    }


def known(oid: int) -> int:
    """The number of a type that all servers have; 0 for one that was made."""
    return oid if oid < 16384 else 0


def fields(result: Any) -> dict[str, Any]:
    """The fields of an error; on which line of PostgreSQL's source it was raised may differ."""
    found = {code.name: result.error_field(code) for code in DiagnosticField}
    found["SOURCE_LINE"] = bool(found["SOURCE_LINE"])
    return {name: value for name, value in found.items() if value}


def status(connection: Any) -> str:
    return TransactionStatus(connection.transaction_status).name


def collected(connection: Any) -> list[Any]:
    """The results of a command, with the state of the connection after each."""
    found = []
    while True:
        connection.flush()
        result = connection.get_result()
        found.append(told(result))
        if result is None or result.status in {ExecStatus.COPY_IN, ExecStatus.COPY_OUT}:
            return found


def tried(function: Callable[..., Any], *arguments: Any) -> Any:
    """What a call gives, or what it raises."""
    try:
        found = function(*arguments)
    except Exception as error:
        if isinstance(error, TypeError):
            return "TypeError"  # each implementation has its own words
        return [type(error).__name__, str(error), getattr(error, "sqlstate", None)]
    return told(found) if hasattr(found, "command_status") else found
