"""A page: its cells, the blocks that record their output, and what is wrong with its form.

MyST-NB's own reader gives the cells and MyST's own parser their places, so that a page means
here what it means in the built site.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from markdown_it.token import Token
from myst_nb.core.read import read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from nbformat import NotebookNode, from_dict

from myst_doctest.pages import ipynb
from myst_doctest.pages.changes import problems_of_changes
from myst_doctest.pages.exercises import Exercise, exercises_of
from myst_doctest.pages.fences import LANGUAGE, PYTHON, Block, Outline, Problem, indent_of, span
from myst_doctest.pages.includes import KIND as INCLUDED
from myst_doctest.pages.includes import problems_of_includes
from myst_doctest.pages.metadata import (
    REMOVED_STREAMS,
    SKIP,
    TIMEOUT,
    UNCHECKED,
    VARIES,
    found_in_cells,
    found_in_page,
)
from myst_doctest.pages.notebook_code import as_python, found_in_code
from myst_doctest.pages.picture_rules import KEY as PICTURES
from myst_doctest.pages.picture_rules import PictureRules, wrong
from myst_doctest.pages.places import Places, problems_of_places
from myst_doctest.pages.predictions import Prediction
from myst_doctest.pages.records import Records, headings
from myst_doctest.pages.rules import Rules
from myst_doctest.pages.variations import Variation
from myst_doctest.variants import Variant

# Python and docutils end a line at these; Markdown and this module do not.
OTHER_LINE_ENDS = re.compile("\r(?!\n)|[\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029]")
OF_CELLS = frozenset({"tag", "option", "mode", LANGUAGE})
"""Kinds of problems that are none where no cell runs."""


@dataclass(frozen=True)
class Cell:
    """A code cell."""

    index: int
    source: str
    start: int
    """The page's line of its fence, from 0."""
    end: int
    """The line after it, from 0."""
    code_line: int
    """The line of its first line of code, from 1."""
    indent: str
    name: str = ""
    tags: tuple[str, ...] = ()
    block: Block | None = None
    """The block that records its output; on a variant, one of the variant's own."""
    inherited: Block | None = None
    """On a variant, what holds where there is no such block: the one for everybody."""
    own: Mapping[str, Block] = field(default_factory=dict)
    """The page's blocks below the cell that record its output on variants."""
    heading: str = ""
    """What it is called in the file that records a variant."""
    places: Places = field(default_factory=Places)
    prediction: Prediction | None = None
    """The question above it."""
    variations: tuple[Variation, ...] = ()
    """What readers may try in its place."""
    is_checked: bool = True
    """Whether it is run for its own sake, and not for that of a cell below it."""
    unchecked: str = ""
    """Why nothing is compared with what it shows; empty where it is."""
    varies: bool = False
    """Whether it is run as its tags say, and only what it shows is not compared."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Its options, as MyST-NB has them."""
    called: str = ""
    """What stands for a name that it lacks, where its line says little: in a notebook's file."""
    is_nested: bool = False
    """Whether it stands in a list or in a directive."""
    is_loose: bool = False
    """Whether any white space in its output is as good as any other."""
    is_jupyter: bool = False
    """Whether it may hold what only a notebook knows."""
    is_tried: bool = False
    """Whether it is one that readers may try in the place of another."""
    is_figure: bool = False
    """Whether what it shows has a caption, or a name of its own."""
    pictures: PictureRules = field(default_factory=PictureRules)

    @property
    def line(self) -> int:
        """The line of the fence, from 1."""
        return self.start + 1

    @property
    def code(self) -> str:
        """What runs: its source, made Python line for line where it is of a notebook."""
        return as_python(self.source) if self.is_jupyter else self.source

    @property
    def record(self) -> Block | None:
        """The block with which the cell's output is compared."""
        return self.block or self.inherited

    @property
    def recorded(self) -> str:
        """What is recorded as the cell's output; empty where there is no block."""
        return self.record.text if self.record else ""

    @property
    def ellipsis(self) -> bool:
        """Whether ``...`` in the recorded output stands for any text."""
        return self.record is not None and self.record.ellipsis

    @property
    def runs(self) -> bool:
        """Whether anything runs it."""
        return SKIP not in self.tags

    @property
    def is_unchecked(self) -> bool:
        """Whether nothing of it is checked, not even how it ends."""
        return bool(self.unchecked) and not self.varies

    @property
    def hidden_streams(self) -> list[str]:
        """The streams that a tag leaves out of the built page."""
        return [kind for tag, kind in REMOVED_STREAMS.items() if tag in self.tags]

    @property
    def raises(self) -> bool:
        """Whether the cell is meant to raise an exception."""
        return "raises-exception" in self.tags

    @property
    def label(self) -> str:
        """The cell's name in test ids and reports."""
        return self.name or self.called or f"line-{self.line}"

    @property
    def timeout(self) -> float | None:
        """The seconds that the tag ``timeout-SECONDS`` gives this cell."""
        for tag in self.tags:
            if match := TIMEOUT.fullmatch(tag):
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
    nested: dict[int, NotebookNode] = field(default_factory=dict)
    """What MyST-NB would have made of cells that it does not see, by their numbers."""
    known: Mapping[str, Variant] = field(default_factory=dict)
    """The project's variants."""
    variants: tuple[str, ...] = ()
    """The names of those on which all of the page's cells are checked."""
    records: dict[str, Records] = field(default_factory=dict)
    exercises: list[Exercise] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    unchecked: str = ""
    """Why it is on the site without any of its cells being run; empty where they are."""
    notes: list[Problem] = field(default_factory=list)
    """What does nothing here, and harms nothing."""

    @classmethod
    def read(
        cls,
        path: Path,
        config: MdParserConfig,
        variants: Mapping[str, Variant] | None = None,
        rules: Rules | None = None,
    ) -> Page:
        """Read and parse a file; one that is not UTF-8 is a page with a problem."""
        try:
            data = path.read_bytes()
            text = decoded(data)
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            message = f"not UTF-8 at byte {error.start}: save the page as UTF-8"
            return cls._without_text(path, Problem(line, message), rules)
        except OSError as error:
            problem = Problem(1, f"cannot be read: {error.strerror}")
            return cls._without_text(path, problem, rules)
        page = cls.parse(text, path, config, variants, rules)
        page.data = data
        return page

    @classmethod
    def _without_text(cls, path: Path, problem: Problem, rules: Rules | None) -> Page:
        """A page whose file gives no text, which is no more than noted where it is unchecked."""
        reason = rules.reason(path) if rules else ""
        if reason:
            return cls(path, unchecked=reason, notes=[problem])
        return cls(path, problems=[problem])

    @classmethod
    def parse(
        cls,
        text: str,
        path: Path,
        config: MdParserConfig,
        variants: Mapping[str, Variant] | None = None,
        rules: Rules | None = None,
    ) -> Page:
        """Parse a page's text, whose lines end with a newline alone."""
        page = cls(path, known=variants or {}, rules=rules or Rules())
        if page.is_notebook:
            page._parse_notebook(text, config)
        else:
            page._parse_text(text, config)
        page._leave_unchecked()
        return page

    def _parse_text(self, text: str, config: MdParserConfig) -> None:
        self.problems += _wrong_line_ends(text)
        if self.problems:
            return
        try:
            outline = Outline(text, config, self.known, self.rules)
            self.unchecked = outline.unchecked or self.rules.reason(self.path)
            self.problems += outline.problems
            self.problems += problems_of_includes(outline.includes, self.path, config)
            if not outline.broken and (self.unchecked or not outline.is_foreign):
                self._take_cells(outline)
        except Exception as error:  # parsers trip over what no one wrote before
            self.problems.append(_refusal(error))

    @property
    def is_notebook(self) -> bool:
        """Whether its file is a notebook's."""
        return self.path.suffix == ipynb.SUFFIX

    def _parse_notebook(self, text: str, config: MdParserConfig) -> None:
        outline = Outline("", config, self.known, self.rules)
        try:
            self.notebook = ipynb.read(text)
            found = [*ipynb.code_cells(self.notebook, text)]
            outline.check_settings(self.notebook.metadata)
        except Exception as error:  # nbformat says in many ways that it is none
            message = f"no notebook: {type(error).__name__}: {str(error)[:200]}"
            self.problems.append(Problem(1, message))
            return
        self.unchecked = outline.unchecked or self.rules.reason(self.path)
        self.problems += outline.problems
        self._finish([_cell_of_notebook(n, each, outline) for n, each in enumerate(found)], outline)

    def _leave_unchecked(self) -> None:
        """On a page that is not checked, what is wrong with its cells is no more than noted.

        It stays a problem where nothing can be shown of the page, or where the build leaves out
        what an included file has.
        """
        if self.unchecked:
            found = [each for each in self.problems if each.kind not in OF_CELLS]
            if self.notebook is not None:
                self.notes += [each for each in found if each.kind != INCLUDED]
                found = [each for each in found if each.kind == INCLUDED]
            self.problems = found

    def _take_cells(self, outline: Outline) -> None:
        try:
            notebook = _notebook(outline.without_blocks(), outline.config)
        except Exception as error:  # it takes options and front matter for what they should be
            self.problems += outline.broken_options() or [_refusal(error)]
            return
        codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
        if len(codes) == len(outline.cells) - len(outline.nested):
            self.notebook = notebook
            self.nested = _nested(outline)
            codes = self.codes
            tokens = zip(codes, outline.cells, strict=True)
            cells = [_cell(n, code, token, outline) for n, (code, token) in enumerate(tokens)]
            self._finish(cells, outline)
            self.problems += _late_future_imports(self.cells)
            self.problems += problems_of_changes(self.cells)
            self._take_variants(outline)
            self.problems += _problems_of_variations(self.cells)
            self.exercises, problems = exercises_of(
                outline, [cell.name for cell in cells], self.asked
            )
            self.problems += problems
        elif not self.problems:
            message = f"MyST-NB takes {len(codes)} fences for cells, but there are"
            count = len(outline.cells) - len(outline.nested)
            self.problems.append(Problem(1, f"{message} {count}: end lists above them"))

    def _finish(self, cells: list[Cell], outline: Outline) -> None:
        """Take the cells, and find what is wrong with what they say of themselves."""
        called = headings((cell.name, cell.source) for cell in cells)
        if self.notebook and self.rules.is_jupyter:
            language = self.notebook.metadata.language_info
            if language.get("name") in PYTHON:
                language.setdefault("pygments_lexer", "ipython3")  # as a kernel says
        own = self.notebook.metadata if self.notebook else {}
        self.cells = [
            replace(
                each,
                heading=name,
                unchecked=self.unchecked or self._reason(each),
                varies=not self.unchecked and _only_varies(each.metadata),
                pictures=PictureRules.of(own, each.metadata),
            )
            for each, name in zip(cells, called, strict=True)
        ]
        self.problems += _names_used_twice(self.cells)
        self._take_metadata(outline)

    def _reason(self, cell: Cell) -> str:
        """Why a cell is not checked on a page that is."""
        reason = cell.metadata.get(UNCHECKED) or cell.metadata.get(VARIES, "")
        if not cell.runs and not reason and self.rules.is_jupyter:
            return f"tagged {SKIP}"
        return reason.strip() if isinstance(reason, str) else ""

    def _take_metadata(self, outline: Outline) -> None:
        """Find what tags and MyST-NB's options say that is not honoured."""
        key = self.rules.key
        options = self.notebook.metadata.get(key, {}) if self.notebook else {}
        found = [
            *found_in_cells(self.cells, self.rules),
            *found_in_page(options, outline.line_of(rf"{key}\b") + 1, self.rules),
            *self._wrong_picture_rules(outline),
        ]
        found += [
            problem
            for cell in self.cells
            if cell.is_jupyter and cell.runs and not cell.unchecked
            for problem in found_in_code(cell.code, cell.code_line)
        ]
        notes = {each.message: each for each in found[::-1] if each.kind == "note"}  # each once
        self.notes += sorted(notes.values(), key=lambda each: each.line)
        self.problems += [each for each in found if each.kind != "note"]

    def _wrong_picture_rules(self, outline: Outline) -> Iterator[Problem]:
        own = self.notebook.metadata if self.notebook else {}
        line = outline.line_of(rf"{PICTURES}\b") + 1
        for table, place in ((own, line), *((cell.metadata, cell.line) for cell in self.cells)):
            if message := wrong(table.get(PICTURES, {})):
                yield Problem(place, f"{PICTURES}: {message}", "option")
            elif self.is_notebook and table.get(PICTURES, {}).get("keep"):
                yield Problem(place, f"{PICTURES}: keep: a notebook keeps its pictures", "option")

    def _take_variants(self, outline: Outline) -> None:
        """Read the variants that the front matter names, and what is recorded of them."""
        named = self.notebook.metadata.get("variants", []) if self.notebook else []
        line = outline.line_of(r"variants\b") + 1
        if not isinstance(named, list) or not all(isinstance(name, str) for name in named):
            self.problems.append(Problem(line, "variants: must be a list of names"))
            named = []
        for name in named:
            if name not in self.known:
                message = f"variants: [tool.myst_doctest.variants] has no {name!r}"
                self.problems.append(Problem(line, message))
        self.variants = tuple(name for name in self.known if name in named)
        self.problems += problems_of_places(self.cells, self.known, self.asked)
        self.problems += _problems_of_predictions(self.cells, self.asked)
        for name, variant in self.known.items():
            records = Records.read(variant.file(self.path))
            if name in self.variants:
                self.records[name] = records
            elif records.data is not None:
                message = f"{records.path.name} is there, but `variants` does not name {name}"
                self.problems.append(Problem(line, f"{message}: name it, or remove the file"))

    @property
    def codes(self) -> list[NotebookNode]:
        """What MyST-NB makes of the cells, in their order."""
        cells = self.notebook.cells if self.notebook else ()
        codes = [
            cell for cell in cells if cell.cell_type == "code" and "nested" not in cell.metadata
        ]
        for index, code in sorted(self.nested.items()):
            codes.insert(index, code)
        return codes

    @property
    def asked(self) -> list[str]:
        """The variants on which the page's cells run, all of them or a few."""
        own = {name for cell in self.cells for name in cell.own}
        return [name for name in self.known if name in self.variants or name in own]

    def cells_on(self, variant: str, until: int | None = None) -> list[Cell]:
        """The cells that run on a variant, as they are there; without one if it is empty.

        On a variant that the page does not name they end with the last that has a block for it.
        """
        if self.unchecked:
            return []
        cells = [cell for cell in self.cells[:until] if cell.runs and cell.places.have(variant)]
        if not variant:
            return cells
        is_wide = variant in self.variants
        if not is_wide:
            last = max((cell.index for cell in cells if variant in cell.own), default=-1)
            cells = [cell for cell in cells if cell.index <= last]
        recorded = self.records[variant].blocks if is_wide else {}
        return [
            replace(
                cell,
                source=self.known[variant].code(cell.source),
                tags=cell.places.tags(cell.tags, variant),
                block=cell.own.get(variant) or recorded.get(cell.heading),
                inherited=cell.block,
                is_checked=is_wide or variant in cell.own,
            )
            for cell in cells
        ]

    @property
    def variations(self) -> dict[str, Page]:
        """For each ``{try}`` the page that ends with it, in its cell's place; by tests' names."""
        return {
            f"{cell.label}[try{f'-{number}' if number > 1 else ''}]": replace(
                self, cells=[*self.cells[: cell.index], variation.cell(cell)]
            )
            for cell in self.cells
            if not self.unchecked
            for number, variation in enumerate(cell.variations, 1)
            if not variation.problems
        }

    @property
    def unreadable(self) -> bool:
        """Whether the file gave no text at all."""
        return bool(self.problems or self.notes) and not self.data

    def where(self, line: int, file: Path | None = None) -> str:
        """``file:line``, the file relative to the working directory where it lies below it."""
        return f"{seen_from_here(file or self.path)}:{line}"


def seen_from_here(path: Path) -> Path:
    """A path relative to the working directory where it lies below it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


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


def _notebook(text: str, config: MdParserConfig) -> NotebookNode:
    if not text.strip():
        text = "%"  # MyST-NB's reader takes the first token of a page without looking
    notebook = read_myst_markdown_notebook(text, config=config, add_source_map=True)
    notebook.metadata = from_dict(_as_json(notebook.metadata))
    notebook.metadata.setdefault("kernelspec", {"name": "python3", "display_name": "Python 3"})
    language = notebook.metadata.kernelspec.get("language", "python")
    notebook.metadata.setdefault("language_info", {"name": language})
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"  # MyST-NB draws one by chance
        cell.metadata = from_dict(_as_json(cell.metadata))
    notebook.metadata["source_map"] = _true_source_map(notebook, text.split("\n"))
    return notebook


def _nested(outline: Outline) -> dict[int, NotebookNode]:
    """The cells that MyST-NB's reader does not see, each read as if it were at the top level."""
    found = {}
    for index in sorted(outline.nested):
        token = outline.cells[index]
        fence = f"{token.markup}{token.info}\n{token.content}{token.markup}"
        (found[index],) = _notebook(fence, outline.config).cells
        found[index].id = f"nested-{index + 1}"
    return found


def _as_json(value: Any) -> Any:
    """Front matter as JSON can hold it, which knows no dates: MyST-NB writes a notebook of it."""
    if isinstance(value, dict):
        return {str(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set):
        return [_as_json(item) for item in value]
    return value if isinstance(value, str | int | float | None) else str(value)


def _true_source_map(notebook: NotebookNode, lines: list[str]) -> list[int]:
    """The line at which each cell really starts.

    MyST-NB strips a text cell's leading blank lines without counting them, and counts other cells
    from the line below their fence; its renderer adds one line to all.
    """
    lines_of_cells = []
    for cell, start in zip(notebook.cells, notebook.metadata["source_map"], strict=True):
        line = start
        if cell.cell_type != "markdown":
            line -= 1
        else:
            while line < len(lines) - 1 and not lines[line]:
                line += 1
        lines_of_cells.append(line - 1)
    return lines_of_cells


def _refusal(error: Exception) -> Problem:
    """Why MyST-NB's reader refuses a page; it names a line in words, where it knows one."""
    line = re.search(r"at line (\d+)", str(error))
    message = f"MyST-NB cannot read the page: {type(error).__name__}: {error}"
    return Problem(int(line[1]) if line else 1, message)


def _names_used_twice(cells: list[Cell]) -> Iterator[Problem]:
    used: dict[str, int] = {}
    for cell in cells:
        if cell.name in used:
            yield Problem(cell.line, f"the cell at line {used[cell.name]} has the same :name:")
        elif cell.name:
            used[cell.name] = cell.line


def _only_varies(options: Mapping[str, Any]) -> bool:
    return bool(options.get(VARIES)) and not options.get(UNCHECKED)


def _problems_of_predictions(cells: list[Cell], asked: list[str]) -> Iterator[Problem]:
    for cell in cells:
        if cell.prediction:
            yield from cell.prediction.problems
            yield from cell.prediction.problems_with(cell.tags, asked)


def _problems_of_variations(cells: list[Cell]) -> Iterator[Problem]:
    for cell in cells:
        for variation in cell.variations:
            yield from variation.problems
            yield from variation.problems_with(cell)


def _late_future_imports(cells: list[Cell]) -> Iterator[Problem]:
    """Find ``from __future__ import annotations`` below annotations.

    In a program it holds for all cells, in a notebook for those below it.
    """
    if not any("__future__" in cell.source for cell in cells):
        return
    annotated = False
    for cell in cells:
        try:
            nodes = list(ast.walk(ast.parse(cell.source)))
        except (SyntaxError, ValueError):
            continue
        imports = (each for each in nodes if isinstance(each, ast.ImportFrom))
        if annotated and any(each.module == "__future__" for each in imports):
            message = "from __future__ below annotations, which it changes in a program"
            yield Problem(cell.line, f"{message}: move it to the page's first cell")
        annotated |= any(
            getattr(each, "annotation", getattr(each, "returns", None)) for each in nodes
        )


def _cell(index: int, code: Any, token: Token, outline: Outline) -> Cell:
    start, end = span(token)
    own = {name: block for (number, name), block in outline.blocks.items() if number == index}
    asking = outline.predictions.get(index)
    return Cell(
        index=index,
        source=code.source,
        start=start,
        end=end,
        code_line=start + 2 + _offset(token.content, code.source),
        indent=indent_of(outline.lines[start]),
        name=str(code.metadata.get("name", "") or ""),
        tags=tuple(code.metadata.get("tags", [])),
        block=own.pop("", None),
        own=own,
        places=Places.of(code.metadata),
        metadata=code.metadata,
        is_nested=index in outline.nested,
        is_loose=outline.is_loose,
        is_jupyter=outline.rules.is_jupyter,
        is_figure=_is_figure(code.metadata.get(outline.rules.cell_key)),
        prediction=Prediction.read(asking, outline.config) if asking else None,
        variations=tuple(
            Variation.read(each, outline.lines, outline.config)
            for number, each in outline.variations
            if number == index
        ),
    )


def _cell_of_notebook(index: int, code: ipynb.CodeCell, outline: Outline) -> Cell:
    metadata = code.node.metadata
    return Cell(
        index=index,
        source=code.node.source,
        start=code.line,
        end=code.line + 1,
        code_line=code.code_line + 1,
        indent="",
        name=str(metadata.get("name", "") or ""),
        called=f"cell-{index + 1}",
        tags=tuple(metadata.get("tags", [])),
        block=code.block,
        metadata=metadata,
        is_loose=outline.is_loose,
        is_jupyter=outline.rules.is_jupyter,
        is_figure=_is_figure(metadata.get(outline.rules.cell_key)),
    )


def _is_figure(options: Any) -> bool:
    return isinstance(options, dict) and bool(options.get("figure"))


def _offset(content: str, source: str) -> int:
    """How many lines of a fence's content precede its code: options and a blank."""
    body = source.split("\n")
    lines = content.removesuffix("\n").split("\n")
    for offset in range(len(lines) - len(body) + 1):
        if lines[offset : offset + len(body)] == body:
            return offset
    return 0
