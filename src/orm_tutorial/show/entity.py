"""A mapped object in words, read from what it holds: nothing is loaded, nothing is refreshed.

``getattr(user, "name")`` of an expired ``User`` sends a SELECT; ``InstanceState.dict`` does not.
"""

import weakref
from dataclasses import dataclass
from itertools import count
from typing import Any

from sqlalchemy import ClauseElement, inspect
from sqlalchemy.orm import InstanceState, PassiveFlag
from sqlalchemy.orm.attributes import History, get_history

from .markup import cut, dated, shown

STATES = ("transient", "pending", "persistent", "deleted", "detached")
"""The five states of a mapped object, in SQLAlchemy's words."""

VALUE = 48
"""Characters at which a value is cut."""

NO_CHANGE = "set, no change"
EXPIRED = "expired"
NOT_LOADED = "not loaded"


_numbers = count(1)
_NUMBERED: weakref.WeakKeyDictionary[InstanceState[Any], int] = weakref.WeakKeyDictionary()


@dataclass(frozen=True)
class Attribute:
    """A column attribute: the text of its value, if it has one, and what is to be said of it."""

    key: str
    value: str | None
    note: str = ""

    @property
    def changed(self) -> bool:
        """Whether a flush would find a change."""
        return self.note not in {"", NO_CHANGE, EXPIRED, NOT_LOADED}

    def __str__(self) -> str:
        value = "" if self.value is None else f"={self.value}"
        return f"{self.key}{value}" + (f" ({self.note})" if self.note else "")


def state_of(obj: object, where: str) -> InstanceState[Any]:
    """The state of a mapped object.

    Raises TypeError, which begins with ``where``, for anything else.
    """
    state = inspect(obj, raiseerr=False)
    if isinstance(state, InstanceState):
        return state
    if isinstance(obj, type):
        given = f"the class {obj.__name__}; give an object of it"
    else:
        given = f"{shown(obj)}; give an object of a mapped class"
    raise TypeError(f"{where} shows mapped objects, and was given {given}")


def number(state: InstanceState[Any]) -> int:
    """A number of the object that no other has, as long as this process runs."""
    return _NUMBERED.setdefault(state, next(_numbers))


def state_name(state: InstanceState[Any]) -> str:
    """Which of :data:`STATES` the object is in."""
    return next(name for name in STATES if getattr(state, name))


def label(state: InstanceState[Any]) -> str:
    """The class and the primary key, ``User 1``; without a key, ``User (new)``."""
    name = cut(state.class_.__name__, VALUE)
    if state.key is None:
        return f"{name} (new)"
    key = state.key[1]
    return f"{name} {shown(key if len(key) > 1 else key[0])}"


def identity(key: tuple[type, tuple[Any, ...], Any]) -> str:
    """An identity key in words, ``(User, (1,))``, with the identity token where there is one."""
    kind, values, token = key
    parts = [cut(kind.__name__, VALUE), shown(values), *([] if token is None else [shown(token)])]
    return f"({', '.join(parts)})"


def words(value: object, size: int = VALUE) -> str:
    """A value's ``repr()``, a date, or the SQL of an expression that was set instead, cut."""
    if isinstance(value, ClauseElement):
        return shown(value, size, lambda expression: f"SQL: {expression}")
    return dated(shown(value, size))


def attributes(obj: object) -> list[Attribute]:
    """The column attributes of a mapped object, as they are now."""
    state = state_of(obj, "attributes()")
    # The state would note its ``mapper`` in itself when it is asked; its manager does not.
    found = (_attribute(obj, state, each.key) for each in state.manager.mapper.column_attrs)
    return list(filter(None, found))


def _attribute(obj: object, state: InstanceState[Any], key: str) -> Attribute | None:
    """One attribute; None where a new object has none, since its row will decide."""
    name = cut(key, VALUE)
    note = _change(obj, key) if state.has_identity and key in state.committed_state else ""
    if key in state.dict:
        return Attribute(name, words(state.dict[key]), note)
    if note:
        return Attribute(name, None, f"removed, {note.removeprefix('changed, ')}")
    if not state.has_identity:
        return None
    return Attribute(name, None, EXPIRED if key in state.expired_attributes else NOT_LOADED)


def _change(obj: object, key: str) -> str:
    """What was done to an attribute since the last flush."""
    history = _history(obj, key)
    if history.deleted:
        return f"was {words(history.deleted[0])}"
    return "changed, old value not loaded" if history.added else NO_CHANGE


def changed_relationships(obj: object) -> list[str]:
    """The relationships in which a flush would find a change."""
    state = state_of(obj, "changed_relationships()")
    keys = [each.key for each in state.manager.mapper.relationships]
    touched = [key for key in keys if key in state.committed_state]
    return [cut(key, VALUE) for key in touched if _history(obj, key).has_changes()]


def _history(obj: object, key: str) -> History:
    return get_history(obj, key, PassiveFlag.PASSIVE_NO_INITIALIZE)
