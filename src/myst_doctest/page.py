"""A page: its cells, the blocks that record their output, and what is wrong with its form.

MyST-NB's own reader gives the cells and MyST's own parser their places, so that a page means
here what it means in the built site.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import yaml
from docutils.parsers.rst import Directive
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_nb.core.read import MystMetadataParsingError, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.directives import parse_directive_text
from myst_parser.parsers.mdit import create_md_parser
from nbformat import NotebookNode, ValidationError, from_dict
from nbformat.v4 import new_code_cell

__all__ = ["Block", "Cell", "Page", "Problem"]

CODE = re.compile(r"\{code-cell\}")
OUTPUT = re.compile(r"\{output\}(?P<argument>.*)", re.DOTALL)
# Directives whose content is shown, not parsed: an example of a cell in one of them is no cell.
LITERAL = frozenset(
    {
        *("code", "code-block", "code-cell", "eval-rst", "highlight", "literalinclude", "math"),
        *("mermaid", "output", "parsed-literal", "raw", "raw-cell", "sourcecode"),
    }
)
# What MyST-NB takes for mappings in a page's front matter, and stops the build where they are not.
MAPPINGS = frozenset({"kernelspec", "language_info", "myst", "mystnb", "widgets"})
BROKEN = "the front matter is broken"
# Python and docutils end a line at these; Markdown and this module do not.
OTHER_LINE_ENDS = re.compile("\r(?!\n)|[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")


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


@dataclass(frozen=True)
class Cell:
    """A code cell.

    ``start`` and ``end`` are the page's lines, from 0, end exclusive; ``line`` is that of the
    fence and ``code_line`` that of the first line of code, from 1.
    """

    index: int
    source: str
    start: int
    end: int
    code_line: int
    indent: str
    name: str = ""
    tags: tuple[str, ...] = ()
    block: Block | None = None

    @property
    def line(self) -> int:
        return self.start + 1

    @property
    def recorded(self) -> str:
        """What is recorded as the cell's output; empty where there is no block."""
        return self.block.text if self.block else ""

    @property
    def raises(self) -> bool:
        """Whether the cell is meant to raise an exception."""
        return "raises-exception" in self.tags

    @property
    def label(self) -> str:
        """The cell's name in test ids and reports."""
        return self.name or f"line-{self.line}"

    @property
    def timeout(self) -> float | None:
        """The seconds that the tag ``timeout-SECONDS`` gives this cell."""
        for tag in self.tags:
            match = re.fullmatch(r"timeout-(\d+(?:\.\d+)?)", tag)
            if match:
                return float(match[1])
        return None


@dataclass
class Page:
    """A parsed page.

    ``data`` are the bytes of its file, where it was read from one.
    ``notebook`` is what MyST-NB renders: the page's cells without the ``{output}`` blocks.
    """

    path: Path
    data: bytes = b""
    cells: list[Cell] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notebook: NotebookNode | None = None

    @classmethod
    def read(cls, path: Path, config: MdParserConfig) -> Page:
        """Read and parse a file; one that is not UTF-8 is a page with a problem."""
        try:
            data = path.read_bytes()
            text = decoded(data)
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            message = f"not UTF-8 at byte {error.start}: save the page as UTF-8"
            return cls(path, problems=[Problem(line, message)])
        except OSError as error:
            return cls(path, problems=[Problem(1, f"cannot be read: {error.strerror}")])
        page = cls.parse(text, path, config)
        page.data = data
        return page

    @classmethod
    def parse(cls, text: str, path: Path, config: MdParserConfig) -> Page:
        """Parse a page's text, whose lines end with a newline alone."""
        page = cls(path)
        page.problems += _wrong_line_ends(text)
        if page.problems:
            return page
        lines = text.split("\n")
        outline = _Outline(lines, _tokens(text, config), config)
        page.problems += outline.problems
        if outline.broken:
            return page
        try:
            page.notebook = _notebook(outline.without_blocks(), config)
        except MystMetadataParsingError as error:
            page.problems.append(_options_problem(error))
            return page
        except Exception as error:  # it takes front matter for what it should be
            message = f"MyST-NB cannot read the page: {type(error).__name__}: {error}"
            page.problems.append(Problem(1, message))
            return page
        page.cells = _cells(page, outline)
        page.problems += _names_used_twice(page.cells)
        return page

    @property
    def unreadable(self) -> bool:
        """Whether the file gave no text at all."""
        return bool(self.problems) and not self.data

    def is_outdated(self) -> bool:
        """Whether the file changed since it was read."""
        try:
            return self.path.read_bytes() != self.data
        except OSError:
            return True

    def where(self, line: int) -> str:
        """``file:line``, the file relative to the working directory where it lies below it."""
        here = Path.cwd()
        path = self.path.relative_to(here) if self.path.is_relative_to(here) else self.path
        return f"{path}:{line}"


def decoded(data: bytes) -> str:
    """A page's text with newlines alone at its lines' ends, and without a byte order mark.

    Raises UnicodeDecodeError.
    """
    return data.decode("utf-8").removeprefix("\ufeff").replace("\r\n", "\n")


def _wrong_line_ends(text: str) -> list[Problem]:
    found = []
    for match in OTHER_LINE_ENDS.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        message = (
            f"holds U+{ord(match[0]):04X}, which some readers take for a line's end: remove it"
        )
        found.append(Problem(line, message))
    return found


def _tokens(text: str, config: MdParserConfig) -> list[Token]:
    """The page's block tokens, from the parser that MyST-NB uses."""
    blocks = dataclasses.replace(config, disable_syntax=[*config.disable_syntax, "inline"])
    return create_md_parser(blocks, RendererHTML).parse(text + "\n")


def _notebook(text: str, config: MdParserConfig) -> NotebookNode:
    if not text.strip():
        text = "%"  # MyST-NB's reader takes the first token of a page without looking
    notebook = read_myst_markdown_notebook(text, config=config, add_source_map=True)
    notebook.metadata = from_dict(_as_json(notebook.metadata))
    notebook.metadata.setdefault("kernelspec", {"name": "python3", "display_name": "Python 3"})
    notebook.metadata.setdefault("language_info", {"name": "python"})
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"  # MyST-NB draws one by chance
        cell.metadata = from_dict(_as_json(cell.metadata))
    notebook.metadata["source_map"] = _mended_source_map(notebook, text.split("\n"))
    return notebook


def _as_json(value: Any) -> Any:
    """Front matter as JSON can hold it, which knows no dates: MyST-NB writes a notebook of it."""
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_as_json(item) for item in value]
    return value if isinstance(value, str | int | float | None) else str(value)


def _mended_source_map(notebook: NotebookNode, lines: list[str]) -> list[int]:
    """The line at which each cell really starts.

    MyST-NB strips a text cell's leading blank lines without counting them, and counts other cells
    from the line below their fence; its renderer adds one line to all.
    """
    mended = []
    for cell, start in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
        line = start
        if cell.cell_type != "markdown":
            line -= 1
        else:
            while line < len(lines) - 1 and not lines[line]:
                line += 1
        mended.append(line - 1)
    return mended


def _options_problem(error: MystMetadataParsingError) -> Problem:
    match = re.search(r"at line (\d+)", str(error))
    return Problem(int(match[1]) if match else 1, str(error))


class _AnyOptions(Directive):
    """What MyST-NB takes a cell for when it reads its options."""

    option_spec: ClassVar[dict[str, Any]] = {"options": True}
    has_content = True


class _Outline:
    """Where cells and blocks stand in a page."""

    def __init__(self, lines: list[str], tokens: list[Token], config: MdParserConfig) -> None:
        self.lines = lines
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
        start, end = _span(token)
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
            self._check_cell(token, what)
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
        for token in _tokens(content, self.config):
            if token.type not in ("fence", "colon_fence"):
                continue
            inner = token.info.strip()
            if CODE.match(inner) or OUTPUT.match(inner):
                what = inner.split("}")[0] + "}"
                place = line + _span(token)[0]
                self._problem(place, f"{what} inside {{{name[1]}}}: put it at the top level")
            else:
                self._search_inside(inner, token.content, line + _span(token)[0] + 1)

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
            self.lines[: _span(tokens[0])[1]] = [""] * _span(tokens[0])[1]
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

    def _check_cell(self, token: Token, what: str) -> None:
        start, _ = _span(token)
        self._check_closed(token, what)
        read = parse_directive_text(_AnyOptions, "", token.content, validate_options=False)
        if read.warnings:
            self._break(start, f"the cell's options cannot be read: {read.warnings[0].msg}")
        elif "load" in read.options:
            self._break(start, "a cell takes its code from the page: no :load:")
        try:
            new_code_cell(metadata=from_dict(read.options))
        except ValidationError as error:
            option = list(error.path)[1]
            self._break(start, f"the cell's option {option!r} is wrong: {error.message}")

    def _check_closed(self, token: Token, what: str) -> bool:
        start, end = _span(token)
        last = self.lines[end - 1].strip() if end <= len(self.lines) else ""
        long_enough = end - 1 > start and len(last) >= len(token.markup)
        if long_enough and not last.strip(token.markup[0]):
            return True
        self._problem(start, f"{what} whose fence is never closed: close it")
        return False

    def _block(self, token: Token) -> Block:
        start, end = _span(token)
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
            indent=_indent(self.lines[start]),
        )

    def without_blocks(self) -> str:
        """The page with a blank line for each line of a block: the lines keep their numbers."""
        lines = list(self.lines)
        for start, end in [*((b.start, b.end) for b in self.blocks.values()), *self.stray]:
            lines[start:end] = [""] * (end - start)
        return "\n".join(lines)


def _no_mapping(key: str) -> str:
    return f"{BROKEN}: {key} must be a mapping"


def _span(token: Token) -> tuple[int, int]:
    start, end = token.map or (0, 0)
    return start, end


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _cells(page: Page, outline: _Outline) -> list[Cell]:
    assert page.notebook is not None
    codes = [cell for cell in page.notebook.cells if cell.cell_type == "code"]
    return [
        _cell(index, code, token, outline)
        for index, (code, token) in enumerate(zip(codes, outline.cells, strict=True))
    ]


def _names_used_twice(cells: list[Cell]) -> Iterator[Problem]:
    used: dict[str, int] = {}
    for cell in cells:
        if cell.name in used:
            yield Problem(cell.line, f"the cell at line {used[cell.name]} has the same :name:")
        elif cell.name:
            used[cell.name] = cell.line


def _cell(index: int, code: Any, token: Token, outline: _Outline) -> Cell:
    start, end = _span(token)
    return Cell(
        index=index,
        source=code.source,
        start=start,
        end=end,
        code_line=start + 2 + _offset(token.content, code.source),
        indent=_indent(outline.lines[start]),
        name=str(code.metadata.get("name", "") or ""),
        tags=tuple(code.metadata.get("tags", [])),
        block=outline.blocks.get(index),
    )


def _offset(content: str, source: str) -> int:
    """How many lines of a fence's content stand above its code: options and a blank."""
    body = source.split("\n")
    lines = content.removesuffix("\n").split("\n")
    for offset in range(len(lines) - len(body) + 1):
        if lines[offset : offset + len(body)] == body:
            return offset
    return 0
