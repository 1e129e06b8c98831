"""Places for boxes and curves between them: a small layered drawing.

Boxes are in columns from left to right, a parent left of its children; a line that passes a
column has a lane there, like a thin box. Lines run straight beside the boxes, where their signs
and texts are, and bend between the columns, so that none passes through a box.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from statistics import fmean, median

PITCH = 24
"""The height of a row, in pixels, and the distance of two boxes in a column."""
STUB = 24
"""The length of the sign at the end of a line."""
BEND = 48
"""The least room between two columns in which lines bend."""


@dataclass
class Box:
    """A box to be placed: its width in pixels, its height in rows, and then its place."""

    width: int
    head: int
    rows: int
    x: int = 0
    y: int = 0

    @property
    def height(self) -> int:
        """The height in pixels."""
        return PITCH * (self.head + self.rows)


@dataclass(frozen=True)
class Line:
    """A line from a child to a parent, given by their numbers.

    The child's end is at the first of ``rows`` that is free, the parent's at ``parent_row`` or
    near it. ``child_text`` and ``parent_text`` are the widths of the texts at its ends, in pixels.
    """

    child: int
    parent: int
    rows: tuple[int, ...] = (0,)
    parent_row: int = 0
    child_text: int = 0
    parent_text: int = 0

    def text(self, node: int) -> int:
        """The width of the text at a node: none at a lane."""
        return max(self.child_text * (node == self.child), self.parent_text * (node == self.parent))


@dataclass(frozen=True)
class End:
    """Where a line leaves a box: to the right (``side`` 1) or to the left (-1)."""

    x: int
    y: int
    side: int


@dataclass(frozen=True)
class Curve:
    """A line that was drawn: the child's end and the parent's, and the ``d`` of an SVG path."""

    ends: tuple[End, End]
    path: str


@dataclass(frozen=True)
class _Gap:
    """The room from one column to the next: lines bend between ``start`` and ``end``."""

    left: int
    start: int
    end: int
    right: int


class Layout:
    """Places the boxes, which may get more rows than they had, and draws the lines as ``curves``.

    >>> boxes = [Box(80, 1, 2), Box(90, 1, 3)]
    >>> layout = Layout(boxes, [Line(1, 0)])
    >>> [(box.x, box.y) for box in boxes], layout.curves[0].ends[1]
    ([(0, 0), (188, 0)], End(x=80, y=36, side=1))
    """

    def __init__(self, boxes: Sequence[Box], lines: Sequence[Line]) -> None:
        self.boxes, self.lines = list(boxes), lines
        self.column = _columns(len(boxes), [(line.child, line.parent) for line in lines])
        self.columns = [
            [number for number, at in enumerate(self.column) if at == column]
            for column in range(max(self.column, default=-1) + 1)
        ]
        self.chains = [self._chain(line) for line in lines]
        self._order()
        self.rows: dict[tuple[int, int], int] = {}  # by the line and the place in its chain
        for number in range(len(boxes)):
            self._choose_rows(number)
        for nodes in self.columns:
            self._stack(nodes)
        self.gaps: list[_Gap] = []
        for nodes in self.columns:
            self._set(nodes)
        highest = min((box.y for box in self.boxes), default=0)
        for box in self.boxes:
            box.y -= highest
        self.width = self.gaps[-1].right if self.gaps else 0
        self.height = max((box.y + box.height for box in self.boxes), default=0)
        self.curves = [self._curve(index) for index in range(len(lines))]

    def _chain(self, line: Line) -> list[int]:
        """A line's boxes from left to right, with a new lane in each column that it passes."""
        low, high = sorted((line.child, line.parent), key=self.column.__getitem__)
        lanes = []
        for at in range(self.column[low] + 1, self.column[high]):
            lanes.append(len(self.boxes))
            self.boxes.append(Box(width=0, head=0, rows=1))
            self.column.append(at)
            self.columns[at].append(lanes[-1])
        return [low, *lanes, high]

    def _order(self) -> None:
        """Sort each column by its neighbours' mean place, to and fro, so that few lines cross."""
        pairs = [pair for chain in self.chains for pair in pairwise(chain)]
        for sweep in range(8):
            near: dict[int, list[int]] = defaultdict(list)
            for left, right in pairs if sweep % 2 else [pair[::-1] for pair in pairs]:
                near[left].append(right)
            for nodes in self.columns[:: -1 if sweep % 2 else 1]:
                place = {node: at for each in self.columns for at, node in enumerate(each)}
                mean = {node: fmean(place[n] for n in near[node] or [node]) for node in nodes}
                nodes.sort(key=mean.__getitem__)

    def _choose_rows(self, number: int) -> None:
        """Choose the rows at which lines end at a box, each side for itself."""
        sides: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
        for index, chain in enumerate(self.chains):
            for place in (0, len(chain) - 1):
                if chain[place] == number:
                    sides[chain[0] == number].append((index, place))
        box = self.boxes[number]
        box.rows = max(box.rows, *(len(ends) - box.head for ends in sides.values()))
        for ends in sides.values():
            self._choose_side(box, ends)

    def _choose_side(self, box: Box, ends: Sequence[tuple[int, int]]) -> None:
        """Give a child's end its column's row, and parents' ends the rows next to the key."""
        free = [*range(box.rows), *range(-1, -1 - box.head, -1)]
        parents = []
        for line, place in ends:
            if place != self._child_place(line):
                parents.append((line, place))
                continue
            row = next((row for row in self.lines[line].rows if row in free), free[0])
            self.rows[line, place] = row
            free.remove(row)
        first = min((self.lines[line].parent_row for line, _ in parents), default=0)
        free.sort(key=lambda row: (row < first, abs(row - first)))
        parents.sort(key=lambda end: self._origin(end[0]))
        self.rows.update(zip(parents, sorted(free[: len(parents)]), strict=True))

    def _child_place(self, index: int) -> int:
        """Where in a line's chain its child is: at the beginning or at the end."""
        chain = self.chains[index]
        return 0 if chain[0] == self.lines[index].child else len(chain) - 1

    def _origin(self, index: int) -> tuple[int, int]:
        """Where a line comes to its parent from: the place in the next column, and the row."""
        chain = self.chains[index]
        near = chain[1] if self._child_place(index) else chain[-2]
        place = -1 if chain[0] == chain[1] else self.columns[self.column[near]].index(near)
        return place, self.lines[index].rows[0]

    def _stack(self, nodes: Sequence[int]) -> None:
        """Stack a column, and shift it so that its lines from the left climb little."""
        top = 0
        for node in nodes:
            self.boxes[node].y = top
            top += self.boxes[node].height + PITCH
        shifts = [
            self._y(index, place) - self._y(index, place + 1)
            for index, chain in enumerate(self.chains)
            for place, (left, right) in enumerate(pairwise(chain))
            if right in nodes and left != right
        ]
        for node in nodes:
            self.boxes[node].y += round(median(shifts)) if shifts else 0

    def _y(self, index: int, place: int) -> int:
        """The height of a line at a place in its chain."""
        box = self.boxes[self.chains[index][place]]
        return box.y + PITCH * (box.head + self.rows.get((index, place), 0)) + PITCH // 2

    def _set(self, nodes: Sequence[int]) -> None:
        """Put a column right of those before, all its boxes as wide as the widest."""
        x = self.gaps[-1].right if self.gaps else 0
        width = max(self.boxes[node].width for node in nodes)
        for node in nodes:
            self.boxes[node].x, self.boxes[node].width = x, width
        self.gaps.append(self._gap(nodes, x + width))

    def _gap(self, nodes: Sequence[int], left: int) -> _Gap:
        """The room beside a column: for the signs and texts at the ends of lines, and bends."""
        steps = [
            (self.lines[index], one, two, self._y(index, place + 1) - self._y(index, place))
            for index, chain in enumerate(self.chains)
            for place, (one, two) in enumerate(pairwise(chain))
            if one in nodes
        ]
        if not steps:
            return _Gap(left, left, left, left if nodes is self.columns[-1] else left + BEND)
        before = max(line.text(one) for line, one, *_ in steps)
        behind = [line.text(two) for line, one, two, _ in steps if one != two]
        start = left + STUB + before + PITCH // 4
        end = start + max(BEND, min(3 * BEND, max(abs(climb) for *_, climb in steps) // 3))
        return _Gap(left, start, end, end + STUB + max(behind) + PITCH // 4 if behind else end)

    def _curve(self, index: int) -> Curve:
        """Draw a line from its left end to its right one, or round to its own box."""
        chain = self.chains[index]
        first, *_, last = (self._y(index, place) for place in range(len(chain)))
        at = self.column[chain[0]]
        gap = self.gaps[at]
        path, beginning = f"M{gap.left} {first}", End(gap.left, first, 1)
        if chain[0] == chain[1]:
            loop = f"C{gap.end} {first} {gap.end} {last} {gap.start} {last}"
            ends = beginning, End(gap.left, last, 1)
            return Curve(ends, f"{path}H{gap.start}{loop}H{gap.left}")
        for place, gap in enumerate(self.gaps[at : at + len(chain) - 1]):
            start, end = self._y(index, place), self._y(index, place + 1)
            middle = (gap.start + gap.end) // 2
            path += f"H{gap.start}C{middle} {start} {middle} {end} {gap.end} {end}H{gap.right}"
        ends = beginning, End(gap.right, last, -1)
        return Curve(ends[::-1] if self._child_place(index) else ends, path)


def _columns(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """A column for each box, given ``(child, parent)`` pairs: right of its parents.

    In a circle, the pair that closes it does not count.
    """
    columns: dict[int, int] = {}

    def place(number: int, below: frozenset[int] = frozenset()) -> int:
        if number not in columns:
            below |= {number}
            parents = [parent for child, parent in pairs if child == number and parent not in below]
            columns[number] = max((place(parent, below) + 1 for parent in parents), default=0)
        return columns[number]

    for number in range(count):
        place(number)
    for number in range(count):  # what refers to nothing is put beside what refers to it
        children = [columns[child] for child, parent in pairs if parent == number != child]
        if columns[number] == 0 and children:
            columns[number] = min(children) - 1
    joined = {number for pair in pairs for number in pair}
    sizes = Counter(columns[number] for number in joined)
    width = max([isqrt(count), *(at + 1 for at in sizes)])
    for number in range(count):  # what is not joined goes where there is room
        if number not in joined:
            columns[number] = min(range(width), key=sizes.__getitem__)
            sizes[columns[number]] += 1
    return [columns[number] for number in range(count)]
