"""Pages' cells, run by the Python that a reader's browser loads.

With `make test-all` all of them; else pages that together have each kind of what may be something
else there: modules, pictures, words of Python's and of a database's errors, options of cells.
"""

from __future__ import annotations

import builtins
import json
import re
import runpy
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.metadata import version
from itertools import chain, groupby
from pathlib import Path
from typing import Any

import pytest

from live_cells.pack.downloads_cache import digest, npm_packages
from live_cells.pack.node import node
from myst_doctest import sphinx_config
from myst_doctest.checking.verdicts import Outcome, Verdict, judge
from myst_doctest.pages.page import Page
from myst_doctest.running.page_runs import PageRun
from myst_doctest.running.runner import CellRun
from myst_doctest.settings import Settings
from tests.kit.contents import pages_with_cells, variants
from tests.kit.sample import EVERYTHING, cover

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
CONFIG = sphinx_config.parser_config(sphinx_config.read(ROOT))
VARIANTS = Settings.find(ROOT).variants
IN_BROWSERS = runpy.run_path(str(ROOT / "conf.py"))["live_cells_variants"]


def on_variants(name: str) -> list[str]:
    """A page, and the page on each of its variants that run in a browser, as name@variant."""
    return [name, *(f"{name}@{each}" for each in variants(name) if each in IN_BROWSERS)]


PAGES = [each for name in pages_with_cells() for each in on_variants(name)]
BLOCK = re.compile(r'<script type="application/json" id="live-cells">(.*?)</script>', re.DOTALL)
IMPORT = re.compile(r"^\s*(?:from|import) ([\w.]+)", re.MULTILINE)
PICTURE = re.compile(r"^\s*from orm_tutorial\.show import ([^(\n]+|\([^)]+\))", re.MULTILINE)
ERROR = re.compile(r"^\w+(?=:|$)|\((?:sqlite3|psycopg)[\w.]*\)", re.MULTILINE)
DIFFERENCES = tomllib.loads((DOCS / "differences.toml").read_text(encoding="utf-8"))


CLOCK = "clock"
"""A page that is on no site: what time it is, on PostgreSQL in a browser."""
ASKS = """
import datetime
import sqlalchemy

engine = sqlalchemy.create_engine("postgresql+psycopg:///clock")
with engine.connect() as connection:
    ask = sqlalchemy.text("SELECT clock_timestamp()")
    theirs = [connection.scalar(ask) for _ in range(20)]
ours = [datetime.datetime.now() for _ in range(20)]
for times in (theirs, ours):
    print(any(each.microsecond % 1000 for each in times), times == sorted(times))
print(abs(theirs[0].timestamp() - ours[0].timestamp()) < 60)
"""


@cache
def everywhere() -> frozenset[str]:
    """The modules that SQLAlchemy imports: they are there wherever it is."""
    command = [sys.executable, "-c", "import sys, sqlalchemy.orm\nprint(*sys.modules)"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return frozenset(done.stdout.split())


def kinds(page: Mapping[str, Any]) -> frozenset[str]:
    """What a page's cells have that may be something else in a browser, by the page's data."""
    found = {"exercises"} if page["exercises"] else set()
    found |= {f"extra {name}" for name in page["extras"]}
    for cell in page["cells"]:
        if not cell["why"]:
            found |= {option for option in ("ellipsis", "known", "raises") if cell[option]}
            found |= {*IMPORT.findall(cell["source"])} - everywhere()
            for names in PICTURE.findall(cell["source"]):
                found |= {f"picture {name}" for name in re.findall(r"\w+", names)}
            errors = ERROR.findall(cell["recorded"] or "")
            found |= {name for name in errors if "." in name or hasattr(builtins, name)}
    return frozenset(found)


class Browser:
    """Runs pages with the pack of a built site, under Node."""

    def __init__(self, site: Path, work: Path) -> None:
        self.live = site / "_static" / "live"
        self.work = work
        self.files = {}
        for name in pages_with_cells():
            html = site / f"{name}.html"
            block = BLOCK.search(html.read_text(encoding="utf-8"))
            assert block, name
            data = json.loads(block[1])
            for each in (data, *data["variants"].values()):
                on = "@".join(filter(None, (name, each["variant"])))
                self.files[on] = (html.parent / each["cells"]).resolve()
        data = {name: json.loads(self.files[name].read_text(encoding="utf-8")) for name in PAGES}
        self.kinds = {name: kinds(each) for name, each in data.items()}
        self.extras = {name: tuple(each["extras"]) for name, each in data.items()}
        on = next(name for name in PAGES if name.endswith("@postgresql"))
        cell = {"name": "", "source": ASKS, "recorded": "", "ellipsis": False, "raises": False}
        clock = data[on] | {"cells": [cell | {"why": ""}], "exercises": {}}
        self.files[CLOCK] = work / "clock.json"
        self.files[CLOCK].write_text(json.dumps(clock), encoding="utf-8")
        self.extras[CLOCK] = self.extras[on]

    def sample(self) -> list[str]:
        """The names of pages that have all kinds."""
        return PAGES if EVERYTHING else cover(self.kinds, ())

    def alike(self, names: list[str]) -> list[list[str]]:
        """These pages in lists of which all have the same extras: they start from one memory."""
        by_extras = sorted(names, key=self.extras.__getitem__)
        return [list(each) for _, each in groupby(by_extras, self.extras.__getitem__)]

    def run(self, names: list[str]) -> dict[str, list[Any]]:
        """By page: what each cell did; nothing of a build-only cell."""
        modules = npm_packages(ROOT / "_build" / "live-cells")
        script = Path(__file__).parent / "run_pages.mjs"
        files = [self.files[name] for name in names]
        runs = json.loads(node(script, self.live, modules, *files, folder=self.work))
        return dict(zip(names, runs, strict=True))


def judged_cells(name: str, runs: list[Any], docs: Path = DOCS) -> dict[str, Verdict]:
    """How pytest would judge the cells of a page that ran, by their labels."""
    name, _, variant = name.partition("@")
    page = Page.read(docs / f"{name}.md", CONFIG, VARIANTS)
    there = [runs[cell.index] for cell in page.cells_on(variant) if cell.index < len(runs)]
    run = PageRun([CellRun.of(each) if each else CellRun() for each in there], ran=time.time())
    skipped = {index for index, each in enumerate(runs) if each is None}
    judged = judge(page, run, variant=variant)
    found = [each for each in judged if each.outcome is not Outcome.LEFT_OUT]
    return {each.cell.label: each for each in found if each.cell.index not in skipped}


@pytest.fixture(scope="module")
def browser(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Browser:
    return Browser(site, tmp_path_factory.mktemp("node"))


@pytest.fixture(scope="module")
def ran(browser: Browser) -> dict[str, list[Any]]:
    """The pages of the sample, in a process for each list of them, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(browser.run, browser.alike([*browser.sample(), CLOCK]))
    return dict(chain.from_iterable(runs.items() for runs in found))


@pytest.fixture(scope="module")
def judged(ran: dict[str, list[Any]]) -> dict[str, dict[str, Verdict]]:
    """These pages, by the labels of their cells."""
    return {name: judged_cells(name, runs) for name, runs in ran.items() if name != CLOCK}


def test_each_kind_of_cell_runs(browser: Browser, ran: dict[str, list[Any]]) -> None:
    """No page has a module, a picture, an error or an option that no page of the sample has."""
    tried = frozenset().union(*(browser.kinds[name] for name in ran if name != CLOCK))
    assert {name: found - tried for name, found in browser.kinds.items() if found - tried} == {}


def test_cells_show_what_the_book_shows(judged: dict[str, dict[str, Verdict]]) -> None:
    """Each runnable cell gives its recorded output, but for those whose difference is known."""
    unknown = {
        f"{page}: {label}": verdict.report
        for page, verdicts in judged.items()
        for label, verdict in verdicts.items()
        if verdict.outcome is not Outcome.PASSED and label not in DIFFERENCES.get(page, {})
    }
    assert not unknown, "\n".join(f"{cell}: {report}" for cell, report in unknown.items())


def test_clocks_show_microseconds(ran: dict[str, list[Any]]) -> None:
    """Those of Python and of PostgreSQL, which agree, and do not go back."""
    (cell,) = ran[CLOCK]
    assert (
        "".join(each["text"] for each in cell["segments"] if each["kind"] == "stdout")
        == "True True\nTrue True\nTrue\n"
    )


def test_each_known_difference_is_one(judged: dict[str, dict[str, Verdict]]) -> None:
    """A cell that shows what the book shows is not in the list of differences."""
    listed = {(page, name) for page in judged for name in DIFFERENCES.get(page, {})}
    differing = {
        (page, label)
        for page, verdicts in judged.items()
        for label, verdict in verdicts.items()
        if verdict.outcome is not Outcome.PASSED
    }
    assert listed - differing == set()


def test_a_changed_record_of_a_variant_is_reported_by_its_line(
    ran: dict[str, list[Any]], judged: dict[str, dict[str, Verdict]], tmp_path: Path
) -> None:
    """Another first line of each record, beside the page or in it, is what the run is not."""
    copied = shutil.copytree(DOCS, tmp_path / "docs")
    for page in (page for page in judged if "@" in page):
        changed = {}
        for label, verdict in judged[page].items():
            cell = verdict.cell
            has_lines = cell.block and cell.block.text  # a block may say that nothing is shown
            if verdict.outcome is Outcome.PASSED and has_lines and not cell.ellipsis:
                beside = cell.block.file and copied / cell.block.file.relative_to(DOCS)
                file = beside or copied / f"{page.partition('@')[0]}.md"
                lines = file.read_text(encoding="utf-8").split("\n")
                lines[cell.block.line - 1] += " changed"
                file.write_text("\n".join(lines), encoding="utf-8")
                changed[label] = (beside, cell.block.line)
        found = judged_cells(page, ran[page], copied)
        assert {label: (found[label].file, found[label].line) for label in changed} == changed
        assert {found[label].outcome for label in changed} == {Outcome.DIFFERS}


def test_pack_holds_the_pinned_sqlalchemy(site: Path) -> None:
    """What a reader runs is the version that the build ran."""
    words = json.loads((site / "_static" / "live.json").read_text())["pack"]["words"]
    assert f"SQLAlchemy {version('sqlalchemy')}," in words


def test_names_hold_their_content_hash(site: Path) -> None:
    """A file whose content changes has another name, so that hosts may keep it for ever."""
    for file in (site / "_static" / "live").iterdir():
        assert file.stem.endswith(digest(file.read_bytes())), file.name
