"""The JSON file of a page's cells, which the browser loads at the first run."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from myst_doctest.checking.verdicts import Outcome, Verdict
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
    differences: Mapping[str, str],
    variant: str = "",
) -> dict[str, Any]:
    """The file's content, for a checked page with cells.

    ``reason`` is why none of its cells runs in a browser; empty where they do. Of a cell, ``why``
    is the same (cells that run on a variant alone do not run there either), and ``known`` says why
    it shows something else there; ``tries`` is code that readers may put into its place.
    ``exercises`` are graded there, by their names.
    ``python`` is the version with which the page was made.
    ``tokens`` are the highlighted statements of the page's logs, by their text: in the browser,
    making a lexer takes longer than running a cell. The extension adds the rest.

    Args:
        page: The page.
        verdicts: What its cells showed.
        settings: How the build runs cells.
        differences: Why a cell shows something else in a browser, by the cell's name.
        variant: The variant on which the cells run; empty for the main run.
    """
    notebook: Any = page.notebook
    codes = page.codes
    there = [verdict.others.get(variant, verdict) for verdict in verdicts]
    shown = [segment for verdict in there for segment in verdict.shown]
    logged = [Line.of(clean(segment)) for segment in shown if segment.kind == "sql"]
    reason = _build_only(notebook.metadata, variant)
    own = settings.variants[variant].setup if variant else ""
    on = settings.variants[variant].code if variant else str
    return {
        "cells": [
            {
                "name": verdict.cell.name,
                "source": verdict.cell.source,
                "recorded": verdict.cell.recorded,
                "ellipsis": verdict.cell.ellipsis,
                "raises": verdict.cell.raises,
                "why": _why(verdict, code.metadata, variant) or reason,
                "known": differences.get(verdict.cell.label, ""),
                "tries": [on(each.code) for each in cell.variations],
            }
            for cell, verdict, code in zip(page.cells, there, codes, strict=True)
        ],
        "reason": reason,
        "python": "{}.{}".format(*sys.version_info),
        "exercises": {
            each.name: asdict(
                each.assignment(settings.variants[variant] if variant in each.also_on else None)
            )
            for each in page.exercises
        },
        "watch": settings.watch,
        "setup": own or settings.setup,
        "rich": settings.rich,
        "max_output": settings.max_output,
        "tokens": {line.text: line.tokens() for line in logged if line.part == "statement"},
    }


def _why(verdict: Verdict, options: Mapping[str, Any], variant: str) -> str:
    """Why a cell does not run in a browser; empty where it does."""
    if verdict.outcome is Outcome.LEFT_OUT:
        return verdict.report
    return _build_only(options, variant)


def _build_only(options: Mapping[str, Any], variant: str) -> str:
    """The author's reason: one for all that the cells run on, or reasons by variants' names."""
    reason = options.get(BUILD_ONLY, "")
    return str(reason.get(variant, "") if isinstance(reason, Mapping) else reason)
