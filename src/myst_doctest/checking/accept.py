"""Record in a page what its cells showed."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from myst_doctest.checking.compare import matches, merged
from myst_doctest.checking.verdicts import Outcome, Verdict
from myst_doctest.pages.page import Page

__all__ = ["Acceptance", "accept", "longer_fence", "replace_file"]


@dataclass
class Acceptance:
    """What was done to the block of which cell (by its number), or why nothing was written."""

    changes: dict[int, str] = field(default_factory=dict)
    refusal: str = ""


def accept(page: Page, verdicts: Sequence[Verdict], ran: datetime) -> Acceptance:
    """Rewrite the blocks of the cells that differ, and nothing else of the page.

    The page's file is replaced in one step, so that it is whole at any time, old or new
    (written to in place where it has hard links).
    Nothing is written where the page has a problem or a cell failed.
    """
    differing = [verdict for verdict in verdicts if verdict.outcome is Outcome.DIFFERS]
    refusal = _refusal(page, verdicts)
    if refusal or not differing:
        return Acceptance(refusal=refusal)
    try:
        data = rewritten(page.data, differing, ran)
        replace_file(page.path, page.data, data)
    except OSError as error:
        return Acceptance(refusal=f"{page.path}: not written: {error.strerror or error}")
    return Acceptance(changes={verdict.cell.index: _change(verdict, ran) for verdict in differing})


def _refusal(page: Page, verdicts: Sequence[Verdict]) -> str:
    for problem in page.problems:
        return f"{page.where(problem.line)}: not accepted: {problem.message}"
    for verdict in verdicts:
        if verdict.outcome in (Outcome.FAILED, Outcome.NOT_RUN):
            return f"{page.where(verdict.line)}: not accepted: {verdict.summary}"
    return ""


def _change(verdict: Verdict, ran: datetime) -> str:
    cell = verdict.cell
    if cell.ellipsis and not _recorded(verdict, ran)[1]:
        return "changed, and removed :ellipsis: from,"
    return "removed" if not verdict.got else "changed" if cell.block else "added"


def _recorded(verdict: Verdict, ran: datetime) -> tuple[str, bool]:
    """The text to record, and whether it still needs ``:ellipsis:``."""
    cell, got = verdict.cell, verdict.got
    if not cell.block:
        return got, False
    text = merged(cell.recorded, got, ran, ellipsis=cell.ellipsis)
    return text, cell.ellipsis and not matches(text, got, ran)


def rewritten(data: bytes, verdicts: Iterable[Verdict], ran: datetime) -> bytes:
    """A page's bytes with these verdicts' output recorded."""
    lines = data.decode("utf-8").split("\n")
    for verdict in sorted(verdicts, key=lambda verdict: -verdict.cell.start):
        cell = verdict.cell
        ending = "\r" if lines[cell.start].endswith("\r") else ""
        start = cell.block.start if cell.block and verdict.got else cell.end
        end = cell.block.end if cell.block else cell.end
        at_end = end == len(lines)  # of a file without a newline at its end
        if at_end:
            lines[-1] += ending
        lines[start:end] = [line + ending for line in _block(verdict, ran)]
        if at_end:
            lines[-1] = lines[-1].removesuffix("\r")
    return "\n".join(lines).encode("utf-8")


def _block(verdict: Verdict, ran: datetime) -> list[str]:
    """The lines of the block that records a cell's output; none where it shows nothing."""
    cell = verdict.cell
    if not verdict.got:
        return []
    text, ellipsis = _recorded(verdict, ran)
    content = text.removesuffix("\n").split("\n")
    if not content[0] or re.match(r":[\w-]+:", content[0]):
        content.insert(0, "")  # a blank line ends the options
    if ellipsis:
        content.insert(0, ":ellipsis:")
    indent = cell.block.indent if cell.block else cell.indent
    fence = longer_fence(text, cell.block.fence if cell.block else "```")
    lines = [f"{fence}{{output}}", *content, fence]
    return ([] if cell.block else [""]) + [f"{indent}{line}" if line else "" for line in lines]


def longer_fence(text: str, fence: str) -> str:
    """The fence of a block, longer than any run of its mark in the text."""
    mark = fence[0]
    longest = max((len(run) for run in re.findall(f"{mark}+", text)), default=0)
    return mark * max(len(fence), longest + 1 if longest >= len(fence) else 0)


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
