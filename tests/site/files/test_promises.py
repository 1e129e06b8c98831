"""What the site promises of its outputs, each promise by trying to break it."""

from __future__ import annotations

import filecmp
import os
import random
import re
import shutil
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from myst_doctest import sphinx_config
from myst_doctest.checking import compare
from myst_doctest.pages.page import Cell, Page
from myst_doctest.settings import Settings
from tests.kit.full_site import ROOT, build, check_pages

PLACES = 50
FEW = 6
SEED = 20_241_209
KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "()[]{}<>=,.:;'\"?*+-/_│")
FAKETIME = shutil.which("faketime")


@dataclass(frozen=True)
class Place:
    """One character of one cell's recorded output."""

    page: Page
    cell: Cell
    line: int
    column: int

    def where(self, root: Path) -> str:
        """``file:line``, the file relative to the project's root."""
        return f"{self.page.path.relative_to(root).as_posix()}:{self.number}"

    @property
    def number(self) -> int:
        assert self.cell.block is not None
        return self.cell.block.line + self.line


def recorded_pages(root: Path) -> list[Page]:
    config = sphinx_config.parser_config(sphinx_config.read(root))
    variants = Settings.find(root).variants
    return [Page.read(path, config, variants) for path in sorted((root / "docs").rglob("*.md"))]


def places(root: Path, number: int) -> list[Place]:
    """So many places, each in a cell of its own, so that each must be found by itself."""
    chance = random.Random(SEED)
    pages = recorded_pages(root)
    cells = [(page, cell) for page in pages for cell in page.cells if compared(cell)]
    return [place_in(page, cell, chance) for page, cell in chance.sample(cells, number)]


def compared(cell: Cell) -> bool:
    """Whether there is a character in the cell's block that is compared to the letter."""
    return cell.block is not None and not cell.block.ellipsis and any(candidates(cell.block.text))


def candidates(text: str) -> Iterator[tuple[int, int]]:
    """Line and column of each letter, digit and sign outside the volatile values."""
    for number, line in enumerate(text.split("\n")):
        volatile = [m.span() for form in compare.VOLATILE for m in form.pattern.finditer(line)]
        for column, char in enumerate(line):
            if any(start <= column < end for start, end in volatile):
                continue
            if any(char in kind for kind in KINDS):
                yield number, column


def place_in(page: Page, cell: Cell, chance: random.Random) -> Place:
    assert cell.block is not None
    return Place(page, cell, *chance.choice(list(candidates(cell.block.text))))


def spoil(place: Place, chance: random.Random) -> None:
    """Change the character at a place into another of its kind."""
    path = place.page.path
    lines = path.read_text(encoding="utf-8").split("\n")
    line = lines[place.number - 1]
    assert place.cell.block is not None
    column = place.column + len(place.cell.block.indent)
    kind = next(kind for kind in KINDS if line[column] in kind)
    other = chance.choice([char for char in kind if char != line[column]])
    lines[place.number - 1] = line[:column] + other + line[column + 1 :]
    path.write_text("\n".join(lines), encoding="utf-8")


def spoiled(root: Path, number: int) -> list[Place]:
    """Change one character at each of so many places of the pages in a copy of the sources."""
    chosen, chance = places(root, number), random.Random(SEED)
    for place in chosen:
        spoil(place, chance)
    return chosen


def test_pytest_names_the_line_of_each_changed_character(copy: Callable[[str], Path]) -> None:
    """One changed letter, digit or sign of an output or of SQL fails its cell and no other.

    It fails on a variant too, where the cell shows the same there.
    """
    root = copy("spoiled")
    chosen = spoiled(root, PLACES)
    done = check_pages(root)
    assert done.returncode == 1
    assert [
        place.where(root) for place in chosen if f"{place.where(root)}: " not in done.stdout
    ] == []
    lines = [line for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    assert len({re.sub(r"\[[\w.-]+\]$", "", line.split(" - ")[0]) for line in lines}) == PLACES


def test_build_names_the_line_of_each_changed_character(small_copy: Callable[[str], Path]) -> None:
    """Such a change is a warning of the build, which fails; on pages with all kinds of cells."""
    root = small_copy("spoiled-build")
    chosen = spoiled(root, FEW)
    status, printed, _ = build(root)
    assert status == 1
    assert [
        place.where(root) for place in chosen if f"{place.where(root)}: WARNING" not in printed
    ] == []


MAIN_RUN = ("--variant", "main")
"""No servers: under libfaketime, threads that wait for one another on a server hang."""


def faketime(offset: str) -> tuple[str, ...]:
    """The command that moves a process's clock, SQLite's included."""
    if FAKETIME is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no faketime: apt-get install faketime")
        pytest.skip("faketime is not installed (Debian: apt-get install faketime)")
    return (FAKETIME, "-f", offset)


def test_pages_pass_on_another_day_under_another_hash_seed() -> None:
    """A page recorded last year passes today, whatever the order of a set of strings."""
    done = check_pages(ROOT, faketime("+400d"), *MAIN_RUN, PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stdout


def test_pages_pass_on_a_day_before_they_were_written(small_copy: Callable[[str], Path]) -> None:
    """Nothing that a page shows depends on the day; on pages with all kinds of cells."""
    done = check_pages(small_copy("before"), faketime("-400d"), *MAIN_RUN, PYTHONHASHSEED="2")
    assert done.returncode == 0, done.stdout


def test_builds_a_day_apart_are_byte_identical(small_copy: Callable[[str], Path]) -> None:
    """The site does not change with the day: what is published is what was recorded."""
    status, printed, today = build(small_copy("today"))
    assert status == 0, printed
    status, printed, tomorrow = build(small_copy("tomorrow"), faketime("+1d"), PYTHONHASHSEED="1")
    assert status == 0, printed
    sites = [today, tomorrow]
    names = [{str(f.relative_to(s)) for f in s.rglob("*") if f.is_file()} for s in sites]
    assert names[0] == names[1]
    _, differing, errors = filecmp.cmpfiles(*sites, names[0], shallow=False)
    assert (differing, errors) == ([], [])
