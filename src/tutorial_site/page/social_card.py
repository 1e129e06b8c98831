"""The picture of a part, which other sites show beside a link to one of its pages.

Drawn with Pillow and the typeface that it brings, so that it is the same on any machine.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence

from PIL import Image, ImageDraw, ImageFont

__all__ = ["HEIGHT", "WIDTH", "draw", "slug"]

# developers.facebook.com/docs/sharing/webmasters/images asks for it; others take the same.
WIDTH, HEIGHT = 1200, 630
MARGIN = 80
GROUND, DEEP, LIGHT, PALE = "#a3230b", "#8a1c07", "#ffffff", "#ffd9cc"
COLOURS = 96
"""Two colours and their shades between: enough for smooth letters, in a third of the bytes."""
FINE = 4  # lines and corners are drawn so many times as large, and made smaller: Pillow's are rough
LIST_TOP, LIST_BOTTOM = 330, HEIGHT - 70
ROWS = 4

Line = tuple[str, ImageFont.FreeTypeFont]
"""Words, and the type that they are set in."""


def draw(title: str, site: str, lines: Sequence[str]) -> bytes:
    """A PNG: the title large, the site's name above it, and a list below it in two columns.

    Raises OSError where Pillow was built without FreeType.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    _edge(picture)
    _icon(picture, MARGIN, 70, 64)
    pen = ImageDraw.Draw(picture)
    _write(pen, (MARGIN + 88, 102), _fitted(site, 36, WIDTH - 2 * MARGIN - 88), PALE)
    _write(pen, (MARGIN - 4, 225), _fitted(title, 92, WIDTH - 2 * MARGIN), LIGHT)
    _list(pen, lines)
    out = io.BytesIO()
    picture.quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(size: float) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):  # a Pillow that was built without FreeType
        raise OSError("Pillow has no FreeType: install its wheel")
    return font


def _fitted(text: str, size: float, width: float) -> Line:
    """A line in the largest type in which it fits."""
    return _cut(text, _common([text], size, width), width)


def _common(lines: Sequence[str], size: float, width: float) -> ImageFont.FreeTypeFont:
    """The largest type in which all lines fit; not less than half of what is asked for."""
    for smaller in range(11):
        font = _font(size * (20 - smaller) / 20)
        if all(font.getlength(line) <= width for line in lines):
            break
    return font


def _cut(text: str, font: ImageFont.FreeTypeFont, width: float) -> Line:
    """A line, without its end where it is still too long."""
    if font.getlength(text) <= width:
        return text, font
    while font.getlength(text + "...") > width:
        text = text[:-1].rstrip()
    return text + "...", font


def _write(
    pen: ImageDraw.ImageDraw,
    place: tuple[float, float],
    line: Line,
    colour: str,
) -> None:
    """A line, its middle at the place's height."""
    text, font = line
    pen.text(place, text, fill=colour, font=font, anchor="lm")


def _list(pen: ImageDraw.ImageDraw, lines: Sequence[str]) -> None:
    """A list with a square before each line, down the first column and then the second."""
    shown = list(_shown(lines))
    columns = 1 if len(shown) <= ROWS else 2
    width = (WIDTH - 2 * MARGIN) / columns
    height = (LIST_BOTTOM - LIST_TOP) / ROWS
    font = _common(shown, 34, width - 60)
    for number, line in enumerate(shown):
        column, row = divmod(number, ROWS)
        left, middle = MARGIN + column * width, LIST_TOP + (row + 0.5) * height
        pen.rectangle((left, middle - 5, left + 10, middle + 5), fill=PALE)
        _write(pen, (left + 32, middle), _cut(line, font, width - 60), LIGHT)


def _shown(lines: Sequence[str]) -> Iterator[str]:
    if len(lines) <= 2 * ROWS:
        yield from lines
    else:
        yield from lines[: 2 * ROWS - 1]
        yield f"and {len(lines) - 2 * ROWS + 1} more"


def _edge(picture: Image.Image) -> None:
    """A darker foot, and a line above the list, as under a statement's panel."""
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, LIST_TOP - 36, WIDTH, HEIGHT), fill=DEEP)


def _icon(picture: Image.Image, left: int, top: int, size: int) -> None:
    """The site's icon, as in ``icon.svg``, with its colours changed about."""
    unit = size * FINE / 32
    icon = Image.new("RGB", (size * FINE, size * FINE), GROUND)
    pen = ImageDraw.Draw(icon)
    pen.rounded_rectangle((0, 0, size * FINE - 1, size * FINE - 1), 6 * unit, fill=LIGHT)
    for x1, y, x2 in ((8, 11, 24), (8, 16, 24), (8, 21, 17)):
        pen.rounded_rectangle(
            ((x1 - 1.5) * unit, (y - 1.5) * unit, (x2 + 1.5) * unit, (y + 1.5) * unit),
            1.5 * unit,
            fill=GROUND,
        )
    picture.paste(icon.resize((size, size), Image.Resampling.LANCZOS), (left, top))


def slug(title: str) -> str:
    """A title as a part of a file's name.

    >>> slug("Get going: with SQL"), slug("漢字")
    ('get-going-with-sql', 'part')
    """
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "part"
