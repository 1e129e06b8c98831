"""The models that the pages import: one small story, used across the site.

``id`` and ``created_at`` come from the database and are no arguments of the constructor;
``full_name`` may be ``None`` and is a required argument all the same.

>>> User(name="Sandy", full_name="Sandy Kilo")
User(id=None, name='Sandy', full_name='Sandy Kilo', created_at=None)
>>> User("Gary")
Traceback (most recent call last):
TypeError: __init__() missing 1 required positional argument: 'full_name'
"""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, mapped_column

__all__ = ["Base", "User"]


class Base(MappedAsDataclass, DeclarativeBase):
    """The declarative base: each class below it is a mapped class and a dataclass."""


class User(Base):
    """A person with an account."""

    __tablename__ = "user_account"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    name: Mapped[str]
    full_name: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(init=False, server_default=func.now())
