"""A film of a few lines: what each line sent, and what it made of the Session.

Python's trace function (``sys.settrace``) says when a line begins and ends. A film holds texts
alone, no object and no Session.
"""

import ast
import linecache
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from inspect import currentframe
from types import FrameType, TracebackType
from typing import Any

from sqlalchemy import Engine, event, inspect
from sqlalchemy.orm import Mapper, Session, object_session

from .board import Board, Card, session_board
from .markup import counted, cut, element, escape, shown, text_element, wrapped
from .states import StateDiagram, way_between

LIMIT = 30
"""Lines that a film shows; the others are counted."""
CODE = 72
SQL = 200


@dataclass(frozen=True)
class Statement:
    """A statement of the program: its first line and its text, in one line."""

    line: int
    code: str


@dataclass(frozen=True)
class Change:
    """What became of an object: its name, its state or the way to it, and its new attributes."""

    number: int
    title: str
    attributes: tuple[str, ...]
    keys: frozenset[str]
    way: int | None

    def lines(self) -> list[str]:
        """The change in the text form."""
        return [f"    {self.title}", *wrapped(self.attributes, "      ")]


@dataclass(frozen=True)
class Frame:
    """What a line did: the SQL that it sent, what changed, and the boards after it."""

    statement: Statement
    depth: int
    sent: tuple[str, ...]
    titles: tuple[str, ...]
    changes: tuple[Change, ...]
    boards: tuple[Board, ...]
    raised: str = ""

    @property
    def words(self) -> list[str]:
        """What happened, but for the SQL and for values, a sentence each."""
        raised = [f"raised {self.raised}"] if self.raised else []
        return [*raised, *self.titles, *(change.title for change in self.changes)]

    def lines(self) -> list[str]:
        """The frame in the text form: without line numbers, which a script has others of."""
        return [
            f"{'  ' * self.depth}{self.statement.code}",
            *(f"    {cut(each, 75)}" for each in self.sent),
            *(f"    {each}" for each in self.words[: len(self.words) - len(self.changes)]),
            *(line for change in self.changes for line in change.lines()),
        ]

    def html(self) -> str:
        """The frame as an item of the film's list."""
        where = text_element("span", self._where(), class_="show-quiet")
        line = element("code", escape(self.statement.code))
        code = element("p", f"{line} {where}", class_="show-line")
        sent = text_element("pre", "\n".join(self.sent), class_="show-sent", translate="no")
        # A board says itself what became of its Session.
        words = [each for each in self.words if each not in self.titles]
        said = text_element("p", "; ".join(words), class_="show-words")
        changed = {change.number: change.keys for change in self.changes}
        boards = [board.html(changed) for board in self.boards]
        ways = [f" show-took-{each.way}" for each in self.changes if each.way is not None]
        return element("li", code, sent, said, *boards, class_=f"show-frame{''.join(ways)}")

    def _where(self) -> str:
        return f"line {self.statement.line}" if self.statement.line else ""


class Film:
    """What :func:`film` gives: a frame for each line that ran, and first what was there before."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.more = 0

    @property
    def title(self) -> str:
        """How many lines the film shows."""
        return f"Film of {counted(len(self.frames) - 1, 'line')}" if self.frames else "Film"

    @property
    def rest(self) -> str:
        """How many lines are not shown, and what to do."""
        return f"and {counted(self.more, 'more line')}: film(limit=...)" if self.more else ""

    def __repr__(self) -> str:
        lines = [line for frame in self.frames for line in frame.lines()]
        return "\n".join([self.title, *lines, *filter(None, [self.rest])])

    def _repr_html_(self) -> str:
        head = text_element("p", self.title, class_="show-head")
        controls = element("div", class_="show-controls")
        frames = element("ol", *(frame.html() for frame in self.frames), role="list")
        rest = text_element("p", self.rest, class_="show-quiet")
        took = any(each.way is not None for frame in self.frames for each in frame.changes)
        states = StateDiagram().drawing() if took else ""
        body = [head, controls, element("div", frames, states, class_="show-scene"), rest]
        return element("div", *body, class_="show-film", role="group", aria_label=self.title)


class film:  # noqa: N801  (it is called as a function)
    """Film the lines of a ``with`` block, and of the page's functions that they call.

    ``with film(session) as steps`` gives a :class:`~orm_tutorial.show.film.Film`: a frame for each
    statement, with the SQL that it sent, the board of each of the ``sessions`` after it, and the
    ways that objects took from state to state. Objects are those that a Session knows, and those
    that the block names. No more than ``limit`` statements are shown, with the count of the rest.

    Raises TypeError when one of the ``sessions`` is no Session.
    """

    def __init__(self, *sessions: Session, limit: int = LIMIT) -> None:
        for each in sessions:
            if not isinstance(each, Session):
                raise TypeError(
                    f"film() films Sessions, and was given {shown(each)}; give what the factory "
                    "makes, or an AsyncSession's sync_session"
                )
        if not sessions:
            raise TypeError("film() films Sessions, and was given none: film(session)")
        self.sessions = sessions
        self.limit = limit

    def __enter__(self) -> Film:
        self.film = Film()
        here = currentframe()
        assert here is not None
        assert here.f_back is not None
        self.camera = _Camera(self.film, self.sessions, self.limit, here.f_back)
        self.camera.start()
        return self.film

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.camera.stop(kind)
        del self.camera, self.sessions


class _Camera:
    """Takes the frames of a film while it runs."""

    def __init__(
        self, film: Film, sessions: tuple[Session, ...], limit: int, frame: FrameType
    ) -> None:
        self.film, self.sessions, self.limit = film, sessions, limit
        self.frame = frame
        names = {id(value): name for name, value in frame.f_locals.items()}
        self.names = [names.get(id(each), "Session") for each in sessions]
        self.header = _statement(frame.f_code.co_filename, frame.f_lineno)
        self.mentioned = _names(frame.f_code.co_filename, frame.f_lineno)
        self.calls: list[tuple[FrameType, Statement] | None] = []
        self.now: tuple[FrameType, Statement] | None = None
        self.is_new = True
        self.raised = ""
        self.sent: list[str] = []
        self.boards: tuple[Board, ...] = ()
        self.heard: dict[str, Callable[..., None]] = {
            "before_cursor_execute": lambda _c, _cursor, sql, *_: self._hear(sql),
            "begin": lambda _: self._hear("BEGIN"),
            "commit": lambda _: self._hear("COMMIT"),
            "rollback": lambda _: self._hear("ROLLBACK"),
        }

    def start(self) -> None:
        """Take what is there before the first line, and listen."""
        self._take(self.frame, Statement(0, "before"))
        for name, hear in self.heard.items():
            event.listen(Engine, name, hear)
        self.before = sys.gettrace(), self.frame.f_trace
        sys.settrace(self._call)
        self.frame.f_trace = self._inside

    def stop(self, kind: type[BaseException] | None) -> None:
        """Take what the last line did, and listen no more."""
        trace, self.frame.f_trace = self.before
        sys.settrace(trace)
        for name, hear in self.heard.items():
            event.remove(Engine, name, hear)
        self.raised = kind.__name__ if kind else self.raised
        self._end()

    def _hear(self, sql: str) -> None:
        self.sent.append(cut(" ".join(sql.split()), SQL))

    def _call(self, frame: FrameType, kind: str, given: Any) -> Any:
        """Trace what the page itself defines: not comprehensions, which are lines of their own."""
        if frame.f_globals is not self.frame.f_globals or frame.f_code.co_name.startswith("<"):
            return None
        called = self.now
        self._end()
        self.calls.append(called)
        return self._inside

    def _inside(self, frame: FrameType, kind: str, given: Any) -> Any:
        if kind == "line":
            self._begin(frame)
        elif kind == "exception":
            self.raised = given[0].__name__
        elif kind == "return" and self.calls:
            self._end()
            self.now, self.is_new = self.calls.pop(), False
        return self._inside

    def _begin(self, frame: FrameType) -> None:
        """A line begins: what came before it has ended, unless it is of the same statement."""
        statement = _statement(frame.f_code.co_filename, frame.f_lineno)
        if self.now == (frame, statement):
            return
        self._end()
        is_the_end = frame is self.frame and statement == self.header
        self.now, self.is_new = None if is_the_end else (frame, statement), True

    def _end(self) -> None:
        if self.now is not None:
            frame, statement = self.now
            self._take(frame, statement, is_new=self.is_new)
        self.now = None

    def _take(self, frame: FrameType, statement: Statement, *, is_new: bool = True) -> None:
        """Take a frame; of a line that goes on after a call, only if it did something more."""
        if len(self.film.frames) > self.limit:
            self.film.more += is_new
            return
        boards = tuple(self._boards(frame))
        titles, changes = _difference(self.boards, boards)
        if is_new or self.sent or titles or changes or self.raised:
            depth, sent = len(self.calls), tuple(self.sent)
            taken = Frame(statement, depth, sent, titles, changes, boards, self.raised)
            self.film.frames.append(taken)
        self.boards, self.raised = boards, ""
        self.sent.clear()

    def _boards(self, frame: FrameType) -> Iterator[Board]:
        named = {
            name: value
            for name, value in self._locals(frame)
            if isinstance(inspect(type(value), raiseerr=False), Mapper)
        }
        for number, session in enumerate(self.sessions):
            owned = {
                name: each
                for name, each in named.items()
                if (owner := object_session(each)) is session or (owner is None and number == 0)
            }
            board = session_board(session, **owned)
            title = board.title.removeprefix("Session")
            # One Session needs no name; with more than one, each has the variable's.
            name = "Session" if len(self.sessions) == 1 else self.names[number]
            yield replace(board, title=f"{name}{title}")

    def _locals(self, frame: FrameType) -> Iterator[tuple[str, Any]]:
        yield from ((k, v) for k, v in self.frame.f_locals.items() if k in self.mentioned)
        if frame is not self.frame:
            yield from frame.f_locals.items()


def _difference(
    before: tuple[Board, ...], after: tuple[Board, ...]
) -> tuple[tuple[str, ...], tuple[Change, ...]]:
    """What is another on boards than before: their titles, and what became of objects."""
    old = {card.number: card for board in before for card in board.cards}
    new = {card.number: card for board in after for card in board.cards}
    had = [board.title for board in before] or [""] * len(after)
    titles = [board.title for board, title in zip(after, had, strict=True) if board.title != title]
    changes = [change for card in new.values() if (change := _change(old.get(card.number), card))]
    gone = [
        Change(number, f"{card.name}: no longer there", (), frozenset(), None)
        for number, card in old.items()
        if number not in new
    ]
    return tuple(titles), (*changes, *gone)


def _change(old: Card | None, new: Card) -> Change | None:
    """What became of an object; None where nothing did."""
    had = {each.key: str(each) for each in old.attributes} if old else {}
    changed = [each for each in new.attributes if had.get(each.key) != str(each)]
    had_marks = old.marks if old else []
    marks = [each for each in new.marks if each not in had_marks and not each.startswith("key ")]
    moved = old is None or old.state != new.state
    if not (moved or changed or marks):
        marks = [f"no longer {each}" for each in had_marks if each not in new.marks]
    if not (moved or changed or marks):
        return None
    way = None
    title = f"{new.name}: {new.state}" if moved else f"{new.name} changed"
    if old and moved:
        title = f"{new.name}: {old.state} → {new.state}"
        way = way_between(old.state, new.state)
    summary = new.summary()
    values = [summary] if summary and changed else [str(each) for each in changed]
    keys = frozenset(each.key for each in changed)
    details = (*marks, *values)
    if not moved and (summary or not changed):
        title, details = f"{new.name}: {', '.join(details)}", ()
    return Change(new.number, title, details, keys, way)


@lru_cache(maxsize=8)
def _statements(source: str) -> Mapping[int, ast.stmt]:
    """Of each line the innermost statement that has it; of one with a body, its head alone."""
    found: dict[int, ast.stmt] = {}
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a notebook's cell may have more than Python
        return found
    for node in ast.walk(tree):  # what is inside comes later
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = max(body[0].lineno - 1, node.lineno) if body else node.end_lineno or node.lineno
            found |= dict.fromkeys(range(node.lineno, end + 1), node)
    return found


def _source(file: str) -> str:
    return "".join(linecache.getlines(file))


def _statement(file: str, line: int) -> Statement:
    """The statement at a line; the line itself where the source is not known."""
    source = _source(file)
    node = _statements(source).get(line)
    first = node.lineno if node else line
    last = max(first, node.end_lineno or first) if node and not hasattr(node, "body") else first
    words = " ".join(" ".join(source.splitlines()[first - 1 : last]).split())
    return Statement(first, cut(words or "…", CODE))


def _names(file: str, line: int) -> frozenset[str]:
    """The names in the statement at a line."""
    node = _statements(_source(file)).get(line)
    named = [each for each in ast.walk(node) if isinstance(each, ast.Name)] if node else []
    return frozenset(each.id for each in named)
