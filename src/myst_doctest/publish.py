"""Turn what a cell showed into the nodes of its page.

A cell's segments travel through MyST-NB as one output of a MIME type of our own, for which this
module is the renderer (entry point ``myst_nb.mime_renderers``).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, ClassVar

import nbformat
from docutils import nodes
from pygments.lexer import Lexer
from pygments.lexers.python import PythonLexer
from pygments.lexers.sql import SqlLexer
from sphinx import addnodes

from .check import Outcome, Verdict
from .compare import normalise
from .runner import Segment

__all__ = ["LOG", "MIME", "LogLexer", "OutputRenderer", "output"]

MIME = "application/vnd.myst-doctest+json"
LOG = "sql-log"
# Sphinx highlights a block whose raw source is empty or its text; an output is neither.
PLAIN = "\r"
LINK = re.compile(r"https?://[^\s<>\"'()]*[^\s<>\"'().,:;!?]")
# One word in brackets, or more, and values: ``[generated] ('Dave',)``. A statement may have a
# word in brackets too, which names its source.
PARAMETERS = re.compile(r"(?:\[[^\]\n]*\] )+[(\[{]")


class LogLexer(Lexer):
    """A log of SQL: statements, and lines in brackets with their parameters in Python's words."""

    name = "Log of SQL"
    aliases = (LOG,)

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.statements = SqlLexer(**options)
        self.parameters = PythonLexer(**options)

    def get_tokens_unprocessed(self, text: str) -> Iterator[tuple[int, Any, str]]:
        """Tokens of each run of lines of one kind, from the lexer of that kind."""
        position = 0
        lines = text.splitlines(keepends=True)
        for values, group in groupby(lines, key=lambda line: bool(PARAMETERS.match(line))):
            part = "".join(group)
            lexer = self.parameters if values else self.statements
            for index, kind, value in lexer.get_tokens_unprocessed(part):
                yield position + index, kind, value
            position += len(part)


def output(verdict: Verdict) -> nbformat.NotebookNode | None:
    """The cell's one notebook output; None where it shows nothing."""
    differs = verdict.outcome is Outcome.DIFFERS
    if not verdict.shown and not differs:
        return None
    lines = verdict.cell.source.split("\n")
    failing = verdict.failing_line
    content = {
        "segments": [_safe(segment) for segment in verdict.shown],
        "differs": differs,
        "line": failing,
        "code": lines[failing - 1].strip() if 0 < failing <= len(lines) else "",
    }
    text = verdict.cell.recorded if verdict.outcome is Outcome.PASSED else verdict.got
    data = {MIME: content, "text/plain": text}
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
        content = data.content
        segments = [Segment(**segment) for segment in content["segments"]]
        box = nodes.container(classes=["output", "executed"])
        if content["differs"]:
            box["classes"].append("differs")
            box += _note("This output differs from the recorded one.")
        for logged, group in groupby(segments, key=lambda segment: segment.kind == "sql"):
            members = list(group)
            box += _log(members) if logged else [_shown(member, content) for member in members]
        return [box]


def _note(text: str) -> nodes.paragraph:
    return nodes.paragraph(text=text, classes=["output-note"])


def _log(segments: Iterable[Segment]) -> nodes.literal_block:
    """What a library logged, apart from the cell's own output."""
    text = "\n".join(segment.text for segment in segments)
    # Without "force", a highlighter's doubt about a truncated statement would be a warning.
    return nodes.literal_block(text, text, language=LOG, force=True, classes=["log"])


def _shown(segment: Segment, content: dict[str, Any]) -> nodes.Element:
    if segment.kind == "error":
        return _error(segment.text, content["line"], content["code"])
    text = segment.text.removesuffix("\n")
    block = nodes.literal_block(PLAIN, text, classes=[segment.kind])
    return _picture(segment, block) if segment.rich else block


def _error(text: str, line: int, code: str) -> nodes.container:
    """The exception's class and message, its links alive, under the line that raised it."""
    box = nodes.container(classes=["error"])
    if line:
        where = nodes.paragraph(classes=["output-note"])
        where += [nodes.Text(f"Line {line}: "), nodes.literal(text=code)]
        box += where
    block = nodes.literal_block(PLAIN, "")
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
