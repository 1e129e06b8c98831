"""Where a page's cells and blocks stand, told by the parser that MyST-NB uses."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import Any, ClassVar

import yaml
from docutils.parsers.rst import Directive
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from nbformat import ValidationError, from_dict
from nbformat.v4 import new_code_cell

__all__ = ["Block", "Outline", "Problem", "indent_of", "span"]

CODE = re.compile(r"\{code-cell\}")
OUTPUT = re.compile(r"\{output\}(?P<argument>.*)", re.DOTALL)
# Directives whose content is shown, not parsed: an example of a cell in one of them is no cell.
LITERAL = frozenset(
    {
        *("code", "code-block", "code-cell", "contrast", "eval-rst", "highlight"),
        *(
            "literalinclude",
            "math",
            "mermaid",
            "output",
            "parsed-literal",
            "raw",
            "raw-cell",
            "sourcecode",
        ),
    }
)
# What MyST-NB takes for mappings in a page's front matter, and stops the build where they are not.
MAPPINGS = frozenset({"kernelspec", "language_info", "myst", "mystnb", "widgets"})
BROKEN = "the front matter is broken"


@dataclass(frozen=True)
class Problem:
    """What is wrong with a page's form, and the line, from 1, where it is."""

    line: int
    message: str


@dataclass(frozen=True)
class Block:
    """An ``{output}`` block: the recorded output of the cell above it.

    ``start`` and ``end`` are the page's lines, from 0, end exclusive; ``line`` is that of the
    first recorded line, from 1.
    """

    text: str
    start: int
    end: int
    line: int
    ellipsis: bool
    fence: str
    indent: str


def tokens_of(text: str, config: MdParserConfig) -> list[Token]:
    """The page's block tokens, from the parser that MyST-NB uses."""
    blocks = dataclasses.replace(config, disable_syntax=[*config.disable_syntax, "inline"])
    return create_md_parser(blocks, RendererHTML).parse(text + "\n")


class _AnyOptions(Directive):
    """What MyST-NB takes a cell for when it reads its options."""

    option_spec: ClassVar[dict[str, Any]] = {"options": True}
    has_content = True


class Outline:
    """Where cells and blocks stand in a page."""

    def __init__(self, text: str, config: MdParserConfig) -> None:
        tokens = tokens_of(text, config)
        self.lines = text.split("\n")
        self.config = config
        self.problems: list[Problem] = []
        self.cells: list[Token] = []
        self.blocks: dict[int, Block] = {}  # the cell's number and its block
        self.stray: list[tuple[int, int]] = []
        self.broken = False  # whether MyST-NB could not read the page
        self._check_front_matter(tokens)
        self._walk(tokens)

    def _walk(self, tokens: list[Token]) -> None:
        depth = 0
        follows = False  # whether the token before was a cell
        for token in tokens:
            depth += token.nesting
            if token.type not in ("fence", "colon_fence"):
                follows = False
                continue
            follows = self._fence(token, follows, nested=depth != 0)

    def _fence(self, token: Token, follows: bool, nested: bool) -> bool:
        start, end = span(token)
        output = OUTPUT.match(token.info.strip())
        is_cell = CODE.match(token.info.strip()) is not None
        if not output and not is_cell:
            self._search_inside(token.info, token.content, start + 1)
            return False
        what = "a {code-cell}" if is_cell else "an {output}"
        if nested:
            self._problem(start, f"{what} inside a list or a quotation: put it at the top level")
        elif token.type == "colon_fence":
            self._problem(start, f"{what} between colons: write its fence with backticks")
        elif is_cell and not token.info.startswith("{"):
            self._problem(start, f"{what} with a blank before it: MyST-NB takes it for no cell")
        elif is_cell:
            self._check_closed(token, what)
            self.cells.append(token)
            return True
        elif not self._check_closed(token, what):
            pass
        elif not follows:
            self._stray(
                start, end, "an {output} without a cell right above it: remove it, or move it"
            )
        elif output and output["argument"].strip():
            argument = output["argument"].strip()
            self._stray(start, end, f"an {{output}} takes no argument, but has {argument!r}")
        else:
            self.blocks[len(self.cells) - 1] = self._block(token)
        return False

    def _search_inside(self, info: str, content: str, line: int) -> None:
        """Find cells and blocks inside a directive, where nothing runs them."""
        name = re.match(r"\{([\w:-]+)\}", info.strip())
        if name is None or name[1] in LITERAL:
            return
        if "{code-cell}" not in content and "{output}" not in content:
            return
        for token in tokens_of(content, self.config):
            if token.type not in ("fence", "colon_fence"):
                continue
            inner = token.info.strip()
            if CODE.match(inner) or OUTPUT.match(inner):
                what = inner.split("}")[0] + "}"
                place = line + span(token)[0]
                self._problem(place, f"{what} inside {{{name[1]}}}: put it at the top level")
            else:
                self._search_inside(inner, token.content, line + span(token)[0] + 1)

    def _check_front_matter(self, tokens: list[Token]) -> None:
        if not tokens or tokens[0].type != "front_matter":
            return
        try:
            data = yaml.safe_load(tokens[0].content)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = 1 + (mark.line if mark else 0)
            self._break(line, f"{BROKEN}: {getattr(error, 'problem', error)}")
            return
        if data is None:
            self.lines[: span(tokens[0])[1]] = [""] * span(tokens[0])[1]
        elif not isinstance(data, dict):
            self._break(0, f"{BROKEN}: it must be a mapping, not {type(data).__name__}")
        else:
            for key in sorted(MAPPINGS & data.keys()):
                if not isinstance(data[key], dict):
                    found = [line.startswith(f"{key}:") for line in self.lines]
                    self._break(found.index(True) if True in found else 0, _no_mapping(key))

    def _break(self, line: int, message: str) -> None:
        self.broken = True
        self._problem(line, message)

    def _problem(self, line: int, message: str) -> None:
        self.problems.append(Problem(line + 1, message))

    def _stray(self, start: int, end: int, message: str) -> None:
        self.stray.append((start, end))
        self._problem(start, message)

    def broken_options(self) -> list[Problem]:
        """The cells whose options MyST-NB's reader refuses, asked when it has refused the page."""
        before = len(self.problems)
        for token in self.cells:
            self._check_options(token)
        return self.problems[before:]

    def _check_options(self, token: Token) -> None:
        start, _ = span(token)
        read = parse_directive_text(_AnyOptions, "", token.content, validate_options=False)
        if read.warnings:
            self._problem(start, f"the cell's options cannot be read: {read.warnings[0].msg}")
        elif "load" in read.options:
            self._problem(start, "a cell takes its code from the page: no :load:")
        try:
            new_code_cell(metadata=from_dict(read.options))
        except ValidationError as error:
            option = list(error.path)[1]
            self._problem(start, f"the cell's option {option!r} is wrong: {error.message}")

    def _check_closed(self, token: Token, what: str) -> bool:
        start, end = span(token)
        last = self.lines[end - 1].strip() if end <= len(self.lines) else ""
        long_enough = end - 1 > start and len(last) >= len(token.markup)
        if long_enough and not last.strip(token.markup[0]):
            return True
        self._problem(start, f"{what} whose fence is never closed: close it")
        return False

    def _block(self, token: Token) -> Block:
        start, end = span(token)
        content = token.content.removesuffix("\n").split("\n") if token.content else []
        options: list[str] = []
        while content and (match := re.fullmatch(r":([\w-]+):(.*)", content[0])):
            options.append(match[1])
            if match[1] != "ellipsis" or match[2].strip():
                self._problem(start + len(options), f"an {{output}} has no option {content[0]!r}")
            content.pop(0)
        blank = bool(content) and not content[0]
        if blank:  # it ends the options, of which there may be none
            content.pop(0)
        return Block(
            text="".join(f"{line}\n" for line in content),
            start=start,
            end=end,
            line=start + 2 + len(options) + blank,
            ellipsis="ellipsis" in options,
            fence=token.markup,
            indent=indent_of(self.lines[start]),
        )

    def without_blocks(self) -> str:
        """The page with a blank line for each line of a block: the lines keep their numbers."""
        lines = list(self.lines)
        for start, end in [*((b.start, b.end) for b in self.blocks.values()), *self.stray]:
            lines[start:end] = [""] * (end - start)
        return "\n".join(lines)


def _no_mapping(key: str) -> str:
    return f"{BROKEN}: {key} must be a mapping"


def span(token: Token) -> tuple[int, int]:
    start, end = token.map or (0, 0)
    return start, end


def indent_of(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]
