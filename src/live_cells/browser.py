"""A page's cells in the reader's browser: run by the same runner, compared by the same rule.

Attempts at its exercises are graded by the grader that the build graded with.

This module runs in Pyodide, in a web worker. It gives what a cell showed as the tree of which the
Sphinx build prints HTML (:mod:`myst_doctest.showing.tree`), and ``js/render.js`` makes
elements.
"""

import gc
import importlib
import json
import os
import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from types import FrameType
from typing import Any

from myst_doctest.checking.compare import matches, normalise, recorded_form
from myst_doctest.running.grading import Assignment, Grader
from myst_doctest.running.runner import CellRun, Kind, Raised, Runner, Segment, line_of
from myst_doctest.showing.lanes import Lanes
from myst_doctest.showing.log_lines import Line, Token
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.showing.tree import Tree, with_links

FOLDER = "/home/reader/page"
"""The page's working directory, which begins empty; outputs show it as ``.``."""
SCRATCH = "scratch"
DEPTH = 300
"""The recursion limit, below Python's 1000: a web worker's stack is smaller, and an overflow of it
ends the whole interpreter instead of raising RecursionError."""
PACK = re.compile(r'File "/packs/[^/]*/')
EAGER = 200
"""So many pieces of what a running cell shows are sent at once; of a flood, what came in PAUSE."""
PAUSE = 0.1
OF_READERS = ("<cell ", "<given>", "<answer>", "<check of ")
"""How names of files begin that are a page's cells, or what grades an attempt at an exercise."""


@dataclass(frozen=True)
class Ran:
    """A run of a cell, of the scratch cell where ``cell`` is None, and the code that ran."""

    cell: int | None
    source: str
    run: CellRun


class Page:
    """One page: its namespace, and what its cells did so far.

    ``document`` is the JSON text that :mod:`live_cells.page_data` wrote for it; ``written``
    returns, as JSON text, what was written to file descriptors since its last call; ``send`` gets,
    as JSON text, what a running cell shows: kinds of segments, and their text. ``again`` has a
    SIGINT come once more, soon. ``begun`` is called when the code of an attempt at an exercise
    begins to run.
    """

    def __init__(
        self,
        document: str,
        written: Callable[[], str] = lambda: "[]",
        send: Callable[[str], object] = lambda _: None,
        again: Callable[[], object] = lambda: None,
        begun: Callable[[], object] = lambda: None,
    ) -> None:
        data = json.loads(document)
        self.cells: list[dict[str, Any]] = data["cells"]
        self.tokens: dict[str, Sequence[Token]] = data["tokens"]
        self.pages: dict[str, str] = data["pages"]
        self.runner = Runner(data["rich"], data["max_output"], self._drain, self._note)
        self.written = written
        self.send = send
        self.again = again
        self.unsent: list[tuple[Kind, str]] = []
        self.sent, self.sent_at = 0, 0.0
        self.began = datetime.now(UTC)
        self.history: list[Ran] = []
        self.lanes: dict[int, Sequence[list[str]]] = {}
        self.exercises = {name: Assignment(**each) for name, each in data["exercises"].items()}
        self.grader = Grader(self.runner, data["watch"], begun)
        self.interrupted = self.grading = False
        signal.signal(signal.SIGINT, self._interrupt)
        sys.unraisablehook = self._unraisable
        Path(FOLDER).mkdir(parents=True)
        os.chdir(FOLDER)
        self.runner.install()
        self.runner.set_up(data["setup"])
        for name in data["preload"]:
            importlib.import_module(name)
        sys.setrecursionlimit(DEPTH)
        gc.collect()
        gc.freeze()  # without it each cell's collection goes through all that was just imported
        gc.enable()

    def _drain(self) -> Iterator[tuple[Kind, str]]:
        """What was written to file descriptors; each byte comes as a character."""
        for kind, text in json.loads(self.written()):
            data = text.encode("latin-1")
            yield kind, data.decode("utf-8", "surrogateescape")

    def _note(self, new: Segment) -> None:
        """Send the page what the running cell shows; values and errors come with its end."""
        if self.grading or new.kind in {"result", "error"}:
            return
        self.unsent.append((new.kind, new.text.replace(FOLDER, ".")))
        if self.sent < EAGER or monotonic() - self.sent_at > PAUSE:
            pieces, self.unsent = self.unsent, []
            self.sent, self.sent_at = self.sent + 1, monotonic()
            self.send(json.dumps(pieces))

    def run(self, cell: int | None, source: str) -> CellRun:
        """Run a cell, or the scratch cell (None), as the build runs it."""
        label = SCRATCH if cell is None else (self.cells[cell]["name"] or cell + 1)
        self.interrupted = False
        self.unsent, self.sent = [], 0
        run = self.runner.run(source, f"<cell {label}>")
        run.hide(FOLDER)
        return run

    def _interrupt(self, _: int, frame: FrameType | None) -> None:
        """Handle SIGINT, which Stop sends: raise in code of a cell or an attempt, or once there.

        What runs before and after that code, and how it is graded, is never cut short.
        """
        while frame and not frame.f_code.co_filename.startswith(OF_READERS):
            frame = frame.f_back
        if not frame:
            self.again()
            return
        self.interrupted = True
        raise KeyboardInterrupt

    def _unraisable(self, lost: Any) -> None:
        """An exception that Python drops: what is called when an object dies cannot raise one."""
        if lost.exc_type is KeyboardInterrupt:
            self.again()
        else:
            sys.__unraisablehook__(lost)

    def answer(self, cell: int | None, source: str) -> str:
        """Run a cell and give what the page needs to show it, as JSON text.

        ``relane`` are the outputs of other cells whose lanes this run changed.
        """
        again = any(cell is not None and ran.cell == cell for ran in self.history)
        run = self.run(cell, source)
        self.history.append(Ran(cell, source, run))
        lanes = Lanes([ran.run for ran in self.history])
        here = len(self.history) - 1
        output = self._output(here, lanes)
        return json.dumps(
            {
                "tree": self._tree(output),
                "explanations": output.explanations(),
                "same": None if cell is None else self._is_same(cell, run),
                "again": again,
                "raised": run.raised and _exception(run.raised),
                "interrupted": self.interrupted,
                "cut": run.cut,
                "relane": self._relaned(lanes, here),
            }
        )

    def grade(self, exercise: str, source: str) -> str:
        """Grade an attempt at an exercise, and give what the page needs to show it, as JSON text.

        What the page's cells did is not touched.
        """
        self.grading = True
        grade = self.grader.attempt(self.exercises[exercise], source)
        self.grading = False
        run = grade.run
        ran = Ran(None, source, run)
        output = self._output_of(ran, Lanes([run]), 0)
        return json.dumps(
            {
                "tree": self._tree(output),
                "explanations": output.explanations(),
                "raised": run.raised and _exception(run.raised),
                "passed": grade.passed,
                "words": normalise(grade.words),
                "same": None,
            }
        )

    def _is_same(self, cell: int, run: CellRun) -> bool:
        """Whether the cell showed what the page records."""
        book = self.cells[cell]
        got = recorded_form(run.segments)
        if run.cut or bool(run.raised) != book["raises"]:
            return False
        return matches(book["recorded"], got, self.began, ellipsis=book["ellipsis"])

    def _output(self, number: int, lanes: Lanes) -> CellOutput:
        """What the run of this number in the history showed."""
        return self._output_of(self.history[number], lanes, number)

    def _output_of(self, ran: Ran, lanes: Lanes, number: int) -> CellOutput:
        line = ran.run.raised.line if ran.run.raised else 0
        return CellOutput(
            ran.run.segments,
            lanes.along(number, len(ran.run.segments)),
            stays_open=bool(lanes.before(number + 1)),
            line=line,
            code=line_of(ran.source, line),
            cut=ran.run.cut,
        )

    def _tree(self, output: CellOutput) -> Tree | None:
        tree = output.tree(self._highlighted)
        return tree and with_links(tree, self.pages)

    def _highlighted(self, line: Line) -> Sequence[Token]:
        """A logged statement's tokens: those of the book, or made here and kept."""
        if line.text not in self.tokens:
            self.tokens[line.text] = line.tokens()
        return self.tokens[line.text]

    def _relaned(self, lanes: Lanes, here: int) -> dict[int, Tree | None]:
        """The trees of other cells, where this run changed their lanes by an ending."""
        last = {ran.cell: n for n, ran in enumerate(self.history) if ran.cell is not None}
        changed = {}
        for cell, number in last.items():
            output = self._output(number, lanes)
            if number != here and output.lanes != self.lanes.get(cell):
                changed[cell] = self._tree(output)
            self.lanes[cell] = output.lanes
        return changed


def _exception(raised: Raised) -> dict[str, Any]:
    """An exception as the page shows it; in the traceback, files by their names in the pack."""
    trace = PACK.sub('File "', normalise(raised.trace))
    return {"line": raised.line, "text": normalise(raised.text), "trace": trace}
