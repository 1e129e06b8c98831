"""A schema as text and as an entity-relationship diagram in SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from unicodedata import east_asian_width

from .er_layout import PITCH, STUB, Box, End, Layout, Line, lay_out
from .markup import OUTLINE, cut, element, escape, scrollable, unique

__all__ = ["Association", "ColumnBox", "Reference", "SchemaDiagram", "TableBox"]

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
# What stands at the end of a line at a table's edge, drawn to the right from 0; the crow's foot
# opens towards the table. A circle is read as "or none".
SIGNS = {
    "zero or more": "M0 -6L12 0L0 6M12 0H0",
    "one": "M6 -6V6M11 -6V6",
    "zero or one": "M8 -6V6",
}


@dataclass(frozen=True)
class ColumnBox:
    """A column: ``marks`` are the words PK, NOT NULL, UNIQUE, IDENTITY, COMPUTED and DEFAULT."""

    name: str
    type: str
    marks: tuple[str, ...]
    references: tuple[str, ...]
    comment: str

    @property
    def words(self) -> str:
        """The marks, and what the column refers to, in words."""
        targets = (f"FK → {_cut(target, 2 * NAME)}" for target in self.references)
        return ", ".join([*self.marks, *targets]) + _comment(self.comment)

    @property
    def letters(self) -> str:
        """The marks in the letters of the picture, as its legend explains them."""
        return " ".join(letters for word, (letters, _) in LETTERS.items() if word in self.all_marks)

    @property
    def all_marks(self) -> tuple[str, ...]:
        return (*self.marks, "FK") if self.references else self.marks


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
        return f"({', '.join(_cut(name) for name in self.classes)})" if self.classes else ""


@dataclass(frozen=True)
class Reference:
    """A foreign key; tables are given by their numbers, columns by their places in a table.

    Without a ``constraint``, a relationship() alone joins the tables.
    """

    child: int
    rows: tuple[int, ...]
    parent: int
    parent_rows: tuple[int, ...]
    many: bool
    optional: bool
    constraint: bool
    child_attributes: tuple[str, ...] = ()
    parent_attributes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        ends = f"{'many' if self.many else 'one'} to {'zero or one' if self.optional else 'one'}"
        return ends if self.constraint else f"{ends}, no foreign key"


@dataclass(frozen=True)
class Association:
    """A many-to-many relationship: two tables, the one between them, and the attributes."""

    left: int
    right: int
    secondary: int
    left_attributes: tuple[str, ...] = ()
    right_attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SchemaDiagram:
    """A schema as text and as a picture."""

    tables: tuple[TableBox, ...]
    references: tuple[Reference, ...]
    associations: tuple[Association, ...]

    def __repr__(self) -> str:
        return "\n".join([*self._table_lines(), *self._relation_lines()]) or "no tables"

    def _repr_html_(self) -> str:
        if not self.tables:
            return element("p", "no tables", class_="show-schema show-schema-empty")
        return _Picture(self).markup()

    def _table_lines(self) -> Iterator[str]:
        columns = [column for table in self.tables for column in table.columns]
        names = max((_cells(_cut(column.name)) for column in columns), default=0)
        types = max((_cells(_cut(column.type, TYPE)) for column in columns), default=0)
        for table in self.tables:
            yield f"{_cut(table.name)} {table.mapped}".rstrip() + _comment(table.comment)
            for column in table.columns:
                name, kind = _pad(_cut(column.name), names), _pad(_cut(column.type, TYPE), types)
                yield f"  {name}   {kind}   {column.words}".rstrip()
            yield from (f"  {_cut(text, 2 * NAME)}" for text in table.uniques)

    def _relation_lines(self) -> list[str]:
        relations: list[Reference | Association] = [*self.references, *self.associations]
        lines = [self.relation(each) for each in relations]
        ends, kinds = (max((_cells(line[at]) for line in lines), default=0) for at in (0, 1))
        return [
            f"{_pad(end, ends)}   {_pad(kind, kinds)}   {names}".rstrip()
            for end, kind, names in lines
        ]

    def relation(self, each: Reference | Association) -> tuple[str, str, str]:
        """What is joined, how many rows stand at the ends, and the attributes."""
        if isinstance(each, Reference):
            child, parent = (
                self._columns(each.child, each.rows),
                self._columns(each.parent, each.parent_rows),
            )
            names = _both(each.child_attributes, each.parent_attributes)
            return f"{child} → {parent}", each.kind, names
        left, right, secondary = (
            _cut(self.tables[number].name) for number in (each.left, each.right, each.secondary)
        )
        names = _both(each.left_attributes, each.right_attributes)
        return f"{left} ↔ {right}", f"many to many through {secondary}", names

    def _columns(self, number: int, rows: Iterable[int]) -> str:
        table = self.tables[number]
        names = [_cut(table.columns[row].name) for row in rows]
        name = _cut(table.name)
        return f"{name}.{names[0]}" if len(names) == 1 else f"{name} ({', '.join(names)})"


class _Picture:
    """The SVG drawing of a schema that has tables, its legend, and its text."""

    def __init__(self, schema: SchemaDiagram) -> None:
        self.schema = schema
        boxes = [_box(table) for table in schema.tables]
        self.layout: Layout = lay_out(boxes, [_line(each) for each in schema.references])

    def markup(self) -> str:
        text = element("pre", escape(repr(self.schema)), tabindex="0")
        summary = element("summary", "The diagram as text")
        return element(
            "figure",
            scrollable(self._svg(), "Entity-relationship diagram"),
            self._legend(),
            element("details", summary, text, class_="show-schema-text"),
            class_="show-schema show-wide" if self.layout.width > WIDE else "show-schema",
        )

    def _svg(self) -> str:
        name = unique("schema")
        width, height = self.layout.width + 2, self.layout.height + 2
        attributes = {
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-desc",
            "width": str(width),
            "height": str(height),
            "viewBox": f"-1 -1 {width} {height}",
            "xmlns": "http://www.w3.org/2000/svg",
            "fill": "currentColor",
            "font-family": "monospace",
            "font-size": "12",
        }
        return element(
            "svg",
            element("title", "Entity-relationship diagram", id=f"{name}-title"),
            element("desc", escape(self._description()), id=f"{name}-desc"),
            *(self._draw_line(number) for number in range(len(self.schema.references))),
            *(self._draw_table(number) for number in range(len(self.schema.tables))),
            **attributes,
        )

    def _description(self) -> str:
        names = ", ".join(_cut(table.name) for table in self.schema.tables)
        relations = [
            ", ".join(filter(None, self.schema.relation(r))) for r in self.schema.references
        ]
        return f"Tables: {names}. " + "".join(f"{relation}. " for relation in relations)

    def _draw_table(self, number: int) -> str:
        table, box = self.schema.tables[number], self.layout.boxes[number]
        name, kind, _ = _stops(table)
        line = box.y + box.head * PITCH
        parts = [
            _rect(box),
            element("path", class_="show-entity-rule", d=f"M{box.x} {line}h{box.width}", **OUTLINE),
            _text(box.x + PAD, box.y, _cut(table.name), "show-entity-name", _tip(table)),
        ]
        if table.classes:
            shown = _cut(table.mapped, 2 * NAME)
            parts.append(
                _text(box.x + PAD, box.y + PITCH, shown, "show-entity-class", table.mapped)
            )
        for row, column in enumerate(table.columns):
            y = line + row * PITCH
            tip = f"{column.name} {column.type} {column.words}".strip()
            parts += [
                _text(box.x + PAD, y, _cut(column.name), "show-entity-column", tip),
                _text(
                    box.x + PAD + name, y, _cut(column.type, TYPE), "show-entity-type", column.type
                ),
                _text(
                    box.x + PAD + name + kind, y, column.letters, "show-entity-marks", column.words
                ),
            ]
        for row, text in enumerate(table.uniques, len(table.columns)):
            parts.append(
                _text(
                    box.x + PAD, line + row * PITCH, _cut(text, 2 * NAME), "show-entity-type", text
                )
            )
        return element("g", *parts, class_="show-entity")

    def _draw_line(self, number: int) -> str:
        reference, curve = self.schema.references[number], self.layout.curves[number]
        tip = ", ".join(filter(None, self.schema.relation(reference)))
        kind = "show-edge" if reference.constraint else "show-edge show-edge-dashed"
        return element(
            "g",
            element("title", escape(tip)),
            element("path", class_=kind, d=curve.path, **OUTLINE),
            *_end(curve.child, _child_sign(reference), reference.child_attributes),
            *_end(curve.parent, _parent_sign(reference), reference.parent_attributes),
            class_="show-reference",
        )

    def _legend(self) -> str:
        columns = [column for table in self.schema.tables for column in table.columns]
        used = {mark for column in columns for mark in column.all_marks}
        items = [
            element("li", element("b", letters), " ", meaning)
            for mark, (letters, meaning) in LETTERS.items()
            if mark in used
        ]
        signs = {
            sign
            for each in self.schema.references
            for sign in (_child_sign(each), _parent_sign(each))
        }
        items += [element("li", _sample(sign), " ", sign) for sign in SIGNS if sign in signs]
        if not all(reference.constraint for reference in self.schema.references):
            items.append(element("li", _sample(""), " a relationship() without a foreign key"))
        return element("ul", *items, class_="show-legend")


def _child_sign(reference: Reference) -> str:
    return "zero or more" if reference.many else "zero or one"


def _parent_sign(reference: Reference) -> str:
    return "zero or one" if reference.optional else "one"


def _sign(sign: str, transform: str) -> list[str]:
    parts = [element("path", class_="show-edge-end", d=SIGNS[sign], transform=transform, **OUTLINE)]
    if sign.startswith("zero"):
        circle = {"cx": "16", "cy": "0", "r": "4", "transform": transform, **OUTLINE}
        parts.append(element("circle", class_="show-edge-end show-edge-none", **circle))
    return parts


def _sample(sign: str) -> str:
    """A sign as the legend shows it; without a name, a dashed line."""
    if sign:
        line = element("path", class_="show-edge", d="M0 0H36", **OUTLINE)
        parts = [line, *_sign(sign, "translate(0 0)")]
    else:
        parts = [element("path", class_="show-edge show-edge-dashed", d="M0 0H36", **OUTLINE)]
    size = {"width": "36", "height": "16", "viewBox": "0 -8 36 16", "aria-hidden": "true"}
    return element("svg", *parts, **size)


def _end(end: End, sign: str, attributes: Iterable[str]) -> Iterator[str]:
    """The sign at a line's end, and the attributes of that side above the line."""
    yield from _sign(sign, f"translate({end.x} {end.y}) scale({end.side} 1)")
    if label := _label(attributes):
        anchor = "start" if end.side > 0 else "end"
        x, y = end.x + end.side * STUB, end.y - 6
        place = {"x": str(x), "y": str(y), "text-anchor": anchor, "class": "show-edge-label"}
        tip = element("title", escape(", ".join(attributes)))
        yield element("text", tip, escape(label), **place)


def _label(attributes: Iterable[str]) -> str:
    """The attributes' own names; the classes stand in the boxes."""
    return _cut(", ".join(dict.fromkeys(name.rpartition(".")[2] for name in attributes)), LABEL)


def _rect(box: Box) -> str:
    place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "rx": 4}
    return element(
        "rect",
        class_="show-entity-box",
        **{key: str(value) for key, value in place.items()},
        **OUTLINE,
    )


def _text(x: int, y: int, text: str, kind: str, tip: str) -> str:
    """A text in the row that begins at ``y``, with its full wording as a tip."""
    if not text:
        return ""
    place = {"x": str(x), "y": str(y + PITCH // 2 + 4), "class": kind}
    return element("text", element("title", escape(tip)), escape(text), **place)


def _tip(table: TableBox) -> str:
    return f"{table.name} -- {table.comment}" if table.comment else table.name


def _stops(table: TableBox) -> tuple[int, int, int]:
    """How wide the names, the types and the letters of a table are, in pixels."""
    cells = [
        (_cut(column.name), _cut(column.type, TYPE), column.letters) for column in table.columns
    ]
    names, types, letters = (max((_pixels(row[at]) for row in cells), default=0) for at in range(3))
    gap = _pixels("  ")
    return names + gap, types + (gap if letters else 0), letters


def _box(table: TableBox) -> Box:
    texts = [_cut(table.name), _cut(table.mapped, 2 * NAME)]
    texts += [_cut(text, 2 * NAME) for text in table.uniques]
    width = max(sum(_stops(table)), *map(_pixels, texts))
    head = 2 if table.classes else 1
    return Box(width + 2 * PAD, head, len(table.columns) + len(table.uniques))


def _line(reference: Reference) -> Line:
    return Line(
        reference.child,
        reference.parent,
        reference.rows,
        min(reference.parent_rows),
        _pixels(_label(reference.child_attributes)),
        _pixels(_label(reference.parent_attributes)),
    )


def _both(left: Iterable[str], right: Iterable[str]) -> str:
    """The attributes of two sides."""
    sides = (", ".join(_cut(name, 2 * NAME) for name in side) for side in (left, right))
    return " / ".join(side for side in sides if side)


def _comment(text: str) -> str:
    return f"   -- {_cut(text, COMMENT)}" if text else ""


def _cut(text: str, size: int = NAME) -> str:
    return cut(text, size)


def _cells(text: str) -> int:
    """How many characters' room a text takes; wide characters take two."""
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)


def _pad(text: str, size: int) -> str:
    return text + " " * (size - _cells(text))


def _pixels(text: str) -> int:
    return ceil(ADVANCE * _cells(text))
