"""What SQLAlchemy's ORM makes of it, and the SQL that it logs."""

import datetime as dt
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Optional

import psycopg
from sqlalchemy import (
    ForeignKey,
    String,
    bindparam,
    create_engine,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    Session,
    mapped_column,
    relationship,
)

from .registry import scenario, tried


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str] = mapped_column(unique=True)
    tags: Mapped[list[str]] = mapped_column(ARRAY(String), default_factory=list)
    data: Mapped[dict[str, Any]] = mapped_column(JSONB, default_factory=dict)
    price: Mapped[Decimal] = mapped_column(default=Decimal("1.50"))
    born: Mapped[Optional[dt.date]] = mapped_column(default=None)  # noqa: UP045
    created: Mapped[dt.datetime] = mapped_column(init=False, server_default=func.now())
    letters: Mapped[list["Letter"]] = relationship(
        init=False, back_populates="user", cascade="all, delete-orphan", order_by="Letter.id"
    )


class Letter(Base):
    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    text: Mapped[str]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), init=False)
    user: Mapped[User] = relationship(back_populates="letters", default=None)


class Log:
    """The SQL that an engine logs."""

    def __init__(self, engine: Any) -> None:
        self.lines: list[Any] = []
        event.listen(engine, "before_cursor_execute", self.note)

    def note(self, *said: Any) -> None:
        _, _, statement, parameters, _, many = said
        # The order in which a set holds names differs between Pythons.
        values = sorted(parameters) if isinstance(parameters, dict) else parameters
        self.lines.append([statement, repr(values), many])


def engine_of(conninfo: str) -> Any:
    options = psycopg.conninfo.conninfo_to_dict(conninfo)
    query = {key: str(options[key]) for key in ("host", "options") if key in options}
    return create_engine(
        URL.create("postgresql+psycopg", "postgres", database="postgres", query=query)
    )


def undated(text: str) -> str:
    """A text without the moment at which it was made."""
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:[\d.]+", "NOW", text)


@scenario
def the_orm(conninfo: str) -> Any:  # noqa: PLR0915 - one story
    engine = engine_of(conninfo)
    log = Log(engine)
    Base.metadata.create_all(engine)
    found: list[Any] = []
    columns = inspect(engine).get_columns("user_account")
    found.append([[each["name"], str(each["type"]), each["nullable"]] for each in columns])
    found.append(
        [sorted(inspect(engine).get_table_names()), inspect(engine).get_foreign_keys("letter")]
    )

    def failing(session: Session, action: Callable[[], Any]) -> None:
        try:
            action()
        except DBAPIError as error:
            original = error.orig
            found.append(
                [type(error).__name__, type(original).__name__, undated(str(error)), error.code]
            )
            found.append(undated(str(original.diag.message_detail)))
            found.append(isinstance(error, IntegrityError))
        failed = tried(session.execute, select(1))
        found.append([failed[0], failed[1]] if isinstance(failed, list) else "usable")
        session.rollback()

    with Session(engine) as session:
        sandy = User("Sandy", ["a", "b,c"], {"x": [1, None]}, born=dt.date(2000, 2, 29))
        sandy.letters = [Letter(f"letter {n}") for n in range(5)]
        session.add_all([sandy, User("Gary"), User("Dave", price=Decimal("12345.678"))])
        session.commit()
        found.append(
            [
                sandy.id,
                sandy.tags,
                sandy.data,
                str(sandy.price),
                str(sandy.born),
                len(sandy.letters),
            ]
        )
        found.append(isinstance(sandy.created, dt.datetime))
        found.append(session.scalars(select(User.name).where(User.tags.contains(["a"]))).all())
        found.append(
            session.scalars(select(User.name).where(User.data["x"][0].as_integer() == 1)).all()
        )
        failing(session, lambda: (session.add(User("Sandy")), session.flush()))
        failing(
            session,
            lambda: session.execute(insert(User).values(name=None, tags=[], data={}, price=1)),
        )
        failing(session, lambda: session.execute(insert(Letter).values(text="x", user_id=99)))
        failing(session, lambda: session.execute(select(func.nope(User.id))))
        failing(session, lambda: session.execute(select(1 / (User.id - User.id))))
        upsert = pg_insert(User).values(name="Gary", tags=[], data={}, price=2)
        upsert = upsert.on_conflict_do_update(index_elements=[User.name], set_={"price": 9})
        found.append([str(row) for row in session.execute(upsert.returning(User.name, User.price))])
        try:
            with session.begin_nested():
                session.add(User("Gary"))
        except IntegrityError:
            found.append("savepoint")
        with session.begin_nested():
            session.execute(update(User).values(price=User.price + 1))
        locked = session.scalars(
            select(User).with_for_update(nowait=True).where(User.name == "Gary")
        ).one()
        found.append(str(locked.price))
        session.commit()
        many = [{"name": f"u{n}", "tags": [], "data": {}, "price": n} for n in range(1200)]
        ids = session.scalars(
            insert(User).returning(User.id, sort_by_parameter_order=True), many
        ).all()
        found.append([len(ids), ids == sorted(ids)])
        session.execute(insert(Letter), [{"text": f"t{n}", "user_id": ids[n]} for n in range(30)])
        session.execute(
            update(User), [{"id": each, "price": Decimal(n)} for n, each in enumerate(ids[:5])]
        )
        by_name = update(User).where(User.name == bindparam("n")).values(price=bindparam("p"))
        session.connection().execute(by_name, [{"n": "u6", "p": 1}, {"n": "u7", "p": 2}])
        found.append(session.execute(delete(Letter).where(Letter.text.like("t%"))).rowcount)
        found.append(session.scalar(select(func.count()).select_from(User)))
        partial = session.execute(
            select(User.id).order_by(User.id).execution_options(yield_per=100)
        )
        found.append([len(chunk) for chunk in partial.partitions()][:3])
        session.delete(session.get_one(User, sandy.id))
        session.commit()
        found.append(session.scalar(select(func.count()).select_from(Letter)))
    with engine.connect() as connection:
        level = connection.execution_options(isolation_level="SERIALIZABLE")
        found.append(level.exec_driver_sql("SHOW transaction_isolation").scalar())
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        found.append(connection.exec_driver_sql("SELECT 1").scalar())
        found.append(tried(connection.exec_driver_sql, "SELECT nope")[0])
        found.append(connection.exec_driver_sql("SELECT 2").scalar())
    engine.dispose()
    shortened = [[sql[:300], parameters[:200], many] for sql, parameters, many in log.lines]
    return json.loads(json.dumps([found, shortened], default=repr))
