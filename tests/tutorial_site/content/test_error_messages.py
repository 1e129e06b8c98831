"""Which messages are one, whatever their names, and by which words they are called."""

from __future__ import annotations

from tutorial_site.content.error_messages import Found, messages_of
from tutorial_site.content.raised_errors import Raised

PARENT = '(psycopg.errors.ForeignKeyViolation) insert or update on table "%s" violates a key'
CHILD = '(psycopg.errors.ForeignKeyViolation) update or delete on table "%s" violates a key'
SHORT = "(sqlite3.IntegrityError) FOREIGN KEY constraint failed"


def found(cell: str, message: str, variant: str = "") -> Found:
    """What a cell raises."""
    return Found("page", Raised(cell, "IntegrityError", message, "", variant))


def test_two_errors_of_one_class_of_a_server_are_two_messages() -> None:
    """A row without its parent is no parent with children; other names make no other message."""
    places = [found("a", PARENT % "item"), found("b", CHILD % "user"), found("c", PARENT % "tag")]
    told = [(each.texts, each.cells) for each in messages_of(places)]
    assert told == [((PARENT % "item",), {"page#a", "page#c"}), ((CHILD % "user",), {"page#b"})]


def test_a_message_is_called_by_what_the_main_run_shows() -> None:
    """However many forms it has on other databases."""
    places = [
        found("a", SHORT),
        found("a", CHILD % "user", "postgresql"),
        found("b", SHORT),
        found("b", PARENT % "item", "postgresql"),
    ]
    (message,) = messages_of(places)
    assert message.texts == (SHORT, CHILD % "user", PARENT % "item")
