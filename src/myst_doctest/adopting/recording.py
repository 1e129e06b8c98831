"""Record what a page's cells show, and mark those that cannot be checked, with the reason.

All of it happens in memory: the file is written once, when the page is settled, or not at all.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLongError
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NoReturn

from myst_doctest.adopting import reasons
from myst_doctest.adopting.marking import marked, unmarked
from myst_doctest.adopting.outlook import makes_sets
from myst_doctest.checking.accept import is_to_be_recorded, replace_file, rewritten
from myst_doctest.checking.kept_pictures import no_differences_drawn
from myst_doctest.checking.steadiness import advice
from myst_doctest.checking.verdicts import Outcome, Verdict, judge
from myst_doctest.pages import ipynb
from myst_doctest.pages.metadata import UNCHECKED, VARIES
from myst_doctest.pages.page import Cell, Page, decoded
from myst_doctest.running.page_runs import ExecutionError, PageRun, Server
from myst_doctest.settings import Settings

TURNS = 12
"""How often a page runs at most, until it is the same in so many runs:"""
SAME = 2
SAME_WITH_SETS = 6
"""Where cells make sets: one of two strings has the same order by every second hash seed."""
PARSING = threading.Lock()
"""MyST's parser, docutils and what is done with warnings are for the whole process."""
FAILING = (Outcome.FAILED, Outcome.NOT_RUN)


@dataclass
class Adopted:
    """What became of a page."""

    page: Page
    """As it is now."""
    reason: str = ""
    """Why none of its cells is checked; its file is what it was then."""
    line: int = 1
    """Where that is seen."""
    marks: dict[int, tuple[str, str]] = field(default_factory=dict)
    """The options that cells were given, by their numbers, and the reasons."""
    causes: dict[int, int] = field(default_factory=dict)
    """Of the cells that were not run, the one that failed, by their numbers."""
    turns: int = 0
    """How often it ran."""
    is_changed: bool = False
    wants: set[str] = field(default_factory=set)
    """Modules that it lacks."""


class Recorder:
    """Runs pages of a site on servers of its own, two at a time: each has another hash seed."""

    keeps_errors = False
    """Whether the site shows what cells raise: then it is recorded."""
    tries_again = False
    """Whether cells that were given up for what this machine lacked run once more."""

    def __init__(self, settings: Settings, parser: Any, rules: Any, limit: float) -> None:
        self.settings = settings
        self.parser = parser
        self.rules = rules
        self.limit = limit
        """Seconds that all cells of a page may take together."""
        self.servers: list[Server | None] = [None, None]
        self.lock = threading.Lock()
        self.is_closed = False

    def close(self) -> None:
        """End the servers, for good: a page that runs meanwhile is given up."""
        with self.lock:
            self.is_closed = True
            servers, self.servers = self.servers, [None, None]
        for server in servers:
            if server:
                server.close()

    def record(self, page: Page) -> Adopted:
        """Run a page until it is the same in several runs, and write it then."""
        settled = _Settling(self, page).settle()
        if settled.reason or settled.page.data == page.data:
            return settled
        try:
            replace_file(page.path, page.data, settled.page.data)
        except OSError as error:
            return Adopted(page, str(error.strerror or error), turns=settled.turns)
        return replace(settled, is_changed=True)

    def check(self, page: Page) -> list[Verdict]:
        """The verdicts on a page as it is. Raises ExecutionError."""
        return self.judged(page, self.run(page, 0))

    def judged(self, page: Page, run: PageRun) -> list[Verdict]:
        """The verdicts on a run; what differs is not drawn, since a next run comes."""
        with PARSING, no_differences_drawn():
            return judge(page, run)

    def run(self, page: Page, turn: int, seeds: int = SAME) -> PageRun:
        """Run a page; one that takes too long is ended with its server. Raises ExecutionError.

        Turns that follow each other have another hash seed; where more than two ``seeds`` are asked
        for, each turn has one of its own.
        """
        number, old = turn % 2, None
        with self.lock:
            if self.is_closed:
                raise ExecutionError("interrupted")
            if turn >= SAME and seeds > SAME:
                old, self.servers[number] = self.servers[number], None
            server = self.servers[number] = self.servers[number] or Server(self.settings)
        if old:
            old.close()
        running: Future[PageRun] = server.run(page)
        try:
            return running.result(self.limit)
        except (TooLongError, ExecutionError, KeyboardInterrupt):
            self.servers[number] = None
            server.close()
            raise

    def parse(self, page: Page, data: bytes) -> Page:
        """A page with other bytes."""
        with PARSING:
            other = Page.parse(decoded(data), page.path, self.parser, page.known, self.rules)
        other.data = data
        return other

    def without_marks(self, page: Page) -> Page:
        """A page as it was before cells of it were given up for what this machine lacked."""
        for index in given_up_here(page):
            page = self.parse(page, unmarked(page, page.cells[index], UNCHECKED))
        return page


class _GivenUpError(Exception):
    """A page cannot be checked."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class _Settling:
    """A page on its way to being the same in several runs."""

    def __init__(self, recorder: Recorder, page: Page) -> None:
        self.recorder = recorder
        self.first = page
        self.page = recorder.without_marks(page) if recorder.tries_again else page
        with PARSING:
            self.seeds = SAME_WITH_SETS if makes_sets(page) else SAME
        self.recorded: set[int] = set()
        """The cells whose output was recorded in an earlier turn."""
        self.marks: dict[int, tuple[str, str]] = {}
        self.causes: dict[int, int] = {}
        self.wants: set[str] = set()
        self.turns = 0

    def settle(self) -> Adopted:
        """Run the page until nothing is left to record or to mark."""
        try:
            self._mark_problems()
            same = 1
            while same < self.seeds:
                same = same + 1 if self._is_steady() else 1
        except _GivenUpError as error:
            return Adopted(self.first, error.reason, error.line, turns=self.turns, wants=self.wants)
        return Adopted(
            self.page, marks=self.marks, causes=self.causes, turns=self.turns, wants=self.wants
        )

    def _is_steady(self) -> bool:
        """Run the page once more; whether there was nothing to record or to mark."""
        if self.turns == TURNS:
            raise _GivenUpError(f"not the same in {TURNS} runs")
        for problem in self.page.problems:
            raise _GivenUpError(reasons.plain(problem.message), self._line_before(problem.line))
        try:
            run = self.recorder.run(self.page, self.turns, self.seeds)
        except TooLongError:
            raise _GivenUpError(f"takes longer than {self.recorder.limit:g} s") from None
        except ExecutionError as error:
            raise _GivenUpError(reasons.plain(str(error))) from None
        self.turns += 1
        if run.stopped:
            self._give_up_stopped(run)
        verdicts = self.recorder.judged(self.page, run)
        is_steady = self._take(verdicts, datetime.fromtimestamp(run.ran, UTC))
        self.wants |= wanted(verdicts)
        self._look_how_much_is_left()
        return is_steady

    def _line_before(self, line: int) -> int:
        """A line of the page as that of its file, which has none of the marks."""
        below = (cell.index for cell in self.page.cells if cell.line > line)
        if (index := next(below, None)) is not None:
            return line - self.page.cells[index].line + self.first.cells[index].line
        return line - self.page.data.count(b"\n") + self.first.data.count(b"\n")

    def _mark_problems(self) -> None:
        """Mark cells that hold what nothing here can run."""
        for problem in self.page.problems:
            for cell in self.first.cells:
                last = cell.code_line + cell.source.count("\n")
                if cell.line <= problem.line <= last and cell.index not in self.marks:
                    self._mark(cell, UNCHECKED, reasons.plain(problem.message))

    def _give_up_stopped(self, run: PageRun) -> NoReturn:
        cells = self.page.cells_on("")
        cell = cells[min(len(run.cells), len(cells) - 1)]
        line = self.first.cells[cell.index].line
        raise _GivenUpError(reasons.of_stop(run.stopped, line), line)

    def _look_how_much_is_left(self) -> None:
        """Give the page up where most of its cells cannot be checked."""
        lost = [index for index, (option, _) in self.marks.items() if option == UNCHECKED]
        if 2 * len(lost) > len(self.page.cells):
            first = self.first.cells[min(lost)]
            reason = self.marks[min(lost)][1]
            raise _GivenUpError(f"{reason} (line {first.line})", first.line)

    def _take(self, verdicts: Sequence[Verdict], ran: datetime) -> bool:
        """Record and mark; whether there was nothing to do, with the page's last turn."""
        failing = [each for each in verdicts if each.outcome in FAILING]
        numbers = {each.cell.line: each.cell.index for each in verdicts}
        differing = [each for each in verdicts if each.outcome is Outcome.DIFFERS]
        varying = [each for each in differing if each.cell.index in self.recorded]
        new = [each for each in verdicts if is_to_be_recorded(each) and each not in varying]
        if self.recorder.keeps_errors:
            new += [each for each in failing if each.got and not reasons.is_of_here(each)]
        if new:
            self._write(self._recorded(new, ran))
            self.recorded |= {each.cell.index for each in new}
        for verdict in failing:
            if (line := reasons.line_of_cause(verdict)) in numbers:
                self.causes[verdict.cell.index] = numbers[line]
            self._mark(verdict.cell, UNCHECKED, reasons.of_failure(verdict))
        for verdict in varying:
            self._mark_varying(verdict)
        return not (failing or differing or new)

    def _mark_varying(self, verdict: Verdict) -> None:
        """Mark a cell that shows another output each time, or, marked so already, other kinds."""
        option, _ = self.marks.get(verdict.cell.index, ("", ""))
        if verdict.cell.varies or option:
            self._mark(verdict.cell, UNCHECKED, "shows another kind of output in each run")
            return
        why = advice(verdict.cell.recorded, verdict.got).partition(":")[0]
        self._mark(verdict.cell, VARIES, reasons.plain(why))

    def _recorded(self, verdicts: Iterable[Verdict], ran: datetime) -> bytes:
        if self.page.is_notebook:
            return ipynb.rewritten(
                self.page.data, {each.cell.index: each.shown for each in verdicts}
            )
        return rewritten(self.page.data, verdicts, ran)

    def _mark(self, cell: Cell, option: str, reason: str) -> None:
        self.marks[cell.index] = option, reason
        if self.page.cells[cell.index].varies:  # one reason is enough
            self._write(unmarked(self.page, self.page.cells[cell.index], VARIES))
        self._write(marked(self.page, self.page.cells[cell.index], option, reason))

    def _write(self, data: bytes) -> None:
        self.page = self.recorder.parse(self.page, data)


def given_up_here(page: Page) -> list[int]:
    """The numbers of the cells that were given up for what this machine lacked."""
    return [
        cell.index
        for cell in page.cells
        if cell.is_unchecked and reasons.OF_HERE.match(cell.unchecked)
    ]


def wanted(verdicts: Iterable[Verdict]) -> set[str]:
    """The modules for the lack of which cells fail."""
    found = (reasons.MODULE.search(each.report) for each in verdicts)
    return {each[1] for each in found if each}
