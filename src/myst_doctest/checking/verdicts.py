"""Check what a page's cells did against what the page records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum

from myst_doctest.checking.compare import (
    GUTTER,
    counterparts,
    difference,
    lines_of,
    matches,
    normalise,
    published,
    recorded_form,
)
from myst_doctest.pages.page import Cell, Page
from myst_doctest.running.page_runs import PageRun
from myst_doctest.running.runner import CellRun, Kind, Segment

__all__ = ["Outcome", "Verdict", "judge", "segments_by_gutter"]


class Outcome(Enum):
    """What became of a cell."""

    PASSED = "passed"
    DIFFERS = "differs"
    FAILED = "failed"
    NOT_RUN = "not run"


@dataclass
class Verdict:
    """A cell's outcome."""

    cell: Cell
    outcome: Outcome
    line: int
    """The page's line to look at."""
    report: str = ""
    """All that helps to correct the cell; its first line says what is wrong."""
    got: str = ""
    """The run's output in recorded form."""
    shown: list[Segment] = field(default_factory=list)
    """What to publish: the recorded output where the cell passed, else the run's."""
    failing_line: int = 0
    """The cell's line, from 1, at which an exception passed."""

    @property
    def summary(self) -> str:
        """One line for a list of failures."""
        return self.report.partition("\n")[0]


def judge(page: Page, run: PageRun, until: int | None = None) -> list[Verdict]:
    """The verdicts on a page's cells, in order; on its first ``until`` cells where it is given."""
    verdicts: list[Verdict] = []
    ran = datetime.fromtimestamp(run.ran, UTC)
    culprit: Cell | None = None
    for cell in page.cells[:until]:
        if culprit is not None:
            verdict = _not_run(cell, culprit)
        elif cell.index < len(run.cells):
            verdict = _judge_cell(page, cell, run.cells[cell.index], ran)
        else:
            verdict = _failed(cell, run.stopped or "not run, for no reason known")
        if verdict.outcome is Outcome.FAILED and _ended_run(cell, run):
            culprit = cell
        verdicts.append(verdict)
    return verdicts


def _ended_run(cell: Cell, run: PageRun) -> bool:
    """Whether no cell ran after this one, which failed."""
    return cell.index >= len(run.cells) - (0 if run.stopped else 1)


def _not_run(cell: Cell, culprit: Cell) -> Verdict:
    why = f"not run, since the cell at line {culprit.line} failed"
    return Verdict(cell, Outcome.NOT_RUN, cell.line, why)


def _failed(cell: Cell, why: str) -> Verdict:
    return Verdict(cell, Outcome.FAILED, cell.line, f"{why}\n{listing(cell, 0)}")


def _judge_cell(page: Page, cell: Cell, run: CellRun, ran: datetime) -> Verdict:
    got = recorded_form(run.segments)
    failure = _failure(cell, run)
    if failure is not None:
        failure.got, failure.shown = got, run.segments
        return failure
    line = run.raised.line if run.raised else 0
    if not matches(cell.recorded, got, ran, ellipsis=cell.ellipsis):
        return _differs(page, cell, run, got, ran)
    shown, unknown = _recorded_segments(cell, run, got, ran)
    if unknown:
        summary = f"its picture holds {unknown[0]}, which its text form does not: show it there too"
        return Verdict(cell, Outcome.FAILED, cell.line, summary, got, run.segments)
    return Verdict(cell, Outcome.PASSED, cell.line, got=got, shown=shown, failing_line=line)


def _failure(cell: Cell, run: CellRun) -> Verdict | None:
    raised = run.raised
    if raised and raised.fatal:
        return _raised(cell, run, f"{_first_line(raised.text)} ({raised.fatal})")
    if raised and not cell.raises:
        first = _first_line(raised.text)
        return _raised(cell, run, f"{first} (no tag raises-exception says that it may)")
    if cell.raises and not raised:
        why = "tagged raises-exception, but raised nothing: remove the tag, or correct the cell"
        return _failed(cell, why)
    if run.cut:
        size = sum(len(segment.text) for segment in run.segments)
        summary = f"showed more than {size} characters (max_output): its output is cut"
        return Verdict(cell, Outcome.FAILED, cell.line, summary)
    return None


def _raised(cell: Cell, run: CellRun, summary: str) -> Verdict:
    assert run.raised is not None
    line = run.raised.line
    trace = _readable(run.raised.trace.rstrip(), 20_000)
    report = f"{summary}\n{listing(cell, line)}\n{trace}"
    place = cell.code_line + line - 1
    return Verdict(cell, Outcome.FAILED, place, report, failing_line=line)


def _first_line(text: str) -> str:
    return _readable(text.partition("\n")[0], 500)


def _readable(text: str, size: int) -> str:
    """Text for a report: at most so many characters, and none that a terminal obeys."""
    return normalise(text if len(text) <= size else f"{text[:size]}...")


def listing(cell: Cell, failing: int) -> str:
    """The cell's lines with their numbers in the page; the failing one, from 1, is marked."""
    lines = cell.source.split("\n")
    return "\n".join(
        f"{'>' if number == failing else ' '} {cell.code_line + number - 1:4} {line}".rstrip()
        for number, line in enumerate(lines, 1)
    )


def _differs(page: Page, cell: Cell, run: CellRun, got: str, ran: datetime) -> Verdict:
    first = cell.block.line if cell.block else cell.line
    line = first + _first_difference(cell, got, ran) if cell.block else first
    if not cell.block:
        what = "the cell shows output, but no {output} block records it"
    elif not got:
        what = "a block records output, but the cell shows none"
    else:
        what = "the output differs from the recorded one"
    summary = f"{what}; if it is right, record it with `pytest --accept`"
    diff = difference(cell.recorded, got, ran, page.where(line), ellipsis=cell.ellipsis)
    return Verdict(cell, Outcome.DIFFERS, line, f"{summary}\n{diff}", got, run.segments)


def _first_difference(cell: Cell, got: str, ran: datetime) -> int:
    """How many lines of the block match before the first that does not."""
    old = cell.recorded.split("\n")[:-1]
    new = got.split("\n")
    for number, line in enumerate(old):
        if number >= len(new) or not matches(line, new[number], ran, ellipsis=cell.ellipsis):
            return number
    return max(len(old) - 1, 0)


def _recorded_segments(
    cell: Cell, run: CellRun, got: str, ran: datetime
) -> tuple[list[Segment], list[str]]:
    """The run's segments with the recorded text in place of the run's.

    The second item lists volatile values of pictures for which no recorded one is known.
    """
    lines = cell.recorded.split("\n")[:-1]
    if len(lines) != got.count("\n") or cell.ellipsis:
        return segments_by_gutter(lines), []
    pictures = any(segment.rich for segment in run.segments)
    known = counterparts(cell.recorded, got, ran) if pictures else {}
    shown: list[Segment] = []
    unknown: list[str] = []
    done = 0
    for segment in run.segments:
        count = len(lines_of(segment))
        rich = {}
        for mime, picture in segment.rich.items():
            rich[mime], missing = published(picture, known, ran)
            unknown += missing
        text = "\n".join(map(_plain, lines[done : done + count]))
        shown.append(replace(segment, text=text, rich=rich))
        done += count
    return shown, unknown


def segments_by_gutter(lines: Sequence[str]) -> list[Segment]:
    """Recorded lines as segments of two kinds: what was logged, and all else."""
    segments: list[Segment] = []
    for line in lines:
        kind: Kind = "sql" if line.startswith(GUTTER) else "stdout"
        if segments and segments[-1].kind == kind:
            segments[-1].text += "\n" + _plain(line)
        else:
            segments.append(Segment(kind, _plain(line)))
    return segments


def _plain(line: str) -> str:
    """A recorded line without its gutter, or without the backslash before a printed one."""
    if line.startswith(GUTTER):
        return line.removeprefix(GUTTER).removeprefix(" ")
    if line.lstrip("\\").startswith(GUTTER):
        return line.removeprefix("\\")
    return line
