"""What is recorded of a picture, and when another picture is the same to a reader.

Two lines record it: its size, what drew it and a digest of its pixels; then its shape, the means of
its fields. Drawn by the same software, a picture has the same pixels. By another, whose letters are
one pixel wider, its shape is the same within a tolerance.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Self

PIXELS = ("image/png", "image/jpeg", "image/gif")
FIELDS = 12, 9
"""Columns and rows of a shape's means of brightness."""
HUES = 4, 3
"""Columns and rows of its means of colour, of which there are two."""
SIZES = 4
"""Pixels by which the sizes of two pictures may differ that are the same."""
TOLERANCE = 4
"""Levels, of 256, by which brightness may differ in a field; half of it counts for colour.

Measured: FreeType 2.6 and 2.14 differ by 3 and 1, a sine and a cosine by 12.
"""
LINES = re.compile(
    r"(?P<mime>image/\w+): (?P<width>\d+)x(?P<height>\d+)(?: by (?P<by>.*))?"
    r", (?P<digest>[0-9a-f]{16})-(?P<check>[0-9a-f]{8})"
    r"\n\W* (?:(?P<shape>[\w+/]+=*)|in (?P<file>.+))(?=\n)"
)


class PictureError(Exception):
    """A picture cannot be looked at; the message says what to do."""


@dataclass(frozen=True)
class Mark:
    """What is recorded of a picture: its shape, or the file in which it is kept."""

    mime: str
    size: tuple[int, int]
    drawn_by: str
    digest: str
    shape: bytes
    file: str = ""

    @classmethod
    def of(cls, mime: str, data: bytes, drawn_by: str = "", file: str = "") -> Self:
        """The mark of a picture's file. Raises PictureError."""
        picture = opened(data)
        digest = hashlib.sha256(picture.tobytes()).hexdigest()[:16]
        return cls(mime, picture.size, drawn_by, digest, _shape(picture), file)

    @classmethod
    def read(cls, found: re.Match[str], kept: Callable[[str], bytes]) -> Self | None:
        """The mark that two lines record; None where somebody changed them, or the file.

        ``kept`` reads a file that they name.
        """
        by, file = found["by"] or "", found["file"] or ""
        try:
            if file:
                mark = cls.of(found["mime"], kept(file), by, file)
            else:
                size = int(found["width"]), int(found["height"])
                shape = base64.b64decode(found["shape"])
                mark = cls(found["mime"], size, by, found["digest"], shape)
        except (PictureError, OSError, ValueError):
            return None
        as_recorded = [line.strip() for line in found[0].split("\n")]
        return mark if _bare(as_recorded) == _bare(mark.lines()) else None

    def lines(self) -> list[str]:
        """The lines that record it; they hold a digest of themselves."""
        by = f" by {self.drawn_by}" if self.drawn_by else ""
        first = f"{self.mime}: {self.size[0]}x{self.size[1]}{by}, {self.digest}"
        shape = base64.b64encode(self.shape).decode()
        second = f"in {self.file}" if self.file else shape
        check = hashlib.sha256(f"{first} {second}".encode()).hexdigest()[:8]
        return [f"{first}-{check}", second]

    def is_like(self, other: Mark, tolerance: float | None) -> bool:
        """Whether a reader sees the same.

        Without a tolerance, what the same software drew has the same pixels.
        """
        if self.digest == other.digest:
            return True
        if tolerance is None and self.drawn_by == other.drawn_by:
            return False
        limit = TOLERANCE if tolerance is None else tolerance
        sizes = zip(self.size, other.size, strict=True)
        if any(abs(mine - its) > SIZES for mine, its in sizes):
            return False
        return all(far <= limit for far in _distances(self.shape, other.shape))


def _bare(lines: list[str]) -> list[str]:
    """Lines without the gutter, which the second of those that were recorded has."""
    return [lines[0], lines[1].lstrip("\N{BOX DRAWINGS LIGHT TRIPLE DASH VERTICAL} ")]


def is_picture(mime: str) -> bool:
    """Whether a MIME type is of pixels."""
    return mime in PIXELS


def opened(data: bytes) -> Any:
    """A picture on white ground. Raises PictureError."""
    try:
        from PIL import Image
    except ImportError:
        raise PictureError("pictures are compared by Pillow: install it") from None
    try:
        picture = Image.open(io.BytesIO(data)).convert("RGBA")
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureError(f"a picture cannot be read: {error}") from None
    ground = Image.new("RGBA", picture.size, "white")
    ground.alpha_composite(picture)
    return ground.convert("RGB")


def bytes_of(content: str) -> bytes:
    """The file that a bundle holds. Raises PictureError."""
    try:
        return base64.b64decode(content)
    except binascii.Error as error:
        raise PictureError(f"a picture cannot be read: {error}") from None


def _shape(picture: Any) -> bytes:
    from PIL import Image

    bright, *hues = picture.convert("YCbCr").split()
    means = bright.resize(FIELDS, Image.Resampling.BOX).tobytes()
    return b"".join([means, *(hue.resize(HUES, Image.Resampling.BOX).tobytes() for hue in hues)])


def _distances(one: bytes, other: bytes) -> Iterator[int]:
    """How far two shapes are from each other in each field; colour counts twice."""
    bright = FIELDS[0] * FIELDS[1]
    for number, (mine, its) in enumerate(zip(one, other, strict=True)):
        yield abs(mine - its) * (1 if number < bright else 2)


def drawn(mark: Mark) -> Any:
    """What a mark without a file knows of a picture, in its size."""
    from PIL import Image

    columns, rows = FIELDS
    fields = Image.frombytes("L", FIELDS, mark.shape[: columns * rows])
    return fields.resize(mark.size, Image.Resampling.NEAREST).convert("RGB")


def beside(old: Any, new: Any) -> bytes:
    """A PNG of two pictures and of what differs between them, from left to right."""
    from PIL import Image, ImageChops

    width, height = max(old.width, new.width), max(old.height, new.height)
    sheet = Image.new("RGB", (3 * width, height), "white")
    sheet.paste(old, (0, 0))
    sheet.paste(new, (width, 0))
    pair = [sheet.crop((number * width, 0, (number + 1) * width, height)) for number in (0, 1)]
    sheet.paste(ImageChops.invert(ImageChops.difference(*pair)), (2 * width, 0))
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()
