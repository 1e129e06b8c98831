"""The tea shop that the chapters on queries share: its models, its rows, and who stores them.

>>> from sqlalchemy import create_engine, select
>>> from sqlalchemy.orm import Session
>>> engine = create_engine("sqlite://")
>>> shop(engine)
>>> with Session(engine) as session:
...     session.scalars(select(Product).where(Product.price > 3000).order_by(Product.id)).all()
[Product(id=15, name='Clay teapot'), Product(id=17, name='Cups, set of six')]

Money is in cents, whole numbers that each database adds up alike:

>>> euros(3900)
'39.00'

The rows are few, so that you can check a result by eye, and each has its use:

- Larry and Pearl have never ordered; two customers are called Dave, and one has no mail.
- Two orders have no customer, one has no items, and nothing was ordered in March 2026.
- A gift card has no price, and its stock isn't counted; a tasting box has no category.
- Some products have never been sold, and in two categories the two that sell best are tied.
- Categories are a tree of three levels, and the category of herbal teas is empty.
- Names are in capitals and in small letters, and two have a ``%`` in them.
"""

import sqlite3
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Column, Connection, Engine, ForeignKey, Table, make_url
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.schema import CreateTable, DropTable

__all__ = [
    "Address",
    "Base",
    "Category",
    "Item",
    "Order",
    "Product",
    "Tag",
    "User",
    "euros",
    "many_items",
    "many_orders",
    "product_tag",
    "shop",
]


class Base(DeclarativeBase):
    """The declarative base of the shop's models.

    An object shows its key and its name where it holds them, and sends nothing to look:

    >>> Product(name="Assam", price=480)
    Product(name='Assam')
    """

    def __repr__(self) -> str:
        """The class, with the ``id`` and the ``name`` that the object holds."""
        held = vars(self)
        shown = ", ".join(f"{name}={held[name]!r}" for name in ("id", "name") if name in held)
        return f"{type(self).__name__}({shown})"


class User(Base):
    """A customer with an account; the table isn't ``user``, which is a word of SQL."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str | None] = mapped_column(unique=True)
    addresses: Mapped[list["Address"]] = relationship(back_populates="user")
    orders: Mapped[list["Order"]] = relationship(back_populates="user")


class Address(Base):
    """Where parcels of a customer may go."""

    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    user: Mapped[User] = relationship(back_populates="addresses")


class Category(Base):
    """A kind of product, in a tree: those without a parent are its roots."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    parent: Mapped["Category | None"] = relationship(
        back_populates="children", remote_side="Category.id"
    )
    children: Mapped[list["Category"]] = relationship(back_populates="parent")
    products: Mapped[list["Product"]] = relationship(back_populates="category")


product_tag = Table(
    "product_tag",
    Base.metadata,
    Column("product_id", ForeignKey("product.id"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id"), primary_key=True),
)
"""Which product has which tag."""


class Tag(Base):
    """A word that products are found by."""

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    products: Mapped[list["Product"]] = relationship(secondary=product_tag, back_populates="tags")


class Product(Base):
    """What the shop sells.

    ``price`` is in cents, and NULL for what is sold at any price; ``stock`` is NULL for what isn't
    counted.
    """

    __tablename__ = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    price: Mapped[int | None]
    stock: Mapped[int | None] = mapped_column(default=0)
    discontinued: Mapped[bool] = mapped_column(default=False)
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    category: Mapped[Category | None] = relationship(back_populates="products")
    tags: Mapped[list[Tag]] = relationship(secondary=product_tag, back_populates="products")
    items: Mapped[list["Item"]] = relationship(back_populates="product")


class Order(Base):
    """An order; the table isn't ``order``, which is a word of SQL.

    ``user_id`` is NULL where somebody ordered without an account, ``shipped_on`` until the parcel
    is on its way.
    """

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    placed_on: Mapped[date]
    shipped_on: Mapped[date | None]
    complaint: Mapped[str | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    user: Mapped[User | None] = relationship(back_populates="orders")
    items: Mapped[list["Item"]] = relationship(back_populates="order")


class Item(Base):
    """A line of an order: how many of a product, and what one of them cost then, in cents."""

    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    quantity: Mapped[int] = mapped_column(default=1)
    price: Mapped[int]
    order_id: Mapped[int] = mapped_column(ForeignKey(Order.id))
    product_id: Mapped[int] = mapped_column(ForeignKey(Product.id))
    order: Mapped[Order] = relationship(back_populates="items")
    product: Mapped[Product] = relationship(back_populates="items")


_USERS = [
    ("Sandy", "sandy@example.org"),
    ("Gary", "gary@example.org"),
    ("Dave", "dave@example.org"),
    ("Patrick", "patrick@example.org"),
    ("Larry", "larry@example.org"),
    ("Pearl", "pearl@example.org"),
    ("Dave", None),
]

_ADDRESSES = [
    ("Bonn", 1),
    ("Ghent", 1),
    ("Graz", 2),
    ("Bonn", 3),
    ("Turin", 4),
    ("Ghent", 6),
]

_CATEGORIES = [
    ("Tea", None),
    ("Teaware", None),
    ("Gifts", None),
    ("Black tea", "Tea"),
    ("Green tea", "Tea"),
    ("Herbal tea", "Tea"),
    ("Flavoured tea", "Black tea"),
    ("Japanese tea", "Green tea"),
    ("Pots", "Teaware"),
    ("Cups", "Teaware"),
]

_PRODUCTS = [
    # Its name, price and stock; whether it is discontinued; its category and its tags.
    ("Assam", 480, 40, False, "Black tea", "strong"),
    ("Darjeeling", 950, 12, False, "Black tea", "organic mild"),
    ("Ceylon", 480, 0, False, "Black tea", "strong"),
    ("Earl Grey", 620, 25, False, "Flavoured tea", "classic"),
    ("EARL GREY decaf", 690, 7, False, "Flavoured tea", "classic decaf"),
    ("Masala chai", 590, 16, False, "Flavoured tea", "strong organic"),
    ("Sencha", 720, 30, False, "Japanese tea", "organic classic"),
    ("Gyokuro", 1490, 3, False, "Japanese tea", "mild gift"),
    ("Genmaicha", 590, 18, False, "Japanese tea", ""),
    ("Gunpowder", 450, 22, False, "Green tea", "classic"),
    ("Jasmine pearls", 1250, 9, False, "Green tea", "mild gift"),
    ("matcha", 1890, 5, False, "Japanese tea", "organic gift"),
    ("100% Assam, organic", 640, 15, False, "Black tea", "organic strong"),
    ("Breakfast (50% Assam)", 520, 0, False, "Black tea", "strong"),
    ("Clay teapot", 3900, 4, False, "Pots", "gift"),
    ("Cup", 790, 60, False, "Cups", ""),
    ("Cups, set of six", 3900, 8, False, "Cups", "gift"),
    ("Gift card", None, None, False, "Gifts", "gift"),
    ("Tasting box", None, 0, False, None, ""),
    ("Oolong", 1120, 14, True, "Tea", "mild"),
]

_TAGS = ["organic", "strong", "mild", "classic", "decaf", "gift", "limited"]

_ORDERS = [
    # The day, how many later it was shipped, a complaint, the customer, and how many of what.
    (date(2026, 1, 5), 1, None, 1, {"Assam": 2, "Cup": 4}),
    (date(2026, 1, 5), 2, None, 2, {"Sencha": 1}),
    (date(2026, 1, 12), 1, "The pot was broken.", 3, {"Clay teapot": 1, "Darjeeling": 1}),
    (date(2026, 1, 20), 3, None, None, {"Earl Grey": 3}),
    (date(2026, 1, 31), 1, None, 1, {"Sencha": 2, "Genmaicha": 1, "Gunpowder": 1}),
    (date(2026, 2, 2), 1, None, 4, {"Cups, set of six": 1}),
    (date(2026, 2, 2), 4, "Too late for the party.", 3, {"Gyokuro": 1, "Jasmine pearls": 2}),
    (date(2026, 2, 14), 1, None, 2, {"Gift card": 1}),
    (date(2026, 2, 14), 2, None, 7, {"Earl Grey": 1, "EARL GREY decaf": 2}),
    (date(2026, 2, 27), 1, None, 1, {"Assam": 1, "Darjeeling": 2, "Masala chai": 3, "matcha": 1}),
    (date(2026, 4, 1), 1, None, 4, {"Genmaicha": 2, "Oolong": 1}),
    (date(2026, 4, 3), None, None, 3, {}),
    (date(2026, 4, 10), 1, None, 2, {"Cup": 2, "100% Assam, organic": 1, "Gunpowder": 1}),
    (date(2026, 4, 18), None, None, None, {"Assam": 5}),
    (date(2026, 4, 18), None, None, 1, {"Clay teapot": 1, "Sencha": 3}),
    (date(2026, 4, 20), None, None, 3, {"Masala chai": 2, "Earl Grey": 1, "Cup": 1}),
]

_GIFT_CARD = 2500
"""What the customer paid for a product without a price."""


def euros(cents: int | None) -> str:
    """An amount to be read.

    >>> euros(480), euros(-5), euros(None)
    ('4.80', '-0.05', '-')
    """
    if cents is None:
        return "-"
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02}"


def many_orders(count: int) -> list[dict[str, Any]]:
    """Rows for ``orders``, the same in each run: what an import brings.

    They begin on 1 May 2026, twenty a day, and each seventh is without a customer.

    >>> many_orders(1)
    [{'placed_on': datetime.date(2026, 5, 1), 'shipped_on': datetime.date(2026, 5, 2), \
'complaint': None, 'user_id': 1}]
    >>> len(many_orders(3000)), many_orders(3000)[-1]["placed_on"]
    (3000, datetime.date(2026, 9, 27))
    """
    rows = []
    for number in range(count):
        placed = date(2026, 5, 1) + timedelta(days=number // 20)
        rows.append(
            {
                "placed_on": placed,
                "shipped_on": None if number % 11 == 10 else placed + timedelta(1 + number % 3),
                "complaint": "Not what I ordered." if number % 40 == 39 else None,
                "user_id": None if number % 7 == 6 else 1 + number * 5 % 4,
            }
        )
    return rows


def many_items(count: int, first: int = len(_ORDERS) + 1) -> list[dict[str, Any]]:
    """Rows for ``item``: one to three for each of as many orders, whose ``id`` begin at ``first``.

    >>> many_items(1)
    [{'quantity': 1, 'price': 480, 'order_id': 17, 'product_id': 1}]
    >>> len(many_items(3000))
    6000
    """
    rows = []
    for number in range(count):
        for line in range(1 + number % 3):
            product = (number * 3 + line * 5) % 17
            rows.append(
                {
                    "quantity": 1 + (number + line) % 4,
                    "price": _PRODUCTS[product][1],
                    "order_id": first + number,
                    "product_id": product + 1,
                }
            )
    return rows


def shop(engine: Engine, orders: int = 0) -> None:
    """Make the shop's tables and fill them; tables of a shop that is there already are replaced.

    Nothing of it is logged, and the statements that follow are logged as if they were an engine's
    first. With a number, as many of :func:`many_orders` are added, with their items.

    >>> from sqlalchemy import create_engine, func, select
    >>> engine = create_engine("sqlite://")
    >>> shop(engine, orders=50)
    >>> with engine.connect() as connection:
    ...     connection.scalar(select(func.count()).select_from(Order))
    66
    """
    echo, engine.echo = engine.echo, False
    try:
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            if isinstance(raw, sqlite3.Connection) and _is_empty(raw):
                _in_memory(orders).backup(raw)
            else:
                _make(connection, orders)
    finally:
        engine.echo = echo


def _is_empty(raw: sqlite3.Connection) -> bool:
    """Whether a database has no tables yet, and no transaction keeps others from making some."""
    return not raw.in_transaction and not raw.execute("SELECT 1 FROM sqlite_master").fetchall()


@cache
def _in_memory(orders: int) -> sqlite3.Connection:
    """A shop to copy from, which takes a small part of the time of making one."""
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    kept.executescript(";".join(_statements("sqlite", orders)))
    return kept


def _make(connection: Connection, orders: int) -> None:
    """Send what makes the tables and fills them, by the driver: no event of SQLAlchemy tells it."""
    statements = _statements(connection.dialect.name, orders)
    if connection.dialect.driver == "psycopg":  # takes all at once
        statements = (";".join(statements),)
    with connection.begin():
        cursor = connection.connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        cursor.close()


@cache
def _statements(dialect: str, orders: int) -> tuple[str, ...]:
    """What replaces the tables and inserts all rows, for the databases of a dialect."""
    there = make_url(f"{dialect}://").get_dialect()()
    tables = Base.metadata.sorted_tables
    drop = [DropTable(table, if_exists=True) for table in reversed(tables)]
    create = [CreateTable(table) for table in tables]
    fill = [_insert(name, rows) for name, rows in _rows().items()]
    if orders:
        fill.append(_insert("orders", many_orders(orders)))
        fill.append(_insert("item", many_items(orders)))
    return (*(str(each.compile(dialect=there)) for each in (*drop, *create)), *fill)


def _insert(table: str, rows: list[dict[str, Any]]) -> str:
    """A statement that inserts rows, which has no parameters: there may be any number of them."""
    values = (", ".join(map(_literal, row.values())) for row in rows)
    return f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({'), ('.join(values)})"


def _literal(value: date | str | int | None) -> str:
    """A value in SQL.

    >>> print(_literal(None), _literal(True), _literal(5), _literal("a pot's lid"))
    NULL TRUE 5 'a pot''s lid'
    """
    if value is None:
        return "NULL"
    if isinstance(value, int):
        return str(value).upper()
    return "'{}'".format(str(value).replace("'", "''"))


def _rows() -> dict[str, list[dict[str, Any]]]:
    """The rows above by their tables. None names its ``id``: the database counts them, from 1."""
    category = {name: number for number, (name, _) in enumerate(_CATEGORIES, 1)}
    product = {name: number for number, (name, *_) in enumerate(_PRODUCTS, 1)}
    tag = {name: number for number, name in enumerate(_TAGS, 1)}
    price = {name: _GIFT_CARD if cents is None else cents for name, cents, *_ in _PRODUCTS}

    return {
        "user_account": [{"name": name, "email": email} for name, email in _USERS],
        "address": [{"city": city, "user_id": user} for city, user in _ADDRESSES],
        "category": [
            {"name": name, "parent_id": category[over] if over else None}
            for name, over in _CATEGORIES
        ],
        "tag": [{"name": name} for name in _TAGS],
        "product": [
            {
                "name": name,
                "price": cents,
                "stock": stock,
                "discontinued": gone,
                "category_id": category[kind] if kind else None,
            }
            for name, cents, stock, gone, kind, _ in _PRODUCTS
        ],
        "product_tag": [
            {"product_id": product[name], "tag_id": tag[word]}
            for name, *_, words in _PRODUCTS
            for word in words.split()
        ],
        "orders": [
            {
                "placed_on": placed,
                "shipped_on": None if days is None else placed + timedelta(days),
                "complaint": complaint,
                "user_id": user,
            }
            for placed, days, complaint, user, _ in _ORDERS
        ],
        "item": [
            {
                "quantity": quantity,
                "price": price[name],
                "order_id": number,
                "product_id": product[name],
            }
            for number, (*_, bought) in enumerate(_ORDERS, 1)
            for name, quantity in bought.items()
        ],
    }
