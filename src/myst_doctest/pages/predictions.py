"""``{predict}``: a question about the cell below it, and options from which the reader chooses.

The options are the items of a list, which begin with ``[x]`` where they are right and with ``[ ]``
where they are wrong. An item's first line is the option, a sentence or code; what is below it is
its feedback. Code is a literal output, which :mod:`myst_doctest.checking.claims` compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from docutils.parsers.rst import Directive, directives
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text

from myst_doctest.pages.fences import Problem, indent_of, span, tokens_of

__all__ = ["OPTIONS", "Option", "Prediction", "Text", "names"]

MARK = re.compile(r"( *[-+*] +)\[([ xX])\](?: +|$)")
CODE = re.compile(r"(`+)( ?)(.+?)\2\1")
HIDING = frozenset({"hide-output", "hide-cell", "remove-output", "remove-cell"})
"""Tags of a cell whose output a prediction cannot hide."""


def names(value: str) -> list[str]:
    """The names of an option's list, which may stand in brackets."""
    return [name.strip() for name in value.strip("[] ").split(",") if name.strip()]


OPTIONS = {"also-on": names, "several": directives.flag}
"""The directive's options: variants on which the claims hold too; more than one option is right."""


class _Form(Directive):
    option_spec: ClassVar[dict[str, Any]] = OPTIONS
    has_content = True


@dataclass(frozen=True)
class Text:
    """Lines of Markdown, and the number of the first."""

    lines: Sequence[str]
    line: int

    @classmethod
    def of(cls, lines: Sequence[str], line: int) -> Text:
        """Lines without the blank ones at their start and end."""
        filled = [number for number, text in enumerate(lines) if text.strip()]
        if not filled:
            return cls([], line)
        return cls(lines[filled[0] : filled[-1] + 1], line + filled[0])


@dataclass(frozen=True)
class Option:
    """One of the options; ``literal`` is the output that it gives as code, else None."""

    line: int
    is_right: bool
    label: str
    literal: str | None
    feedback: Text


@dataclass(frozen=True)
class Prediction:
    """A parsed ``{predict}``; ``line`` is that of its fence, from 1."""

    line: int
    question: Text
    options: Sequence[Option]
    explanation: Text
    """What follows the options, shown with the output."""
    also_on: Sequence[str] = ()
    problems: Sequence[Problem] = ()

    @classmethod
    def read(cls, token: Token, config: MdParserConfig) -> Prediction:
        """Parse a page's fence."""
        line = span(token)[0] + 1
        form = parse_directive_text(_Form, "", token.content)
        wrong = [Problem(line, f"a {{predict}}: {each.msg}") for each in form.warnings]
        found = cls.of(form.body, line + 1 + form.body_offset, form.options, config)
        problems = [*wrong, *found._problems(line, is_several="several" in form.options)]
        also_on = form.options.get("also-on", [])
        return cls(line, found.question, found.options, found.explanation, also_on, problems)

    @classmethod
    def of(
        cls, body: Sequence[str], line: int, options: Mapping[str, Any], config: MdParserConfig
    ) -> Prediction:
        """Parse the content, whose first line has this number."""
        tokens = tokens_of("\n".join(body), config)
        lists = [each for each in tokens if each.type == "bullet_list_open" and each.level == 0]
        start, end = next(
            ((first, last) for first, last in map(span, lists) if MARK.match(body[first])),
            (len(body), len(body)),
        )
        items = [
            Text(body[first:last], line + first)
            for first, last in (
                span(each) for each in tokens if each.type == "list_item_open" and each.level == 1
            )
            if start <= first < end
        ]
        return cls(
            line,
            Text.of(body[:start], line),
            [_option(item, config) for item in items],
            Text.of(body[end:], line + end),
            options.get("also-on", []),
        )

    def _problems(self, line: int, *, is_several: bool) -> Iterator[Problem]:
        marks = "a list of two to four whose items begin with [x], if they are right, or [ ]"
        right = [option for option in self.options if option.is_right]
        if not self.question.lines:
            yield Problem(line, "a {predict} without a question: ask above the options")
        if not 2 <= len(self.options) <= 4:
            yield Problem(line, f"a {{predict}} with {len(self.options)} options: write {marks}")
        elif not right:
            yield Problem(line, "no option is right: begin the one that is with [x]")
        elif len(right) > 1 and not is_several:
            message = f"{len(right)} options are right: leave one, or add the option `:several:`"
            yield Problem(right[1].line, message)
        for option in self.options:
            if not option.label:
                yield Problem(option.line, f"this is no option: write {marks}")
            elif not option.feedback.lines:
                yield Problem(option.line, "an option without feedback: say below it why")

    def problems_with(self, tags: Sequence[str], known: Sequence[str]) -> Iterator[Problem]:
        """What is wrong with it for a cell with these tags, on a page that asks for variants."""
        for tag in sorted(HIDING.intersection(tags)):
            yield Problem(self.line, f"the cell below has the tag {tag}: remove it, or this")
        for name in self.also_on:
            if name not in known:
                message = f"also-on: the page does not ask for the variant {name!r}"
                yield Problem(self.line, message)


def _option(item: Text, config: MdParserConfig) -> Option:
    mark = MARK.match(item.lines[0])
    if mark is None:
        return Option(item.line, False, "", None, Text([], item.line))
    width = len(mark[1])
    below = [line[min(width, len(indent_of(line))) :] for line in item.lines[1:]]
    label, is_right = item.lines[0][mark.end() :].strip(), mark[2] != " "
    code = CODE.fullmatch(label)
    literal, done = (code[3], 0) if code else (None, 0)
    if not label:  # a block of code is below the mark
        first = next(iter(tokens_of("\n".join(below), config)), None)
        if first and first.type == "fence" and not first.info.startswith("{"):
            done = span(first)[1]
            label = literal = first.content.removesuffix("\n")
    return Option(item.line, is_right, label, literal, Text.of(below[done:], item.line + 1 + done))
