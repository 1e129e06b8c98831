"""Cells in files that a page includes, where nothing runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.fences import ANY_OF_OURS, DIRECTIVE, FENCES, Problem, span, tokens_of

KIND = "include"
"""The kind of these problems."""
AS_TEXT = (":literal:", ":code:", ":parser:")
"""Options by which a file is shown, and not read as Markdown."""
PARTS = (":start-line:", ":end-line:", ":start-after:", ":end-before:", ":lines:")
"""Options by which a part of a file is included: which, a build alone knows."""


def problems_of_includes(
    includes: list[Token], page: Path, config: MdParserConfig
) -> Iterator[Problem]:
    """What is wrong with the directives ``{include}`` of a page."""
    for token in includes:
        directive = DIRECTIVE.match(token.info.strip())
        name = directive[2].strip() if directive else ""
        if name and not name.startswith("/") and not _has_options(token):
            file = page.parent / name
            if line := _first_cell(file, config):
                message = f"{{include}} of {name}, whose cell or block at line {line}"
                place = span(token)[0] + 1
                yield Problem(place, f"{message} nothing runs or checks: move it to a page", KIND)


def _has_options(token: Token) -> bool:
    lines = (line.strip() for line in token.content.split("\n"))
    return any(line.startswith((*AS_TEXT, *PARTS)) for line in lines)


def _first_cell(file: Path, config: MdParserConfig) -> int:
    """The line, from 1, of a file's first cell or block; 0 where it has none."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return 0  # the build says that it cannot be included
    if not ANY_OF_OURS.search(text):
        return 0
    found = (
        span(token)[0] + 1
        for token in tokens_of(text, config)
        if token.type in FENCES and ANY_OF_OURS.match(token.info.strip())
    )
    return next(found, 0)
