"""A cell's pictures beside those that are recorded: in files that an author keeps, or by marks.

A file is called by its cell's name, or by a digest of its heading, in a folder called by the page.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from myst_doctest.checking.pictures import (
    LINES,
    Mark,
    PictureError,
    beside,
    bytes_of,
    drawn,
    is_picture,
    opened,
)

if TYPE_CHECKING:
    from myst_doctest.pages.page import Cell
    from myst_doctest.running.runner import CellRun, Segment

DIFFERENCES = Path("_build", "differences")
"""Where pictures of differences are written, below the working directory."""
_are_drawn: ContextVar[bool] = ContextVar("_are_drawn", default=True)


@dataclass(frozen=True)
class KeptPictures:
    """A cell's pictures.

    ``files`` are those in which they are kept, for each segment by their MIME types, relative to
    the page's folder.
    """

    cell: Cell
    page: Path
    run: CellRun
    files: Sequence[Mapping[str, str]]

    @classmethod
    def of(cls, cell: Cell, page: Path, run: CellRun, variant: str) -> Self:
        """The pictures of a run, on a variant where it is one."""
        digest = hashlib.sha256(cell.heading.encode()).hexdigest()[:8]
        stem = re.sub(r"[^\w-]", "-", cell.name) or f"cell-{digest}"
        stem = f"{folder_of(page).name}/{stem}{'.' * bool(variant)}{variant}"
        number = 0
        files: list[dict[str, str]] = []
        for segment in run.segments:
            files.append({})
            for mime in _pictures(segment) if cell.pictures.keep else ():
                number += 1
                files[-1][mime] = f"{stem}-{number}.{mime.removeprefix('image/')}"
        return cls(cell, page, run, files)

    @cached_property
    def contents(self) -> dict[str, bytes]:
        """What the files would hold of this run. Raises PictureError."""
        return {
            file: bytes_of(segment.bundle["data"][mime])
            for segment, named in zip(self.run.segments, self.files, strict=True)
            for mime, file in named.items()
        }

    def settled(self, recorded: str, got: str) -> str:
        """A run's text with the recorded marks in the place of those that are like them.

        Raises PictureError.
        """
        pieces, done = [], 0
        for mine, its, old, new in self._pairs(recorded, got):
            same = old and new and old.file == new.file
            is_like = same and new and old and new.is_like(old, self.cell.pictures.tolerance)
            pieces += [got[done : its.start()], mine[0] if is_like else its[0]]
            done = its.end()
        return "".join([*pieces, got[done:]])

    def _pairs(
        self, recorded: str, got: str
    ) -> Iterator[tuple[re.Match[str], re.Match[str], Mark | None, Mark | None]]:
        """Recorded marks and the run's in their places; none where there are not as many."""
        old, new = [*LINES.finditer(recorded)], [*LINES.finditer(got)]
        if len(old) == len(new):
            for mine, its in zip(old, new, strict=True):
                yield mine, its, self._recorded(mine), Mark.read(its, self.contents.__getitem__)

    def _recorded(self, found: re.Match[str]) -> Mark | None:
        return Mark.read(found, lambda file: (self.page.parent / file).read_bytes())

    def broken(self, recorded: str) -> str:
        """The first file that is not as it is recorded; empty where there is none."""
        found = (each for each in LINES.finditer(recorded) if each["file"])
        return next((each["file"] for each in found if not self._recorded(each)), "")

    def in_place_of(self, segments: Sequence[Segment]) -> list[Segment]:
        """Segments with the pictures of the files in the place of the run's."""
        if not any(self.files) or len(segments) != len(self.files):
            return [*segments]
        return [
            _with(segment, {mime: self.page.parent / file for mime, file in named.items()})
            for segment, named in zip(segments, self.files, strict=True)
        ]

    def differences(self, recorded: str, got: str) -> Iterator[str]:
        """Draw what differs from the recorded pictures, and say where."""
        if not _are_drawn.get():
            return
        contents = [
            segment.bundle["data"][mime]
            for segment in self.run.segments
            for mime in _pictures(segment)
        ]
        pairs = zip(self._pairs(recorded, got), contents, strict=False)
        for number, ((_, _, old, new), content) in enumerate(pairs, 1):
            if old is None or new is None or old.digest == new.digest:
                continue
            name = DIFFERENCES / f"{self.page.stem}-{self.cell.label}-{number}.png"
            with contextlib.suppress(OSError, PictureError):
                name.parent.mkdir(parents=True, exist_ok=True)
                name.write_bytes(beside(self._seen(old), opened(bytes_of(content))))
                yield f"the recorded picture, this run's, and what differs: {name}"

    def _seen(self, mark: Mark) -> Any:
        return opened((self.page.parent / mark.file).read_bytes()) if mark.file else drawn(mark)


@contextlib.contextmanager
def no_differences_drawn() -> Iterator[None]:
    """Have nothing drawn of what differs, where nobody is to look at it."""
    token = _are_drawn.set(False)
    try:
        yield
    finally:
        _are_drawn.reset(token)


def folder_of(page: Path) -> Path:
    """The folder of a page's pictures."""
    return page.with_suffix(".pictures")


def _pictures(segment: Segment) -> list[str]:
    return sorted(filter(is_picture, segment.bundle.get("data", {})))


def _with(segment: Segment, pictures: Mapping[str, Path]) -> Segment:
    if not pictures:
        return segment
    texts = {mime: base64.b64encode(file.read_bytes()).decode() for mime, file in pictures.items()}
    return replace(segment, bundle={**segment.bundle, "data": {**segment.bundle["data"], **texts}})
