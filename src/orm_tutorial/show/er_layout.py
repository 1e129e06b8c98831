"""Places for boxes and paths for the lines between them: a small layered drawing.

Boxes stand in layers from left to right, a parent left of its children; a line that passes a layer
has a lane there, as if a thin box stood in its place. Everything lies on a grid of ``PITCH``
pixels: rows of boxes, lanes, and the ends of lines. Between two layers each line turns once, on a
track of its own. So no line passes through a box, and no two lines lie on each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from math import ceil, sqrt
from statistics import fmean, median_low

__all__ = ["PITCH", "STUB", "Box", "Layout", "Line", "lay_out"]

PITCH = 24  # the height of a row, and the least distance of two lines beside a box
STUB = 24  # what the sign at the end of a line takes
TRACK = 12  # the distance of two vertical lines
APART = 40  # the distance of two layers that no line joins

Point = tuple[int, int]


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
        return PITCH * (self.head + self.rows)


@dataclass(frozen=True)
class Line:
    """A line from a child to a parent, given by their numbers.

    The child's end stands at the first of ``rows`` that is free, the parent's at ``parent_row`` or
    as near below it as can be. At each end is room for a text of a width.
    """

    child: int
    parent: int
    rows: tuple[int, ...] = (0,)
    parent_row: int = 0
    child_text: int = 0
    parent_text: int = 0


@dataclass(frozen=True)
class Layout:
    """The placed boxes, and for each line its corners from the child's end to the parent's."""

    width: int
    height: int
    boxes: list[Box]
    paths: list[list[Point]]


def lay_out(boxes: Sequence[Box], lines: Sequence[Line]) -> Layout:
    """Place the boxes and draw the lines; boxes may get more rows than they had.

    >>> layout = lay_out([Box(80, 1, 2), Box(90, 1, 3)], [Line(1, 0)])
    >>> [(box.x, box.y) for box in layout.boxes], layout.paths
    ([(0, 0), (140, 0)], [[(140, 36), (80, 36)]])
    """
    return _Drawing(boxes, lines).layout()


@dataclass
class _Turn:
    """What a line does between two layers: from a height on the left to one on the right.

    Where ``back`` is set, the line comes back to the left at the second height.
    """

    line: int
    start: int
    end: int
    back: bool = False

    @property
    def straight(self) -> bool:
        return self.start == self.end


@dataclass
class _Drawing:
    """A layout that is being made; nodes from ``len(boxes)`` on are lanes in a layer."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    layers: list[list[int]] = field(default_factory=list)
    chains: dict[int, list[int]] = field(default_factory=dict)  # a line's nodes, left to right
    ports: dict[tuple[int, bool], int] = field(default_factory=dict)  # (line, is child): row
    tops: dict[int, int] = field(default_factory=dict)

    def layout(self) -> Layout:
        pairs = [(line.child, line.parent) for line in self.lines]
        self._chain(_layering(len(self.boxes), pairs, [box.height for box in self.boxes]))
        self.layers = _ordering(self.layers, self._links())
        for number in range(len(self.boxes)):
            self._place_ports(number)
        self._place_nodes()
        return self._draw()

    def _chain(self, layer_of: Sequence[int]) -> None:
        """Fill the layers, and give each line that passes layers a lane in each of them."""
        self.layers = [[] for _ in range(max(layer_of, default=-1) + 1)]
        for number, layer in enumerate(layer_of):
            self.layers[layer].append(number)
        lane = len(self.boxes)
        for number, line in enumerate(self.lines):
            low, high = sorted((line.child, line.parent), key=lambda node: layer_of[node])
            between = range(layer_of[low] + 1, layer_of[high])
            lanes = list(range(lane, lane + len(between)))
            for node, layer in zip(lanes, between, strict=True):
                self.layers[layer].append(node)
            lane += len(lanes)
            self.chains[number] = [low, *lanes, high]

    def _links(self) -> list[tuple[int, int]]:
        return [
            pair for chain in self.chains.values() for pair in pairwise(chain) if len(set(pair)) > 1
        ]

    def _place_ports(self, number: int) -> None:
        """Choose the rows at which lines end at a box, each side for itself."""
        sides: dict[bool, list[tuple[int, bool]]] = {False: [], True: []}
        for index, line in enumerate(self.lines):
            for child in (True, False):
                if number == (line.child if child else line.parent):
                    sides[self._on_the_right(index, number)].append((index, child))
        box = self.boxes[number]
        box.rows = max(box.rows, *(len(side) - box.head for side in sides.values()))
        for side in sides.values():
            self._place_side(box, side)

    def _on_the_right(self, line: int, number: int) -> bool:
        return self.chains[line][0] == number

    def _place_side(self, box: Box, side: Sequence[tuple[int, bool]]) -> None:
        free = [*range(box.rows), *range(-1, -1 - box.head, -1)]
        parents = []
        for line, child in side:
            if child:
                wanted = [row for row in self.lines[line].rows if row in free]
                row = (wanted or free)[0]
                self.ports[line, child] = row
                free.remove(row)
            else:
                parents.append(line)
        first = min((self.lines[line].parent_row for line in parents), default=0)
        free.sort(key=lambda row: (row < first, abs(row - first)))
        taken = sorted(free[: len(parents)])
        for line, row in zip(sorted(parents, key=self._height_of_child), taken, strict=True):
            self.ports[line, False] = row

    def _height_of_child(self, line: int) -> tuple[int, int, int]:
        """Where the line comes from, as far as that is known before boxes are placed."""
        chain = self.chains[line]
        parent = self.lines[line].parent
        nearest = chain[1] if chain[0] == parent else chain[-2]
        place = next((layer.index(nearest) for layer in self.layers if nearest in layer), 0)
        return (-1 if nearest == parent else place, self.lines[line].rows[0], line)

    def _offset(self, line: int, node: int, *, child: bool) -> int:
        """How far below the top of a node a line ends there."""
        if node >= len(self.boxes):
            return PITCH // 2
        return PITCH * (self.boxes[node].head + self.ports[line, child]) + PITCH // 2

    def _ends(self) -> list[tuple[int, int, int, int, int]]:
        """Each piece of a line: line, left node, offset there, right node, offset there."""
        ends = []
        for line, chain in self.chains.items():
            first_is_child = chain[0] == self.lines[line].child
            for left, right in pairwise(chain):
                if left == right:
                    start, end = (self._offset(line, left, child=child) for child in (True, False))
                else:
                    start = self._offset(line, left, child=first_is_child)
                    end = self._offset(line, right, child=not first_is_child)
                ends.append((line, left, start, right, end))
        return ends

    def _place_nodes(self) -> None:
        """Choose the heights, so that many lines are straight; then shift layers where needed."""
        wishes: dict[tuple[int, bool], list[tuple[int, int]]] = defaultdict(list)
        for _, left, start, right, end in self._ends():
            if left != right:
                wishes[right, True].append((left, start - end))
                wishes[left, False].append((right, end - start))
        for layer in self.layers:
            self.tops.update(self._stack(layer, {}))
        for from_left in (True, False, True):
            for layer in self.layers[:: 1 if from_left else -1]:
                wanted = {
                    node: median_low(self.tops[other] + offset for other, offset in near)
                    for node in layer
                    if (near := wishes[node, from_left])
                }
                self.tops.update(self._stack(layer, wanted))
        for number in range(1, len(self.layers)):
            if _in_a_circle(self._turns(number - 1)):
                for node in self.layers[number]:
                    self.tops[node] += PITCH // 2
        top = min(self.tops.values(), default=0)
        self.tops = {node: height - top for node, height in self.tops.items()}

    def _stack(self, layer: Sequence[int], wanted: Mapping[int, int]) -> dict[int, int]:
        """Heights for a layer's nodes in their order, each as near to the wanted one as can be."""
        below, offsets = 0, []
        for node, after in zip(layer, [*layer[1:], -1], strict=True):
            offsets.append(below)
            both_boxes = node < len(self.boxes) and 0 <= after < len(self.boxes)
            below += self._height(node) + (PITCH if both_boxes else 0)
        current = [
            wanted.get(node, self.tops.get(node, offset)) - offset
            for node, offset in zip(layer, offsets, strict=True)
        ]
        heights = zip(layer, offsets, _rising(current), strict=True)
        return {node: offset + PITCH * round(height / PITCH) for node, offset, height in heights}

    def _height(self, node: int) -> int:
        return self.boxes[node].height if node < len(self.boxes) else PITCH

    def _turns(self, number: int) -> list[_Turn]:
        """The turns between a layer and the next one, without tracks yet."""
        here = set(self.layers[number])
        return [
            _Turn(line, self.tops[left] + start, self.tops[right] + end, left == right)
            for line, left, start, right, end in self._ends()
            if left in here
        ]

    def _draw(self) -> Layout:
        x = 0
        corners: dict[int, list[Point]] = defaultdict(list)
        for number, layer in enumerate(self.layers):
            width = max(
                (self.boxes[node].width for node in layer if node < len(self.boxes)), default=0
            )
            for node in layer:
                if node < len(self.boxes):
                    box = self.boxes[node]
                    box.x, box.y, box.width = x, self.tops[node], width
            x = self._draw_turns(number, x + width, corners)
        bottom = max((box.y + box.height for box in self.boxes), default=0)
        paths = [self._path(number, corners[number]) for number in range(len(self.lines))]
        lowest = max((y for path in paths for _, y in path), default=0)
        return Layout(x, max(bottom, lowest + PITCH // 2), list(self.boxes), paths)

    def _draw_turns(self, number: int, left: int, corners: dict[int, list[Point]]) -> int:
        """Draw what lies between a layer and the next one, and return where that one begins."""
        turns = self._turns(number)
        last = number == len(self.layers) - 1
        if not turns:
            return left if last else left + APART
        tracks = _tracks(turns)
        first = left + self._room(number, turns, right=False)
        beyond = first + TRACK * len(tracks)
        end = beyond + (0 if last else self._room(number, turns, right=True))
        for turn in turns:
            track = first + TRACK * tracks.index(turn) if turn in tracks else left
            far = left if turn.back else end
            corners[turn.line] += [
                (left, turn.start), (track, turn.start), (track, turn.end), (far, turn.end)
            ]  # fmt: skip
        return end

    def _room(self, number: int, turns: Sequence[_Turn], *, right: bool) -> int:
        """The room beside a layer for signs and texts at the ends of lines."""
        room = TRACK
        for turn in turns:
            line, chain = self.lines[turn.line], self.chains[turn.line]
            node = chain[-1] if right else chain[0]
            if turn.back and not right:
                room = max(room, STUB + max(line.child_text, line.parent_text))
            elif not turn.back and node in self.layers[number + right]:
                text = line.child_text if node == line.child else line.parent_text
                room = max(room, STUB + text)
        return room + PITCH // 4

    def _path(self, number: int, corners: list[Point]) -> list[Point]:
        """A line's corners from child to parent, without those at which it does not turn."""
        path: list[Point] = []
        for point in corners:
            if point in path[-1:]:
                continue
            while len(path) > 1 and _in_line(path[-2], path[-1], point):
                path.pop()
            path.append(point)
        return path if self.chains[number][0] == self.lines[number].child else path[::-1]


def _layering(count: int, pairs: Iterable[tuple[int, int]], heights: Sequence[int]) -> list[int]:
    """A layer for each box, given ``(child, parent)`` pairs, circles of which are broken."""
    neighbours: list[set[int]] = [set() for _ in range(count)]
    parents: list[set[int]] = [set() for _ in range(count)]
    for child, parent in pairs:
        if child != parent:
            parents[child].add(parent)
            neighbours[child].add(parent)
            neighbours[parent].add(child)
    joined = [number for number in range(count) if neighbours[number]]
    order: list[int] = []
    while left := [number for number in joined if number not in order]:
        order.append(min(left, key=lambda number: (len(parents[number] - set(order)), number)))
    place = {number: index for index, number in enumerate(order)}
    layers = [0] * count
    for number in order:
        before = [layers[near] for near in neighbours[number] if place[near] < place[number]]
        layers[number] = max(before, default=-1) + 1
    for number in reversed(order):
        after = [layers[near] for near in neighbours[number] if place[near] > place[number]]
        if len(after) > len(neighbours[number]) - len(after):
            layers[number] = min(after) - 1
    return _alone(layers, joined, heights)


def _alone(layers: list[int], joined: Sequence[int], heights: Sequence[int]) -> list[int]:
    """Put each box without lines where the layer is lowest."""
    alone = [number for number in range(len(layers)) if number not in joined]
    size = max([*(layers[number] + 1 for number in joined), ceil(sqrt(len(alone)))])
    sums = [0] * size
    for number in joined:
        sums[layers[number]] += heights[number] + PITCH
    for number in alone:
        layers[number] = sums.index(min(sums))
        sums[layers[number]] += heights[number] + PITCH
    return layers


def _ordering(layers: list[list[int]], links: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The layers with their nodes in an order in which few links cross."""
    near: dict[tuple[int, bool], list[int]] = defaultdict(list)
    for left, right in links:
        near[right, True].append(left)
        near[left, False].append(right)
    best = layers = [list(layer) for layer in layers]
    for sweep in range(12):
        from_left = sweep % 2 == 0
        for index in range(len(layers))[:: 1 if from_left else -1]:
            place = {node: at for layer in layers for at, node in enumerate(layer)}
            mean = {
                node: fmean(place[other] for other in near[node, from_left] or [node])
                for node in layers[index]
            }
            layers[index].sort(key=mean.__getitem__)
        if _crossings(layers, links) < _crossings(best, links):
            best = [list(layer) for layer in layers]
    return best


def _crossings(layers: Sequence[Sequence[int]], links: Sequence[tuple[int, int]]) -> int:
    place = {
        node: (number, at) for number, layer in enumerate(layers) for at, node in enumerate(layer)
    }
    by_layer: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for left, right in links:
        by_layer[place[left][0]].append((place[left][1], place[right][1]))
    return sum(
        (one[0] - two[0]) * (one[1] - two[1]) < 0
        for ends in by_layer.values()
        for one, two in combinations(ends, 2)
    )


def _rising(values: Sequence[float]) -> list[float]:
    """The values nearest to the given ones that never fall (pool adjacent violators).

    >>> _rising([1, 5, 3, 7])
    [1.0, 4.0, 4.0, 7.0]
    """
    pools: list[list[float]] = []
    for value in values:
        pools.append([value])
        while len(pools) > 1 and fmean(pools[-2]) > fmean(pools[-1]):
            last = pools.pop()
            pools[-1] += last
    return [fmean(pool) for pool in pools for _ in pool]


def _before(turns: Sequence[_Turn]) -> dict[int, list[_Turn]]:
    """For each turn, by its place, those that must turn further left.

    Where one starts at the height at which another ends, they would lie on each other if the other
    turned first.
    """
    return {
        index: [
            other
            for other in turns
            if other is not turn
            and not turn.back
            and (other.start == turn.end or (other.back and other.end == turn.end))
        ]
        for index, turn in enumerate(turns)
    }


def _in_a_circle(turns: Sequence[_Turn]) -> bool:
    """Whether each of some turns would have to come before the next one."""
    bent = [turn for turn in turns if not turn.straight]
    return len(_sorted(bent)) < len(bent)


def _sorted(turns: Sequence[_Turn]) -> list[_Turn]:
    """The turns, each after those that must turn further left, as far as there are no circles."""
    before = _before(turns)
    order: list[_Turn] = []
    left = list(range(len(turns)))
    while ready := [at for at in left if all(other in order for other in before[at])]:
        order.append(turns[ready[0]])
        left.remove(ready[0])
    return order


def _tracks(turns: Sequence[_Turn]) -> list[_Turn]:
    """The turns that are not straight, in the order of their tracks, with few crossings.

    Lines that come back to their box turn first, the shortest of them nearest to the box.
    """
    bent = [turn for turn in turns if not turn.straight]
    bent.sort(key=lambda turn: (-turn.start if turn.end > turn.start else turn.start, turn.line))
    back = sorted((turn for turn in bent if turn.back), key=lambda turn: abs(turn.end - turn.start))
    order = back + _sorted([turn for turn in bent if not turn.back])
    before = {
        turn.line: {other.line for other in _before(order)[at]} for at, turn in enumerate(order)
    }
    fewest = _turn_crossings(order, turns)
    for _ in order:
        for at in range(len(back), len(order) - 1):
            if order[at].line in before[order[at + 1].line]:
                continue
            order[at], order[at + 1] = order[at + 1], order[at]
            crossings = _turn_crossings(order, turns)
            if crossings < fewest:
                fewest = crossings
            else:
                order[at], order[at + 1] = order[at + 1], order[at]
    return order


def _turn_crossings(order: Sequence[_Turn], turns: Sequence[_Turn]) -> int:
    """How often the vertical parts of turns, on tracks in this order, cross horizontal parts."""
    last = len(order)
    track = {turn.line: at for at, turn in enumerate(order)}
    flat: list[tuple[int, int, int]] = []
    for turn in turns:
        at = track.get(turn.line, last)
        flat.append((turn.start, -1, at))
        flat.append((turn.end, -1, at) if turn.back else (turn.end, at, last))
    return sum(
        min(turn.start, turn.end) < height < max(turn.start, turn.end) and left < at < right
        for at, turn in enumerate(order)
        for height, left, right in flat
    )


def _in_line(one: Point, two: Point, three: Point) -> bool:
    return one[0] == two[0] == three[0] or one[1] == two[1] == three[1]
