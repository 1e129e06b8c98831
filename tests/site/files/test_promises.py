"""What the site promises of its outputs, each promise by trying to break it."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from myst_doctest import sphinx_config
from myst_doctest.checking import compare
from myst_doctest.pages.page import Block, Cell, Page
from myst_doctest.settings import Settings
from tests.kit.full_site import check_pages, link_parts, read
from tests.kit.other_day import other_day
from tests.kit.sample import EVERYTHING
from tests.kit.sources import keep, small_set

PLACES = {"page": 30, "page on a variant": 5, "beside": 20, "one cell": 5}
"""Changed characters, by where the record is: the last is that of a variant for one cell alone."""
SEED = 20_241_209
ON_EVERY_SERVER = "reference/mariadb"
KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "()[]{}<>=,.:;'\"?*+-/_│")
CLOCKS = """\
---
variants: [postgresql, mariadb]
---

# What databases say of the day

```{code-cell} python
from sqlalchemy import create_engine, text

with create_engine("sqlite:///shop.db").connect() as connection:
    print(str(connection.scalar(text("SELECT CURRENT_DATE"))))
```

```{output}
2024-12-09
```
"""
"""A page that passes where databases agree with the page's process that this date is of today."""


@dataclass(frozen=True)
class Place:
    """One character of what is recorded of one cell, for everybody or for one variant."""

    page: Page
    cell: Cell
    block: Block
    variant: str
    line: int
    column: int

    @property
    def file(self) -> Path:
        return self.block.file or self.page.path

    def where(self, root: Path) -> str:
        """``file:line``, the file relative to the project's root."""
        return f"{self.file.relative_to(root).as_posix()}:{self.number}"

    @property
    def number(self) -> int:
        return self.block.line + self.line


def recorded_pages(root: Path) -> list[Page]:
    config = sphinx_config.parser_config(sphinx_config.read(root))
    variants = Settings.find(root).variants
    return [Page.read(path, config, variants) for path in sorted((root / "docs").rglob("*.md"))]


def records(page: Page) -> Iterator[tuple[str, Cell, Block, str]]:
    """All that is recorded of a page, with its kind; empty is the variant of everybody's."""
    by_heading = {cell.heading: cell for cell in page.cells}
    for cell in page.cells:
        if cell.block:
            yield "page", cell, cell.block, ""
        for variant, block in cell.own.items():
            kind = "page on a variant" if variant in page.variants else "one cell"
            yield kind, cell, block, variant
    for variant, beside in page.records.items():
        for heading, block in beside.blocks.items():
            yield "beside", by_heading[heading], block, variant


def places(root: Path, wanted: Mapping[str, int]) -> list[Place]:
    """So many places of each kind, each in a cell of its own, to be found by itself."""
    chance = random.Random(SEED)
    found: dict[str, list[Place]] = {kind: [] for kind in wanted}
    for page in recorded_pages(root):
        for kind, cell, block, variant in records(page):
            chars = [] if block.ellipsis else list(candidates(block.text))
            if kind in wanted and chars:
                place = Place(page, cell, block, variant, *chance.choice(chars))
                found[kind].append(place)
    used: set[tuple[Path, int]] = set()
    chosen = []
    for kind in sorted(wanted, key=lambda kind: len(found[kind])):
        free = [each for each in found[kind] if (each.page.path, each.cell.index) not in used]
        taken = chance.sample(free, min(wanted[kind], len(free)))
        cells = {(each.page.path, each.cell.index): each for each in taken}
        assert cells, kind
        used |= cells.keys()
        chosen += cells.values()
    return chosen


def candidates(text: str) -> Iterator[tuple[int, int]]:
    """Line and column of each letter, digit and sign outside the volatile values."""
    for number, line in enumerate(text.split("\n")):
        volatile = [m.span() for form in compare.VOLATILE for m in form.pattern.finditer(line)]
        for column, char in enumerate(line):
            if any(start <= column < end for start, end in volatile):
                continue
            if any(char in kind for kind in KINDS):
                yield number, column


def spoil(place: Place, chance: random.Random) -> None:
    """Change the character at a place into another of its kind."""
    lines = place.file.read_text(encoding="utf-8").split("\n")
    line = lines[place.number - 1]
    column = place.column + len(place.block.indent)
    kind = next(kind for kind in KINDS if line[column] in kind)
    other = chance.choice([char for char in kind if char != line[column]])
    lines[place.number - 1] = line[:column] + other + line[column + 1 :]
    place.file.write_text("\n".join(lines), encoding="utf-8")


def spoiled(root: Path, wanted: Mapping[str, int]) -> list[Place]:
    """Change one character at each of so many places of the pages in a copy of the sources."""
    chosen, chance = places(root, wanted), random.Random(SEED)
    for place in chosen:
        spoil(place, chance)
    return chosen


def test_pytest_names_the_line_of_each_changed_character_on_another_day(
    copy: Callable[[str], Path],
) -> None:
    """A changed character of any record fails its cell, and no other cell fails on a later day.

    On pages with all kinds of cells, records and variants; `make test-all` takes all pages. On the
    day of the run, which is later than that of their records, all pages are checked by pytest.

    What is recorded for everybody fails on the variants that show the same, too. The day is
    another one for pages, databases and servers, and the order of sets is another one.
    """
    root = copy("spoiled")
    if not EVERYTHING:
        keep(root / "docs", [*small_set(), ON_EVERY_SERVER])
    link_parts(root)
    (root / "docs/clocks.md").write_text(CLOCKS, encoding="utf-8")
    chosen = spoiled(root, PLACES)
    done = check_pages(root, PYTHONHASHSEED="1", TZ="Asia/Tokyo", **other_day(400))
    assert done.returncode == 1
    missing = set(re.findall(r"^([\w.-]+): pyproject\.toml:\d+: ", done.stdout, re.MULTILINE))
    chosen = [place for place in chosen if place.variant not in missing]
    # A service that fails later fails its page's cells, by their own lines.
    assert re.findall(r"the service of .*(?:\n  .*)*", done.stdout) == []
    unnoticed = [each.where(root) for each in chosen if f"{each.where(root)}: " not in done.stdout]
    assert unnoticed == []
    lines = [line for line in done.stdout.splitlines() if line.startswith("FAILED ")]
    failed = {re.sub(r"\[[\w.-]+\]$", "", line.split(" - ")[0].split()[1]) for line in lines}
    labels = {f"docs/{p.page.path.relative_to(root / 'docs')}::{p.cell.label}" for p in chosen}
    assert failed == labels, done.stdout


def test_build_names_the_line_of_each_changed_character(small_copy: Callable[[str], Path]) -> None:
    """Such a change is a warning of the build, which fails; on pages with all kinds of cells."""
    root = small_copy("spoiled-build")
    chosen = spoiled(root, {"page": 6, "one cell": 1})
    status, printed = read(root)
    assert status == 1
    assert [
        place.where(root) for place in chosen if f"{place.where(root)}: WARNING" not in printed
    ] == []


def test_pages_pass_on_a_day_before_they_were_written(small_copy: Callable[[str], Path]) -> None:
    """Nothing that a page shows depends on the day; on pages with all kinds of cells."""
    done = check_pages(small_copy("before"), PYTHONHASHSEED="2", **other_day(-400))
    assert done.returncode == 0, done.stdout
