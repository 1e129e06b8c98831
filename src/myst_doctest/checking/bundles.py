"""What is recorded of values that a notebook shows otherwise than as text.

Below a value's text stands a line for each representation: short markup as it is, long markup as a
digest of it, a picture as its marks (``pictures.py``).
Ids that libraries draw by chance are evened out before anything is recorded or published.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from myst_doctest.checking.compare import even, published
from myst_doctest.checking.pictures import PIXELS, Mark, bytes_of, is_picture
from myst_doctest.running.runner import FIGURE, PLAIN, CellRun, Segment
from myst_doctest.running.terminal_text import has_colours

GUTTER = "\N{BOX DRAWINGS LIGHT TRIPLE DASH VERTICAL}"
"""Begins each recorded line that is no text of a value, but another representation."""
GLUE = "application/papermill.record/"
SHORT = 400
"""Characters of markup that are recorded as they are."""
DRAWN_HERE = ("text/html", "image/svg+xml", *PIXELS)
"""Of which types a value may be where MyST-NB does not draw it, the first preferred."""
DRAWN = re.compile(
    r"(?<![0-9a-zA-Z])(?:"
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"  # a UUID
    r"|[0-9a-f]{32}"  # the same without its dashes
    r"|(?<=T_)[0-9a-f]{5}"  # a Styler of pandas
    r")(?![0-9a-zA-Z])"
)
"""Ids that libraries draw by chance."""


def evened(run: CellRun, cell: int) -> CellRun:
    """A run with the same ids in each run; ``cell`` is its number in the page."""
    if not any(segment.bundle for segment in run.segments):
        return run
    known: dict[str, str] = {}
    segments = [_evened(segment, known, cell) for segment in run.segments]
    return replace(run, segments=segments)


def _evened(segment: Segment, known: dict[str, str], cell: int) -> Segment:
    if not segment.bundle:
        return segment

    def same(found: re.Match[str]) -> str:
        """Another id of the same form, by the order in which ids come in the cell."""
        if found[0] not in known:
            number = hashlib.sha256(f"{cell} {len(known)}".encode()).hexdigest()
            digits = iter(number[:40])
            known[found[0]] = re.sub("[0-9a-f]", lambda _: next(digits), found[0])
        return known[found[0]]

    data = {
        mime: content if is_picture(mime) else _each_text(content, same)
        for mime, content in segment.bundle["data"].items()
        if "widget-view" not in mime
    }
    return replace(segment, bundle={**segment.bundle, "data": {**segment.bundle["data"], **data}})


def _each_text(content: Any, same: Any) -> Any:
    if isinstance(content, str):
        return DRAWN.sub(same, content)
    return json.loads(DRAWN.sub(same, json.dumps(content)))


def inscribed(run: CellRun, ran: datetime, files: Sequence[Mapping[str, str]]) -> CellRun:
    """A run whose values' texts have a line below them for each representation.

    ``files`` are those in which pictures are kept, for each segment by their MIME types.
    Raises PictureError.
    """
    pairs = zip(run.segments, files, strict=True)
    return replace(run, segments=[_inscribed(segment, ran, kept) for segment, kept in pairs])


def _inscribed(segment: Segment, ran: datetime, files: Mapping[str, str]) -> Segment:
    if not segment.bundle:
        return segment
    lines = [f"{GUTTER} {line}".rstrip(" ") for line in _lines(segment.bundle, ran, files)]
    text = segment.text.removesuffix("\n")
    return replace(segment, text="\n".join([*([text] if text else []), *lines]))


def not_drawn_here(segment: Segment) -> str:
    """The type of a value that MyST-NB alone can draw; empty where there is another, or text."""
    data = segment.bundle.get("data", {})
    if any(mime in data for mime in DRAWN_HERE):
        return ""
    others = (mime for mime in sorted(data) if mime != PLAIN and not is_about(mime))
    return next((mime for mime in others if not mime.startswith(GLUE)), "")


def is_about(mime: str) -> bool:
    """Whether a type is our own, of what is said about a figure, shown or glued."""
    return mime.removeprefix(GLUE) == FIGURE


def with_recorded(bundle: dict[str, Any], known: dict[str, str], ran: datetime) -> dict[str, Any]:
    """A bundle in which recorded values stand for those of a run, as far as they are known."""
    if not bundle or not known:
        return bundle
    data = {
        mime: published(content, known, ran)[0]
        if isinstance(content, str) and not is_picture(mime)
        else content
        for mime, content in bundle["data"].items()
    }
    return {**bundle, "data": data}


def plain_text(text: str) -> str:
    """A value's text without the lines that record its representations."""
    return "\n".join(line for line in text.split("\n") if not line.startswith(GUTTER))


def _lines(bundle: Mapping[str, Any], ran: datetime, files: Mapping[str, str]) -> Iterator[str]:
    figure: Mapping[str, Any] = next(
        (about for mime, about in bundle["data"].items() if is_about(mime)), {}
    )
    if glued := bundle["metadata"].get("scrapbook"):
        yield f"glue: {glued['name']}"
    if words := figure.get("words"):
        yield f"words: {' | '.join(words)}".replace("\n", " ")
    for name, content in sorted(bundle["data"].items()):
        mime = name.removeprefix(GLUE)
        if is_picture(mime):
            by, data = figure.get("drawn_by", ""), bytes_of(content)
            yield from Mark.of(mime, data, by, files.get(mime, "")).lines()
        elif name != PLAIN and not is_about(name):
            yield from _markup(mime, content, ran)
        elif name == PLAIN and has_colours(content):
            yield from _markup("colours", content, ran)


def _markup(mime: str, content: Any, ran: datetime) -> Iterator[str]:
    """Short markup as it is, of long markup a digest."""
    text = content if isinstance(content, str) else json.dumps(content, sort_keys=True)
    text = text.strip("\n")
    if len(text) > SHORT:
        digest = hashlib.sha256(even(text, ran).encode(errors="replace")).hexdigest()[:16]
        yield f"{mime}: {len(text.split())} words, {digest}"
    elif "\n" in text:
        yield f"{mime}:"
        yield from text.split("\n")
    else:
        yield f"{mime}: {text}"
