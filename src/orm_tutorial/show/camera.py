"""Python's trace function (``sys.settrace``), which says when a line begins and ends."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event, inspect
from sqlalchemy.orm import Mapper, Session, object_session

from .board import Board, Card, session_board
from .changes import cards_by_number, changes_between
from .frames import Film, Frame
from .markup import cut
from .source_lines import Statement, has_source, names_at, statement_at
from .statements import Statement as Sent

SQL = 200
"""Characters at which a sent statement is cut."""


class Camera:
    """Takes the frames of a film while its lines run.

    ``frame`` is Python's, of the function or the cell that has the ``with`` block.
    """

    def __init__(
        self, film: Film, sessions: tuple[Session, ...], limit: int, frame: FrameType
    ) -> None:
        self.film, self.sessions, self.limit = film, sessions, limit
        self.frame = frame
        self.file = frame.f_code.co_filename
        names = {id(value): name for name, value in frame.f_locals.items()}
        self.names = [names.get(id(each), "Session") for each in sessions]
        self.header = statement_at(self.file, frame.f_lineno)
        self.mentioned = names_at(self.file, frame.f_lineno)
        self.calls: list[tuple[FrameType, Statement] | None] = []
        """The statements that called the functions which run now, the outermost first."""
        self.now: tuple[FrameType, Statement] | None = None
        self.is_new = True
        self.raised = ""
        self.sent: list[tuple[str, str]] = []
        self.boards: tuple[Board, ...] = ()
        self.numbers: dict[int, int] = {}
        self.listeners: dict[str, Callable[..., None]] = {
            "before_cursor_execute": lambda _, *given: self._note_sent(Sent.of(*given)),
            "begin": lambda _: self._note_sql("BEGIN"),
            "commit": lambda _: self._note_sql("COMMIT"),
            "rollback": lambda _: self._note_sql("ROLLBACK"),
        }

    def start(self) -> None:
        """Take what is there before the first line; trace and listen from now on."""
        self._take(self.frame, Statement(0, "before"))
        for name, listener in self.listeners.items():
            event.listen(Engine, name, listener)
        self.before = sys.gettrace(), self.frame.f_trace
        sys.settrace(self._call)
        self.frame.f_trace = self._inside

    def stop(self, kind: type[BaseException] | None) -> None:
        """Trace and listen no more; take what the last line did, with the exception it raised."""
        trace, self.frame.f_trace = self.before
        sys.settrace(trace)
        for name, listener in self.listeners.items():
            event.remove(Engine, name, listener)
        self.raised = kind.__name__ if kind else self.raised
        self._end()

    def _note_sql(self, sql: str, values: str = "") -> None:
        self.sent.append((cut(" ".join(sql.split()), SQL), values))

    def _note_sent(self, sent: Sent) -> None:
        self._note_sql(sent.sql, sent.words if sent.parameters else "")

    def _call(self, frame: FrameType, kind: str, given: Any) -> Any:
        """Trace what the page itself defines: not comprehensions, which are lines of their own.

        A function that was made from a text, as ``__init__`` of a dataclass, has no lines to show.
        """
        code = frame.f_code
        is_of_page = frame.f_globals is self.frame.f_globals and not code.co_name.startswith("<")
        if not is_of_page or not has_source(code.co_filename):
            return None
        called = self.now
        self._end()
        self.calls.append(called)
        return self._inside

    def _inside(self, frame: FrameType, kind: str, given: Any) -> Any:
        """The trace function of a frame that is filmed."""
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
        statement = statement_at(frame.f_code.co_filename, frame.f_lineno)
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
        before, after = self.boards, tuple(self._boards(frame))
        had = [board.title for board in before] or [""] * len(after)
        taken = Frame(
            statement,
            line=self._line(frame, statement),
            depth=len(self.calls),
            function="" if frame is self.frame else frame.f_code.co_name,
            sent=tuple(sql for sql, _ in self.sent),
            values=tuple(values for _, values in self.sent),
            titles=tuple(b.title for b, title in zip(after, had, strict=True) if b.title != title),
            changes=changes_between(before, after),
            fresh=_fresh(before, after),
            boards=after,
            raised=self.raised,
        )
        if is_new or taken.sent or taken.words:
            self.film.frames.append(taken)
        self.boards, self.raised = after, ""
        self.sent.clear()

    def _line(self, frame: FrameType, statement: Statement) -> int:
        """The line of the cell: of a function that another cell defines, that of the call."""
        if frame.f_code.co_filename == self.file:
            return statement.line
        here = [each for each in self.calls if each and each[0].f_code.co_filename == self.file]
        return here[-1][1].line if here else 0

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
            cards = tuple(replace(card, number=self._number(card)) for card in board.cards)
            yield replace(board, title=f"{name}{title}", cards=cards)

    def _number(self, card: Card) -> int:
        """The object's number in this film: the same in each run, whatever was before it."""
        return self.numbers.setdefault(card.number, len(self.numbers) + 1)

    def _locals(self, frame: FrameType) -> Iterator[tuple[str, Any]]:
        yield from ((k, v) for k, v in self.frame.f_locals.items() if k in self.mentioned)
        if frame is not self.frame:
            yield from frame.f_locals.items()


def _fresh(before: tuple[Board, ...], after: tuple[Board, ...]) -> frozenset[int]:
    """The numbers of the objects whose cards are new or different."""
    old = cards_by_number(before)
    return frozenset(n for n, card in cards_by_number(after).items() if old.get(n) != card)
