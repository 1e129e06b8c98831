"""``{try}``: a cell once more with other code, which readers can put into its place.

It stands below its cell. In it are a sentence that says what to do, ``{changed}`` with the code, an
``{output}`` block, and Markdown about what came of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

from docutils.parsers.rst import Directive
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text

from myst_doctest.pages.fences import (
    AT_TOP,
    DIRECTIVE,
    OURS,
    Block,
    Problem,
    block_of,
    is_closed,
    span,
    tokens_of,
)
from myst_doctest.pages.predictions import Text, names

if TYPE_CHECKING:
    from myst_doctest.pages.page import Cell

OPTIONS = {"tags": names}
TAGS = ("raises-exception",)
CHANGED = "changed"


class _Form(Directive):
    option_spec: ClassVar[dict[str, Any]] = OPTIONS
    has_content = True


@dataclass(frozen=True)
class Variation:
    """A parsed ``{try}``; lines are the page's, from 1, ``start`` and ``end`` from 0."""

    line: int
    sentence: Text
    code: str = ""
    start: int = 0
    """The line of the fence of ``{changed}``."""
    end: int = 0
    """The line below it."""
    code_line: int = 0
    """The line of its first line of code."""
    tags: Sequence[str] = ()
    block: Block | None = None
    """What is recorded of its output."""
    about: Text = field(default_factory=lambda: Text((), 0))
    problems: Sequence[Problem] = ()

    @classmethod
    def read(cls, token: Token, lines: Sequence[str], config: MdParserConfig) -> Variation:
        """Parse a fence of a page with these lines."""
        line = span(token)[0] + 1
        form = parse_directive_text(_Form, "", token.content)
        wrong = [Problem(line, f"a {{try}}: {each.msg}") for each in form.warnings]
        found = cls.of(form.body, line + 1 + form.body_offset, config)
        tags = form.options.get("tags", [])
        problems = [*wrong, *found.problems, *_wrong_tags(line, tags)]
        if not is_closed(lines, token):
            problems.append(Problem(line, "a {try} whose fence is never closed: close it"))
        return replace(found, line=line, tags=tags, problems=problems)

    @classmethod
    def of(cls, body: Sequence[str], line: int, config: MdParserConfig) -> Variation:
        """Parse the content, whose first line has this number."""
        parts: dict[str, Token] = {}
        problems = []
        done = 0
        for token in tokens_of("\n".join(body), config):
            match = DIRECTIVE.match(token.info.strip()) if token.type == "fence" else None
            name = match[1].lower() if match and not token.level else ""
            start, end = span(token)
            if name not in (CHANGED, "output"):
                if name in OURS:
                    what = f"write {{{CHANGED}}}" if name == "code-cell" else AT_TOP
                    problems.append(Problem(line + start, f"{{{name}}} inside {{try}}: {what}"))
                continue
            is_below = bool(parts) and not any(text.strip() for text in body[done:start])
            if name in parts or (name == "output" and not is_below):
                words = f"one {{{CHANGED}}} and right below it one {{output}}"
                problems.append(Problem(line + start, f"{{{name}}} is out of place: write {words}"))
            elif not is_closed(body, token):
                problems.append(Problem(line + start, f"a {{{name}}} whose fence is never closed"))
            parts[name] = token
            done = end
        if CHANGED not in parts:
            words = f"a {{try}} without {{{CHANGED}}}: the cell's code as it is changed"
            return cls(line, Text((), line), problems=[*problems, Problem(line, words)])
        start, end = span(parts[CHANGED])
        sentence = Text.of(body[:start], line)
        if not sentence.lines or "" in map(str.strip, sentence.lines):
            words = f"a {{try}} says what to do in one paragraph above {{{CHANGED}}}"
            problems.append(Problem(line, words))
        offset = line - 1
        block: Block | None = None
        wrong: list[Problem] = []
        if "output" in parts:
            block, wrong = block_of(parts["output"], body, offset)
        return cls(
            line,
            sentence,
            code=parts[CHANGED].content.removesuffix("\n"),
            start=start + offset,
            end=end + offset,
            code_line=start + offset + 2,
            block=block,
            about=Text.of(body[done:], line + done),
            problems=[*problems, *wrong],
        )

    def cell(self, cell: Cell) -> Cell:
        """The cell that runs in the place of its own."""
        return replace(
            cell,
            source=self.code,
            start=self.start,
            end=self.end,
            code_line=self.code_line,
            indent="",
            tags=tuple(self.tags),
            block=self.block,
            own={},
            prediction=None,
            variations=(),
            is_tried=True,
            pictures=replace(cell.pictures, keep=False),
        )

    def problems_with(self, cell: Cell) -> Iterator[Problem]:
        """What is wrong with it for this cell."""
        if not cell.places.have(""):
            yield Problem(self.line, "the cell above runs on variants alone: nothing would run")
        elif self.code and self.code == cell.source:
            yield Problem(self.line, "the code is that of the cell above: change it")


def _wrong_tags(line: int, tags: Sequence[str]) -> Iterator[Problem]:
    for tag in tags:
        if tag not in TAGS:
            words = f"a {{try}} has no tag {tag}: it may have {', '.join(TAGS)}"
            yield Problem(line, words)
