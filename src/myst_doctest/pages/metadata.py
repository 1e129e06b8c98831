"""What tags of cells, and options of MyST-NB for cells, pages and sites, mean here.

Each of them is honoured, or something that says why it is not. On a project that is compatible with
Jupyter, an option without which nothing is lost is no more than noted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from myst_nb.core.config import NbParserConfig

from myst_doctest.pages.fences import Problem
from myst_doctest.pages.rules import Rules

if TYPE_CHECKING:
    from myst_doctest.pages.page import Cell

TIMEOUT = re.compile(r"timeout-(\d+(?:\.\d+)?)")
SKIP = "skip-execution"
REMOVED_STREAMS = {"remove-stdout": "stdout", "remove-stderr": "stderr"}
"""Tags by which what a cell writes to a stream is left out of the built page."""
TAGS = (
    *("raises-exception", "hide-input", "hide-output", "hide-cell", "scroll-output"),
    *("remove-input", "remove-output", "remove-cell", SKIP, *REMOVED_STREAMS),
)
OTHER_SPELLINGS = frozenset({"remove_input", "remove_output", "remove_cell", "output_scroll"})
"""Tags that MyST-NB honours in these letters, too."""
UNCHECKED = "unchecked"
VARIES = "varies"
"""A cell's option with the reason why what it shows is another output in each run."""
OF_CELLS = (
    *("remove_code_source", "remove_code_outputs", "scroll_outputs", "number_source_lines"),
    *("code_prompt_show", "code_prompt_hide", "image", "figure"),
)
"""What MyST-NB does for a cell by its options, whoever runs it."""
OF_PAGES = (
    *OF_CELLS[:-2],
    *("render_plugin", "render_image_options", "render_figure_options", "mime_priority_overrides"),
    *("execution_mode", "execution_raise_on_error", "execution_in_temp", "execution_show_tb"),
    *("eval_name_regex", "kernel_rgx_aliases"),
)
LEXER = "what a cell shows is published as it is recorded"
HARMLESS = {
    "merge_streams": "streams are published in the order in which they came",
    "output_stderr": "stderr is published where it came: tag the cell remove-stderr",
    "text_lexer": LEXER,
    "error_lexer": LEXER,
    "render_text_lexer": LEXER,
    "render_error_lexer": LEXER,
    "markdown_format": "Markdown that a cell shows is rendered as CommonMark",
    "render_markdown_format": "Markdown that a cell shows is rendered as CommonMark",
    "execution_cache_path": "there is no cache",
    "execution_timeout": "set timeout in [tool.myst_doctest], or tag a cell timeout-SECONDS",
}
"""Options that do nothing here, and why."""
DEFAULTS = NbParserConfig()
WRONG = {
    "execution_allow_errors": "tag the cells that shall raise: raises-exception",
}
"""Options that do nothing here, and would hide what is wrong."""


def found_in_cells(cells: list[Cell], rules: Rules) -> Iterator[Problem]:
    """What tags and options say that is not honoured; what is only noted has the kind "note"."""
    for cell in cells:
        for tag in cell.tags:
            if message := _about_tag(tag):
                yield Problem(cell.line, f"the tag {tag} does nothing here: {message}", "tag")
        if not cell.runs and not cell.unchecked:
            message = f"the tag {SKIP} wants a reason: `:{UNCHECKED}: the reason`"
            yield Problem(cell.line, message, "tag")
        for key in (UNCHECKED, VARIES):
            if not isinstance(cell.metadata.get(key, ""), str):
                yield Problem(cell.line, f"the cell's option {key} must be a reason", "option")
        options = cell.metadata.get(rules.cell_key, {})
        if not isinstance(options, dict):
            yield Problem(cell.line, f"the cell's option {rules.cell_key} must be a mapping")
            continue
        for key in options:
            yield from _about_option(key, cell.line, OF_CELLS, rules)


def _about_tag(tag: str) -> str:
    """What to write in a tag's place; empty where it is honoured, or another tool's."""
    if tag in TAGS or tag in OTHER_SPELLINGS or TIMEOUT.fullmatch(tag):
        return ""
    plain = tag.lower().replace("_", "-")
    known = ("timeout-SECONDS",) if plain.startswith("timeout") else TAGS
    near = get_close_matches(plain, known, 1, 0.8 if known is TAGS else 0.0)
    return f"write {near[0]}" if near else ""


def found_in_page(options: Mapping[str, Any], line: int, rules: Rules) -> Iterator[Problem]:
    """What a page's options for MyST-NB say that is not honoured; see :func:`found_in_cells`."""
    for key in options:
        yield from _about_option(key, line, OF_PAGES, rules)


def found_in_config(values: Mapping[str, Any], conf: str, rules: Rules) -> Iterator[Problem]:
    """What values of ``conf.py``, whose text is given, say that is not honoured.

    See :func:`found_in_cells`.
    """
    given = {f"nb_{key}": key for key in (*HARMLESS, *WRONG) if f"nb_{key}" in values}
    lines = conf.split("\n")
    for name, key in given.items():
        if values[name] != getattr(DEFAULTS, key, None):
            is_note = rules.is_jupyter and key in HARMLESS
            line = next((n for n, text in enumerate(lines, 1) if re.match(rf"{name}\b", text)), 1)
            why = HARMLESS.get(key) or WRONG[key]
            message = f"{name} does nothing here: {why}"
            yield Problem(line, message, "note" if is_note else "option")


def _about_option(
    key: str, line: int, honoured: tuple[str, ...], rules: Rules
) -> Iterator[Problem]:
    where = f"{rules.key}: {key}"
    if key in honoured:
        return
    if why := HARMLESS.get(key) or WRONG.get(key):
        is_note = rules.is_jupyter and key in HARMLESS
        message = f"{where} does nothing here: {why}"
        yield Problem(line, message, "note" if is_note else "option")
        return
    near = get_close_matches(key, honoured, 1)
    hint = f"perhaps {near[0]}?" if near else "MyST-NB knows none for this place"
    yield Problem(line, f"{where} does nothing here: {hint}", "option")
