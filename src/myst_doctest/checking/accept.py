"""Record in a page what its cells showed."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from myst_doctest.checking.compare import matches, merged
from myst_doctest.checking.kept_pictures import folder_of
from myst_doctest.checking.verdicts import Outcome, Verdict
from myst_doctest.pages import ipynb
from myst_doctest.pages.page import Cell, Page
from myst_doctest.pages.records import Records, block_lines, written


@dataclass
class Acceptance:
    """What was done to the block of which cell (by its number), or why nothing was written."""

    changes: dict[int, str] = field(default_factory=dict)
    refusal: str = ""


def accept(page: Page, verdicts: Sequence[Verdict], ran: datetime, variant: str = "") -> Acceptance:
    """Rewrite the blocks of the cells that differ, and nothing else of the page.

    Those of a variant are in the page or in the file beside it that records the variant.
    Each file is replaced in one step, so that it is whole at any time, old or new
    (written to in place where it has hard links).
    Nothing is written where the page has a problem or a cell failed.
    """
    differing = [verdict for verdict in verdicts if is_to_be_recorded(verdict)]
    records = page.records.get(variant)
    if refusal := refusal_of(page, verdicts, records):
        return Acceptance(refusal=refusal)
    inside = [each for each in differing if not variant or _stands_in_page(each.cell, variant)]
    path = page.path
    try:
        _keep_pictures(page, verdicts)
        if inside and page.is_notebook:
            shown = {each.cell.index: each.shown for each in inside}
            replace_file(path, page.data, ipynb.rewritten(page.data, shown))
        elif inside:
            replace_file(path, page.data, rewritten(page.data, inside, ran, variant))
        if records is not None:
            path = records.path
            _write_records(page, records, verdicts, ran, variant)
    except OSError as error:
        return Acceptance(refusal=f"{path}: not written: {error.strerror or error}")
    return Acceptance(changes={each.cell.index: _change(each, ran, variant) for each in differing})


def _keep_pictures(page: Page, verdicts: Sequence[Verdict]) -> None:
    """Write the pictures that differ; remove files of the folder that no cell names any more."""
    folder = folder_of(page.path)
    for verdict in verdicts:
        for name, data in verdict.pictures.items() if is_to_be_recorded(verdict) else ():
            folder.mkdir(exist_ok=True)
            (page.path.parent / name).write_bytes(data)
    if folder.is_dir() and len(verdicts) == len(page.cells) and not page.asked:
        named = {Path(name).name for verdict in verdicts for name in verdict.pictures}
        for file in folder.iterdir():
            if file.name not in named and file.suffix in (".png", ".jpeg", ".gif"):
                file.unlink()


def is_to_be_recorded(verdict: Verdict) -> bool:
    """Whether its output differs, or nothing is compared with it and there is none yet."""
    is_new = verdict.outcome is Outcome.UNCHECKED and verdict.cell.block is None
    return verdict.outcome is Outcome.DIFFERS or (is_new and bool(verdict.got))


def refusal_of(page: Page, verdicts: Sequence[Verdict] = (), records: Records | None = None) -> str:
    """Why nothing of a page is recorded; empty where it can be."""
    for problem in page.problems:
        return f"{page.where(problem.line)}: not accepted: {problem.message}"
    for problem in records.problems if records else ():
        where = page.where(problem.line, records.path if records else None)
        return f"{where}: not accepted: {problem.message}"
    for verdict in verdicts:
        if verdict.outcome in (Outcome.FAILED, Outcome.NOT_RUN):
            where = page.where(verdict.line, verdict.file)
            return f"{where}: not accepted: {verdict.summary}"
    return ""


def _stands_in_page(cell: Cell, variant: str) -> bool:
    """Whether a cell's output on a variant is recorded in the page.

    It is where there is a block for it, and below a cell that only runs on variants.
    """
    return variant in cell.own or not cell.places.have("")


def _change(verdict: Verdict, ran: datetime, variant: str) -> str:
    cell = verdict.cell
    if cell.ellipsis and not _recorded(verdict, ran)[1]:
        return "changed, and removed :ellipsis: from,"
    if not verdict.got and not variant:
        return "removed"
    return "changed" if cell.block else "added"


def _recorded(verdict: Verdict, ran: datetime) -> tuple[str, bool]:
    """The text to record, and whether it still needs ``:ellipsis:``."""
    cell, got = verdict.cell, verdict.got
    if not cell.record:
        return got, False
    text = merged(cell.recorded, got, ran, ellipsis=cell.ellipsis)
    return text, cell.ellipsis and not matches(text, got, ran)


def _write_records(
    page: Page, records: Records, verdicts: Sequence[Verdict], ran: datetime, variant: str
) -> None:
    """Write the file anew, with the cells that show something else than the page records."""
    by_cell = {verdict.cell.index: verdict for verdict in verdicts}
    blocks: dict[str, tuple[str, bool]] = {}
    for cell in page.cells_on(variant):
        if _stands_in_page(cell, variant):
            continue
        verdict = by_cell.get(cell.index)
        record: tuple[str, bool] | None = None
        if verdict and verdict.outcome is Outcome.DIFFERS:
            record = _recorded(verdict, ran)
        elif cell.block:
            record = cell.block.text, cell.block.ellipsis
        if record is not None and not (verdict and _is_inherited(verdict, ran)):
            blocks[cell.heading] = record
    new = written(page.known[variant].title, page.path, blocks) if blocks else None
    if new == records.data:
        return
    if new is None:
        records.path.unlink()
    elif records.data is None:
        with records.path.open("xb") as file:
            file.write(new)
    else:
        replace_file(records.path, records.data, new)


def _is_inherited(verdict: Verdict, ran: datetime) -> bool:
    """Whether a cell shows on a variant what the page records for everybody."""
    everybodys = verdict.cell.inherited
    text, ellipsis = (everybodys.text, everybodys.ellipsis) if everybodys else ("", False)
    return matches(text, verdict.got, ran, ellipsis=ellipsis)


def rewritten(data: bytes, verdicts: Iterable[Verdict], ran: datetime, variant: str = "") -> bytes:
    """A page's bytes with these verdicts' output recorded."""
    lines = data.decode("utf-8").split("\n")
    for verdict in sorted(verdicts, key=lambda verdict: -verdict.cell.start):
        cell = verdict.cell
        ending = "\r" if lines[cell.start].endswith("\r") else ""
        start, end = _place(verdict, variant)
        at_end = end == len(lines)  # of a file without a newline at its end
        if at_end:
            lines[-1] += ending
        lines[start:end] = [line + ending for line in _block(verdict, ran, variant)]
        if at_end:
            lines[-1] = lines[-1].removesuffix("\r")
    return "\n".join(lines).encode("utf-8")


def _place(verdict: Verdict, variant: str) -> tuple[int, int]:
    """The lines in whose place a block comes; with the blank ones above it where it goes."""
    cell = verdict.cell
    if cell.block is None:
        below = [block.end for block in cell.own.values()] if variant else []
        return (max([cell.end, *below]),) * 2
    is_kept = verdict.got or variant
    return cell.block.start if is_kept else cell.end, cell.block.end


def _block(verdict: Verdict, ran: datetime, variant: str) -> list[str]:
    """The lines of the block that records a cell's output.

    None where it shows nothing; but on a variant that says something too.
    """
    cell, block = verdict.cell, verdict.cell.block
    if not verdict.got and not variant:
        return []
    text, ellipsis = _recorded(verdict, ran)
    indent, fence = (block.indent, block.fence) if block else (cell.indent, "```")
    if cell.is_nested and "```" in text:
        fence = "~~~"  # a longer one could end the directive around it
    lines = block_lines(text, fence, variant, ellipsis=ellipsis)
    return ([] if block else [""]) + [f"{indent}{line}" if line else "" for line in lines]


def replace_file(path: Path, old: bytes, new: bytes) -> None:
    """Put new bytes in a file's place in one step, if it still holds the old ones.

    Raises OSError where it does not, is read-only, or cannot be written.
    """
    path = path.resolve()
    status = path.stat()
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise OSError("the file is read-only")
    if path.read_bytes() != old:
        raise OSError("the file changed while its cells ran: run this again")
    if status.st_nlink > 1:  # another file would leave the other names with the old bytes
        path.write_bytes(new)
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        if os.geteuid() == 0:  # root's files would be in the way of the page's owner
            os.chown(name, status.st_uid, status.st_gid)
        shutil.copymode(path, name)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
