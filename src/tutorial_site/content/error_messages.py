"""The messages of errors as readers meet them: those that differ in names alone are one."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from docutils import nodes
from sphinx.environment import BuildEnvironment

from tutorial_site.content.raised_errors import RAISED, Raised
from tutorial_site.contents import tutorial_parts

WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
NAMES = re.compile(r"(?<!\w)'[^']*'|\"[^\"]*\"|<[^<>]*>|\b\d+\b|(?<=: )\S+$")
"""What is another in each program: quoted names, objects, numbers, a word at the end."""
SERVER = re.compile(r"\(psycopg\.errors\.\w+\)[^\"\n]*|\(pymysql\.err\.\w+\) \(\d+")
"""By what servers say which error it is: its class, with its words before a name, or its number."""
DRIVER = re.compile(r"^\((?:sqlite3|psycopg|pymysql|sqlalchemy|builtins)\.[\w.]+\) ")
OBJECT = re.compile(r"<(\w+) at 0x\.\.\.>")
ANCHOR, SHORT = 64, 80
"""Characters of an anchor, and of a message where it is short."""


@dataclass(frozen=True)
class Found:
    """An exception or a warning on a page."""

    page: str
    raised: Raised

    @property
    def cell(self) -> str:
        """The cell that shows it, as ``session/commit#cmt-log``."""
        return f"{self.page}#{self.raised.cell}"


@dataclass(frozen=True)
class Message:
    """What cells show of one error: its anchor, a text of each form, the places.

    The first text is the main run's; others are of the same cells on other databases or versions.
    """

    anchor: str
    texts: tuple[str, ...]
    places: tuple[Found, ...]

    @property
    def cells(self) -> set[str]:
        """Those that show it."""
        return {each.cell for each in self.places}

    @property
    def short(self) -> str:
        """Its first words, without the driver's class and the addresses of objects."""
        text = OBJECT.sub(r"<\1>", DRIVER.sub("", self.texts[0]))
        if len(text) <= SHORT:
            return text
        return text[:SHORT].rpartition(" ")[0].rstrip(" ,;:.") + "\N{NO-BREAK SPACE}…"


def page_of(name: str) -> str:
    """The page of a class or of a code.

    >>> page_of("DetachedInstanceError"), page_of("SAWarning"), page_of("bhk3")
    ('e/detached-instance-error', 'e/sa-warning', 'e/bhk3')
    """
    return f"e/{WORDS.sub('-', name).lower()}"


def is_class(name: str) -> bool:
    """Whether a name is that of a class, not a code."""
    return name[0].isupper()


def errors(env: BuildEnvironment) -> dict[str, list[Found]]:
    """What the pages of the tutorial show, by class and then by code, from top to bottom."""
    classes: dict[str, list[Found]] = {}
    codes: dict[str, list[Found]] = {}
    for part in tutorial_parts(env):
        for page in part.names:
            for raised in RAISED.of(env).get(page, []):
                classes.setdefault(raised.name, []).append(Found(page, raised))
                if raised.code:
                    codes.setdefault(raised.code, []).append(Found(page, raised))
    return {**dict(sorted(classes.items())), **dict(sorted(codes.items()))}


def canonical_page(name: str, found: Mapping[str, list[Found]]) -> str:
    """The page that has what is known of a class or of a code, of those that were ``found``.

    A class with one code, and all errors of that code, have one page: that of the class.
    """
    classes = {each.raised.name for each in found[name]}
    codes = {each.raised.code for each in found[name]} - {""}
    is_one = len(classes) == len(codes) == 1 and found[min(codes)] == found[min(classes)]
    return page_of(min(classes) if is_one else name)


def messages_of(places: Iterable[Found]) -> list[Message]:
    """The messages of a class or of a code, in the order in which the pages show them."""
    groups: dict[str, list[Found]] = {}
    cells: dict[tuple[str, str], str] = {}
    for place in places:
        raised, own = place.raised, _form(place.raised.message)
        first = cells.setdefault((place.page, raised.cell), own)
        groups.setdefault(first if raised.variant else own, []).append(place)
    anchors: dict[str, int] = {}
    found = []
    for form, group in groups.items():
        texts: dict[str, str] = {}
        for each in group:
            texts.setdefault(_form(each.raised.message), each.raised.message)
        name = nodes.make_id(f"message {form}")[:ANCHOR].rstrip("-")
        anchors[name] = number = anchors.get(name, 0) + 1
        anchor = name if number == 1 else f"{name}-{number}"
        found.append(Message(anchor, (*texts.values(),), (*group,)))
    return found


def _form(message: str) -> str:
    """A message without what is another in each program.

    >>> _form("(sqlite3.IntegrityError) UNIQUE constraint failed: user_account.id")
    '(sqlite3.IntegrityError) UNIQUE constraint failed: '
    >>> _form('(psycopg.errors.UniqueViolation) duplicate key value violates "product_code_key"')
    '(psycopg.errors.UniqueViolation) duplicate key value violates '
    """
    by_server = SERVER.match(message)
    return by_server[0] if by_server else NAMES.sub("", message)
