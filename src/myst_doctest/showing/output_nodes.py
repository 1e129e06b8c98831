"""Turn what a cell showed into the nodes of its page.

A cell's segments travel through MyST-NB as one output of a MIME type of our own, for which this
module is the renderer (entry point ``myst_nb.mime_renderers``).
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any, ClassVar

import nbformat
from docutils import nodes
from sphinx import addnodes

from myst_doctest.checking.compare import normalise
from myst_doctest.checking.verdicts import Outcome, Verdict
from myst_doctest.running.runner import Segment, line_of
from myst_doctest.showing.lanes import Lanes
from myst_doctest.showing.log_lines import Log
from myst_doctest.showing.log_panels import panel

__all__ = ["MIME", "OutputRenderer", "output"]

MIME = "application/vnd.myst-doctest+json"
# Sphinx highlights a block whose raw source is empty or its text; an output is neither.
PLAIN = "\r"
LINK = re.compile(r"https?://[^\s<>\"'()]*[^\s<>\"'().,:;!?]")


def output(verdict: Verdict, lanes: Lanes) -> nbformat.NotebookNode | None:
    """The cell's one notebook output; None where it shows nothing."""
    differs = verdict.outcome is Outcome.DIFFERS
    if not verdict.shown and not differs:
        return None
    content = {
        "segments": [_safe(segment) for segment in verdict.shown],
        "lanes": lanes.along(verdict.cell.index, len(verdict.shown)),
        "open": bool(lanes.before(verdict.cell.index + 1)),
        "differs": differs,
        "line": verdict.failing_line,
        "code": line_of(verdict.cell.source, verdict.failing_line),
    }
    text = verdict.cell.recorded if verdict.outcome is Outcome.PASSED else verdict.got
    # As text: MyST-NB writes the notebook, and would write each item on a line of its own.
    data = {MIME: json.dumps(content), "text/plain": text}
    # Not made by nbformat.v4.new_output, which validates each against the whole schema.
    return nbformat.from_dict({"output_type": "display_data", "data": data, "metadata": {}})


def _safe(segment: Segment) -> dict[str, Any]:
    """A segment as plain data; what a cell that failed showed was not normalised yet."""
    data = dataclasses.asdict(segment)
    return data | {"text": normalise(segment.text)}


class OutputRenderer:
    """MyST-NB's renderer for :data:`MIME`."""

    mime_priority_overrides: ClassVar[Sequence[tuple[str, str, int | None]]] = [("*", MIME, 0)]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """The nodes of an output of our type; None leaves other types to other renderers."""
        if inline or data.mime_type != MIME:
            return None
        content = json.loads(data.content)
        segments = [Segment(**segment) for segment in content["segments"]]
        box = nodes.container(classes=["output", "executed"])
        if content["differs"]:
            box["classes"].append("differs")
            box += _note("This output differs from the recorded one.")
        numbered = list(enumerate(segments))
        for logged, group in groupby(numbered, key=lambda pair: pair[1].kind == "sql"):
            numbers = [number for number, _ in group]
            box += (_log if logged else _own)(segments, numbers, content)
        return [box]


def _note(text: str) -> nodes.paragraph:
    return nodes.paragraph(text=text, classes=["output-note"])


def _log(
    segments: Sequence[Segment], numbers: list[int], content: dict[str, Any]
) -> list[nodes.Element]:
    """What a library logged, apart from the cell's own output."""
    last = not any(segment.kind == "sql" for segment in segments[numbers[-1] + 1 :])
    lanes = [content["lanes"][number] for number in numbers]
    logged = [segments[number] for number in numbers]
    return [panel(Log.of(logged, lanes, stays_open=last and content["open"]))]


def _own(
    segments: Sequence[Segment], numbers: list[int], content: dict[str, Any]
) -> list[nodes.Element]:
    """What the cell itself showed."""
    boxes = []
    for number in numbers:
        shown, classes = _shown(segments[number], content), content["lanes"][number]
        boxes.append(nodes.container("", shown, classes=classes) if classes else shown)
    return boxes


def _shown(segment: Segment, content: dict[str, Any]) -> nodes.Element:
    if segment.kind == "error":
        return _error(segment.text, content["line"], content["code"])
    text = segment.text.removesuffix("\n")
    block = nodes.literal_block(PLAIN, text, classes=[segment.kind], language="none")
    return _picture(segment, block) if segment.rich else block


def _error(text: str, line: int, code: str) -> nodes.container:
    """The exception's class and message, its links alive, under the line that raised it."""
    box = nodes.container(classes=["error"])
    if line:
        where = nodes.paragraph(classes=["output-note"])
        where += [nodes.Text(f"Line {line}: "), nodes.literal(text=code)]
        box += where
    block = nodes.literal_block(PLAIN, "", language="none")
    done = 0
    for match in LINK.finditer(text):
        block += nodes.Text(text[done : match.start()])
        block += nodes.reference(match[0], match[0], refuri=match[0])
        done = match.end()
    block += nodes.Text(text[done:])
    box += block
    return box


def _picture(segment: Segment, block: nodes.literal_block) -> nodes.container:
    """A value's markup where the builder makes HTML, its text elsewhere."""
    markup = segment.rich.get("image/svg+xml") or segment.rich.get("text/html") or ""
    html = addnodes.only(expr="html")
    html += nodes.raw("", markup, format="html")
    rest = addnodes.only(expr="not html")
    rest += block
    box = nodes.container(classes=["picture"])
    box += [html, rest]
    return box
