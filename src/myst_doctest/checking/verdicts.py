"""Check what a page's cells did against what the page records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from itertools import groupby
from pathlib import Path

from myst_doctest.checking.bundles import evened, inscribed, not_drawn_here, with_recorded
from myst_doctest.checking.compare import (
    GUTTER,
    counterparts,
    difference,
    lines_of,
    matches,
    normalise,
    published,
    recorded_form,
    steady,
)
from myst_doctest.checking.kept_pictures import KeptPictures
from myst_doctest.checking.pictures import PictureError
from myst_doctest.checking.replay import Replay, told_apart
from myst_doctest.checking.steadiness import ORDER, is_another_order, kinds
from myst_doctest.pages.fences import Block
from myst_doctest.pages.metadata import VARIES
from myst_doctest.pages.page import Cell, Page
from myst_doctest.running.page_runs import PageRun
from myst_doctest.running.runner import PLAIN_PYTHON, CellRun, Lost, Raised, Segment
from myst_doctest.settings import TABLE
from myst_doctest.showing.log_lines import PARAMETERS

END = re.compile(r"(?:\[[^\]\n]*\] )*(BEGIN|COMMIT|ROLLBACK)(?! TO | PREPARED)\b")
NOTEBOOKS = '; or set compatibility = "jupyter" in [tool.myst_doctest]'
NOT_FOUND = re.compile(r"(?:directory: |module named )'([^'./][^']*)'")
NOTHING = Raised("", "", 0, "")


class Outcome(Enum):
    """What became of a cell."""

    PASSED = "passed"
    DIFFERS = "differs"
    FAILED = "failed"
    NOT_RUN = "not run"
    LEFT_OUT = "left out"
    """Its page says, with a reason, that it does not run there."""
    UNCHECKED = "unchecked"
    """Its variant cannot run here, or its page says that nothing is compared, with a reason."""


GOOD = (Outcome.PASSED, Outcome.LEFT_OUT, Outcome.UNCHECKED)


@dataclass
class Verdict:
    """A cell's outcome, without a variant or on one."""

    cell: Cell
    outcome: Outcome
    line: int
    """The line to look at: of ``file``, else of the page."""
    report: str = ""
    """All that helps to correct the cell; its first line says what is wrong."""
    got: str = ""
    """The run's output in recorded form."""
    shown: list[Segment] = field(default_factory=list)
    """What to publish: the recorded output where the cell passed, else the run's."""
    failing_line: int = 0
    """The cell's line, from 1, at which an exception passed."""
    file: Path | None = None
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    """The run's pictures that are kept, by their files, relative to the page's folder."""
    lost: str = ""
    """What it shows and nobody publishes: ``value`` or ``figure``; most often nothing."""
    others: dict[str, Verdict] = field(default_factory=dict)
    """The verdicts on the same cell on variants, by their names."""

    @property
    def is_good(self) -> bool:
        """Whether there is nothing to correct."""
        return self.outcome in GOOD

    @property
    def summary(self) -> str:
        """One line for a list of failures."""
        return self.report.partition("\n")[0]

    @property
    def words(self) -> str:
        """What the cell records, without the values that differ from run to run."""
        return steady(self.cell.recorded, self.got)


def judge(page: Page, run: PageRun, until: int | None = None, variant: str = "") -> list[Verdict]:
    """The verdicts on a page's cells, in order; on its first ``until`` cells where it is given.

    On a variant, those on the cells that are checked there.
    """
    ran = datetime.fromtimestamp(run.ran, UTC)
    verdicts = _not_meant_to_run(page, until, variant)
    ran_as: dict[int, Verdict] = {}
    culprit: Verdict | None = None
    for number, cell in enumerate(page.cells_on(variant, until)):
        if culprit is not None:
            verdict = _not_run(cell, culprit)
        elif number in run.waits:
            verdict = _not_run(cell, ran_as[run.waits[number]])
        elif number >= len(run.cells):
            verdict = _failed(cell, run.stopped or "not run, for no reason known")
        elif cell.is_unchecked:
            verdict = _unchecked(cell, evened(run.cells[number], cell.index).segments)
        elif cell.is_checked or (run.cells[number].raised or NOTHING).fatal:
            verdict = _judge_cell(page, cell, run.cells[number], ran, variant)
        else:
            continue
        if variant and not verdict.is_good:
            verdict.report = f"on {page.known[variant].title}: {verdict.report}"
        if verdict.outcome is Outcome.FAILED and number >= len(run.cells) - (not run.stopped):
            culprit = verdict  # no cell ran after it
        verdicts[cell.index] = ran_as[number] = verdict
    if run.misnamed and ran_as and (last := ran_as[max(ran_as)]).is_good:
        verdicts[last.cell.index] = _failed(last.cell, run.misnamed[0])
    return [verdict for _, verdict in sorted(verdicts.items())]


def recorded(page: Page, variant: str, main: Sequence[Verdict] = ()) -> list[Verdict]:
    """The verdicts on a page's cells on a variant that cannot run here: what is recorded.

    What ``main``, the verdicts without a variant, know of the log is taken from them.
    """
    verdicts = _not_meant_to_run(page, None, variant)
    others = {verdict.cell.index: verdict for verdict in main}
    replay = Replay(segment for verdict in main for segment in verdict.shown)
    for cell in page.cells_on(variant):
        other = others.get(cell.index)
        like = other.shown if other else []
        if other and (cell.block is None or not cell.is_checked):
            own = like
        else:
            written = segments_by_gutter(cell.recorded.split("\n")[:-1])
            own = [*told_apart(written, like, raises=cell.raises)]
        shown = replay.follow(own, like)
        if cell.is_checked:
            verdict = Verdict(cell, Outcome.UNCHECKED, cell.line, shown=shown)
            if other and shown and shown[-1].kind == "error":
                verdict.failing_line = other.failing_line
            verdicts[cell.index] = verdict
    return [verdict for _, verdict in sorted(verdicts.items())]


def _not_meant_to_run(page: Page, until: int | None, variant: str) -> dict[int, Verdict]:
    if variant and variant not in page.variants:
        return {}
    verdicts = {}
    for cell in page.cells[:until]:
        if page.unchecked or not cell.runs:
            verdicts[cell.index] = _unchecked(cell)
        elif reason := cell.places.reason(variant):
            verdicts[cell.index] = Verdict(cell, Outcome.LEFT_OUT, cell.line, reason)
    return verdicts


def _unchecked(cell: Cell, run: Sequence[Segment] = ()) -> Verdict:
    """A cell with which nothing is compared: what it records is shown, else what it showed."""
    written = segments_by_gutter(cell.recorded.split("\n")[:-1])
    is_text = written and not any(segment.bundle for segment in run)
    own = [each for each in run if each.kind != "error" or cell.raises or written]
    shown = [*told_apart(written, raises=cell.raises)] if is_text else own
    got = cell.recorded or recorded_form(own)
    return Verdict(cell, Outcome.UNCHECKED, cell.line, cell.unchecked, got, shown)


def _varying(cell: Cell, run: CellRun, got: str) -> Verdict:
    """A cell that shows something else in each run: the kinds of it alone are compared."""
    if cell.block and kinds(cell.recorded) != kinds(got):
        what = ", ".join(sorted(kinds(got))) or "text alone"
        summary = f"{VARIES}, but shows {what}, which is not what the block records"
        return Verdict(cell, Outcome.DIFFERS, cell.line, summary, got, run.segments)
    return _unchecked(cell, run.segments)


def _not_run(cell: Cell, culprit: Verdict) -> Verdict:
    why = f"not run, since the cell at line {culprit.cell.line} failed"
    if not culprit.cell.is_checked:
        why += f": {culprit.summary}"  # nobody else reports it
    return Verdict(cell, Outcome.NOT_RUN, cell.line, why)


def _failed(cell: Cell, why: str) -> Verdict:
    return Verdict(cell, Outcome.FAILED, cell.line, f"{why}\n{listing(cell, 0)}")


def _judge_cell(page: Page, cell: Cell, run: CellRun, ran: datetime, variant: str) -> Verdict:
    run = evened(run, cell.index)
    failure = _failure(cell, run, page.path, variant)
    kept = KeptPictures.of(cell, page.path, run, variant)
    try:
        run = inscribed(run, ran, kept.files)
        got = kept.settled(cell.recorded, recorded_form(run.segments))
    except PictureError as error:
        failure, got = failure or _failed(cell, str(error)), ""
    if failure is not None:
        failure.got, failure.shown = got, run.segments
        return failure
    if cell.varies:
        return _varying(cell, run, got)
    line = run.raised.line if run.raised else 0
    verdict = _compared(page, cell, run, got, ran, kept)
    verdict.pictures = kept.contents
    if verdict.outcome is not Outcome.PASSED:
        return verdict
    shown, unknown = _recorded_segments(cell, run, got, ran)
    shown = _kept_in_notebook(kept.in_place_of(shown), cell.record)
    if summary := _why_not_published(cell, run, unknown, variant):
        return Verdict(cell, Outcome.FAILED, cell.line, summary, got, run.segments)
    shown = [segment for segment in shown if segment.kind not in cell.hidden_streams]
    verdict.shown, verdict.failing_line = shown, line
    return verdict


def _why_not_published(cell: Cell, run: CellRun, unknown: Sequence[str], variant: str) -> str:
    """Why what a cell shows, and records, cannot be published; empty where it can."""
    hidden = cell.hidden_streams
    if unknown:
        return f"its picture holds {unknown[0]}, which its text form does not: show it there too"
    if hidden and cell.ellipsis:
        return f"remove-{hidden[0]}: nobody knows which lines of a block with `...` are it"
    is_drawn_here = cell.is_tried or (variant and cell.block)
    kinds = map(not_drawn_here, run.segments) if is_drawn_here else ()
    if kind := next(filter(None, kinds), ""):
        return f"{kind} is drawn neither on variants nor in a {{try}}: show text, HTML or a picture"
    return ""


def _kept_in_notebook(segments: list[Segment], record: Block | None) -> list[Segment]:
    """Segments with what a notebook keeps of values in the place of the run's."""
    bundles = iter(record.bundles if record else ())
    places = [number for number, segment in enumerate(segments) if segment.bundle]
    if record is None or len(places) != len(record.bundles):
        return segments
    return [
        replace(segment, bundle=dict(next(bundles))) if number in places else segment
        for number, segment in enumerate(segments)
    ]


def _compared(  # noqa: PLR0913, PLR0917
    page: Page, cell: Cell, run: CellRun, got: str, ran: datetime, kept: KeptPictures
) -> Verdict:
    """Whether a run's output is the recorded one, as a verdict that shows nothing yet."""
    if not agrees(cell, got, ran):
        verdict = _differs(page, cell, run, got, ran)
        drawn = kept.differences(cell.recorded, got)
        verdict.report = "\n".join([verdict.report, *drawn])
        return verdict
    if file := kept.broken(cell.recorded):
        why = f"the kept picture {file} is not there, or not the recorded one"
        report = f"{why}; if this run's is right, keep it with `pytest --accept`"
        return Verdict(cell, Outcome.DIFFERS, cell.line, report, got, run.segments)
    return Verdict(cell, Outcome.PASSED, cell.line, got=got)


def agrees(cell: Cell, got: str, ran: datetime) -> bool:
    """Whether what a cell showed is what it records."""
    recorded = cell.recorded
    if cell.is_loose:
        recorded, got = " ".join(recorded.split()), " ".join(got.split())
    return matches(recorded, got, ran, ellipsis=cell.ellipsis)


def _even(cell: Cell, text: str) -> str:
    """Text as it is compared, line by line, with what a cell records."""
    return re.sub(r"[ \t]+", " ", text) if cell.is_loose else text


def _beside(raised: Raised, folder: Path) -> str:
    """The file or module in the page's folder that a page did not find; empty where none is it."""
    found = NOT_FOUND.search(raised.message)
    if not found or raised.name not in ("FileNotFoundError", "ModuleNotFoundError"):
        return ""
    first = Path(found[1]).parts[:1] or ("",)
    names = [first[0]] if raised.name == "FileNotFoundError" else [f"{first[0]}.py", first[0]]
    return next((name for name in names if name and (folder / name).exists()), "")


def _failure(cell: Cell, run: CellRun, page: Path, variant: str) -> Verdict | None:
    raised = run.raised
    if raised and raised.fatal:
        more = NOTEBOOKS if raised.fatal == PLAIN_PYTHON and not cell.is_jupyter else ""
        return _raised(cell, run, f"{_first_line(raised.text)} ({raised.fatal}{more})")
    if raised and not cell.raises:
        first = _first_line(raised.text)
        hint = f"no option `:raises-on: [{variant}]`" if variant else "no tag raises-exception"
        if name := _beside(raised, page.parent):
            hint = f'{name} is beside the page: set cwd = "page", or data, in [{TABLE}]; {hint}'
        return _raised(cell, run, f"{first} ({hint} says that it may)")
    if cell.raises and not raised:
        mend = f"write `:raises-not-on: [{variant}]`" if variant else "remove the tag"
        return _failed(
            cell, f"tagged raises-exception, but raised nothing: {mend}, or correct the cell"
        )
    return _failure_to_show(cell, run)


def _failure_to_show(cell: Cell, run: CellRun) -> Verdict | None:
    if cell.is_figure and not run.segments:
        return _failed(cell, "has a caption or a name for what it shows, and shows nothing")
    if run.cut:
        size = sum(len(segment.text) for segment in run.segments)
        summary = f"showed more than {size} characters (max_output): its output is cut"
        return Verdict(cell, Outcome.FAILED, cell.line, summary)
    return _lost(cell, run.lost[0]) if run.lost else None


def _lost(cell: Cell, lost: Lost) -> Verdict:
    report = f"{lost.message}\n{listing(cell, lost.line)}"
    return Verdict(cell, Outcome.FAILED, cell.code_line + lost.line - 1, report, lost=lost.what)


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
    record = cell.record
    if record is None:
        what = "the cell shows output, but no {output} block records it"
        line, file = cell.line, None
    else:
        line, file = record.line + _first_difference(cell, got, ran), record.file
        what = "the output differs from the recorded one"
        if not got:
            what = "a block records output, but the cell shows none"
        elif is_another_order(cell.recorded, got):
            what = f"the output differs from the recorded one ({ORDER})"
    summary = f"{what}; if it is right, record it with `pytest --accept`"
    where = page.where(line, file)
    texts = _even(cell, cell.recorded), _even(cell, got)
    diff = difference(*texts, ran, where, ellipsis=cell.ellipsis)
    report = f"{summary}\n{diff}"
    return Verdict(cell, Outcome.DIFFERS, line, report, got, run.segments, file=file)


def _first_difference(cell: Cell, got: str, ran: datetime) -> int:
    """How many lines of the block match before the first that does not."""
    old = _even(cell, cell.recorded).split("\n")[:-1]
    new = _even(cell, got).split("\n")
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
        if any(segment.bundle for segment in run.segments):
            return run.segments, []
        causes = {segment.line for segment in run.segments}
        line = causes.pop() if len(causes) == 1 else 0  # else nobody knows what came from where
        told = told_apart(segments_by_gutter(lines), raises=cell.raises)
        return [replace(each, line=line) for each in told], []
    pictures = any(segment.rich or segment.bundle for segment in run.segments)
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
        bundle = with_recorded(segment.bundle, known, ran)
        shown.append(replace(segment, text=text, rich=rich, bundle=bundle))
        done += count
    return shown, unknown


def segments_by_gutter(lines: Sequence[str]) -> list[Segment]:
    """Recorded lines as segments: the messages of logs, and all else."""
    segments: list[Segment] = []
    for logged, group in groupby(lines, key=lambda line: line.startswith(GUTTER)):
        shown = [_plain(line) for line in group]
        segments += _messages(shown) if logged else [Segment("stdout", "\n".join(shown))]
    return segments


def _messages(lines: Sequence[str]) -> Iterator[Segment]:
    """The messages of a log: statements, their parameters, and the ends of transactions.

    Parameters are one line; a statement is all lines above them, be it ``BEGIN`` itself.
    """
    statement: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        end = None if statement or PARAMETERS.match(following) else END.match(line)
        is_whole = end is not None or PARAMETERS.match(line)
        if is_whole and statement:
            yield Segment("sql", "\n".join(statement))
            statement = []
        if is_whole:
            yield Segment("sql", line, meta={"part": end[1].lower()} if end else {})
        else:
            statement.append(line)
    if statement:
        yield Segment("sql", "\n".join(statement))


def _plain(line: str) -> str:
    """A recorded line without its gutter, or without the backslash before a printed one."""
    if line.startswith(GUTTER):
        return line.removeprefix(GUTTER).removeprefix(" ")
    if line.lstrip("\\").startswith(GUTTER):
        return line.removeprefix("\\")
    return line
