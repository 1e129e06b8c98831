"""The text of an error as libpq writes it, with the line of the query that it is about."""

from collections.abc import Mapping
from itertools import accumulate
from unicodedata import east_asian_width

from psycopg.pq import DiagnosticField as Field
from psycopg.pq.misc import strip_severity

WIDTH = 60
"""The columns of a query's line that are shown at most."""
RIGHT = 10
"""The columns that are shown right of the error's place at least, where there are so many."""


def error_text(fields: Mapping[int, bytes], query: bytes, encoding: str, *, context: bool) -> bytes:
    """Severity and message, the query's line, then details: libpq's ``pqBuildErrorMessage3``."""

    def text(field: Field) -> str:
        return fields.get(field, b"").decode(encoding, "surrogateescape")

    first = text(Field.MESSAGE_PRIMARY)
    if Field.SEVERITY in fields:
        first = f"{text(Field.SEVERITY)}:  {first}"
    position = text(Field.STATEMENT_POSITION)
    about = query.decode(encoding, "surrogateescape")
    if not position:
        position, about = text(Field.INTERNAL_POSITION), text(Field.INTERNAL_QUERY)
    lines = []
    if position.isdecimal() and about:
        lines = query_line(about, int(position))
    elif position:
        first += f" at character {position}"
    shown = {
        "DETAIL": Field.MESSAGE_DETAIL,
        "HINT": Field.MESSAGE_HINT,
        "QUERY": Field.INTERNAL_QUERY,
        "CONTEXT": Field.CONTEXT,
    }
    if not context:
        del shown["CONTEXT"]
    lines += [f"{name}:  {text(field)}" for name, field in shown.items() if field in fields]
    return "".join(f"{line}\n" for line in [first, *lines]).encode(encoding, "surrogateescape")


def without_severity(message: bytes, encoding: str) -> str:
    """An error's text as psycopg's exceptions have it."""
    text = message.decode(encoding, "replace")
    return strip_severity(text) if text else "no error details available"


def query_line(query: str, position: int) -> list[str]:
    """The query's line of a position, which counts from 1, and a mark below the place.

    A long line is cut, as in libpq's ``reportErrorPosition``.
    """
    place = position - 1
    if not 0 <= place <= len(query):
        return []
    before = query[:place].replace("\r\n", "\n\n").replace("\r", "\n")
    start = before.rfind("\n") + 1
    number = query[:place].replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    rest = query[start:].replace("\r", "\n").replace("\t", " ")
    line = rest[: place - start] + rest[place - start :].partition("\n")[0]
    widths = [0, *accumulate(2 if east_asian_width(char) in "WF" else 1 for char in line)]
    first, last = shown_part(widths, place - start)
    head = f"LINE {number}: " + "..." * (first > 0)
    tail = "..." * (last < len(line))
    mark = " " * (len(head) + widths[place - start] - widths[first]) + "^"
    return [head + line[first:last] + tail, mark]


def shown_part(widths: list[int], place: int) -> tuple[int, int]:
    """Where to begin and end a line, given the column at which each character starts."""
    first, last = 0, len(widths) - 1
    if widths[last] <= WIDTH:
        return first, last
    if widths[place] + RIGHT <= WIDTH:
        while widths[last] > WIDTH:
            last -= 1
        return first, last
    while widths[place] + RIGHT < widths[last]:
        last -= 1
    while widths[last] - widths[first] > WIDTH:
        first += 1
    return first, last
