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
from tests.kit.full_site import ROOT, build, check_pages

PLACES = 50
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

    @property
    def where(self) -> str:
        """``file:line``, the file relative to the project's root."""
        return f"{self.page.path.relative_to(ROOT).as_posix()}:{self.number}"

    @property
    def number(self) -> int:
        assert self.cell.block is not None
        return self.cell.block.line + self.line


def recorded_pages() -> list[Page]:
    config = sphinx_config.parser_config(sphinx_config.read(ROOT))
    return [Page.read(path, config) for path in sorted((ROOT / "docs").rglob("*.md"))]


def places() -> list[Place]:
    """Fifty places, each in a cell of its own, so that each must be found by itself."""
    chance = random.Random(SEED)
    cells = [(page, cell) for page in recorded_pages() for cell in page.cells if compared(cell)]
    return [place_in(page, cell, chance) for page, cell in chance.sample(cells, PLACES)]


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


def spoil(root: Path, place: Place, chance: random.Random) -> None:
    """Change the character at a place into another of its kind."""
    path = root / place.page.path.relative_to(ROOT)
    lines = path.read_text(encoding="utf-8").split("\n")
    line = lines[place.number - 1]
    assert place.cell.block is not None
    column = place.column + len(place.cell.block.indent)
    kind = next(kind for kind in KINDS if line[column] in kind)
    other = chance.choice([char for char in kind if char != line[column]])
    lines[place.number - 1] = line[:column] + other + line[column + 1 :]
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture(scope="module")
def spoiled(copy: Callable[[str], Path]) -> tuple[Path, list[Place]]:
    """The sources with one character changed at each of the fifty places."""
    root, chosen, chance = copy("spoiled"), places(), random.Random(SEED)
    for place in chosen:
        spoil(root, place, chance)
    return root, chosen


def test_pytest_names_the_line_of_each_changed_character(
    spoiled: tuple[Path, list[Place]],
) -> None:
    """One changed letter, digit or sign of an output or of SQL fails its cell and no other."""
    root, chosen = spoiled
    done = check_pages(root)
    assert done.returncode == 1
    assert [place.where for place in chosen if f"{place.where}: " not in done.stdout] == []
    assert f"{PLACES} failed" in done.stdout


def test_build_names_the_line_of_each_changed_character(
    spoiled: tuple[Path, list[Place]],
) -> None:
    """The same changes each are a warning of the build, which fails, also the second time."""
    root, chosen = spoiled
    for _ in range(2):
        status, printed, _ = build(root)
        assert status == 1
        assert [place.where for place in chosen if f"{place.where}: WARNING" not in printed] == []


@pytest.mark.parametrize("seed", ["1", "2"])
def test_pages_pass_under_any_hash_seed(seed: str) -> None:
    """No recorded output depends on the order of a set of strings."""
    done = check_pages(ROOT, PYTHONHASHSEED=seed)
    assert done.returncode == 0, done.stdout


def faketime(offset: str) -> tuple[str, ...]:
    """The command that moves a process's clock, SQLite's included."""
    if FAKETIME is None:
        if os.environ.get("CI"):
            pytest.fail("CI has no faketime: apt-get install faketime")
        pytest.skip("faketime is not installed (Debian: apt-get install faketime)")
    return (FAKETIME, "-f", offset)


def test_builds_a_day_apart_are_byte_identical(copy: Callable[[str], Path], site: Path) -> None:
    """The site does not change with the day: what is published is what was recorded."""
    status, printed, out = build(copy("day"), faketime("+1d"))
    assert status == 0, printed
    sites = [site, out]
    names = [{str(f.relative_to(s)) for f in s.rglob("*") if f.is_file()} for s in sites]
    assert names[0] == names[1]
    _, differing, errors = filecmp.cmpfiles(*sites, names[0], shallow=False)
    assert (differing, errors) == ([], [])


@pytest.mark.parametrize("offset", ["+400d", "-400d"])
def test_pages_pass_on_another_day(offset: str) -> None:
    """A page recorded last year passes today, and one recorded today passed last year."""
    done = check_pages(ROOT, faketime(offset))
    assert done.returncode == 0, done.stdout


def test_each_item_of_the_first_text_is_marked_once_at_least() -> None:
    """The sixty-six statements that the chapters grew from are all taught, each where marked."""
    marked: set[int] = set()
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for line in re.findall(r"^% shows: (.+) -> ", page.read_text("utf-8"), re.MULTILINE):
            marked |= {int(item[1:]) for item in line.split() if item[0] == "C"}
    assert marked == set(range(1, 67))
