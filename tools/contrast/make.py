"""Record in the pages what their cells show on an older SQLAlchemy: ``make contrast``.

python tools/contrast/make.py [--check] PYTHON [PAGES]

Each ``{contrast} CELL-NAME`` block of a page gets the output of that cell, run by PYTHON, an
interpreter that has the older version. All pages of the site are looked at where none is named.
For another older version, change requirements.in and ``VERSION`` in
``tutorial_site.content.version_contrast``, and make requirements.txt as its first lines say.
Nothing is written where anything is wrong with one of them, and with ``--check`` nothing at all:
the status is 1 where a block does not hold what its cell shows.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from blocks import Block, blocks_by_cell, rewritten

from myst_doctest.checking.accept import replace_file
from myst_doctest.checking.compare import matches, merged, recorded_form
from myst_doctest.pages.page import Cell, Page, decoded
from myst_doctest.pytest_runs import Project
from myst_doctest.running.page_runs import ExecutionError, PageRun, Server
from myst_doctest.running.runner import CellRun
from myst_doctest.settings import Settings, SettingsError
from tutorial_site.content.version_contrast import VERSION


class BadInput(Exception):
    """Nothing can be recorded; each argument is a line that says why."""


@dataclass
class Contrasts:
    """A page, its blocks by their cells' names, and what is to be written into them."""

    page: Page
    blocks: dict[str, Block]
    changes: dict[str, str] = field(default_factory=dict)
    same: set[str] = field(default_factory=set)  # cells that show the same on both versions
    failing: dict[int, str] = field(default_factory=dict)  # a cell's number and how it fails

    @property
    def until(self) -> int:
        """How many of the page's cells have to run."""
        return max(cell.index + 1 for cell in self.page.cells if cell.name in self.blocks)

    def compare(self, run: PageRun) -> None:
        """See what differs from what the page's cells showed on the older version.

        Raises BadInput where the page did not get as far as its last block's cell.
        """
        for cell, cell_run in zip(self.page.cells, run.cells, strict=False):
            where, raised = self.page.where(cell.line), cell_run.raised
            first = raised.text.partition("\n")[0][:200] if raised else ""
            if raised and raised.fatal:
                raise BadInput(f"{where}: {cell.label}: {first} ({raised.fatal})")
            if cell.name in self.blocks:
                if cell_run.cut:
                    raise BadInput(f"{where}: {cell.label} shows too much (max_output)")
                self._compare(cell, cell_run, datetime.fromtimestamp(run.ran, UTC))
            elif raised and not cell.raises:
                self.failing[cell.index] = first
        if len(run.cells) < self.until:
            cell = self.page.cells[len(run.cells)]
            raise BadInput(f"{self.page.where(cell.line)}: {cell.label}: {run.stopped}")

    def _compare(self, cell: Cell, run: CellRun, ran: datetime) -> None:
        got, block = recorded_form(run.segments), self.blocks[cell.name]
        if matches(cell.recorded, got, ran, ellipsis=cell.ellipsis):
            self.same.add(cell.name)
        elif block.silent == bool(got) or not matches(block.text, got, ran):
            # Volatile values are those of the block, or else of the cell's own output.
            known = merged(cell.recorded, got, ran)
            self.changes[cell.name] = merged(block.text, known, ran) if block.text else known


def main(arguments: list[str]) -> int:
    """Record what is asked for; the status is 1 where something has to be corrected."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("python", type=Path, help="an interpreter that has the older version")
    parser.add_argument("pages", nargs="*", type=Path, help="pages, or folders of pages")
    parser.add_argument("--check", action="store_true", help="write nothing, say what differs")
    options = parser.parse_args(arguments)
    try:
        found = _record(options)
    except (BadInput, ExecutionError, SettingsError) as error:
        print(*error.args, sep="\n", file=sys.stderr)
        return 1
    if not any(each.changes or each.same for each in found):
        count = sum(len(each.blocks) for each in found)
        print(f"Nothing to record: blocks that hold what SQLAlchemy {VERSION} shows: {count}.")
    return int(any(each.same or (options.check and each.changes) for each in found))


def _record(options: argparse.Namespace) -> list[Contrasts]:
    chosen = [path.absolute() for path in options.pages]
    project = Project(Settings.find(chosen[0].parent if chosen else Path.cwd()))
    found = _contrasts(project, chosen)
    if found:
        _check_version(options.python)
        _run(found, project.settings, options.python)
    new = [rewritten(each.page.data, each.blocks, each.changes) for each in found]
    done = "differs in" if options.check else "recorded"
    lines = [line for each, data in zip(found, new, strict=True)
             for line in _report(project, each, data, done)]  # fmt: skip
    for each, data in zip(found, new, strict=True) if not options.check else ():
        _write(each.page, data)
    print(*lines, sep="\n", end="\n" * bool(lines))
    return found


def _contrasts(project: Project, chosen: list[Path]) -> list[Contrasts]:
    """The pages that have a ``{contrast}``, from files and folders; from the site's if none.

    Raises BadInput where one of them is not as it should be, or cannot be read.
    """
    found: list[Contrasts] = []
    problems: list[str] = []
    for path in chosen or [project.settings.root / name for name in project.settings.pages]:
        files = filter(project.has, sorted(path.rglob("*.md"))) if path.is_dir() else [path]
        for page in (Page.read(file, project.parser) for file in files):
            # A page that cannot be read has no bytes, and says why.
            blocks, wrong = blocks_by_cell(decoded(page.data), project.parser)
            if not (blocks or wrong or page.unreadable):
                continue
            names = {cell.name for cell in page.cells}
            said = [(each.line, each.message) for each in [*page.problems, *wrong]] or [
                (block.start + 1, f"no cell on this page is named {cell!r}")
                for cell, block in blocks.items()
                if cell not in names
            ]
            problems += [f"{page.where(line)}: {message}" for line, message in said]
            found.append(Contrasts(page, blocks))
    if problems:
        raise BadInput(*problems)
    return found


def _check_version(python: Path) -> None:
    """Refuse an interpreter that has another SQLAlchemy than the pages name."""
    command = [str(python), "-P", "-c", "import sqlalchemy; print(sqlalchemy.__version__)"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        raise BadInput(f"{python}: {error.strerror}") from None
    if (version := done.stdout.strip() or "no SQLAlchemy") != VERSION:
        raise BadInput(f"{python} has {version}, not {VERSION}")


def _run(found: list[Contrasts], settings: Settings, python: Path) -> None:
    """Run all pages on the older version, each as far as its last block's cell; any may raise."""
    with Server(settings, str(python)) as server:
        running = []
        for each in found:
            tag = "raises-exception"
            cells = [replace(cell, tags=(*cell.tags, tag)) for cell in each.page.cells]
            running.append(server.run(replace(each.page, cells=cells), each.until))
        for each, run in zip(found, running, strict=True):
            each.compare(run.result())


def _report(project: Project, contrasts: Contrasts, data: bytes, done: str) -> Iterator[str]:
    """What is said of a page, by the lines of ``data``, which is about to be written.

    ``done`` is the word for a block whose cell shows something else.

    Raises BadInput where a block would not hold what is recorded.
    """
    page = Page.parse(decoded(data), contrasts.page.path, project.parser)
    for number, how in contrasts.failing.items():
        cell = page.cells[number]
        yield f"{page.where(cell.line)}: {cell.label} fails on SQLAlchemy {VERSION}: {how}"
    blocks, _ = blocks_by_cell(decoded(data), project.parser)
    for name, old in contrasts.blocks.items():
        new = blocks.get(name)
        if new is None or new.text != contrasts.changes.get(name, old.text):
            raise BadInput(f"{page.where(1)}: a block cannot hold its cell's output")
        where = page.where(new.start + 1)
        if name in contrasts.changes:
            yield f"{where}: {done} {name}"
        elif name in contrasts.same:
            yield f"{where}: {name} shows the same on SQLAlchemy {VERSION}: no contrast to show"


def _write(page: Page, data: bytes) -> None:
    try:
        if data != page.data:
            replace_file(page.path, page.data, data)
    except OSError as error:
        raise BadInput(f"{page.where(1)}: not written: {error.strerror or error}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
