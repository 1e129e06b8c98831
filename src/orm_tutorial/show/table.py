"""A result as a table: its rows under their names, and what each row is."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, inspect
from sqlalchemy.engine import CursorResult, MappingResult, Result, ScalarResult
from sqlalchemy.orm import InstanceState

from . import entity, sqlalchemy_private
from .markup import aligned, counted, cut, element, escape, scrollable, shown, text_element, width

SHOWN = 20
"""Rows that are shown; the others are counted."""

CELL = 48
NOT_THERE = "-"
_ABSENT = {"None", NOT_THERE, entity.EXPIRED, entity.NOT_LOADED}
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?|Decimal\('[-\d.E+]+'\)")
_KINDS = (ScalarResult, MappingResult, Result)


@dataclass(frozen=True)
class ResultTable:
    """What :func:`result_table` gives: texts alone; ``more`` rows are not shown."""

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    more: int = 0

    @property
    def rest(self) -> str:
        """What is said below the table: how many rows are not shown."""
        return f"and {counted(self.more, 'more row')}" if self.more else ""

    def __repr__(self) -> str:
        lines = [self.columns, *self.rows] if self.columns else []
        rule = ["-" * max(map(width, column)) for column in zip(*lines, strict=True)]
        table = aligned([*lines[:1], rule, *lines[1:]], "  ") if lines else []
        return "\n".join([self.title, *table, *filter(None, [self.rest])])

    def _repr_html_(self) -> str:
        if not self.columns:
            title = text_element("p", self.title, class_="show-head")
            return element("div", title, class_="show-result")
        caption = text_element("caption", self.title, class_="show-head")
        sides = [*map(_side, zip(*self.rows, strict=True))] or [{}] * len(self.columns)
        names = [
            element("th", escape(name), scope="col", **side)
            for name, side in zip(self.columns, sides, strict=True)
        ]
        head = element("thead", element("tr", *names))
        body = element("tbody", *(element("tr", *_line(row, sides)) for row in self.rows))
        table = element("table", caption, head, body, class_="show-table")
        rest = text_element("p", self.rest, class_="show-quiet")
        return element("div", scrollable(table, self.title), rest, class_="show-result")


def _side(column: Sequence[str]) -> dict[str, str]:
    """What puts a column of numbers to the right."""
    there = [text for text in column if text not in _ABSENT]
    is_number = bool(there) and all(map(_NUMBER.fullmatch, there))
    return {"class_": "show-number"} if is_number else {}


def _line(row: Sequence[str], sides: Sequence[dict[str, str]]) -> Iterator[str]:
    """The cells of a row; what is no value is pale."""
    for text, side in zip(row, sides, strict=True):
        names = [*side.values(), *(["show-quiet"] if text in _ABSENT else [])]
        classes = {"class_": " ".join(names)} if names else {}
        yield element("td", element("code", escape(text)), **classes)


def result_table(result: object) -> ResultTable:
    """The rows of a result under their names, with what each row is.

    ``result`` is a Result, a ScalarResult or a MappingResult, which is read to its end by this, or
    a list of rows, of entities or of values, which stays as it is.
    A result that was read or closed before is shown as "already read".

    Of entities the column attributes become columns; in a row with more than one column an entity
    is one value. Nothing is loaded for it: what is expired is shown as expired.
    Values are cut at 48 characters, and no more than 20 rows are shown, with the count of the rest.

    Raises TypeError for anything else, a statement or a single row, say.
    """
    if isinstance(result, list | tuple):
        return _table(type(result).__name__, result, ())
    if not isinstance(result, Result | ScalarResult | MappingResult):
        raise TypeError(
            "result_table() shows a Result, a ScalarResult, a MappingResult or a list of rows, and "
            f"was given {shown(result, 80)}; execute a statement first, make a list of a single row"
        )
    kind = next(each.__name__ for each in _KINDS if isinstance(result, each))
    if isinstance(result, CursorResult) and not result.returns_rows:
        return ResultTable(f"{kind}: this statement returns no rows")
    if sqlalchemy_private.is_exhausted(result):
        return ResultTable(f"{kind}: already read")
    names = () if isinstance(result, ScalarResult) else tuple(result.keys())
    return _table(kind, result.all(), names)


def _table(kind: str, rows: Sequence[Any], names: Sequence[str]) -> ResultTable:
    """``names`` are the columns where there is no row to tell them."""
    if not rows:
        return ResultTable(f"{kind}: no rows", [_name(name) for name in names])
    cells = [_cells(row) for row in rows[:SHOWN]]
    classes = {type(row) for row in rows[:SHOWN] if _is_entity(row)}
    if len(classes) > 1:  # a polymorphic query, say
        cells = [
            [("class", type(row).__name__), *line] for row, line in zip(rows, cells, strict=False)
        ]
    columns, lines = _aligned(cells)
    each = "which is" if len(rows) == 1 else "each"
    types = " or ".join(dict.fromkeys(map(_type, rows)))
    title = f"{kind}: {counted(len(rows), 'row')}, {each} {types}"
    return ResultTable(title, columns, lines, len(rows) - len(lines))


def _type(row: object) -> str:
    """What a row is, in words."""
    name = shown(type(row).__name__, CELL, str)
    if row is None:
        return "None"
    if _is_entity(row):
        return f"an entity ({name})"
    if isinstance(row, Row | Mapping | tuple):
        return f"a {name} of {counted(len(row), 'column')}"
    return f"a scalar ({name})"


def _is_entity(value: object) -> bool:
    return isinstance(inspect(value, raiseerr=False), InstanceState)


def _cells(row: object) -> list[tuple[str, str]]:
    """A row's values in words, each under its name."""
    if _is_entity(row):
        attributes = entity.attributes(row)
        return [(each.key, _absent(each) or str(each.value)) for each in attributes]
    if isinstance(row, Mapping):
        return [(_name(name), _value(value)) for name, value in row.items()]
    if isinstance(row, Row | tuple):
        names = getattr(row, "_fields", range(1, len(row) + 1))
        return [(_name(name), _value(value)) for name, value in zip(names, row, strict=True)]
    return [("value", _value(row))]


def _value(value: object) -> str:
    """A value's ``repr()``, or a date; an entity in the form of a dataclass, without loading."""
    if not _is_entity(value):
        return entity.words(value, CELL)
    attributes = entity.attributes(value)
    inside = [f"{each.key}={_absent(each) or each.value}" for each in attributes]
    return cut(f"{type(value).__name__}({', '.join(inside)})", CELL)


def _absent(attribute: entity.Attribute) -> str:
    if attribute.value is not None:
        return ""
    return attribute.note if attribute.note == entity.EXPIRED else entity.NOT_LOADED


def _name(name: object) -> str:
    return shown(name, CELL, str)


def _aligned(cells: Sequence[Sequence[tuple[str, str]]]) -> tuple[list[str], list[list[str]]]:
    """The columns and the lines; names that not all lines have are each a column of their own."""
    names = [[name for name, _ in line] for line in cells]
    if all(each == names[0] for each in names):  # also where two columns have one name
        return names[0], [[value for _, value in line] for line in cells]
    columns = list(dict.fromkeys(name for each in names for name in each))
    lines = [dict(line) for line in cells]
    return columns, [[line.get(name, NOT_THERE) for name in columns] for line in lines]
