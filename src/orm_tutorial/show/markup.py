"""What the pictures share: text that is safe in markup, cut values, and ids.

Pictures are compared and published as text that must be the same in each run. Some values are not:
an address, a timing, a date of today. The page's checker compares these by their form, so that
they may be in a picture's text, but nothing may depend on how many characters they take:
:func:`width` counts each of them as a fixed number, and :func:`cut` keeps each whole.
"""

import datetime as dt
import html
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from unicodedata import east_asian_width

OUTLINE = {"fill": "none", "stroke": "currentColor"}
"""What a shape needs where no style sheet of the site is: in a notebook, say."""

_PIECE = re.compile(
    r"(?P<datetime>\bdatetime\.datetime\(\d+(?:, \d+)*)"
    r"|(?P<date>\bdatetime\.date\(\d+(?:, \d+)*)"
    r"|(?P<address>(?<= at )0x[0-9a-f]+\b)"
    r"|(?P<iso>\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?)"
    r"|(?P<day>\b\d{4}-\d\d-\d\d)"
    r"|(?P<timing>\b\d+\.\d+s\b)"
    r"|(?P<char>.)",
    re.DOTALL,
)
_DATE = re.compile(r"datetime\.(datetime|date|time)\((\d+(?:, \d+)*)\)")
_WIDTHS = {"datetime": 42, "date": 26, "address": 14, "iso": 19, "day": 10, "timing": 6, "char": 1}
_counters: defaultdict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))


def escape(text: str) -> str:
    r"""Text for markup, in an element as well as in a quoted attribute.

    Characters that do not print (controls, lone surrogates, marks that turn the direction of text)
    become ``\xNN`` or ``\uNNNN``, but for tab and newline.

    >>> escape("<img src=x onerror='alert(1)'>")
    '&lt;img src=x onerror=&#x27;alert(1)&#x27;&gt;'
    """
    return html.escape(printable(text, besides="\n\t"), quote=True)


def dated(text: str) -> str:
    """A date or a time as a database shows it; any other value's text as it is.

    >>> dated("datetime.datetime(2026, 11, 22, 10, 6, 28)"), dated("'Dave'")
    ('2026-11-22 10:06:28', "'Dave'")
    """
    found = _DATE.fullmatch(text)
    return str(getattr(dt, found[1])(*map(int, found[2].split(", ")))) if found else text


def printable(text: str, besides: str = "") -> str:
    """Text in which every character can be seen, or is one of ``besides``."""
    return "".join(
        char if char.isprintable() or char in besides else ascii(char)[1:-1] for char in text
    )


def width(text: str) -> int:
    """How many columns text takes; a value that changes from run to run takes a fixed number.

    >>> width("Dave"), width("列"), width("2026-11-22")
    (4, 2, 10)
    >>> width("datetime.date(2024, 1, 2)") == width("datetime.date(2024, 11, 12)")
    True
    """
    wide = sum(east_asian_width(char) in "WF" for char in text)
    return wide + sum(size for _, size in _pieces(text))


def cut(text: str, size: int = 80) -> str:
    """Text of at most ``size`` characters; where something was cut off, it ends with ``…``.

    Dates and other values that change from run to run are kept whole or cut off whole.

    >>> cut("Daveey Dee", 7)
    'Daveey…'
    """
    pieces = _pieces(text)
    if sum(room for _, room in pieces) <= size:
        return text
    kept, left = "", size - 1
    for piece, room in pieces:
        if room > left:
            break
        kept, left = kept + piece, left - room
    return kept + "…"


def _pieces(text: str) -> list[tuple[str, int]]:
    """The text in pieces that are not to be cut, each with its width."""
    return [(match[0], _WIDTHS[match.lastgroup or ""]) for match in _PIECE.finditer(text)]


def aligned(rows: Sequence[Sequence[str]], gap: str) -> list[str]:
    """A line for each row of cells, each column as wide as its widest cell.

    >>> aligned([("id", "INTEGER"), ("name", "VARCHAR")], "   ")
    ['id     INTEGER', 'name   VARCHAR']
    """
    sizes = [max(map(width, column)) for column in zip(*rows, strict=True)]
    padded = (
        [cell + " " * (size - width(cell)) for cell, size in zip(row, sizes, strict=True)]
        for row in rows
    )
    return [gap.join(cells).rstrip() for cells in padded]


def counted(number: int, noun: str) -> str:
    """A number of things in words: ``1 row``, ``2 rows``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def wrapped(words: Iterable[str], indent: str = "", size: int = 79) -> list[str]:
    """Lines of words, separated by commas, each of ``size`` characters if it can."""
    lines: list[str] = []
    for word in words:
        if lines and width(f"{lines[-1]}, {word}") < size:
            lines[-1] += f", {word}"
        else:
            lines.append(f"{indent}{word}")
    return [*(f"{line}," for line in lines[:-1]), *lines[-1:]]


def shown(value: object, size: int = 40, words: Callable[[Any], str] = repr) -> str:
    """The value's ``repr()``, or its ``words()``, on one line, cut at ``size`` characters.

    Where that raises, the exception is named, since a picture shall not fail for one value.
    """
    try:
        text = words(value)
    except Exception as error:
        text = f"<{type(value).__name__}, whose repr() raised {type(error).__name__}>"
    return cut(" ".join(text.splitlines()), size)


def unique(prefix: str) -> str:
    """An id that no other picture of this process has: ``board-1``, ``board-2`` and so on."""
    return f"{prefix}-{next(_counters[prefix])}"


def element(tag: str, *content: str, **attributes: object) -> str:
    """An element's markup; ``content`` is markup already, values of attributes are escaped here.

    An underscore in an attribute's name is written as a hyphen, and one at its end is left out.

    >>> element("p", "a &lt; b", class_="show-note", aria_label='"quoted"')
    '<p class="show-note" aria-label="&quot;quoted&quot;">a &lt; b</p>'
    """
    written = "".join(
        f' {name.removesuffix("_").replace("_", "-")}="{escape(str(value))}"'
        for name, value in attributes.items()
    )
    return f"<{tag}{written}>{''.join(content)}</{tag}>"


def text_element(tag: str, text: str, **attributes: object) -> str:
    """An element that holds plain text; nothing where there is no text."""
    return element(tag, escape(text), **attributes) if text else ""


def drawing(name: str, title: str, description: str, *shapes: str, **attributes: object) -> str:
    """An SVG whose title and description are read by a screen reader; ids begin with ``name``."""
    name = unique(name)
    heads = [
        element("title", escape(title), id=f"{name}-title"),
        element("desc", escape(description), id=f"{name}-desc"),
    ]
    labels = f"{name}-title {name}-desc"
    fill = {"fill": "currentColor"}  # where no style sheet of the site is
    return element("svg", *heads, *shapes, role="img", aria_labelledby=labels, **fill, **attributes)


def scrollable(markup: str, label: str) -> str:
    """Markup in a box that scrolls where the screen is too narrow, by keyboard too.

    ``label`` names the box for a screen reader and is plain text.
    """
    return element("div", markup, class_="show-scroll", role="group", tabindex=0, aria_label=label)
