"""A film and its frames: texts, which hold no object and no Session, and their picture.

The picture is a list of the frames. Of a board it has the objects that are different from the
frame before; ``film.js`` fills in the others where it shows one frame at a time.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .board import Board, Fresh
from .changes import Change
from .markup import counted, cut, element, escape, text_element
from .source_lines import Statement
from .sql_layout import laid_out

SENT = 75
"""Characters of a sent statement in the text form."""


@dataclass(frozen=True)
class Frame:
    """What a line did: the SQL that it sent, what changed, and the boards after it.

    ``line`` is the line of the filmed cell, 0 where there is none, and ``function`` what it called
    there, if the statement is of a function. ``values`` are the parameters of each sent statement
    in words, empty where it has none: the picture alone shows them. ``titles`` are those of boards
    that have a new one, and ``fresh`` the numbers of the objects that do not look as before.
    """

    statement: Statement
    line: int
    depth: int
    function: str
    sent: tuple[str, ...]
    values: tuple[str, ...]
    titles: tuple[str, ...]
    changes: tuple[Change, ...]
    fresh: frozenset[int]
    boards: tuple[Board, ...]
    raised: str = ""

    @property
    def words(self) -> list[str]:
        """What happened, but for the SQL and for values, a sentence each."""
        return [*self._raised(), *self.titles, *(change.title for change in self.changes)]

    def lines(self) -> list[str]:
        """The frame in the text form: without line numbers, which a script has others of."""
        return [
            f"{'  ' * self.depth}{self.statement.code}",
            *(f"    {cut(each, SENT)}" for each in self.sent),
            *(f"    {each}" for each in (*self._raised(), *self.titles)),
            *(line for change in self.changes for line in change.lines()),
        ]

    def html(self, *, is_first: bool) -> str:
        """The frame as an item of the film's list; in the first one, nothing is a change."""
        where = text_element("span", self._where(), class_="show-quiet")
        line = "Before the first line" if is_first else element("code", escape(self.statement.code))
        code = element("p", " ".join(filter(None, [line, where])), class_="show-line")
        statements = [_statement(*each) for each in zip(self.sent, self.values, strict=True)]
        sent = element("pre", *statements, class_="show-sent") if statements else ""
        # A board says itself what became of its Session, and the first one has every object.
        changes = [] if is_first else self.changes
        words = [*self._raised(), *(change.title for change in changes)]
        said = text_element("p", "; ".join(words), class_="show-words")
        changed = {change.number: change.keys for change in changes}
        titles = frozenset() if is_first else frozenset(self.titles)
        boards = [board.html(changed, Fresh(self.fresh, titles)) for board in self.boards]
        if len(boards) > 1:
            boards = [element("div", *boards, class_="show-beside")]
        ways = [f" show-took-{each.way}" for each in changes if each.way is not None]
        classes = f"show-frame{''.join(ways)}"
        tie: Mapping[str, object] = {"data_line": self.line} if self.line else {}
        return element("li", code, sent, said, *boards, class_=classes, **tie)

    def _raised(self) -> list[str]:
        return [f"raised {self.raised}"] if self.raised else []

    def _where(self) -> str:
        words = [f"line {self.statement.line}"] if self.line == self.statement.line > 0 else []
        return ", ".join([*words, *([f"in {self.function}()"] if self.function else [])])


def _statement(sql: str, values: str) -> str:
    """A sent statement, laid out, and what went with it."""
    parameters = [" ", text_element("span", values, class_="show-quiet")] if values else []
    return element("span", escape(laid_out(sql)), *parameters)


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
        items = [frame.html(is_first=not number) for number, frame in enumerate(self.frames)]
        scene = element("div", element("ol", *items, role="list"), class_="show-scene")
        rest = text_element("p", self.rest, class_="show-quiet")
        takes_ways = any(each.way is not None for frame in self.frames for each in frame.changes)
        classes = "show-film show-moves" if takes_ways else "show-film"
        label = {"role": "group", "aria_label": self.title}
        return element("div", head, controls, scene, rest, class_=classes, **label)
