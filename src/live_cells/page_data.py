"""A page's cells, as the reader's browser gets them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from myst_doctest.checking.verdicts import Verdict
from myst_doctest.pages.page import Cell, Page
from myst_doctest.settings import Settings
from myst_doctest.showing.log_lines import Line, Token

__all__ = ["BUILD_ONLY", "LiveCell", "LivePage"]

BUILD_ONLY = "build-only"
"""The key with which a page's front matter, or a cell's options, say why it runs in no browser."""


@dataclass(frozen=True)
class LiveCell:
    """A cell in the browser.

    ``recorded`` is what the book shows, against which a run is compared; ``raises`` says whether
    it is meant to raise.
    ``why`` says why the cell does not run here, ``known`` why it shows something else here.
    """

    name: str
    source: str
    recorded: str
    ellipsis: bool
    raises: bool
    why: str = ""
    known: str = ""


@dataclass(frozen=True)
class LivePage:
    """A page in the browser.

    ``reason`` says why none of its cells runs here.
    ``tokens`` are those of the lines that the book shows as logged, by :meth:`Line.key`: a browser
    takes longer to make a lexer than to run a cell.
    ``preload`` are modules that are imported before a cell is run, so that the first cell is not
    slower than the others.
    """

    cells: tuple[LiveCell, ...]
    reason: str
    setup: str
    rich: tuple[str, ...]
    max_output: int
    preload: tuple[str, ...]
    tokens: Mapping[str, Sequence[Token]]

    @classmethod
    def of(
        cls,
        page: Page,
        verdicts: Sequence[Verdict],
        settings: Settings,
        preload: Sequence[str],
        differences: Mapping[str, str],
    ) -> LivePage:
        """A checked page; ``differences`` gives by a cell's name why it shows something else."""
        notebook: Any = page.notebook
        metadata = notebook.metadata if notebook else {}
        codes = [cell for cell in notebook.cells if cell.cell_type == "code"] if notebook else []
        cells = tuple(
            _cell(cell, str(code.metadata.get(BUILD_ONLY, "")), differences.get(cell.label, ""))
            for cell, code in zip(page.cells, codes, strict=True)
        )
        reason = str(metadata.get(BUILD_ONLY, ""))
        logged = [
            Line.of(segment)
            for verdict in verdicts
            for segment in verdict.shown
            if segment.kind == "sql"
        ]
        return cls(
            cells=cells,
            reason=reason,
            setup=settings.setup,
            rich=settings.rich,
            max_output=settings.max_output,
            preload=tuple(preload),
            tokens={line.key: line.tokens() for line in logged},
        )

    def json(self) -> str:
        """The page as the browser fetches it."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def _cell(cell: Cell, why: str, known: str) -> LiveCell:
    return LiveCell(
        name=cell.name,
        source=cell.source,
        recorded=cell.recorded,
        ellipsis=bool(cell.block and cell.block.ellipsis),
        raises=cell.raises,
        why=why,
        known=known,
    )
