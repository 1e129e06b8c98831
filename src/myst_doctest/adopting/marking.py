"""Options by which a cell says why it is not checked: the only bytes of it that adoption adds."""

from __future__ import annotations

import json
import re

from myst_doctest.pages import ipynb
from myst_doctest.pages.page import Cell, Page


def marked(page: Page, cell: Cell, option: str, reason: str) -> bytes:
    """A page's bytes with an option of a cell."""
    if page.is_notebook:
        return _in_notebook(page.data, cell, option, reason)
    lines = page.data.decode("utf-8").split("\n")
    ending = "\r" if lines[cell.start].endswith("\r") else ""
    place = cell.start + 1
    if place < len(lines) and lines[place].strip() == "---":
        added, place = f"{option}: {reason}", place + 1
    else:
        added = f":{option}: {reason}"
    lines.insert(place, f"{cell.indent}{added}{ending}")
    return "\n".join(lines).encode("utf-8")


def unmarked(page: Page, cell: Cell, option: str) -> bytes:
    """A page's bytes without an option of a cell, where it is on a line of its own."""
    if page.is_notebook:
        return _out_of_notebook(page.data, cell, option)
    lines = page.data.decode("utf-8").split("\n")
    form = re.compile(rf"{re.escape(cell.indent)}:?{option}: ")
    first = cell.start + 1
    for number, line in enumerate(lines[first : cell.code_line - 1], first):
        if form.match(line):
            del lines[number]
            break
    return "\n".join(lines).encode("utf-8")


def _out_of_notebook(data: bytes, cell: Cell, option: str) -> bytes:
    text = data.decode("utf-8")
    start, end = ipynb.code_spans(text)[cell.index]["metadata"]
    member = rf'{re.escape(json.dumps(option))}:\s*"(?:[^"\\]|\\.)*"'
    metadata = text[start:end]
    for form in (rf"{member}\s*,\s*", rf",\s*{member}", rf"\s*{member}\s*"):
        metadata, count = re.subn(form, "", metadata, count=1)
        if count:
            break
    return (text[:start] + metadata + text[end:]).encode("utf-8")


def _in_notebook(data: bytes, cell: Cell, option: str, reason: str) -> bytes:
    text = data.decode("utf-8")
    start, end = ipynb.code_spans(text)[cell.index]["metadata"]
    margin = ipynb.margin_of(text, start)
    step = ipynb.step_of(margin)
    member = f"{json.dumps(option)}: {json.dumps(reason)}"
    rest = text[start + 1 : end - 1]
    ending = "\r\n" if "\r\n" in text else "\n"
    if not rest.strip():
        new = f"{{{ending}{margin}{step}{member}{ending}{margin}}}" if margin else f"{{{member}}}"
    elif "\n" in rest:
        new = f"{{{ending}{margin}{step}{member},{rest}}}"
    else:
        new = f"{{{member}, {rest.lstrip()}}}"
    return (text[:start] + new + text[end:]).encode("utf-8")
