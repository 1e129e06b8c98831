"""Places for boxes and curves between them: a small layered drawing.

Boxes are in columns from left to right, a parent left of its children; a line that passes a
column has a lane there, like a thin box. Lines run straight beside the boxes, where their signs
and texts are, and bend between the columns, so that none passes through a box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt
from operator import itemgetter
from statistics import fmean, median

__all__ = ["PITCH", "STUB", "Box", "Curve", "End", "Layout", "Line", "lay_out"]

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
    """A line that was drawn: its ends, and the ``d`` of an SVG path."""

    child: End
    parent: End
    path: str


@dataclass(frozen=True)
class Layout:
    """The placed boxes and the drawn lines."""

    width: int
    height: int
    boxes: list[Box]
    curves: list[Curve]


def lay_out(boxes: Sequence[Box], lines: Sequence[Line]) -> Layout:
    """Place the boxes and draw the lines; boxes may get more rows than they had.

    >>> layout = lay_out([Box(80, 1, 2), Box(90, 1, 3)], [Line(1, 0)])
    >>> [(box.x, box.y) for box in layout.boxes], layout.curves[0].parent
    ([(0, 0), (188, 0)], End(x=80, y=36, side=1))
    """
    drawing = _Drawing(boxes, lines)
    drawing.place_ports()
    drawing.place_boxes()
    return drawing.layout()


@dataclass(frozen=True)
class _Gap:
    """The room from one column to the next: lines bend between ``start`` and ``end``."""

    left: int
    start: int
    end: int
    right: int


class _Drawing:
    """A layout that is being made; nodes from ``len(boxes)`` on are lanes of long lines."""

    def __init__(self, boxes: Sequence[Box], lines: Sequence[Line]) -> None:
        self.boxes, self.lines = boxes, lines
        column = _columns(len(boxes), [(line.child, line.parent) for line in lines])
        self.columns: list[list[int]] = [[] for _ in range(max(column, default=-1) + 1)]
        for number, at in enumerate(column):
            self.columns[at].append(number)
        self.chains = [self._chain(line, column) for line in lines]
        self._order()
        self.ports: dict[tuple[int, bool], int] = {}  # the row at (line, whether its child's end)
        self.tops: dict[int, int] = {}

    def _chain(self, line: Line, column: Sequence[int]) -> list[int]:
        """A line's nodes from left to right, with a new lane in each column that it passes."""
        low, high = sorted((line.child, line.parent), key=lambda node: column[node])
        lanes = []
        for at in range(column[low] + 1, column[high]):
            lanes.append(sum(map(len, self.columns)))
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

    def place_ports(self) -> None:
        """Choose the rows at which lines end at a box, each side for itself."""
        for number, box in enumerate(self.boxes):
            sides: dict[bool, list[tuple[int, bool]]] = {True: [], False: []}
            for index, line in enumerate(self.lines):
                for child in (True, False):
                    if number == (line.child if child else line.parent):
                        sides[self.chains[index][0] == number].append((index, child))
            box.rows = max(box.rows, *(len(ends) - box.head for ends in sides.values()))
            for ends in sides.values():
                self._place_side(box, ends)

    def _place_side(self, box: Box, ends: Sequence[tuple[int, bool]]) -> None:
        """Give a child's end its column's row, and parents' ends the rows next to the key."""
        free = [*range(box.rows), *range(-1, -1 - box.head, -1)]
        parents = [line for line, child in ends if not child]
        for line in (line for line, child in ends if child):
            row = next((row for row in self.lines[line].rows if row in free), free[0])
            self.ports[line, True] = row
            free.remove(row)
        first = min((self.lines[line].parent_row for line in parents), default=0)
        free.sort(key=lambda row: (row < first, abs(row - first)))
        rows = sorted(free[: len(parents)])
        for line, row in zip(sorted(parents, key=self._child_place), rows, strict=True):
            self.ports[line, False] = row

    def _child_place(self, line: int) -> tuple[int, int]:
        """Where a line comes from: its neighbour's place in the next column, and its row."""
        chain, parent = self.chains[line], self.lines[line].parent
        near = chain[1] if chain[0] == parent else chain[-2]
        place = next(nodes.index(near) for nodes in self.columns if near in nodes)
        return -1 if near == parent else place, self.lines[line].rows[0]

    def place_boxes(self) -> None:
        """Stack each column, and shift it so that its lines from the left climb little."""
        for nodes in self.columns:
            top = 0
            for node in nodes:
                self.tops[node] = top
                top += self._height(node) + PITCH
            shifts = [
                start - end
                for index, chain in enumerate(self.chains)
                for left, right in pairwise(chain)
                if right in nodes and left != right
                for start, end in [self._heights(index, left, right)]
            ]
            for node in nodes:
                self.tops[node] += round(median(shifts)) if shifts else 0
        highest = min(self.tops.values(), default=0)
        self.tops = {node: top - highest for node, top in self.tops.items()}

    def _height(self, node: int) -> int:
        return self.boxes[node].height if node < len(self.boxes) else PITCH

    def _heights(self, line: int, left: int, right: int) -> tuple[int, int]:
        """The heights at which a line leaves one node and comes to the next."""
        child = self.lines[line].child
        return self._y(line, left, child=left == child), self._y(
            line, right, child=right == child and left != right
        )

    def _y(self, line: int, node: int, *, child: bool) -> int:
        if node >= len(self.boxes):
            return self.tops[node] + PITCH // 2
        rows = self.boxes[node].head + self.ports[line, child]
        return self.tops[node] + PITCH * rows + PITCH // 2

    def layout(self) -> Layout:
        """Place the columns from left to right, each as far away as the lines between want."""
        x = 0
        gaps: list[_Gap] = []
        for at, nodes in enumerate(self.columns):
            boxes = [node for node in nodes if node < len(self.boxes)]
            width = max((self.boxes[node].width for node in boxes), default=0)
            for node in boxes:
                box = self.boxes[node]
                box.x, box.y, box.width = x, self.tops[node], width
            gaps.append(self._gap(at, x + width))
            x = gaps[-1].right
        bottom = max((top + self._height(node) for node, top in self.tops.items()), default=0)
        curves = [self._curve(index, gaps) for index in range(len(self.lines))]
        return Layout(x, bottom, list(self.boxes), curves)

    def _gap(self, at: int, left: int) -> _Gap:
        """The room beside a column: for the signs and texts at the ends of lines, and bends."""
        steps = [
            (line, one, two, self._heights(index, one, two))
            for index, (line, chain) in enumerate(zip(self.lines, self.chains, strict=True))
            for one, two in pairwise(chain)
            if one in self.columns[at]
        ]
        if not steps:
            last = at == len(self.columns) - 1
            return _Gap(left, left, left, left if last else left + BEND)
        climb = max(abs(end - start) for *_, (start, end) in steps)
        before = [line.text(one) for line, one, *_ in steps]
        behind = [line.text(two) for line, one, two, _ in steps if one != two]
        start = left + STUB + max(before) + PITCH // 4
        end = start + max(BEND, min(3 * BEND, climb // 3))
        return _Gap(left, start, end, end + STUB + max(behind) + PITCH // 4 if behind else end)

    def _curve(self, index: int, gaps: Sequence[_Gap]) -> Curve:
        """Draw a line from its left end to its right one, or round to its own box."""
        line, chain = self.lines[index], self.chains[index]
        first = next(at for at, nodes in enumerate(self.columns) if chain[0] in nodes)
        gap = gaps[first]
        start, end = self._heights(index, chain[0], chain[1])
        path, beginning = f"M{gap.left} {start}", End(gap.left, start, 1)
        if chain[0] == chain[1]:
            loop = f"C{gap.end} {start} {gap.end} {end} {gap.start} {end}"
            return Curve(beginning, End(gap.left, end, 1), f"{path}H{gap.start}{loop}H{gap.left}")
        for at, (left, right) in enumerate(pairwise(chain), first):
            gap, (start, end) = gaps[at], self._heights(index, left, right)
            middle = (gap.start + gap.end) // 2
            path += f"H{gap.start}C{middle} {start} {middle} {end} {gap.end} {end}H{gap.right}"
        ends = beginning, End(gap.right, end, -1)
        return Curve(*(ends if chain[0] == line.child else ends[::-1]), path)


def _columns(count: int, pairs: Sequence[tuple[int, int]]) -> list[int]:
    """A column for each box, given ``(child, parent)`` pairs: right of its parents.

    In a circle, the pair that closes it does not count.
    """
    below = [{number} for number in range(count)]  # with all that it refers to, over these pairs:
    kept: list[tuple[int, int]] = []
    for child, parent in sorted(pairs, key=itemgetter(1)):
        if child not in below[parent]:
            kept.append((child, parent))
            for each in [each for each in below if child in each]:
                each.update(below[parent])
    columns = [0] * count
    for number in sorted(range(count), key=lambda number: len(below[number])):  # parents first
        columns[number] = max((columns[parent] + 1 for n, parent in kept if n == number), default=0)
    for number in range(count):  # what refers to nothing is put beside what refers to it
        children = [columns[child] for child, parent in kept if parent == number]
        columns[number] = columns[number] or max(0, min(children, default=0) - 1)
    joined = {number for pair in pairs for number in pair}
    sizes = [0] * max([isqrt(count), *(columns[number] + 1 for number in joined)])
    for number in sorted(range(count), key=lambda number: number not in joined):
        if number not in joined:
            columns[number] = sizes.index(min(sizes))
        sizes[columns[number]] += 1
    return columns
