"""The ``{contrast}`` blocks of a page: where they stand, and what they record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig

from myst_doctest.checking.accept import longer_fence
from myst_doctest.pages.fences import LITERAL, indent_of, is_closed, span, tokens_of
from myst_doctest.pages.page import Problem
from tutorial_site.content.version_contrast import SILENT

__all__ = ["Block", "Blocks", "rewritten"]

CONTRAST = re.compile(r"\{contrast\}\s*(?P<cell>.*)", re.DOTALL)
AT_TOP = "put it at the top level of the page"


@dataclass(frozen=True)
class Block:
    """A block and what it records of the older version's output.

    ``start`` and ``end`` are the page's lines, from 0, end exclusive.
    ``silent`` says that the cell shows nothing there; without it, and without text, nothing is
    recorded yet.
    """

    cell: str
    text: str
    silent: bool
    start: int
    end: int
    fence: str
    indent: str

    @property
    def line(self) -> int:
        return self.start + 1

    @property
    def empty(self) -> bool:
        """Whether nothing is recorded yet."""
        return not self.text and not self.silent


@dataclass
class Blocks:
    """A page's blocks in their order, and what is wrong with them."""

    found: list[Block] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, config: MdParserConfig) -> Blocks:
        """The blocks of a page's text, found by the parser that reads the page."""
        self = cls()
        lines, depth = text.split("\n"), 0
        for token in tokens_of(text, config):
            depth += token.nesting
            if token.type not in ("fence", "colon_fence"):
                continue
            match = CONTRAST.match(token.info.strip())
            if match is None:
                self._search_inside(token, span(token)[0] + 1, config)
            elif depth or token.type == "colon_fence":
                where = "between colons" if not depth else "inside a list or a quotation"
                self._problem(span(token)[0], f"a {{contrast}} {where}: {AT_TOP}, with backticks")
            else:
                self._add(token, match["cell"].strip(), lines)
        return self

    def _add(self, token: Token, cell: str, lines: list[str]) -> None:
        start, end = span(token)
        if not is_closed(lines, token):
            self._problem(start, "a {contrast} whose fence is never closed: close it")
        elif cell in {block.cell for block in self.found}:
            self._problem(start, f"a second {{contrast}} of {cell!r}: remove one of them")
        else:
            text, silent = _recorded(token.content)
            indent = indent_of(lines[start])
            self.found.append(Block(cell, text, silent, start, end, token.markup, indent))

    def _search_inside(self, token: Token, line: int, config: MdParserConfig) -> None:
        """Find blocks inside a directive, where they are not written to."""
        name = re.match(r"\{([\w:-]+)\}", token.info.strip())
        if name is None or name[1] in LITERAL or "{contrast}" not in token.content:
            return
        for inner in tokens_of(token.content, config):
            if inner.type in ("fence", "colon_fence"):
                start = line + span(inner)[0]
                if CONTRAST.match(inner.info.strip()):
                    self._problem(start, f"a {{contrast}} inside {{{name[1]}}}: {AT_TOP}")
                else:
                    self._search_inside(inner, start + 1, config)

    def _problem(self, start: int, message: str) -> None:
        self.problems.append(Problem(start + 1, message))


def _recorded(content: str) -> tuple[str, bool]:
    """What a block's content records, and whether it says that the cell shows nothing."""
    lines = content.removesuffix("\n").split("\n") if content else []
    silent = f":{SILENT}:" in lines[:1]
    if silent:
        lines.pop(0)
    if lines and not lines[0]:
        lines.pop(0)  # a blank line ends the options, of which there may be none
    return "".join(f"{line}\n" for line in lines), silent


def rewritten(data: bytes, recorded: Mapping[Block, str]) -> bytes:
    """A page's bytes with these texts in its blocks, every other byte as it was."""
    lines = data.decode("utf-8").split("\n")
    for block in sorted(recorded, key=lambda block: -block.start):
        content = _content(recorded[block])
        ending = "\r" if lines[block.start].endswith("\r") else ""
        fence = longer_fence("\n".join(content), block.fence)
        for number in (block.start, block.end - 1):
            lines[number] = lines[number].replace(block.fence, fence, 1)
        lines[block.start + 1 : block.end - 1] = [
            f"{block.indent if line else ''}{line}{ending}" for line in content
        ]
    return "\n".join(lines).encode("utf-8")


def _content(text: str) -> list[str]:
    if not text:
        return [f":{SILENT}:"]
    lines = text.removesuffix("\n").split("\n")
    # What MyST would take for an option, or take away, stands below a blank line.
    apart = not lines[0] or lines[0].startswith("---") or lines[0].lstrip().startswith(":")
    return ["", *lines] if apart else lines
