"""One query loaded in several ways: what each of them sent, fetched, and kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Engine, Select, event, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapper, QueryContext, Session

from . import sqlalchemy_private
from .markup import aligned, counted, cut, element, escape, scrollable, shown, text_element
from .statements import SQL

COLUMNS = ("to load", "to read", "rows", "values", "thrown away", "objects")

_HEADS = (
    ("Statements", "to load + to read"),
    ("Rows", ""),
    ("Values", "kept + thrown away"),
    ("Objects", ""),
)


@dataclass
class Loading:
    """What one way to load a query did, in numbers.

    - ``to_load`` and ``to_read``: statements sent by the query, and by reading what it gave.
    - ``rows`` and ``values``: what came for them all; a row has a value for each of its columns.
    - ``kept``: how many of these values are in an object.
    - ``objects``: how many objects were made.
    - ``sent``: the SQL of each statement.
    - ``read``: what the reader returned, and ``raised`` the name of its exception, or "".
    """

    name: str
    to_load: int = 0
    to_read: int = 0
    rows: int = 0
    values: int = 0
    kept: int = 0
    objects: int = 0
    sent: list[str] = field(default_factory=list)
    read: Any = None
    raised: str = ""

    @property
    def statements(self) -> int:
        """How many statements were sent."""
        return self.to_load + self.to_read

    @property
    def thrown_away(self) -> int:
        """How many of the values that came are in no object: an object had them, or none asks."""
        return self.values - self.kept

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the text form, in its order."""
        return (
            self.to_load,
            self.to_read,
            self.rows,
            self.values,
            self.thrown_away,
            self.objects,
        )

    @property
    def grouped(self) -> Iterator[tuple[str, str]]:
        """Who sent a statement, how often in a row, and its SQL."""
        sides = (self.sent[: self.to_load], "the query"), (self.sent[self.to_load :], "reading")
        for sent, who in sides:
            for sql, several in groupby(sent):
                yield f"{counted(len([*several]), 'statement')} by {who}", sql


@dataclass(frozen=True)
class LoadingTable:
    """What :func:`~orm_tutorial.show.loading_table` gives: each way's numbers, by its name."""

    ways: Sequence[Loading]
    sql: bool = False

    def __getitem__(self, name: str) -> Loading:
        return {way.name: way for way in self.ways}[name]

    def __iter__(self) -> Iterator[Loading]:
        return iter(self.ways)

    @property
    def title(self) -> str:
        """How many ways there are, in words."""
        return counted(len(self.ways), "way") + " to load it"

    def with_sql(self) -> "LoadingTable":
        """The same table, with the statements of each way beside those of the others."""
        return replace(self, sql=True)

    def note(self, way: Loading) -> str:
        """What is to be said of a way besides its numbers."""
        if way.raised:
            return f"raises {way.raised}"
        return "" if way.read == self.ways[0].read else "reads something else"

    def __repr__(self) -> str:
        head = ["", *COLUMNS]
        lines = [[way.name, *map(str, way.numbers), self.note(way)] for way in self.ways]
        if any(line[-1] for line in lines):
            head.append("")
        else:
            lines = [line[:-1] for line in lines]
        return "\n".join([self.title, *aligned([head, *lines], "  "), *self._statements()])

    def _statements(self) -> Iterator[str]:
        for way in self.ways if self.sql else ():
            yield f"{way.name}:"
            for times, sql in way.grouped:
                yield f"  {times}: {cut(' '.join(sql.split()), SQL)}"

    def _repr_html_(self) -> str:
        names = [element("th", escape(head), _small(words), scope="col") for head, words in _HEADS]
        corner = element("td")
        head = element("thead", element("tr", corner, *names))
        statements = max(way.statements for way in self.ways)
        values = max(way.values for way in self.ways)
        rows = [element("tr", *self._cells(way, statements, values)) for way in self.ways]
        body = element("tbody", *rows)
        caption = text_element("caption", self.title)
        table = scrollable(element("table", caption, head, body, class_="show-loads"), self.title)
        sides = [_side(way) for way in self.ways] if self.sql else []
        beside = element("div", *sides, class_="show-beside show-statements") if sides else ""
        return element("div", table, beside, class_="show-loading")

    def _cells(self, way: Loading, statements: int, values: int) -> Iterator[str]:
        name = element("code", escape(way.name))
        yield element("th", name, _small(self.note(way)), scope="row")
        yield _two(way.to_load, way.to_read, statements)
        yield element("td", _number(way.rows))
        yield _two(way.kept, way.thrown_away, values)
        yield element("td", _number(way.objects))


def _side(way: Loading) -> str:
    """What a way sent, as a column beside the others."""
    listed = [
        element(
            "li",
            text_element("p", times, class_="show-quiet"),
            element("pre", element("code", escape(cut(_laid_out(sql), SQL)))),
        )
        for times, sql in way.grouped
    ]
    name = element("p", element("code", escape(way.name)), class_="show-state-name")
    return element("div", name, element("ol", *listed))


def _laid_out(sql: str) -> str:
    """A statement with a line for each clause that SQLAlchemy gives one, and none that is empty."""
    return "\n".join(line.strip() for line in sql.splitlines() if line.strip())


def _number(number: int) -> str:
    return element("span", f"{number:,}", class_="show-count")


def _small(words: str) -> str:
    return text_element("small", words)


def _two(first: int, second: int, most: int) -> str:
    """Two numbers that add up, over a bar that is as long as they are beside the ``most``."""
    text = element("span", f"{first:,} + {second:,}", class_="show-count")
    # Attributes and no style, which a content policy forbids; a notebook has no style sheet.
    box = {"viewBox": f"0 0 {most or 1} 1", "preserveAspectRatio": "none"}
    sizes = {**box, "width": 120, "height": 7, "aria_hidden": "true"}
    wanted = element("rect", class_="show-first", width=first, height=1, fill="#2e8b57")
    extra = element("rect", class_="show-second", x=first, width=second, height=1, fill="#b9770e")
    return element("td", text, element("svg", wanted, extra, class_="show-bar", **sizes))


def loading_table(
    engine: Engine,
    read: Callable[[Sequence[Any]], Any],
    ways: Mapping[str, Select[Any]],
    *,
    before: Callable[[Session], object] | None = None,
    between: Callable[[Session], object] | None = None,
) -> LoadingTable:
    """Load the objects of a query in several ways, read them, and count what each way took.

    ``ways`` has a ``select()`` of one entity for each name: the same query with other options, as
    a rule. For each there is a new Session, ``read`` is called with the list of objects that the
    query gave, each once, and what it returns is compared with what it returned the first time.
    An exception of SQLAlchemy that it raises is told. ``before`` gets the Session before the
    query, and ``between`` gets it between the query and ``read``; what they send isn't counted,
    and the object that ``before`` returns is held to the end. ``with_sql()`` of the result shows
    the statements of each way, too.

    >>> from sqlalchemy import create_engine, select
    >>> from sqlalchemy.orm import selectinload
    >>> from orm_tutorial.shop import User, shop
    >>> engine = create_engine("sqlite://")
    >>> shop(engine)
    >>> def cities(users):
    ...     return [address.city for user in users for address in user.addresses]
    >>> stmt = select(User).order_by(User.id)
    >>> ways = {"no option": stmt, "selectinload": stmt.options(selectinload(User.addresses))}
    >>> loading_table(engine, cities, ways)
    2 ways to load it
                  to load  to read  rows  values  thrown away  objects
    no option     1        7        13    39      0            13
    selectinload  2        0        13    39      0            13

    A way is found by its name, for a test:

    >>> loading_table(engine, cities, ways)["selectinload"].statements
    2

    Raises TypeError for ways that are no ``select()``, and ValueError where there is none.
    """
    if not ways:
        raise ValueError("loading_table() compares ways to load, and was given none")
    for name, statement in ways.items():
        if not isinstance(statement, Select):
            raise TypeError(
                f"loading_table() takes a select() for each way, and {name!r} is {shown(statement)}"
            )
    done = []
    for name, statement in ways.items():
        way = Loading(name)
        with Session(engine) as session:
            held = before(session) if before else None
            with _counted(engine, session, way):
                objects = session.scalars(statement).unique().all()
            way.to_load, way.to_read = way.to_read, 0
            if between:
                between(session)
            with _counted(engine, session, way):
                _read(way, read, objects)
            del held
        done.append(way)
    return LoadingTable(done)


def _read(way: Loading, read: Callable[[Sequence[Any]], Any], objects: Sequence[Any]) -> None:
    try:
        way.read = read(objects)
    except SQLAlchemyError as error:
        way.raised = type(error).__name__


@contextmanager
def _counted(engine: Engine, session: Session, way: Loading) -> Iterator[None]:
    """Count what is sent and what comes of it, as ``to_read``, until the block's end."""

    def fetch(
        connection: Connection, cursor: Any, sql: str, sets: Any, context: Any, _: bool
    ) -> None:
        way.to_read += 1
        way.sent.append(sql)
        if cursor.description:
            rows = sqlalchemy_private.fetched(cursor, context)
            way.rows += rows
            way.values += rows * len(cursor.description)

    def load(loaded: Any, context: QueryContext) -> None:
        if context.session is session:
            way.objects += 1
            way.kept += _held(loaded)

    def refresh(loaded: Any, context: QueryContext, names: Any) -> None:
        if context.session is session:
            way.kept += _held(loaded, names)

    listeners: list[tuple[Any, str, Callable[..., None]]] = [
        (engine, "after_cursor_execute", fetch),
        (Mapper, "load", load),
        (Mapper, "refresh", refresh),
    ]
    for listener in listeners:
        event.listen(*listener)
    try:
        yield
    finally:
        for listener in listeners:
            event.remove(*listener)


def _held(loaded: Any, names: Any = None) -> int:
    """How many column attributes the object holds, of these names or of all."""
    state = inspect(loaded)
    keys = state.mapper.column_attrs.keys()
    return sum(key in state.dict and (names is None or key in names) for key in keys)
