"""A schema as text and as an entity-relationship diagram in SVG."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from math import ceil
from typing import NamedTuple

from .er_layout import PITCH, STUB, Box, Curve, End, Layout, Line
from .markup import OUTLINE, aligned, cut, drawing, element, escape, scrollable, width

TITLE = "Entity-relationship diagram"
GAP = "   "
NAME, TYPE, COMMENT, LABEL = 40, 24, 60, 24  # characters that are shown
ADVANCE = 7.4  # pixels of a character of the monospaced font, at 12 pixels
PAD = 10
WIDE = 900  # pixels beyond which a diagram is too small on paper, and its text is printed too
LETTERS = {
    "PK": ("PK", "primary key"),
    "FK": ("FK", "foreign key"),
    "NOT NULL": ("NN", "not null"),
    "UNIQUE": ("UQ", "unique"),
    "IDENTITY": ("ID", "identity"),
    "COMPUTED": ("CO", "computed"),
    "DEFAULT": ("DF", "has a default in the database"),
}
# The sign at the end of a line, at a table's edge, drawn to the right from 0: the crow's foot opens
# towards the table. A circle is read as "or none".
SIGNS = {
    "zero or more": "M0 -6L12 0L0 6M12 0H0",
    "one": "M6 -6V6M11 -6V6",
    "zero or one": "M8 -6V6",
}


@dataclass(frozen=True)
class ColumnBox:
    """A column: ``marks`` are keys of :data:`LETTERS`, ``references`` what an FK refers to."""

    name: str
    type: str
    marks: tuple[str, ...]
    references: tuple[str, ...]
    comment: str

    @property
    def words(self) -> str:
        """The marks, and what the column refers to, in words."""
        marks = (mark for mark in self.marks if mark != "FK")
        targets = (f"FK → {cut(target, 2 * NAME)}" for target in self.references)
        return ", ".join([*marks, *targets]) + _comment(self.comment)

    @property
    def letters(self) -> str:
        """The marks in the letters of the picture, as its legend explains them."""
        return " ".join(letters for mark, (letters, _) in LETTERS.items() if mark in self.marks)


@dataclass(frozen=True)
class TableBox:
    """A table, the classes that are mapped to it, and what is unique beside single columns."""

    name: str
    classes: tuple[str, ...]
    columns: tuple[ColumnBox, ...]
    uniques: tuple[str, ...]
    comment: str

    @property
    def mapped(self) -> str:
        """The classes in parentheses."""
        return f"({', '.join(cut(name, NAME) for name in self.classes)})" if self.classes else ""


@dataclass(frozen=True)
class Reference:
    """A foreign key; tables are given by their numbers, columns by their places in a table.

    Without a ``constraint``, a relationship() alone joins the tables. ``attributes`` are the
    relationships that follow it, the child's and the parent's.
    """

    child: int
    rows: tuple[int, ...]
    parent: int
    parent_rows: tuple[int, ...]
    many: bool
    optional: bool
    constraint: bool
    attributes: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def signs(self) -> tuple[str, str]:
        """The signs at the child's end and at the parent's."""
        return (
            "zero or more" if self.many else "zero or one",
            "zero or one" if self.optional else "one",
        )

    @property
    def kind(self) -> str:
        """How many rows are joined, in words."""
        ends = f"{'many' if self.many else 'one'} to {self.signs[1]}"
        return ends if self.constraint else f"{ends}, no foreign key"


@dataclass(frozen=True)
class Association:
    """A many-to-many relationship: two tables, the one between them, and their attributes."""

    left: int
    right: int
    secondary: int
    attributes: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


@dataclass(frozen=True)
class SchemaDiagram:
    """A schema as text and as a picture."""

    tables: tuple[TableBox, ...]
    references: tuple[Reference, ...]
    associations: tuple[Association, ...]

    def __repr__(self) -> str:
        relations: list[Reference | Association] = [*self.references, *self.associations]
        lines = [*self._table_lines(), *aligned([self.relation(each) for each in relations], GAP)]
        return "\n".join(lines) or "no tables"

    def _repr_html_(self) -> str:
        if not self.tables:
            return element("p", "no tables", class_="show-schema show-schema-empty")
        return _figure(self)

    def _table_lines(self) -> Iterator[str]:
        columns = [column for table in self.tables for column in table.columns]
        rows = [(f"  {cut(each.name, NAME)}", cut(each.type, TYPE), each.words) for each in columns]
        lines = iter(aligned(rows, GAP))
        for table in self.tables:
            yield f"{cut(table.name, NAME)} {table.mapped}".rstrip() + _comment(table.comment)
            yield from islice(lines, len(table.columns))
            yield from (f"  {cut(text, 2 * NAME)}" for text in table.uniques)

    def relation(self, each: Reference | Association) -> tuple[str, str, str]:
        """What is joined, how many rows are at the ends, and the attributes."""
        sides = (", ".join(cut(name, 2 * NAME) for name in side) for side in each.attributes)
        names = " / ".join(filter(None, sides))
        if isinstance(each, Reference):
            ends = (each.child, each.rows), (each.parent, each.parent_rows)
            return " → ".join(self._columns(*end) for end in ends), each.kind, names
        numbers = (each.left, each.right, each.secondary)
        left, right, secondary = (cut(self.tables[number].name, NAME) for number in numbers)
        return f"{left} ↔ {right}", f"many to many through {secondary}", names

    def _columns(self, number: int, rows: Iterable[int]) -> str:
        table = self.tables[number]
        names = [cut(table.columns[row].name, NAME) for row in rows]
        name = cut(table.name, NAME)
        return f"{name}.{names[0]}" if len(names) == 1 else f"{name} ({', '.join(names)})"


def _figure(schema: SchemaDiagram) -> str:
    """The drawing of a schema that has tables, its legend, and its text."""
    rows = [list(_rows(table)) for table in schema.tables]
    boxes = [_box(table, texts) for table, texts in zip(schema.tables, rows, strict=True)]
    layout = Layout(boxes, [_line(each) for each in schema.references])
    relations = [", ".join(filter(None, schema.relation(each))) for each in schema.references]
    lines = map(_draw_line, schema.references, layout.curves, relations)
    tables = map(_draw_table, boxes, rows)
    width, height = layout.width + 2, layout.height + 2
    names = [cut(table.name, NAME) for table in schema.tables]
    description = ". ".join([f"Tables: {', '.join(names)}", *relations, ""])
    size = {"width": width, "height": height, "viewBox": f"-1 -1 {width} {height}"}
    font = {"font-family": "monospace", "font-size": 12, "xmlns": "http://www.w3.org/2000/svg"}
    svg = drawing("schema", TITLE, description, *lines, *tables, **size, **font)
    text = element("pre", escape(repr(schema)), tabindex=0)
    summary = element("summary", "The diagram as text", translate="yes")
    return element(
        "figure",
        scrollable(svg, TITLE),
        _legend(schema),
        element("details", summary, text, class_="show-schema-text"),
        class_="show-schema show-wide" if layout.width > WIDE else "show-schema",
    )


class _Text(NamedTuple):
    """A text in a box, its class, and its full wording as a tip."""

    shown: str
    kind: str
    tip: str


def _rows(table: TableBox) -> Iterator[list[_Text]]:
    """The rows of a table's box: a column has three texts, any other row has one."""
    tip = f"{table.name} -- {table.comment}" if table.comment else table.name
    yield [_Text(cut(table.name, NAME), "name", tip)]
    if table.classes:
        yield [_Text(cut(table.mapped, 2 * NAME), "class", table.mapped)]
    for column in table.columns:
        tip = f"{column.name} {column.type} {column.words}".strip()
        yield [
            _Text(cut(column.name, NAME), "column", tip),
            _Text(cut(column.type, TYPE), "type", column.type),
            _Text(column.letters, "marks", column.words),
        ]
    for text in table.uniques:
        yield [_Text(cut(text, 2 * NAME), "type", text)]


def _stops(rows: Iterable[list[_Text]]) -> list[int]:
    """Where the names, the types and the letters of a table begin and end, in pixels."""
    columns = [[_pixels(text.shown) for text in row] for row in rows if len(row) > 1]
    names, types, letters = map(max, zip(*columns, strict=True)) if columns else (0, 0, 0)
    gap = _pixels("  ")
    return list(accumulate([0, names + gap, types + (gap if letters else 0), letters]))


def _box(table: TableBox, rows: Sequence[list[_Text]]) -> Box:
    across = max(_pixels(row[0].shown) for row in rows if len(row) == 1)
    head = 2 if table.classes else 1
    return Box(max(_stops(rows)[-1], across) + 2 * PAD, head, len(rows) - head)


def _draw_table(box: Box, rows: Sequence[list[_Text]]) -> str:
    line = box.y + box.head * PITCH
    place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": 4}
    texts = [
        _text(
            text.shown,
            text.tip,
            x=box.x + PAD + stop,
            y=box.y + number * PITCH + PITCH // 2 + 4,
            class_=f"show-entity-{text.kind}",
        )
        for number, row in enumerate(rows)
        for stop, text in zip(_stops(rows), row, strict=False)
    ]
    return element(
        "g",
        element("rect", class_="show-entity-box", **place, **OUTLINE),
        element("path", class_="show-entity-rule", d=f"M{box.x} {line}h{box.width}", **OUTLINE),
        *texts,
        class_="show-entity",
    )


def _line(each: Reference) -> Line:
    texts = (_pixels(_label(side)) for side in each.attributes)
    return Line(each.child, each.parent, each.rows, min(each.parent_rows), *texts)


def _draw_line(reference: Reference, curve: Curve, tip: str) -> str:
    kind = "show-edge" if reference.constraint else "show-edge show-edge-dashed"
    return element(
        "g",
        element("title", escape(tip)),
        element("path", class_=kind, d=curve.path, **OUTLINE),
        *map(_end, curve.ends, reference.signs, reference.attributes),
        class_="show-reference",
    )


def _end(end: End, sign: str, attributes: Iterable[str]) -> str:
    """The sign at a line's end, and the attributes of that side above the line."""
    drawn = _sign(sign, f"translate({end.x} {end.y}) scale({end.side} 1)")
    return drawn + _text(
        _label(attributes),
        ", ".join(attributes),
        x=end.x + end.side * STUB,
        y=end.y - 6,
        text_anchor="start" if end.side > 0 else "end",
        class_="show-edge-label",
    )


def _sign(sign: str, transform: str) -> str:
    place = {"transform": transform, **OUTLINE}
    line = element("path", class_="show-edge-end", d=SIGNS[sign], **place)
    if not sign.startswith("zero"):
        return line
    return line + element(
        "circle", class_="show-edge-end show-edge-none", cx=16, cy=0, r=4, **place
    )


def _legend(schema: SchemaDiagram) -> str:
    used = {mark for table in schema.tables for each in table.columns for mark in each.marks}
    signs = {sign for each in schema.references for sign in each.signs}
    items = [
        (element("b", letters), words) for mark, (letters, words) in LETTERS.items() if mark in used
    ]
    items += [(_sample(sign), sign) for sign in SIGNS if sign in signs]
    if not all(reference.constraint for reference in schema.references):
        items.append((_sample(""), "a relationship() without a foreign key"))
    lines = [element("li", mark, " ", words) for mark, words in items]
    return element("ul", *lines, class_="show-legend")


def _sample(sign: str) -> str:
    """A sign as the legend shows it; without a name, a dashed line."""
    kind = "show-edge" if sign else "show-edge show-edge-dashed"
    line = element("path", class_=kind, d="M0 0H36", **OUTLINE)
    end = _sign(sign, "translate(0 0)") if sign else ""
    return element("svg", line, end, width=36, height=16, viewBox="0 -8 36 16", aria_hidden="true")


def _text(text: str, tip: str, **attributes: object) -> str:
    """A text with its full wording as a tip; nothing where there is no text."""
    title = element("title", escape(tip))
    return element("text", title, escape(text), **attributes) if text else ""


def _label(attributes: Iterable[str]) -> str:
    """The attributes' own names; the names of the classes are in the boxes."""
    return cut(", ".join(dict.fromkeys(name.rpartition(".")[2] for name in attributes)), LABEL)


def _comment(text: str) -> str:
    return f"   -- {cut(text, COMMENT)}" if text else ""


def _pixels(text: str) -> int:
    return ceil(ADVANCE * width(text))
