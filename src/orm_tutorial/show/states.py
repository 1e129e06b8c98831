"""The states of a mapped object as a diagram, and the calls that lead from one to another."""

import textwrap
from dataclasses import dataclass

from . import entity
from .entity import STATES
from .markup import OUTLINE, drawing, element, text_element, unique


@dataclass(frozen=True)
class Transition:
    """A way from one state to another; each of ``calls`` causes it, under the condition ``when``.

    ``path`` is its line in the drawing, (``x``, ``y``) where the first line of its words is, whose
    ``text-anchor`` is ``anchor``.
    """

    source: str
    target: str
    calls: tuple[str, ...]
    when: str
    path: str
    x: int
    y: int
    anchor: str

    def __str__(self) -> str:
        return ", ".join(self.calls) + (f" {self.when}" if self.when else "")


# source | target | calls | when | path of the line | x, y and anchor of the words
WAYS = """\
transient | pending | add() | | M164 70V136 | 158 108 end
pending | persistent | flush(), commit() | | M184 172V236 | 190 201 start
pending | transient | expunge(), rollback(), close() | | M204 136V70 | 210 91 start
persistent | deleted | delete() | and a flush | M164 272V392 | 158 321 end
persistent | detached | expunge(), close() | | M240 246H340Q348 246 348 254V330 | 262 222 start
persistent | transient | rollback() | of its INSERT\
 | M128 246H108Q100 246 100 238V68Q100 60 108 60H128 | 106 194 start
deleted | persistent | rollback() | | M204 392V272 | 210 384 start
deleted | transient | rollback() | of its INSERT\
 | M128 410H86Q78 410 78 402V52Q78 44 86 44H128 | 72 240 end
deleted | detached | commit(), expunge() | | M240 410H308Q316 410 316 402V366 | 256 428 start
detached | persistent | add(), delete() | if its key is free\
 | M322 330V270Q322 262 314 262H240 | 316 279 end
"""


def _transition(row: str) -> Transition:
    source, target, calls, when, path, place = map(str.strip, row.split("|"))
    x, y, anchor = place.split()
    return Transition(source, target, tuple(calls.split(", ")), when, path, int(x), int(y), anchor)


TRANSITIONS = tuple(map(_transition, WAYS.splitlines()))
"""Ways between two states; ``merge()`` is none of them, since it leaves its argument alone.

``close()`` forgets a deleted object without detaching it: the object stays in the deleted state.
The key of a detached object is free where the Session has no other object with it, and has not
deleted its row.
"""

VIEW = "-16 24 392 432"
BOX = (112, 36)
PLACES = {
    "transient": (128, 34),
    "pending": (128, 136),
    "persistent": (128, 236),
    "deleted": (128, 392),
    "detached": (260, 330),
}
"""The upper left corner of each state's box."""


@dataclass(frozen=True)
class StateDiagram:
    """What :func:`object_states` gives: the states, and of an object the name and the state."""

    label: str = ""
    state: str = ""

    @property
    def title(self) -> str:
        """What the diagram shows, in a sentence."""
        return f"{self.label} is {self.state}" if self.state else "The states of a mapped object"

    def __repr__(self) -> str:
        lines = [self.title]
        for state in STATES:
            lines.append(f"{'*' if state == self.state else ' '} {state}")
            ways = [way for way in TRANSITIONS if way.source == state]
            lines += [f"    {way} → {way.target}" for way in ways]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        words = text_element("p", self.title, class_="show-head", aria_hidden="true")
        return element("div", words, self.drawing(), class_="show-diagram")

    def drawing(self) -> str:
        """The diagram alone; its description says all that its lines do."""
        arrow = unique("states-arrow")
        ways = [f"From {way.source} to {way.target}: {way}." for way in TRANSITIONS]
        return drawing(
            "states",
            self.title,
            " ".join(ways),
            element("defs", _arrow_head(arrow)),
            *(_way(number, way, arrow) for number, way in enumerate(TRANSITIONS)),
            *(_box(state, present=state == self.state) for state in STATES),
            viewBox=VIEW,
            width=467,
            font_family="sans-serif",
            font_size=15,
        )


def _arrow_head(name: str) -> str:
    shape = element("path", d="M0 0L8 4L0 8Z", fill="currentColor")
    size = {"viewBox": "0 0 8 8", "markerWidth": 8, "markerHeight": 8, "refX": 8, "refY": 4}
    return element("marker", shape, id=name, orient="auto", markerUnits="userSpaceOnUse", **size)


def way_between(source: str, target: str) -> int | None:
    """The number of the way from one state to another, from 0; None where no single way leads."""
    ends = [(way.source, way.target) for way in TRANSITIONS]
    return ends.index((source, target)) if (source, target) in ends else None


def _way(number: int, way: Transition, arrow: str) -> str:
    look = {"class_": f"show-way show-way-{number}", "marker_end": f"url(#{arrow})"}
    line = element("path", d=way.path, **look, **OUTLINE)
    words = [*way.calls, *textwrap.wrap(way.when, 11)]
    spans = [element("tspan", each, x=way.x, y=way.y + 15 * at) for at, each in enumerate(words)]
    return line + element("text", *spans, class_="show-call", text_anchor=way.anchor)


def _box(state: str, *, present: bool) -> str:
    (x, y), (width, height) = PLACES[state], BOX
    box = element("rect", x=x, y=y, width=width, height=height, rx=6, **OUTLINE)
    words = f"\N{BLACK CIRCLE} {state}" if present else state
    text = element("text", words, x=x + width // 2, y=y + height // 2 + 5, text_anchor="middle")
    classes = f"show-{state} show-present" if present else f"show-{state}"
    return element("g", box, text, class_=classes)


def object_states(obj: object = None) -> StateDiagram:
    """The five states of a mapped object and what leads from one to another.

    ``obj`` is a mapped object, whose state is marked; nothing is loaded or changed to find it.
    Without it, no state is marked.

    Raises TypeError when ``obj`` is not mapped.
    """
    if obj is None:
        return StateDiagram()
    state = entity.state_of(obj, "object_states()")
    return StateDiagram(entity.label(state), entity.state_name(state))
