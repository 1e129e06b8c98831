"""Show how one statement is worded for several databases, with no database and no driver."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ClauseElement, Compiled, Dialect, Executable, UpdateBase
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from .markup import cut, element, escape, shown, text_element, unique

SQL, VALUE, PARAMETERS = 10_000, 80, 20  # characters and parameters that are shown


@dataclass(frozen=True)
class Wording:
    """A statement in one dialect, or the message that says why there is none.

    ``parameters`` are those whose names, values or order are not those of all.
    """

    dialect: str
    sql: str = ""
    parameters: tuple[str, ...] = ()
    message: str = ""

    @property
    def note(self) -> str:
        """What is said below the SQL: a message, or the parameters that differ."""
        parameters = f"parameters here: {', '.join(self.parameters)}" if self.parameters else ""
        return "; ".join(filter(None, [self.message, parameters]))


@dataclass(frozen=True)
class DialectTabs:
    """A statement in several dialects, as text and as tabs, with its bound parameters."""

    wordings: tuple[Wording, ...]
    parameters: tuple[str, ...]

    def __repr__(self) -> str:
        lines = []
        for wording in self.wordings:
            lines.append(wording.dialect)
            for text in filter(None, [wording.sql, wording.note]):
                lines += [f"  {line}".rstrip() for line in text.split("\n")]
        if self.parameters:
            lines += ["Parameters", *(f"  {parameter}" for parameter in self.parameters)]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        group = unique("dialects")
        legend = element("legend", "The statement in each dialect")
        tabs = [_tab(group, number, each.dialect) for number, each in enumerate(self.wordings)]
        panels = map(_panel, self.wordings)
        box = element("fieldset", legend, *tabs, *panels, class_="show-dialects")
        return box + self._parameters()

    def _parameters(self) -> str:
        if not self.parameters:
            return ""
        items = (element("li", element("code", escape(each))) for each in self.parameters)
        name = element("p", "Parameters", class_="show-parameters-name")
        return element("div", name, element("ul", *items), class_="show-parameters")


def in_dialects(statement: object) -> DialectTabs:
    """Show a statement as SQLAlchemy words it for SQLite, PostgreSQL, MySQL, Oracle and SQL Server.

    ``statement`` is a select(), insert(), update() or delete(), a text(), or DDL such as
    CreateTable. Placeholders are those of each dialect's usual driver, and SQL Server is of a
    version that is maintained. The bound parameters are listed below, once; a dialect that has
    others, or takes them in another order, shows its own. Where a dialect cannot compile the
    statement, SQLAlchemy's message is shown instead.

    SQL is cut at 10,000 characters, a value at 80; beyond 20 parameters, their number is given.

    Raises TypeError for what is not a statement; a string of SQL needs text("...").
    """
    if not (isinstance(statement, Executable) and isinstance(statement, ClauseElement)):
        given = "None" if statement is None else f"an object of type {type(statement).__name__}"
        raise TypeError(
            "in_dialects() needs a statement, such as select(...), CreateTable(...) or "
            f'text("...") around a string of SQL, not {given}'
        )
    compiled = {name: _compiled(statement, make()) for name, make in DIALECTS.items()}
    shared = next((_bound(each) for each in compiled.values() if isinstance(each, Compiled)), [])
    wordings = tuple(_wording(statement, name, each, shared) for name, each in compiled.items())
    return DialectTabs(wordings, _written(shared))


def _sql_server() -> Dialect:
    """SQL Server 2022 by way of pyodbc.

    Without a connection the dialect takes the server for one without OFFSET, of before 2012; the
    method that reads the version is private.
    """
    make: Any = mssql.dialect
    dialect = make(paramstyle="qmark")
    dialect.server_version_info = (16, 0)
    dialect._setup_version_attributes()
    return dialect  # type: ignore[no-any-return]


DIALECTS: dict[str, Callable[[], Dialect]] = {
    "SQLite": sqlite.dialect,
    "PostgreSQL": postgresql.dialect,
    "MySQL": mysql.dialect,
    "Oracle": oracle.dialect,
    "SQL Server": _sql_server,
}


def _compiled(statement: ClauseElement, dialect: Dialect) -> Compiled | str:
    """The statement in a dialect, or the message of what it raised."""
    try:
        return statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
    except Exception as error:
        words = str(error).split("(Background on this error")[0].strip()
        words = re.sub(r" object at 0x[0-9a-f]+", "", words)
        return f"cannot be compiled: {cut(words, 500) or type(error).__name__}"


def _wording(
    statement: object, name: str, compiled: Compiled | str, shared: list[tuple[str, str]]
) -> Wording:
    if isinstance(compiled, str):
        return Wording(name, message=compiled)
    own = _bound(compiled)
    positional = getattr(compiled, "positional", False)
    same = own == shared if positional else set(own) == set(shared)
    return Wording(
        name,
        cut(str(compiled).strip(), SQL),
        () if same else _written(own) or ("none",),
        _refused(statement, name, compiled.dialect),
    )


def _refused(statement: object, name: str, dialect: Dialect) -> str:
    """What the database does not have, although SQLAlchemy has words for it (MariaDB's, say)."""
    if not isinstance(statement, UpdateBase) or not statement.returning_column_descriptions:
        return ""
    verb = next(v for v in ("insert", "update", "delete") if getattr(statement, f"is_{v}"))
    if getattr(dialect, f"{verb}_returning"):
        return ""
    return f"{name} has no RETURNING for {verb.upper()}: the database would refuse this"


def _bound(compiled: Compiled) -> list[tuple[str, str]]:
    """The bound parameters, in the order of the placeholders where these have no names."""
    if not isinstance(compiled, SQLCompiler):
        return []
    values = compiled.params
    names = list(values) if compiled.positiontup is None else compiled.positiontup
    return [(name, _value(compiled, name, values)) for name in names if name in values]


def _value(compiled: SQLCompiler, name: str, values: Any) -> str:
    bind = compiled.binds.get(name)
    if bind is not None and bind.isoutparam:
        return "(comes back from the database)"
    if bind is not None and bind.required:
        return "(given at execution)"
    return shown(values[name], VALUE)


def _written(bound: list[tuple[str, str]]) -> tuple[str, ...]:
    lines = [f"{cut(name)} = {value}" for name, value in bound[:PARAMETERS]]
    more = len(bound) - PARAMETERS
    return (*lines, f"… and {more} more") if more > 0 else tuple(lines)


def _tab(group: str, number: int, dialect: str) -> str:
    """A radio button and its label; the first of a group is chosen."""
    name = f"{group}-{number + 1}"
    chosen = {} if number else {"checked": ""}
    radio = element("input", type="radio", name=group, id=name, value=dialect, **chosen)
    return radio.removesuffix("</input>") + element("label", dialect, for_=name)


def _panel(wording: Wording) -> str:
    """What a tab shows; its name is read on paper and by screen readers."""
    parts = [element("p", wording.dialect, class_="show-dialect-name")]
    if wording.sql:
        code, label = element("code", escape(wording.sql)), f"SQL for {wording.dialect}"
        parts.append(element("pre", code, tabindex=0, role="group", aria_label=label))
    note = text_element("p", wording.note, class_="show-dialect-note")
    return element("div", *parts, note, class_="show-dialect")
