"""Each page's cells, run by the Python that a reader's browser loads."""

from __future__ import annotations

import json
import re
import runpy
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
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
DIFFERENCES = tomllib.loads((DOCS / "differences.toml").read_text(encoding="utf-8"))


class Browser:
    """Runs pages with the pack of a built site, under Node."""

    def __init__(self, site: Path, work: Path) -> None:
        self.live = site / "_static" / "live"
        self.work = work
        self.pages = {}
        for file in site.rglob("*.html"):
            if block := BLOCK.search(file.read_text(encoding="utf-8")):
                data = json.loads(block[1])
                for each in (data, *data["variants"].values()):
                    name = "@".join(filter(None, (data["page"], each["variant"])))
                    self.pages[name] = (file.parent / each["cells"]).resolve()
        self.extras = {name: self._extras(file) for name, file in self.pages.items()}

    @staticmethod
    def _extras(file: Path) -> tuple[str, ...]:
        return tuple(json.loads(file.read_text(encoding="utf-8"))["extras"])

    def alike(self, names: list[str]) -> list[list[str]]:
        """These pages in lists of which all have the same extras: they start from one memory."""
        by_extras = sorted(names, key=self.extras.__getitem__)
        return [list(each) for _, each in groupby(by_extras, self.extras.__getitem__)]

    def run(self, names: list[str]) -> dict[str, list[Any]]:
        """By page: what each cell did; nothing of a build-only cell."""
        modules = npm_packages(ROOT / "_build" / "live-cells")
        script = Path(__file__).parent / "run_pages.mjs"
        files = [self.pages[name] for name in names]
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
def ran(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    """All pages, in a process for each kind of them, two at a time."""
    browser = Browser(site, tmp_path_factory.mktemp("node"))
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(browser.run, browser.alike(PAGES))
    return dict(chain.from_iterable(runs.items() for runs in found))


@pytest.fixture(scope="module")
def judged(ran: dict[str, list[Any]]) -> dict[str, dict[str, Verdict]]:
    """All pages, by the labels of their cells."""
    return {name: judged_cells(name, runs) for name, runs in ran.items()}


@pytest.mark.parametrize("page", PAGES)
def test_cells_show_what_the_book_shows(judged: dict[str, dict[str, Verdict]], page: str) -> None:
    """Each runnable cell gives its recorded output, but for those whose difference is known."""
    differing = {
        label: verdict.report
        for label, verdict in judged[page].items()
        if verdict.outcome is not Outcome.PASSED
    }
    unknown = {name: text for name, text in differing.items() if name not in known(page)}
    assert not unknown, "\n".join(f"{name}: {text}" for name, text in unknown.items())


def test_each_known_difference_is_one(judged: dict[str, dict[str, Verdict]]) -> None:
    """A cell that shows what the book shows is not in the list of differences."""
    listed = {(page, name) for page, names in DIFFERENCES.items() for name in names}
    differing = {
        (page, label)
        for page, verdicts in judged.items()
        for label, verdict in verdicts.items()
        if verdict.outcome is not Outcome.PASSED
    }
    assert listed - differing == set()


@pytest.mark.parametrize("page", [page for page in PAGES if "@" in page])
def test_a_changed_record_of_a_variant_is_reported_by_its_line(
    ran: dict[str, list[Any]], judged: dict[str, dict[str, Verdict]], page: str, tmp_path: Path
) -> None:
    """Another first line of each record, beside the page or in it, is what the run is not."""
    name, _, variant = page.partition("@")
    copied = {DOCS / f"{name}{end}": tmp_path / f"{name}{end}" for end in (".md", f".{variant}.md")}
    texts = {path: path.read_text(encoding="utf-8").split("\n") for path in copied}
    changed = {}
    for label, verdict in judged[page].items():
        cell = verdict.cell
        if verdict.outcome is Outcome.PASSED and cell.block and not cell.ellipsis:
            file = cell.block.file or DOCS / f"{name}.md"
            texts[file][cell.block.line - 1] += " changed"
            changed[label] = (cell.block.file and copied[file], cell.block.line)
    for path, lines in texts.items():
        copied[path].parent.mkdir(exist_ok=True)
        copied[path].write_text("\n".join(lines), encoding="utf-8")
    found = judged_cells(page, ran[page], tmp_path)
    assert {label: (found[label].file, found[label].line) for label in changed} == changed
    assert {found[label].outcome for label in changed} == {Outcome.DIFFERS}


def known(page: str) -> dict[str, str]:
    names: dict[str, str] = DIFFERENCES.get(page, {})
    return names


def test_pack_holds_the_pinned_sqlalchemy(site: Path) -> None:
    """What a reader runs is the version that the build ran."""
    words = json.loads((site / "_static" / "live.json").read_text())["pack"]["words"]
    assert f"SQLAlchemy {version('sqlalchemy')}," in words


def test_names_hold_their_content_hash(site: Path) -> None:
    """A file whose content changes has another name, so that hosts may keep it for ever."""
    for file in (site / "_static" / "live").iterdir():
        assert file.stem.endswith(digest(file.read_bytes())), file.name
