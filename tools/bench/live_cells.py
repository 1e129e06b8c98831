"""Live cells in Chromium: this checkout, another one, and Pyodide as its documentation shows it.

A checkout's cells are measured on each variant that runs in a browser, too.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from built_site.dev_server import application
from live_cells.pack.downloads_cache import npm_packages
from tests.kit.chromium import FLAGS
from tests.kit.first_load import weight
from tests.kit.serve import served
from tests.kit.traffic import Traffic
from tools.bench.checkouts import CHAPTER, PARTS, ROOT, chromium, say_round
from tools.bench.figures import Figures

HERE = Path(__file__).parent
SITE = "_build/html"
PLAIN = "plain Pyodide"
WHEELS = [
    "micropip==0.11.1",
    *(f"{name}=={version(name)}" for name in ("sqlalchemy", "typing-extensions")),
]
# A cell's buttons; the plain way's page, whose script has run by then. No function that is polled:
# the pages' policy allows no eval().
READY = ".live-tools[data-cell] button, body > pre"
# Run a cell; gives the milliseconds until its mark, or in the plain way its output, is on the page.
PRESS = """
async (number) => {
  const pressed = performance.now();
  if (globalThis.runCell) {
    await runCell(number);
  } else {
    const tools = document.querySelector(`.live-tools[data-cell="${number}"]`);
    await new Promise((resolve, reject) => {
      new MutationObserver(() => {
        const mark = tools.querySelector(".live-mark");
        const kind = mark?.dataset.mark;
        if (kind === "same" || kind === "known") resolve();
        else if (kind && kind !== "busy") reject(new Error(`cell ${number}: ${mark.innerText}`));
      }).observe(tools, { subtree: true, childList: true, attributes: true });
      tools.querySelector("button").click();
    });
  }
  return performance.now() - pressed;
}
"""


def measure(rounds: int, checkouts: Mapping[str, Path]) -> Iterator[object]:
    """A round each: nothing in the cache, then all cells, then once more with a warm cache."""
    places = {
        column: place
        for name, checkout in checkouts.items()
        for column, place in _places(name, checkout / SITE).items()
    }
    sources = _sources(ROOT / SITE, _block(ROOT / SITE))
    found = Figures(f"live cells, {CHAPTER}, median of {rounds}")
    with ExitStack() as stack, sync_playwright() as started:
        plain = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "plain"
        make_plain(plain, [*sources.values()])
        places[PLAIN] = Place(plain, "index.html", range(len(sources)))
        hosts = [
            Host(
                name,
                f"{stack.enter_context(served(application(place.folder)))}/{place.page}",
                place.cells,
            )
            for name, place in places.items()
        ]
        browser = started.chromium.launch(executable_path=chromium(), args=FLAGS)
        for number in range(rounds):
            for host in hosts:
                host.measure(browser, found)
            say_round("live cells", number, rounds)
        browser.close()
    for name, place in places.items():
        said = f"; the page says that {place.bytes / 1e6:.1f} MB are loaded" if place.bytes else ""
        yield f"{name}: {len(place.cells)} cells{said}"
    yield found


@dataclass(frozen=True)
class Place:
    """A page in a folder, its cells that run in a browser, and what it says that it loads."""

    folder: Path
    page: str
    cells: Sequence[int]
    bytes: int = 0


@dataclass(frozen=True)
class Host:
    """A page on loopback, served as ``make serve`` does, with the headers that its folder has."""

    name: str
    address: str
    cells: Sequence[int]

    def measure(self, browser: Browser, found: Figures) -> None:
        """One round, in a profile of its own."""
        first, *others = self.cells
        context = browser.new_context()
        traffic = Traffic(context)
        page = self._opened(context, traffic)
        traffic.asked()  # what the page loads by itself
        found.add("press to output, cache cold, ms", self.name, page.evaluate(PRESS, first))
        traffic.settle(page)
        megabytes = weight(traffic.asked()) / 1e6
        found.add("loaded after the press, compressed, MB", self.name, megabytes)
        cells = [page.evaluate(PRESS, number) for number in others]
        page.close()
        again = self._opened(context, traffic)
        found.add("press to output, warm, ms", self.name, again.evaluate(PRESS, first))
        found.add("the slowest cell after that, ms", self.name, max(cells))
        for milliseconds in cells:
            found.add("a cell after that, ms", self.name, milliseconds)
        context.close()

    def _opened(self, context: BrowserContext, traffic: Traffic) -> Page:
        page = context.new_page()
        page.goto(self.address)
        page.locator(READY).first.wait_for(state="attached")
        traffic.settle(page)
        return page


def make_plain(folder: Path, cells: list[str]) -> None:
    """Make a folder of what the plain way loads: its page, npm's files, wheels, sources."""
    shutil.copytree(HERE / "plain", folder)
    shutil.copy(ROOT / SITE / "_headers", folder)
    core = npm_packages(PARTS) / "pyodide"
    shutil.copytree(core, folder / "pyodide", ignore=shutil.ignore_patterns("*.map", "*.html"))
    pip = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:"]
    pure = ["--platform=any", "--abi=none", "--python-version=3.14"]  # of Pyodide 314
    subprocess.run([*pip, *pure, "-d", folder, *WHEELS], check=True)
    wheels = sorted(folder.glob("*.whl"), key=lambda wheel: wheel.name)
    (folder / "wheels.json").write_text(json.dumps([wheel.name for wheel in wheels]))
    (folder / "cells.json").write_text(json.dumps(cells))
    with zipfile.ZipFile(folder / "project.zip", "w", zipfile.ZIP_DEFLATED) as project:
        for file in sorted((ROOT / "src" / "orm_tutorial").rglob("*.py")):
            project.write(file, file.relative_to(ROOT / "src"))


def _places(name: str, site: Path) -> dict[str, Place]:
    """A checkout's chapter without a variant, and on each that runs in a browser, by columns."""
    block, page = _block(site), f"{CHAPTER}.html"
    found = {name: Place(site, page, [*_sources(site, block)], block["bytes"])}
    for variant, data in block.get("variants", {}).items():
        place = Place(site, f"{page}?on={variant}", [*_sources(site, data)], data["bytes"])
        found[f"{name} on {data['title']}"] = place
    return found


def _block(site: Path) -> dict[str, Any]:
    """What a chapter gives to the browser in its page."""
    page = (site / f"{CHAPTER}.html").read_text(encoding="utf-8")
    block = BeautifulSoup(page, "html.parser").find(id="live-cells")
    found: dict[str, Any] = json.loads(block.get_text() if block else "")
    return found


def _sources(site: Path, data: dict[str, Any]) -> dict[int, str]:
    """The code of the cells that run in a browser, by their numbers."""
    file = (site / CHAPTER).parent / data["cells"]
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return {number: cell["source"] for number, cell in enumerate(cells) if not cell["why"]}
