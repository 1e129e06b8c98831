"""Live cells in Chromium, of this checkout and of another one.

A checkout's cells are measured on each variant that runs in a browser, too.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from built_site.dev_server import application
from tests.kit.chromium import FLAGS
from tests.kit.first_load import weight
from tests.kit.serve import served
from tests.kit.traffic import Traffic
from tools.bench.checkouts import CHAPTER, chromium, say_round
from tools.bench.figures import Figures

SITE = "_build/html"
EXERCISES = "session/identity-map"
"""The chapter whose exercises are checked."""
# No function that is polled: the pages' policy allows no eval().
READY = ".live-tools[data-cell] button"
# Run a cell; gives the milliseconds until its mark is on the page.
PRESS = """
async (number) => {
  const pressed = performance.now();
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
  return performance.now() - pressed;
}
"""
# Check an attempt at an exercise; gives the milliseconds until its verdict is on the page.
CHECK = """
async (number) => {
  const tools = document.querySelectorAll(".live-tools[data-exercise]")[number];
  const pressed = performance.now();
  await new Promise((resolve) => {
    let isBusy = false;
    new MutationObserver(() => {
      const { mark } = tools.querySelector(".live-mark").dataset;
      if (isBusy && mark !== "busy") resolve();
      isBusy = mark === "busy";
    }).observe(tools, { subtree: true, attributes: true });
    tools.querySelector("button").click();
  });
  return performance.now() - pressed;
}
"""


def measure(rounds: int, checkouts: Mapping[str, Path]) -> Iterator[object]:
    """A round each: nothing in the cache, then all cells, then once more with a warm cache."""
    found = Figures(f"live cells, {CHAPTER}, median of {rounds}")
    places: list[Place] = []
    with ExitStack() as stack, sync_playwright() as started:
        for name, checkout in checkouts.items():
            site = checkout / SITE
            host = stack.enter_context(served(application(site)))
            places += _places(name, site, f"{host}/{CHAPTER}.html")
        browser = started.chromium.launch(executable_path=chromium(), args=FLAGS)
        for number in range(rounds):
            for place in places:
                place.measure(browser, found)
            say_round("live cells", number, rounds)
        browser.close()
    for place in places:
        size = f"{place.bytes / 1e6:.1f} MB"
        yield f"{place.name}: {len(place.cells)} cells; the page says that {size} are loaded"
    yield found


@dataclass(frozen=True)
class Place:
    """A page on loopback, served as ``make serve`` does, with the headers that its folder has.

    ``cells`` are those that run in a browser, and ``bytes`` what the page says that it loads.
    """

    name: str
    address: str
    cells: Sequence[int]
    bytes: int

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
        again.close()
        self._measure_exercises(self._opened(context, traffic, EXERCISES), found)
        context.close()

    def _measure_exercises(self, page: Page, found: Figures) -> None:
        """Check each starter of a page twice: what is given, the starter and the check run."""
        count = page.locator(".live-tools[data-exercise] [data-act=run]").count()
        for number in range(count):
            page.evaluate(CHECK, number)
            found.add("an attempt at an exercise, ms", self.name, page.evaluate(CHECK, number))

    def _opened(self, context: BrowserContext, traffic: Traffic, chapter: str = CHAPTER) -> Page:
        page = context.new_page()
        page.goto(self.address.replace(CHAPTER, chapter))
        page.locator(READY).first.wait_for(state="attached")
        traffic.settle(page)
        return page


def _places(name: str, site: Path, address: str) -> Iterator[Place]:
    """A checkout's chapter without a variant, and on each that runs in a browser."""
    page = (site / f"{CHAPTER}.html").read_text(encoding="utf-8")
    found = BeautifulSoup(page, "html.parser").find(id="live-cells")
    block = json.loads(found.get_text() if found else "")
    yield Place(name, address, _cells(site, block), block["bytes"])
    for variant, data in block.get("variants", {}).items():
        column = f"{name} on {data['title']}"
        yield Place(column, f"{address}?on={variant}", _cells(site, data), data["bytes"])


def _cells(site: Path, data: dict[str, Any]) -> list[int]:
    """The numbers of the cells that run in a browser."""
    file = (site / CHAPTER).parent / data["cells"]
    cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
    return [number for number, cell in enumerate(cells) if not cell["why"]]
