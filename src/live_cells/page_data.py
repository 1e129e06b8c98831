"""The JSON file of a page's cells, which the browser loads at the first run."""

from collections.abc import Mapping, Sequence
from typing import Any

from myst_doctest.checking.verdicts import Verdict
from myst_doctest.pages.page import Page
from myst_doctest.settings import Settings
from myst_doctest.showing.log_lines import Line
from myst_doctest.showing.output_tree import clean

BUILD_ONLY = "build-only"
"""The key in a page's front matter or a cell's options that says why it cannot run in a browser."""


def page_data(
    page: Page,
    verdicts: Sequence[Verdict],
    settings: Settings,
    preload: Sequence[str],
    differences: Mapping[str, str],
) -> dict[str, Any]:
    """The file's content, for a checked page with cells.

    ``reason`` is why none of its cells runs in a browser; empty where they do. Of a cell, ``why``
    is the same (cells that run on a variant alone do not run there either), and ``known`` says why
    it shows something else there.
    ``tokens`` are the highlighted lines of the page's logs, by :attr:`Line.key`: in the browser,
    making a lexer takes longer than running a cell.

    Args:
        page: The page.
        verdicts: What its cells showed.
        settings: How the build runs cells.
        preload: The modules to import before the first cell, which would be slow otherwise.
        differences: Why a cell shows something else in a browser, by the cell's name.
    """
    notebook: Any = page.notebook
    codes = (cell for cell in notebook.cells if cell.cell_type == "code")
    shown = [segment for verdict in verdicts for segment in verdict.shown]
    logged = [Line.of(clean(segment)) for segment in shown if segment.kind == "sql"]
    return {
        "cells": [
            {
                "name": cell.name,
                "source": cell.source,
                "recorded": cell.recorded,
                "ellipsis": cell.ellipsis,
                "raises": cell.raises,
                "why": str(code.metadata.get(BUILD_ONLY, "")) or cell.places.reason(""),
                "known": differences.get(cell.label, ""),
            }
            for cell, code in zip(page.cells, codes, strict=True)
        ],
        "reason": str(notebook.metadata.get(BUILD_ONLY, "")),
        "setup": settings.setup,
        "rich": settings.rich,
        "max_output": settings.max_output,
        "preload": preload,
        "tokens": {line.key: line.tokens() for line in logged},
    }
