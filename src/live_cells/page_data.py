"""The JSON file of a page's cells, which the browser loads at the first run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from myst_doctest.checking.verdicts import Verdict
from myst_doctest.pages.page import Cell, Page
from myst_doctest.settings import Settings
from myst_doctest.showing.log_lines import Line, Token
from myst_doctest.showing.output_tree import clean

__all__ = ["BUILD_ONLY", "LiveCell", "LivePage"]

BUILD_ONLY = "build-only"
"""The key in a page's front matter or a cell's options that says why it cannot run in a browser."""


@dataclass(frozen=True)
class LiveCell:
    """A cell of a page.

    ``recorded`` is the page's output, with which a run is compared, and ``raises`` whether the cell
    has the tag ``raises-exception``. ``why`` is the reason why the cell does not run in a browser,
    ``known`` the reason why it shows something else there; both are empty for most cells.
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
    """A page.

    ``reason`` is why none of its cells runs in a browser; empty where they do.
    ``preload`` are the modules to import before the first cell, which would be slow otherwise.
    ``tokens`` are the highlighted lines of the page's logs, by :attr:`Line.key`: in the browser,
    making a lexer takes longer than running a cell.
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
        """The data of a checked page.

        ``differences`` gives, by the cell's name, why a cell shows something else in a browser.
        """
        notebook: Any = page.notebook
        metadata = notebook.metadata if notebook else {}
        codes = [cell for cell in notebook.cells if cell.cell_type == "code"] if notebook else []
        cells = tuple(
            _cell(cell, str(code.metadata.get(BUILD_ONLY, "")), differences.get(cell.label, ""))
            for cell, code in zip(page.cells, codes, strict=True)
        )
        reason = str(metadata.get(BUILD_ONLY, ""))
        logged = [
            Line.of(clean(segment))
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
        """The file's text."""
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))


def _cell(cell: Cell, why: str, known: str) -> LiveCell:
    return LiveCell(
        name=cell.name,
        source=cell.source,
        recorded=cell.recorded,
        ellipsis=cell.ellipsis,
        raises=cell.raises,
        why=why,
        known=known,
    )
