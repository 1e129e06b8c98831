"""Record in the pages what their cells show on an older SQLAlchemy.

python tools/contrast/make.py [--check] [PAGES]

Each ``{contrast} CELL-NAME`` block of a page gets the output of that cell, run by the site's own
runner in an environment with the older version, which is made when it is missing.
All pages of the site are looked at where none is named.
Another older version: change requirements.in and ``VERSION`` in
``tutorial_site.content.version_contrast``, and make requirements.txt as its first lines say.
Nothing is written where anything is wrong with one of them, and with ``--check`` nothing at all:
the status is 1 where a block does not hold what its cell shows.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path

from blocks import Block, Blocks, rewritten
from older import OlderError, checked, made, run
from sphinx.config import Config
from sphinx.errors import ConfigError

from myst_doctest import sphinx_config
from myst_doctest.checking.accept import replace_file
from myst_doctest.checking.compare import Moment, matches, merged, recorded_form
from myst_doctest.pages.page import Page, decoded
from myst_doctest.running.page_runs import PageRun
from myst_doctest.settings import Settings, SettingsError
from tutorial_site.content.version_contrast import VERSION

ENVIRONMENT = Path(__file__).resolve().parent.parent.parent / "_build" / "contrast"


class BadInput(Exception):
    """Nothing can be recorded; each argument is a line that says why."""


@dataclass
class Contrasts:
    """A page, its blocks, and what is to be written into them."""

    page: Page
    blocks: list[Block]
    changes: dict[Block, str] = field(default_factory=dict)
    same: list[Block] = field(default_factory=list)
    failing: dict[int, str] = field(default_factory=dict)  # a cell's number and how it fails

    def __post_init__(self) -> None:
        self.cells = {cell.name: cell for cell in self.page.cells if cell.name}

    def unknown(self) -> list[str]:
        """The blocks that name no cell of the page."""
        return [
            f"{self.page.where(block.line)}: no cell on this page is named {block.cell!r}"
            for block in self.blocks
            if block.cell not in self.cells
        ]

    def run(self, python: Path, settings: Settings) -> None:
        """Run the page as far as its last cell that is asked for, and see what differs.

        Raises BadInput where the page does not come so far.
        """
        until = max(self.cells[block.cell].index for block in self.blocks) + 1
        ran = run(python, self.page, until, settings)
        self._check(ran, until)
        for block in self.blocks:
            self._compare(block, ran)

    def _check(self, ran: PageRun, until: int) -> None:
        wanted = {self.cells[block.cell].index for block in self.blocks}
        for cell, cell_run in zip(self.page.cells, ran.cells, strict=False):
            raised, where = cell_run.raised, self.page.where(cell.line)
            first = raised.text.partition("\n")[0][:200] if raised else ""
            if raised and raised.fatal:
                raise BadInput(f"{where}: {cell.label}: {first} ({raised.fatal})")
            if cell_run.cut and cell.index in wanted:
                raise BadInput(f"{where}: {cell.label} shows too much (max_output)")
            if raised and not cell.raises and cell.index not in wanted:
                self.failing[cell.index] = first
        if len(ran.cells) < until:
            cell = self.page.cells[len(ran.cells)]
            raise BadInput(f"{self.page.where(cell.line)}: {cell.label}: {ran.stopped}")

    def _compare(self, block: Block, ran: PageRun) -> None:
        cell, moment = self.cells[block.cell], Moment(ran.ran)
        got = recorded_form(ran.cells[cell.index].segments)
        ellipsis = cell.block is not None and cell.block.ellipsis
        if matches(cell.recorded, got, moment, ellipsis=ellipsis):
            self.same.append(block)
        elif block.empty or block.silent != (not got) or not matches(block.text, got, moment):
            # Volatile values are those of the block, or else of the cell's own output.
            known = merged(cell.recorded, got, moment)
            self.changes[block] = merged(block.text, known, moment) if block.text else known


def main(arguments: list[str]) -> int:
    """Record what is asked for; the status is 1 where something is to be mended."""
    options = _options(arguments)
    try:
        contrasts = _record(options)
    except BadInput as bad:
        print(*bad.args, sep="\n", file=sys.stderr)
        return 1
    if not any(each.changes or each.same for each in contrasts):
        count = sum(len(each.blocks) for each in contrasts)
        print(f"Nothing to record: blocks that hold what SQLAlchemy {VERSION} shows: {count}.")
    wrong = [each for each in contrasts if each.same or (options.check and each.changes)]
    return int(bool(wrong))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pages", nargs="*", type=Path, help="pages, or folders of pages")
    parser.add_argument("--check", action="store_true", help="write nothing, say what differs")
    parser.add_argument("--python", type=Path, help="an interpreter that has the older version")
    parser.add_argument(
        "--venv", type=Path, default=ENVIRONMENT, help="the folder of the environment"
    )
    return parser.parse_args(arguments)


def _record(options: argparse.Namespace) -> list[Contrasts]:
    chosen = [path.absolute() for path in options.pages]
    try:
        settings = Settings.find(chosen[0].parent if chosen else Path.cwd())
        site = Site(settings, sphinx_config.read(settings.root / settings.confdir))
        contrasts = site.contrasts(chosen or [settings.root / name for name in settings.pages])
        if contrasts:
            python = checked(options.python or made(options.venv), VERSION)
    except (ConfigError, SettingsError, OlderError) as error:
        raise BadInput(str(error)) from None
    for each in contrasts:
        each.run(python, settings)
    changed = [(each, rewritten(each.page.data, each.changes)) for each in contrasts]
    done = "differs in" if options.check else "recorded"
    said = [line for each, data in changed for line in site.report(each, data, done)]
    for each, data in changed if not options.check else ():
        _replace(each.page, data)
    print(*said, sep="\n", end="\n" * bool(said))
    return contrasts


class Site:
    """How a site's pages are found and read."""

    def __init__(self, settings: Settings, sphinx: Config | None) -> None:
        self.settings = settings
        self.sphinx = sphinx
        self.parser = sphinx_config.parser_config(sphinx)

    def contrasts(self, chosen: Iterable[Path]) -> list[Contrasts]:
        """The pages with a ``{contrast}``, from files and folders.

        Raises BadInput where one of them is not as it should be, or cannot be read.
        """
        found: list[Contrasts] = []
        problems: list[str] = []
        for path in chosen:
            for file in sorted(path.rglob("*.md")) if path.is_dir() else [path]:
                if path.is_dir() and self._left_out(file):
                    continue
                page = Page.read(file, self.parser)
                blocks = Blocks() if page.unreadable else self._blocks(page.data)
                each = Contrasts(page, blocks.found)
                if page.unreadable or blocks.found or blocks.problems:
                    found.append(each)
                    wrong = [*page.problems, *blocks.problems]
                    problems += [f"{page.where(p.line)}: {p.message}" for p in wrong]
                    problems += each.unknown() if not wrong else []
        if problems:
            raise BadInput(*problems)
        return found

    def _left_out(self, file: Path) -> bool:
        """Whether a file in one of the folders of pages is no page of the site."""
        for folder in self.settings.pages:
            if file.is_relative_to(self.settings.root / folder):
                relative = file.relative_to(self.settings.root / folder).as_posix()
                return sphinx_config.excluded(self.sphinx, relative)
        return False

    def _blocks(self, data: bytes) -> Blocks:
        return Blocks.of(decoded(data), self.parser)

    def report(self, contrasts: Contrasts, data: bytes, done: str) -> Iterator[str]:
        """What is said of a page, by the lines of what is about to be written.

        ``done`` is the word for a block whose cell shows something else.

        Raises BadInput where a block would not hold what is recorded.
        """
        page = Page.parse(decoded(data), contrasts.page.path, self.parser)
        for number, how in contrasts.failing.items():
            cell = page.cells[number]
            where = page.where(cell.line)
            yield f"{where}: {cell.label} fails on SQLAlchemy {VERSION}: {how}"
        read = self._blocks(data).found
        for old, new in zip_longest(contrasts.blocks, read):
            if old is None or new is None or new.text != contrasts.changes.get(old, old.text):
                raise BadInput(f"{page.where(1)}: a block cannot hold its cell's output")
            if old in contrasts.changes:
                yield f"{page.where(new.line)}: {done} {new.cell}"
            elif old in contrasts.same:
                why = f"shows the same on SQLAlchemy {VERSION}: no contrast to show"
                yield f"{page.where(new.line)}: {new.cell} {why}"


def _replace(page: Page, data: bytes) -> None:
    try:
        if data != page.data:
            replace_file(page.path, page.data, data)
    except OSError as error:
        why = error.strerror or error
        raise BadInput(f"{page.where(1)}: not written: {why}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
