"""The states of a mapped object as a diagram, and the calls that lead from one to another."""

from __future__ import annotations

from dataclasses import dataclass

from . import entity
from .entity import STATES
from .markup import OUTLINE, element, escape, unique

__all__ = ["TRANSITIONS", "StateDiagram", "Transition", "object_states"]


@dataclass(frozen=True)
class Transition:
    """A way from one state to another; ``calls`` cause it, each of them alone, ``when`` so."""

    source: str
    target: str
    calls: tuple[str, ...]
    when: str = ""

    def __str__(self) -> str:
        return ", ".join(self.calls) + (f" {self.when}" if self.when else "")


TRANSITIONS = (
    Transition("transient", "pending", ("add()",)),
    Transition("pending", "persistent", ("flush()", "commit()")),
    Transition("pending", "transient", ("expunge()", "rollback()", "close()")),
    Transition("persistent", "deleted", ("delete()",), "and a flush"),
    Transition("persistent", "detached", ("expunge()", "close()")),
    Transition("persistent", "transient", ("rollback()",), "of its INSERT"),
    Transition("deleted", "persistent", ("rollback()",)),
    Transition("deleted", "detached", ("commit()", "expunge()")),
    Transition("detached", "persistent", ("add()",)),
)
"""Each way between two states; ``merge()`` is none of them, since it leaves its argument alone.

``close()`` forgets a deleted object without detaching it: the object stays in the deleted state.
"""

VIEW = "0 24 376 402"
BOX = (112, 36)
PLACES = {
    "transient": (128, 34),
    "pending": (128, 136),
    "persistent": (128, 236),
    "deleted": (128, 362),
    "detached": (260, 300),
}
"""The upper left corner of each state's box."""

PATHS = {
    ("transient", "pending"): "M164 70V136",
    ("pending", "transient"): "M204 136V70",
    ("pending", "persistent"): "M184 172V236",
    ("persistent", "transient"): "M128 246H108Q100 246 100 238V60Q100 52 108 52H128",
    ("persistent", "deleted"): "M164 272V362",
    ("deleted", "persistent"): "M204 362V272",
    ("persistent", "detached"): "M240 246H324Q332 246 332 254V300",
    ("detached", "persistent"): "M284 300V270Q284 262 276 262H240",
    ("deleted", "detached"): "M240 380H308Q316 380 316 372V336",
}
LABELS = {
    ("transient", "pending"): (158, 108, "end", ("add()",)),
    ("pending", "transient"): (210, 91, "start", ("expunge()", "rollback()", "close()")),
    ("pending", "persistent"): (190, 201, "start", ("flush()", "commit()")),
    ("persistent", "transient"): (94, 140, "end", ("rollback()", "of its", "INSERT")),
    ("persistent", "deleted"): (158, 306, "end", ("delete()", "and a flush")),
    ("deleted", "persistent"): (210, 354, "start", ("rollback()",)),
    ("persistent", "detached"): (262, 222, "start", ("expunge()", "close()")),
    ("detached", "persistent"): (280, 284, "end", ("add()",)),
    ("deleted", "detached"): (256, 398, "start", ("commit()", "expunge()")),
}
"""Where each way's words stand: x, the first line's y, the anchor, the lines."""


class StateDiagram:
    """What :func:`object_states` gives: text, taken at one moment."""

    def __init__(self, label: str = "", state: str = "") -> None:
        self.label = label
        self.state = state

    @property
    def title(self) -> str:
        """What the diagram shows, in a sentence."""
        if not self.state:
            return "The states of a mapped object"
        return f"{self.label} is {self.state}"

    def __repr__(self) -> str:
        lines = [self.title]
        for state in STATES:
            lines.append(f"{'*' if state == self.state else ' '} {state}")
            ways = [way for way in TRANSITIONS if way.source == state]
            lines += [f"    {way} → {way.target}" for way in ways]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        """The diagram; its description says all that its lines do."""
        title, description, arrow = (
            unique(f"states-{part}") for part in ("title", "desc", "arrow")
        )
        ways = [f"From {way.source} to {way.target}: {way}." for way in TRANSITIONS]
        head = [
            element("title", escape(self.title), id=title),
            element("desc", escape(" ".join(ways)), id=description),
            element("defs", _arrow_head(arrow)),
        ]
        drawn = [_way(way, arrow) for way in TRANSITIONS]
        boxes = [_box(state, present=state == self.state) for state in STATES]
        attributes = {
            "viewBox": VIEW,
            "role": "img",
            "aria-labelledby": f"{title} {description}",
            "width": "448",
            "fill": "currentColor",
            "font-family": "sans-serif",
            "font-size": "15",
        }
        svg = element("svg", *head, *drawn, *boxes, **attributes)
        words = element("p", escape(self.title), class_="show-head", aria_hidden="true")
        return element("div", words, svg, class_="show-diagram")


def _arrow_head(name: str) -> str:
    shape = element("path", d="M0 0L8 4L0 8Z", fill="currentColor")
    size = {"viewBox": "0 0 8 8", "markerWidth": "8", "markerHeight": "8"}
    place = {"refX": "8", "refY": "4", "markerUnits": "userSpaceOnUse"}
    return element("marker", shape, id=name, orient="auto", **size, **place)


def _way(way: Transition, arrow: str) -> str:
    ends = way.source, way.target
    shape = {"d": PATHS[ends], "class": "show-way", "marker-end": f"url(#{arrow})"}
    line = element("path", **shape, **OUTLINE)
    x, y, anchor, lines = LABELS[ends]
    words = [
        element("tspan", escape(line), x=str(x), y=str(y + 15 * number))
        for number, line in enumerate(lines)
    ]
    return line + element("text", *words, class_="show-call", text_anchor=anchor)


def _box(state: str, *, present: bool) -> str:
    (x, y), (width, height) = PLACES[state], BOX
    size = {"x": str(x), "y": str(y), "width": str(width), "height": str(height), "rx": "6"}
    middle = {"x": str(x + width // 2), "y": str(y + height // 2 + 5), "text-anchor": "middle"}
    classes = f"show-{state} show-present" if present else f"show-{state}"
    words = f"\N{BLACK CIRCLE} {state}" if present else state
    return element(
        "g", element("rect", **size, **OUTLINE), element("text", words, **middle), class_=classes
    )


def object_states(obj: object = None) -> StateDiagram:
    """The five states of a mapped object and what leads from one to another.

    ``obj`` is a mapped object, whose state is marked; nothing is loaded or changed to find it.
    Without it, the diagram stands alone.

    Raises TypeError when ``obj`` is not mapped.

    >>> from orm_tutorial.models import User
    >>> object_states(User("Sandy", "Sandy Kilo"))
    User (new) is transient
    * transient
        add() → pending
      pending
        flush(), commit() → persistent
        expunge(), rollback(), close() → transient
      persistent
        delete() and a flush → deleted
        expunge(), close() → detached
        rollback() of its INSERT → transient
      deleted
        rollback() → persistent
        commit(), expunge() → detached
      detached
        add() → persistent
    """
    if obj is None:
        return StateDiagram()
    state = entity.state_of(obj, "object_states()")
    return StateDiagram(entity.label(state), entity.state_name(state))
