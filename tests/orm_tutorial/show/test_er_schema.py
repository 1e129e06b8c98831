"""The schema as text and as a diagram, whose geometry is measured in the SVG."""

from __future__ import annotations

import random
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    mapped_column,
    registry,
    relationship,
)
from sqlalchemy.types import UserDefinedType

from orm_tutorial.models import Base as TutorialBase
from orm_tutorial.models import User as TutorialUser
from orm_tutorial.show.er_diagram import SchemaDiagram
from orm_tutorial.show.er_schema import schema_diagram

EVIL = "<img src=x onerror=alert(1)>"
ADVANCE = 7.4


class Base(DeclarativeBase):
    pass


product_tag = Table(
    "product_tag",
    Base.metadata,
    Column("product_id", ForeignKey("product.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)


class User(Base):
    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    full_name: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    addresses: Mapped[list[Address]] = relationship(back_populates="user")
    orders: Mapped[list[Order]] = relationship(back_populates="user")
    reviews: Mapped[list[Review]] = relationship(back_populates="user")


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    user: Mapped[User] = relationship(back_populates="addresses")


class Employee(Base):
    __tablename__ = "employee"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    manager: Mapped[Employee | None] = relationship(
        remote_side=lambda: Employee.id, back_populates="reports"
    )
    reports: Mapped[list[Employee]] = relationship(back_populates="manager")


class Category(Base):
    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    products: Mapped[list[Product]] = relationship(back_populates="category")


class Product(Base):
    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    category: Mapped[Category | None] = relationship(back_populates="products")
    tags: Mapped[list[Label]] = relationship(secondary=product_tag, back_populates="products")
    reviews: Mapped[list[Review]] = relationship(back_populates="product")


class Label(Base):
    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(unique=True)
    products: Mapped[list[Product]] = relationship(secondary=product_tag, back_populates="tags")


class Order(Base):
    __tablename__ = "order"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    shipping_id: Mapped[int] = mapped_column(ForeignKey("address.id"))
    billing_id: Mapped[int | None] = mapped_column(ForeignKey("address.id"))
    user: Mapped[User] = relationship(back_populates="orders")
    shipping_address: Mapped[Address] = relationship(foreign_keys=shipping_id)
    billing_address: Mapped[Address | None] = relationship(foreign_keys=billing_id)
    items: Mapped[list[Item]] = relationship(back_populates="order")
    payment: Mapped[Payment | None] = relationship(back_populates="order")


class Item(Base):
    __tablename__ = "item"

    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), primary_key=True)
    line: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    quantity: Mapped[int] = mapped_column(server_default="1")
    order: Mapped[Order] = relationship(back_populates="items")
    product: Mapped[Product] = relationship()


class Payment(Base):
    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), unique=True)
    amount: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    order: Mapped[Order] = relationship(back_populates="payment")


class Shipment(Base):
    __tablename__ = "shipment"
    __table_args__ = (ForeignKeyConstraint(["order_id", "line"], ["item.order_id", "item.line"]),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int]
    line: Mapped[int]
    packed_by: Mapped[int | None] = mapped_column(ForeignKey("employee.id"))
    item: Mapped[Item] = relationship()


class Review(Base):
    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("user_id", "product_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    stars: Mapped[int] = mapped_column(comment="one to five")
    user: Mapped[User] = relationship(back_populates="reviews")
    product: Mapped[Product] = relationship(back_populates="reviews")


SHOP = {
    1: (Employee,),
    2: (User, Address),
    5: (Product, Label, Category, Review),  # and the table between products and tags
    12: (Base,),
}


def random_metadata(seed: int) -> MetaData:
    """A schema of up to a dozen tables with foreign keys of any kind, circles included."""
    chance = random.Random(seed)
    names = [f"table_{number}" for number in range(chance.randint(1, 12))]
    metadata = MetaData()
    for name in names:
        columns = [Column("id", Integer, primary_key=True)]
        for number in range(chance.randint(0, 4)):
            target = ForeignKey(f"{chance.choice(names)}.id", use_alter=True)
            columns.append(Column(f"key_{number}", target, nullable=chance.random() < 0.5))
        Table(name, metadata, *columns)
    return metadata


# ---------- what is measured ----------


@dataclass(frozen=True)
class Area:
    """A rectangle of the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: Area) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Area) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


def picture(schema: SchemaDiagram) -> Tag:
    found = BeautifulSoup(schema._repr_html_(), "html.parser").select_one(".show-scroll > svg")
    assert found is not None
    return found


def own_text(tag: Tag) -> str:
    return "".join(tag.find_all(string=True, recursive=False))


def number(tag: Tag, name: str) -> float:
    return float(str(tag[name]))


def box_area(entity: Tag) -> Area:
    rect = entity.select_one("rect")
    assert rect is not None
    left, top = number(rect, "x"), number(rect, "y")
    return Area(left, top, left + number(rect, "width"), top + number(rect, "height"))


def text_area(tag: Tag) -> Area:
    """Where a text stands, in a monospaced font of 12 pixels."""
    width, x, y = ADVANCE * len(own_text(tag)), number(tag, "x"), number(tag, "y")
    left = x - width if tag.get("text-anchor") == "end" else x
    return Area(left, y - 10, left + width, y + 3)


def points(edge: Tag) -> list[tuple[float, float]]:
    """Points of a path, from one end to the other; a curve has sixteen of them."""
    found: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MHC])([^MHC]*)", str(edge["d"])):
        given = [float(number) for number in numbers.split()]
        if command == "M":
            found.append((given[0], given[1]))
        elif command == "H":
            found.append((given[0], found[-1][1]))
        else:
            found += bend(found[-1], *zip(given[::2], given[1::2], strict=True))
    return found


def bend(*ends: tuple[float, float]) -> list[tuple[float, float]]:
    """Points of a cubic curve, but its first."""
    weights = [
        ((1 - s) ** 3, 3 * s * (1 - s) ** 2, 3 * s * s * (1 - s), s**3)
        for s in (number / 16 for number in range(1, 17))
    ]
    return [
        (
            round(sum(w * x for w, (x, _) in zip(each, ends, strict=True)), 6),
            round(sum(w * y for w, (_, y) in zip(each, ends, strict=True)), 6),
        )
        for each in weights
    ]


def segments(svg: Tag) -> list[tuple[int, Area]]:
    """Short pieces of all lines, each with its line's number."""
    return [
        (at, Area(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)))
        for at, edge in enumerate(svg.select(".show-edge"))
        for (x1, y1), (x2, y2) in pairwise(points(edge))
    ]


def check_geometry(svg: Tag) -> None:
    """Nothing overlaps, nothing is cut off, no line passes through a box or along another."""
    entities = svg.select(".show-entity")
    boxes = [box_area(entity) for entity in entities]
    left, top, width, height = (float(part) for part in str(svg["viewbox"]).split())
    canvas = Area(left, top, left + width, top + height)
    for one, two in combinations(boxes, 2):
        assert not one.overlaps(two)
    for entity, box in zip(entities, boxes, strict=True):
        assert canvas.holds(box)
        texts = [text_area(tag) for tag in entity.select("text")]
        assert all(box.holds(area) for area in texts)
        assert not any(one.overlaps(two) for one, two in combinations(texts, 2))
    parts = segments(svg)
    for _, part in parts:
        assert canvas.holds(part)
        assert not any(inside(part, box) for box in boxes)
    for (line, one), (other, two) in combinations(parts, 2):
        assert line == other or not along(one, two)
    check_labels(svg, boxes, parts, canvas)


def check_labels(svg: Tag, boxes: list[Area], parts: list[tuple[int, Area]], canvas: Area) -> None:
    """The attributes at the ends of lines stand free."""
    labels = [
        (line, text_area(tag))
        for line, reference in enumerate(svg.select(".show-reference"))
        for tag in reference.select("text")
    ]
    for line, label in labels:
        assert canvas.holds(label)
        assert not any(label.overlaps(box) for box in boxes)
        assert not any(inside(part, label) for other, part in parts if other != line)
    assert not any(one.overlaps(two) for (_, one), (_, two) in combinations(labels, 2))


def inside(part: Area, box: Area) -> bool:
    """Whether a line passes through the inner of a box; touching its edge is no harm."""
    return (
        part.left < box.right
        and part.right > box.left
        and part.top < box.bottom
        and part.bottom > box.top
    )


def along(one: Area, two: Area) -> bool:
    """Whether two straight lines lie on each other for a part of their way."""
    if one.left == one.right == two.left == two.right:
        return one.top < two.bottom and two.top < one.bottom
    if one.top == one.bottom == two.top == two.bottom:
        return one.left < two.right and two.left < one.right
    return False


def ends(svg: Tag) -> list[tuple[int, ...]]:
    """For each line, the two boxes that it joins."""
    boxes = [box_area(entity) for entity in svg.select(".show-entity")]

    def at(point: tuple[float, float]) -> int:
        x, y = point
        [found] = [
            index
            for index, box in enumerate(boxes)
            if x in {box.left, box.right} and box.top < y < box.bottom
        ]
        return found

    paths = [points(edge) for edge in svg.select(".show-edge")]
    return [tuple(sorted((at(path[0]), at(path[-1])))) for path in paths]


# ---------- the text ----------


def test_two_tables_in_words() -> None:
    """The text lists columns with their marks, then foreign keys with both sides' attributes."""
    assert (
        repr(schema_diagram(User, Address))
        == """\
user_account (User)
  id           INTEGER    PK
  name         VARCHAR    NOT NULL
  full_name    VARCHAR
  created_at   DATETIME   NOT NULL, DEFAULT
address (Address)
  id           INTEGER    PK
  email        VARCHAR    NOT NULL, UNIQUE
  user_id      INTEGER    NOT NULL, FK → user_account.id
address.user_id → user_account.id   many to one   Address.user / User.addresses"""
    )


def test_many_to_many_brings_the_table_between() -> None:
    """Two classes over a secondary table show that table, its keys, and both attributes."""
    lines = repr(schema_diagram(Product, Label)).split("\n")
    assert "product_tag" in lines
    assert [line.split("   ")[0] for line in lines[-3:]] == [
        "product_tag.product_id → product.id",
        "product_tag.tag_id → tag.id",
        "product ↔ tag",
    ]
    assert lines[-3].endswith("   many to one                        Product.tags")
    assert lines[-2].endswith("   many to one                        Label.products")
    assert lines[-1].endswith("   many to many through product_tag   Product.tags / Label.products")


def test_cardinality_follows_from_nullable_and_unique() -> None:
    """A unique key is one to one, one that may be NULL has zero or one parent."""
    lines = [" ".join(line.split()) for line in repr(schema_diagram(Base)).split("\n")]
    assert "payment.order_id → order.id one to one Payment.order / Order.payment" in lines
    assert (
        "employee.manager_id → employee.id many to zero or one"
        " Employee.manager / Employee.reports" in lines
    )
    assert "order.shipping_id → address.id many to one Order.shipping_address" in lines
    assert "order.billing_id → address.id many to zero or one Order.billing_address" in lines
    assert "shipment (order_id, line) → item (order_id, line) many to one Shipment.item" in lines
    assert "UNIQUE (user_id, product_id)" in lines
    assert "stars INTEGER NOT NULL -- one to five" in lines


def test_what_a_base_a_registry_and_a_metadata_know() -> None:
    """A base and its registry show the same; a MetaData shows the tables without classes."""
    assert repr(schema_diagram(Base)) == repr(schema_diagram(Base.registry))
    plain = repr(schema_diagram(Base.metadata))
    assert "user_account\n" in plain
    assert "User" not in plain
    assert repr(schema_diagram(Address.__table__, User.__table__)).split("\n")[-1] == (
        "address.user_id → user_account.id   many to one"
    )
    assert "→ user_account.id" in repr(schema_diagram(Address))
    assert not picture(schema_diagram(Address)).select(".show-edge")


def test_marks_of_columns() -> None:
    """Identity, computed columns, defaults, unique indexes and odd types have their words."""

    class Point(UserDefinedType[str]):
        cache_ok = True

    class Broken(UserDefinedType[str]):
        cache_ok = True

        def get_col_spec(self) -> str:
            raise ValueError("no words")

    table = Table(
        "marks",
        MetaData(),
        Column("id", Integer, Identity(), primary_key=True),
        Column("twice", Integer, Computed("id * 2")),
        Column("code", String(8), server_default="x"),
        Column("part", String(8)),
        Column("data", JSONB),
        Column("place", Point),
        Column("broken", Broken),
        Column("nothing"),
        Column("kind", Enum("a", "bcd", name="kind")),
        CheckConstraint("id > 0"),
        Index("one", "code", unique=True),
        Index("some", "part", unique=True, sqlite_where=text("part > 'a'")),
        comment="Marks",
    )
    assert (
        repr(schema_diagram(table))
        == """\
marks   -- Marks
  id        INTEGER      PK, IDENTITY
  twice     INTEGER      COMPUTED
  code      VARCHAR(8)   UNIQUE, DEFAULT
  part      VARCHAR(8)
  data      JSONB
  place     Point()
  broken    Broken
  nothing   NULL
  kind      VARCHAR(3)"""
    )


def test_joined_inheritance_shows_the_tables_of_the_classes_above() -> None:
    """A subclass brings its parent's table; a relationship stands once, with its own class."""

    class Own(DeclarativeBase):
        pass

    class Person(Own):
        __tablename__ = "person"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        friend_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
        friend: Mapped[Person | None] = relationship(
            remote_side=lambda: Person.id, foreign_keys=lambda: Person.friend_id
        )
        __mapper_args__ = {"polymorphic_on": "kind"}  # noqa: RUF012

    class Writer(Person):
        __tablename__ = "writer"
        id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "writer"}  # noqa: RUF012

    class Guest(Person):
        __mapper_args__ = {"polymorphic_identity": "guest"}  # noqa: RUF012

    class Host(Guest):
        __mapper_args__ = {"polymorphic_identity": "host"}  # noqa: RUF012

    kinds = [
        type(
            f"Kind{letter.upper()}",
            (Person,),
            {"__mapper_args__": {"polymorphic_identity": letter}},
        )
        for letter in "cbda"
    ]
    lines = repr(schema_diagram(Own)).split("\n")
    assert "person (Person, KindA, KindB, KindC, KindD, Guest, Host)" in lines
    assert "writer (Writer)" in lines
    assert lines[-2:] == [
        "person.friend_id → person.id   many to zero or one   Person.friend",
        "writer.id → person.id          one to one",
    ]
    assert repr(schema_diagram(Writer)).startswith("person (Person)\n")
    assert len(kinds) == 4


def test_a_relationship_without_a_foreign_key_is_dashed() -> None:
    """What only a relationship() joins is drawn, and said to have no foreign key."""

    class Own(DeclarativeBase):
        pass

    class Parent(Own):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Child(Own):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int]
        parent: Mapped[Parent] = relationship(
            primaryjoin=lambda: Child.parent_id == Parent.id,
            foreign_keys=lambda: Child.parent_id,
        )

    schema = schema_diagram(Own)
    assert repr(schema).split("\n")[-1] == (
        "child.parent_id → parent.id   many to one, no foreign key   Child.parent"
    )
    assert len(picture(schema).select(".show-edge-dashed")) == 1


def test_the_text_does_not_depend_on_the_hash_seed() -> None:
    """Mappers and constraints are sets in SQLAlchemy; text and drawing are the same each time."""
    program = f"""
import importlib.util
spec = importlib.util.spec_from_file_location("test_schema", {__file__!r})
module = importlib.util.module_from_spec(spec)
import sys
sys.modules["test_schema"] = module
spec.loader.exec_module(module)
schema = module.schema_diagram(module.Base)
print(schema)
print(schema._repr_html_())
"""
    shown = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path), "PYTHONUTF8": "1"},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(shown) == 1


# ---------- the picture ----------


@pytest.mark.parametrize("size", SHOP)
def test_the_shop_is_drawn_clearly(size: int) -> None:
    """One, two, five and twelve tables: no overlap, no line through a box, all text inside."""
    svg = picture(schema_diagram(*SHOP[size]))
    assert len(svg.select(".show-entity")) == size
    check_geometry(svg)


@pytest.mark.parametrize("seed", range(60))
def test_any_schema_is_drawn_clearly(seed: int) -> None:
    """Circles, loops and many keys between the same tables are drawn as clearly."""
    schema = schema_diagram(random_metadata(seed))
    svg = picture(schema)
    check_geometry(svg)
    assert ends(svg) == [tuple(sorted((each.child, each.parent))) for each in schema.references]


def crossings(svg: Tag) -> int:
    """How many pairs of lines cross: they change their order on the way."""

    def turned(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    def cross(one: list[tuple[float, float]], two: list[tuple[float, float]]) -> bool:
        return any(
            turned(a, b, c) * turned(a, b, d) < 0 and turned(c, d, a) * turned(c, d, b) < 0
            for a, b in pairwise(one)
            for c, d in pairwise(two)
        )

    lines = [points(edge) for edge in svg.select(".show-edge")]
    return sum(cross(one, two) for one, two in combinations(lines, 2))


def test_few_lines_cross() -> None:
    """In the shop of twelve tables, boxes stand in an order in which few lines cross."""
    assert crossings(picture(schema_diagram(Base))) <= 10


def test_a_parent_stands_beside_its_children() -> None:
    """A table that refers to none stands one layer left of those that refer to it."""
    svg = picture(schema_diagram(Base))
    boxes = {
        own_text(name): box_area(entity)
        for entity in svg.select(".show-entity")
        for name in entity.select(".show-entity-name")
    }
    assert boxes["employee"].left == boxes["item"].left < boxes["shipment"].left
    assert boxes["category"].left < boxes["product"].left == boxes["tag"].left


def at_edge(box: Area, x: float) -> bool:
    return x in {box.left, box.right}


def test_lines_begin_at_their_columns() -> None:
    """A foreign key's line begins at the row of its first column."""
    schema = schema_diagram(Base)
    svg = picture(schema)
    for reference, edge in zip(schema.references, svg.select(".show-edge"), strict=True):
        entity = svg.select(".show-entity")[reference.child]
        drawn = points(edge)
        at_box = [y for x, y in (drawn[0], drawn[-1]) if at_edge(box_area(entity), x)]
        row = number(entity.select(".show-entity-column")[reference.rows[0]], "y")
        assert any(abs(row - y) < 12 for y in at_box)


def test_signs_at_the_ends() -> None:
    """A line ends in a crow's foot at the many, with circles where there may be none."""
    svg = picture(schema_diagram(Employee))
    many, optional = (str(end["d"]) for end in svg.select("path.show-edge-end"))
    assert many.startswith("M0 -6L12 0")
    assert optional == "M8 -6V6"
    assert len(svg.select("circle")) == 2
    [one_to_one] = [
        reference
        for reference in picture(schema_diagram(Base)).select(".show-reference")
        if "payment.order_id" in str(reference.title)
    ]
    assert [str(end["d"]) for end in one_to_one.select("path.show-edge-end")] == [
        "M8 -6V6",
        "M6 -6V6M11 -6V6",
    ]


def test_attributes_stand_at_their_sides() -> None:
    """The attribute of a class stands at the end of the line that is at its table."""
    svg = picture(schema_diagram(User, Address))
    labels = {own_text(tag): text_area(tag) for tag in svg.select(".show-edge-label")}
    user, address = (box_area(entity) for entity in svg.select(".show-entity"))
    assert set(labels) == {"user", "addresses"}
    assert labels["addresses"].left - user.right < 30
    assert address.left - labels["user"].right < 30


def test_the_legend_explains_what_occurs() -> None:
    """Letters and signs of the picture are in the legend, and no others."""
    soup = BeautifulSoup(schema_diagram(User, Address)._repr_html_(), "html.parser")
    items = [item.get_text(strip=True, separator=" ") for item in soup.select(".show-legend li")]
    assert items == [
        "PK primary key",
        "FK foreign key",
        "NN not null",
        "UQ unique",
        "DF has a default in the database",
        "zero or more",
        "one",
    ]


def test_the_picture_is_named_and_told() -> None:
    """A screen reader gets a title and a description; the text stands below the picture."""
    schema = schema_diagram(User, Address)
    soup = BeautifulSoup(schema._repr_html_(), "html.parser")
    svg = picture(schema)
    assert svg["role"] == "img"
    assert "address.user_id → user_account.id" in str(svg.desc)
    assert soup.select_one("details pre") is not None
    assert soup.select_one("details pre").get_text() == repr(schema)
    region = soup.select_one(".show-scroll")
    assert region is not None
    assert region["tabindex"] == "0"


def test_ids_are_unique_on_a_page() -> None:
    """Two diagrams on one page share no id, and every id that is referred to is there."""
    schema = schema_diagram(User, Address)
    soup = BeautifulSoup(schema._repr_html_() + schema._repr_html_(), "html.parser")
    ids = [tag["id"] for tag in soup.select("[id]")]
    assert len(ids) == len(set(ids)) == 4
    named = [
        name
        for svg in soup.select("[aria-labelledby]")
        for name in str(svg["aria-labelledby"]).split()
    ]
    assert sorted(named) == sorted(ids)


def test_two_calls_draw_the_same() -> None:
    """Nothing but the ids differs from one drawing to the next."""

    def drawn() -> tuple[str, list[str]]:
        schema = schema_diagram(Base)
        svg = picture(schema)
        return repr(schema), [str(tag) for tag in svg.select("g")]

    assert drawn() == drawn()


# ---------- odd input ----------


def test_empty_schema() -> None:
    """A schema without tables says so, in text and picture."""

    class Own(DeclarativeBase):
        pass

    for target in (Own, MetaData(), registry()):
        schema = schema_diagram(target)
        assert repr(schema) == "no tables"
        assert BeautifulSoup(schema._repr_html_(), "html.parser").get_text() == "no tables"


def test_table_without_columns() -> None:
    """A table may have no columns."""
    schema = schema_diagram(Table("empty", MetaData()))
    assert repr(schema) == "empty"
    check_geometry(picture(schema))


def test_long_names_are_cut_with_the_full_name_at_hand() -> None:
    """Names of 200 characters are cut at 40 and stay in the title; nothing runs out of a box."""
    long = "n" * 200
    metadata = MetaData()
    Table(long, metadata, Column(long, Integer, primary_key=True))
    Table("b", metadata, Column("c" * 200, ForeignKey(f"{long}.{long}"), unique=True))
    schema = schema_diagram(metadata)
    svg = picture(schema)
    check_geometry(svg)
    name = svg.select_one(".show-entity-name")
    assert name is not None
    assert own_text(name) == "n" * 39 + "…"
    assert name.title is not None
    assert name.title.string == long
    assert max(len(line) for line in repr(schema).split("\n")) < 250


def test_markup_in_names_is_text() -> None:
    """Names and comments that look like markup are shown as they are."""
    metadata = MetaData()
    Table(
        EVIL,
        metadata,
        Column(EVIL, Integer, primary_key=True, comment=EVIL),
        Column("\x1b[1m\u202e\nb", Integer),
        comment=EVIL,
    )
    schema = schema_diagram(metadata)
    soup = BeautifulSoup(schema._repr_html_(), "html.parser")
    assert not soup.select("img, script")
    assert soup.get_text().count(EVIL) > 4
    assert r"\x1b[1m\u202e b" in repr(schema)
    check_geometry(picture(schema))


def test_wide_characters_have_their_room() -> None:
    """Chinese names take two columns a character, in the text and in the box."""
    table = Table("表" * 10, MetaData(), Column("列" * 10, Integer), Column("a", Integer))
    assert repr(schema_diagram(table)).split("\n")[1:] == [
        "  " + "列" * 10 + "   INTEGER",
        "  a" + " " * 19 + "   INTEGER",
    ]
    assert box_area(picture(schema_diagram(table)).select(".show-entity")[0]).right > 150


def test_circle_of_foreign_keys() -> None:
    """Two tables that refer to each other have two lines."""
    metadata = MetaData()
    Table("a", metadata, Column("id", Integer, primary_key=True), Column("b", ForeignKey("b.id")))
    Table("b", metadata, Column("id", Integer, primary_key=True), Column("a", ForeignKey("a.id")))
    schema = schema_diagram(metadata)
    svg = picture(schema)
    check_geometry(svg)
    assert ends(svg) == [(0, 1), (0, 1)]


def test_more_keys_than_rows() -> None:
    """A table with one column and many children grows, so that each line has its end."""
    metadata = MetaData()
    Table("one", metadata, Column("id", Integer, primary_key=True))
    for name in "abcdefg":
        Table(name, metadata, Column("id", ForeignKey("one.id"), primary_key=True))
    svg = picture(schema_diagram(metadata))
    check_geometry(svg)
    assert len(set(ends(svg))) == 7


def test_foreign_key_to_a_table_that_is_nowhere() -> None:
    """A foreign key to a missing table stands at its column, without a line."""
    table = Table("a", MetaData(), Column("b_id", Integer, ForeignKey("b.id")))
    assert repr(schema_diagram(table)) == "a\n  b_id   INTEGER   FK → b.id"


def test_tables_of_a_named_schema() -> None:
    """The schema's name belongs to the table's."""
    metadata = MetaData(schema="shop")
    Table("a", metadata, Column("id", Integer, primary_key=True))
    Table("b", metadata, Column("a_id", ForeignKey("shop.a.id")))
    assert repr(schema_diagram(metadata)).split("\n")[-1] == (
        "shop.b.a_id → shop.a.id   many to zero or one"
    )


def broken() -> Iterator[tuple[type[Any], str]]:
    class Own(DeclarativeBase):
        pass

    class Lost(Own):
        __tablename__ = "lost"
        id: Mapped[int] = mapped_column(primary_key=True)
        other: Mapped[Any] = relationship("Nowhere")

    yield Own, "Nowhere"
    yield Lost, "Nowhere"
    Own.registry.dispose()


def test_mappers_that_cannot_be_configured() -> None:
    """A mapper that fails gives a ValueError with SQLAlchemy's message, of a base and a class."""
    for target, message in broken():
        with pytest.raises(ValueError, match=f"cannot be configured.*{message}"):
            schema_diagram(target)


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (None, "not None"),
        ("user_account", "not an object of type str"),
        (int, "not int, a class that is not mapped"),
        (DeclarativeBase, "not DeclarativeBase, a class that is not mapped"),
        (MappedAsDataclass, "not MappedAsDataclass, a class that is not mapped"),
        (TutorialUser("Dave", None), "give the class, User"),
    ],
)
def test_what_cannot_be_drawn(target: object, said: str) -> None:
    """Anything else gives a TypeError that says what was given and what to give."""
    with pytest.raises(TypeError, match="draws a declarative base, a MetaData") as caught:
        schema_diagram(target)
    assert said in str(caught.value)
    with pytest.raises(TypeError):
        schema_diagram(TutorialBase, target)


def test_a_closed_session_is_no_schema(closed_session: Session) -> None:
    """A Session, closed or not, is refused by its type."""
    with pytest.raises(TypeError, match="not an object of type Session"):
        schema_diagram(closed_session)
