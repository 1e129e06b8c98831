"""A page's cells in the reader's browser: run by the same runner, compared by the same rule.

This module runs in Pyodide.
It gives what a cell showed as plain data, from which the page's script builds the same elements
that the Sphinx build wrote.
"""

from __future__ import annotations

import dataclasses
import gc
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from myst_doctest.checking.compare import Moment, matches, normalise, recorded_form
from myst_doctest.running.runner import CellRun, Runner, Segment, line_of
from myst_doctest.showing.lanes import Lanes
from myst_doctest.showing.log_lines import Line, Log, passing

__all__ = ["Page"]

FOLDER = "/home/reader/page"
"""The page's empty working directory; it is never shown."""
SCRATCH = "scratch"
DEPTH = 300
"""Calls within calls that a cell may make, fewer than Python's 1000: the stack of a browser's
worker is smaller, and where it ends the whole of Python ends with it."""


class Page:
    """One page, its namespace, and what its cells did so far.

    ``document`` is the JSON text that :mod:`live_cells.page_data` wrote for it; ``written`` gives,
    as JSON text, what was written to file descriptors since it was asked last.
    """

    def __init__(self, document: str, written: Callable[[], str] = lambda: "[]") -> None:
        data = json.loads(document)
        self.cells: list[dict[str, Any]] = data["cells"]
        self.tokens: dict[str, list[Any]] = data["tokens"]
        self.runner = Runner(data["rich"], data["max_output"], self._drain)
        self.written = written
        self.moment = Moment(time.time())
        self.history: list[tuple[int | None, CellRun]] = []
        self.lanes: dict[int, list[list[str]]] = {}
        self.running = self.interrupted = False
        signal.signal(signal.SIGINT, self._interrupt)
        Path(FOLDER).mkdir(parents=True)
        os.chdir(FOLDER)
        self.runner.install()
        if data["setup"]:
            module, _, function = data["setup"].partition(":")
            getattr(importlib.import_module(module), function)(self.runner.publish)
        for name in data["preload"]:
            importlib.import_module(name)
        sys.setrecursionlimit(DEPTH)
        gc.collect()
        gc.freeze()  # what is here now is garbage in no cell, and need not be looked at again
        gc.enable()

    def _drain(self) -> None:
        """Publish what was written to file descriptors, each byte a character."""
        for kind, text in json.loads(self.written()):
            data = text.encode("latin-1")
            self.runner.publish(kind, data.decode("utf-8", "surrogateescape"))

    def run(self, cell: int | None, source: str) -> CellRun:
        """Run a cell, or the scratch cell (None), as the build runs it."""
        label = SCRATCH if cell is None else (self.cells[cell]["name"] or cell + 1)
        self.interrupted = False
        self.running = True
        try:
            run = self.runner.run(source, f"<cell {label}>")
        except KeyboardInterrupt:  # it came after the cell's last line
            run = self.runner.run_now
        finally:
            self.running = False
        run.hide(FOLDER)
        return run

    def _interrupt(self, *_: object) -> None:
        """What Stop does: it ends a cell, and comes too late for what follows a cell."""
        if self.running:
            self.interrupted = True
            raise KeyboardInterrupt

    def answer(self, cell: int | None, source: str) -> str:
        """Run a cell and give what the page needs to show it, as JSON text."""
        again = cell is not None and any(number == cell for number, _ in self.history)
        run = self.run(cell, source)
        self.history.append((cell, run))
        lanes = Lanes([run for _, run in self.history])
        here = len(self.history) - 1
        stays_open = bool(lanes.before(here + 1))
        boxes = self._boxes(run, lanes.along(here, len(run.segments)), source, stays_open)
        raised = run.raised
        return json.dumps(
            {
                "boxes": boxes,
                "same": None if cell is None else self._is_same(cell, run),
                "again": again,
                "raised": raised and {"line": raised.line, "text": normalise(raised.text)},
                "interrupted": self.interrupted,
                "cut": run.cut,
                "relane": self._relaned(lanes, here),
            }
        )

    def _is_same(self, cell: int, run: CellRun) -> bool:
        """Whether the cell showed what the page records."""
        book = self.cells[cell]
        got = recorded_form(run.segments)
        if run.cut or bool(run.raised) != book["raises"]:
            return False
        return matches(book["recorded"], got, self.moment, ellipsis=book["ellipsis"])

    def _boxes(
        self, run: CellRun, lanes: list[list[str]], source: str, stays_open: bool
    ) -> list[dict[str, Any]]:
        groups = _groups(run)
        logs = [numbers for logged, numbers in groups if logged]
        boxes = []
        for logged, numbers in groups:
            segments = [_plain(run.segments[number]) for number in numbers]
            classes = [lanes[number] for number in numbers]
            if logged:
                is_open = stays_open and numbers is logs[-1]
                boxes.append(self._log(Log.of(segments, classes, stays_open=is_open)))
            else:
                boxes.append({**_own(segments[0], run, source), "classes": classes[0]})
        return boxes

    def _log(self, log: Log) -> dict[str, Any]:
        entries = [
            {"classes": entry.classes, "lines": [self._line(line) for line in entry.lines]}
            for entry in log.entries
        ]
        return {"kind": "log", "summary": log.summary, "through": log.through, "entries": entries}

    def _line(self, line: Line) -> dict[str, Any]:
        tokens = self.tokens.get(line.key)
        if tokens is None:
            tokens = self.tokens[line.key] = line.tokens()
        return {**dataclasses.asdict(line), "tokens": tokens}

    def _relaned(self, lanes: Lanes, here: int) -> dict[str, list[Any]]:
        """The lanes of other cells, where this run changed them by an ending."""
        last = {cell: number for number, (cell, _) in enumerate(self.history) if cell is not None}
        changed = {}
        for cell, number in last.items():
            run = self.history[number][1]
            now = lanes.along(number, len(run.segments))
            if number != here and now != self.lanes.get(cell):
                changed[str(cell)] = _box_lanes(run, now)
            self.lanes[cell] = now
        return changed


def _groups(run: CellRun) -> list[tuple[bool, list[int]]]:
    """Neighbours that were logged stand in one box; each other segment has its own."""
    groups: list[tuple[bool, list[int]]] = []
    kinds = [segment.kind == "sql" for segment in run.segments]
    for logged, numbers in groupby(range(len(kinds)), key=kinds.__getitem__):
        found = list(numbers)
        groups += [(True, found)] if logged else [(False, [number]) for number in found]
    return groups


def _box_lanes(run: CellRun, lanes: list[list[str]]) -> list[Any]:
    """The lanes of each box alone, to be put on what is already shown."""
    found: list[Any] = []
    for logged, numbers in _groups(run):
        classes = [lanes[number] for number in numbers]
        if logged:
            segments = [run.segments[number] for number in numbers]
            log = Log.of(segments, classes, stays_open=False)
            entries = [list(entry.classes) for entry in log.entries]
            found.append({"through": passing(classes[0]), "entries": entries})
        else:
            found.append({"classes": classes[0]})
    return found


def _plain(segment: Segment) -> Segment:
    """A segment with the text that its page would show."""
    text = normalise(segment.text)
    if segment.kind == "sql":
        lines = (line.rstrip(" ") for line in text.strip("\n").split("\n"))
        return dataclasses.replace(segment, text="\n".join(lines))
    return dataclasses.replace(segment, text=text.removesuffix("\n"))


def _own(segment: Segment, run: CellRun, source: str) -> dict[str, Any]:
    """A box of the cell's own output."""
    if segment.kind == "error" and run.raised:
        line = run.raised.line
        code = line_of(source, line)
        return {"kind": "error", "line": line, "code": code, "text": segment.text}
    markup = segment.rich.get("image/svg+xml") or segment.rich.get("text/html")
    if markup:
        return {"kind": "picture", "markup": markup, "text": segment.text}
    return {"kind": segment.kind, "text": segment.text}
