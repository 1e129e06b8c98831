"""The ``{contrast}`` blocks of a page: where they are, and what they record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig

from myst_doctest.checking.accept import longer_fence
from myst_doctest.pages.fences import (
    DIRECTIVE,
    FENCES,
    LITERAL,
    Problem,
    indent_of,
    is_closed,
    span,
    tokens_of,
)
from tutorial_site.content.version_contrast import SILENT

__all__ = ["Block", "blocks_by_cell", "rewritten"]


@dataclass(frozen=True)
class Block:
    """A block and what it records of the older version's output.

    ``start`` and ``end`` are the page's lines, from 0, end exclusive.
    ``silent`` says that the cell shows nothing there; without it, and without text, nothing is
    recorded yet.
    """

    text: str
    silent: bool
    start: int
    end: int
    fence: str
    indent: str


def blocks_by_cell(text: str, config: MdParserConfig) -> tuple[dict[str, Block], list[Problem]]:
    """The blocks of a page's text by their cells' names, and what is wrong with its blocks."""
    blocks: dict[str, Block] = {}
    problems: list[Problem] = []
    lines = text.split("\n")
    for fence, line, cell, inside in _fences(text, config):
        place = inside or ("between colons" if fence.type == "colon_fence" else "")
        if place:
            wrong = f"a {{contrast}} {place}: put it at the top level of the page, with backticks"
        elif not is_closed(lines, fence):
            wrong = "a {contrast} whose fence is never closed: close it"
        elif cell in blocks:
            wrong = f"a second {{contrast}} of {cell!r}: remove one of them"
        else:
            indent = indent_of(lines[line])
            blocks[cell] = Block(*_recorded(fence.content), *span(fence), fence.markup, indent)
            continue
        problems.append(Problem(line + 1, wrong))
    return blocks, problems


def _fences(
    text: str, config: MdParserConfig, first: int = 0, inside: str = ""
) -> Iterator[tuple[Token, int, str, str]]:
    """Each ``{contrast}``: its token, its line from 0, its argument, and what it is inside of."""
    depth = 0
    for token in tokens_of(text, config):
        depth += token.nesting
        directive = DIRECTIVE.match(token.info.strip()) if token.type in FENCES else None
        if directive is None:
            continue
        line, (name, argument) = first + span(token)[0], directive.groups()
        if name == "contrast":
            nested = "inside a list or a quotation" if depth else ""
            yield token, line, argument.strip(), inside or nested
        elif name not in LITERAL and "{contrast}" in token.content:
            yield from _fences(token.content, config, line + 1, f"inside {{{name}}}")


def _recorded(content: str) -> tuple[str, bool]:
    """What a block's content records, and whether it says that the cell shows nothing."""
    lines = content.removesuffix("\n").split("\n") if content else []
    silent = f":{SILENT}:" in lines[:1]
    if silent:
        lines.pop(0)
    if lines and not lines[0]:
        lines.pop(0)  # a blank line ends the options, of which there may be none
    return "".join(f"{line}\n" for line in lines), silent


def rewritten(data: bytes, blocks: Mapping[str, Block], recorded: Mapping[str, str]) -> bytes:
    """A page's bytes with these texts in the blocks of these cells, every other byte as it was."""
    lines = data.decode("utf-8").split("\n")
    for cell in sorted(recorded, key=lambda cell: -blocks[cell].start):
        block, content = blocks[cell], _content(recorded[cell])
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
    # What MyST would read as an option, or remove, comes below a blank line.
    apart = not lines[0] or lines[0].startswith("---") or lines[0].lstrip().startswith(":")
    return ["", *lines] if apart else lines
