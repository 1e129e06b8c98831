"""Measure the live cells in a browser, beside Pyodide as its documentation shows it.

``python -m tools.bench.live [ROUNDS]``; prints medians, ratios, and what was loaded.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from built_site.dev_server import application
from live_cells.pack.downloads_cache import npm_packages, wheels
from tests.kit.chromium import FLAGS, program
from tests.kit.serve import served
from tools.bench.sites import PARTS, ROOT

ROUNDS = 5
CHAPTER = "session/session"
HERE = Path(__file__).parent
# Press the button of a cell, and tell how long it takes until the cell's mark says what came.
PRESS = """
number => new Promise((resolve, reject) => {
  const tools = document.querySelector(`.live-tools[data-cell="${number}"]`);
  const seen = new MutationObserver(() => {
    if (!tools.innerText.includes("As in the book")) return;
    seen.disconnect();
    resolve(performance.now() - pressed);
  });
  seen.observe(tools, { subtree: true, childList: true, characterData: true });
  setTimeout(() => reject(new Error(`cell ${number}: ${tools.innerText}`)), 60000);
  const pressed = performance.now();
  tools.querySelector("button").click();
})
"""
PLAIN = """
async number => {
  const pressed = performance.now();
  await runCell(number);
  return performance.now() - pressed;
}
"""


@dataclass
class Host:
    """A folder on loopback, and the bytes that it sent, by path."""

    address: str = ""
    sent: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def took(self, part: str = "") -> int:
        """Bytes sent since the last call of :meth:`forget` for paths with this part."""
        return sum(size for path, size in self.sent.items() if part in path)

    def forget(self) -> None:
        self.sent.clear()


@contextmanager
def hosted(folder: Path) -> Iterator[Host]:
    """Serve a folder as ``make serve`` does, without a policy's limits for the plain way."""
    host = Host()
    with served(_counting(folder, host)) as host.address:
        yield host


def _counting(folder: Path, host: Host) -> Any:
    app = application(folder)

    async def count(scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            host.sent[scope.get("path", "")] += len(message.get("body", b""))
            await send(message)

        await app(scope, receive, sending)

    return count


def plain_way(folder: Path, cells: list[str]) -> None:
    """Put beside the site what the plain way loads: npm's files, wheels, sources."""
    shutil.copytree(HERE / "plain", folder)
    core = npm_packages(PARTS) / "pyodide"
    shutil.copytree(core, folder / "pyodide", ignore=shutil.ignore_patterns("*.map", "*.html"))
    found = wheels(PARTS, ["micropip"], HERE / "plain.txt")
    found += wheels(PARTS, ["typing-extensions", "sqlalchemy"], ROOT / "requirements" / "dev.txt")
    for wheel in found:
        shutil.copy(wheel, folder)
    (folder / "wheels.json").write_text(json.dumps([wheel.name for wheel in found]))
    (folder / "cells.json").write_text(json.dumps(cells))
    with zipfile.ZipFile(folder / "project.zip", "w", zipfile.ZIP_DEFLATED) as project:
        for file in sorted((ROOT / "src" / "orm_tutorial").rglob("*.py")):
            project.write(file, file.relative_to(ROOT / "src"))


@dataclass
class Way:
    """A way to run cells in the browser, its page's path and the script that runs a cell of it.

    What was measured of it: milliseconds, a round at a time, and bytes.
    """

    path: str
    script: str
    cold: list[float] = field(default_factory=list)
    warm: list[float] = field(default_factory=list)
    cells: list[float] = field(default_factory=list)
    before: int = 0
    loaded: int = 0

    def measure(self, browser: Browser, host: Host, count: int) -> None:
        """One round: nothing in the cache, then all cells, then once more with a warm cache."""
        context = browser.new_context()
        host.forget()
        page = self._opened(context, host)
        self.before = host.took("live")
        host.forget()
        self.cold.append(page.evaluate(self.script, 0))
        self.loaded = host.took()
        self.cells += [page.evaluate(self.script, number) for number in range(1, count)]
        page.close()
        self.warm.append(self._opened(context, host).evaluate(self.script, 0))
        context.close()

    def _opened(self, context: BrowserContext, host: Host) -> Page:
        page = context.new_page()
        page.goto(f"{host.address}/{self.path}")
        page.wait_for_load_state("networkidle")  # on a busy machine this may come first
        return page


def table(own: Way, plain: Way) -> str:
    """Medians and ratios, a row a measure."""
    rows = [("live cells, in Chromium", "this tool", "plain way", "this / plain")]
    for what, key in (("press to output, cache cold", "cold"), ("press to output, warm", "warm")):
        mine, theirs = median(getattr(own, key)), median(getattr(plain, key))
        rows.append((f"{what}, ms", f"{mine:.0f}", f"{theirs:.0f}", f"{mine / theirs:.2f}"))
    mine, theirs = median(own.cells), median(plain.cells)
    rows.append(("a cell after that, ms", f"{mine:.0f}", f"{theirs:.0f}", f"{mine / theirs:.2f}"))
    rows.append(("the slowest cell, ms", f"{max(own.cells):.0f}", f"{max(plain.cells):.0f}", "-"))
    ratio = f"{own.loaded / plain.loaded:.2f}"
    rows.append(("loaded, compressed, MB", _mb(own.loaded), _mb(plain.loaded), ratio))
    rows.append(("before the first press, KB", f"{own.before / 1000:.1f}", "-", "-"))
    return "\n".join(f"{row[0]:<36}{row[1]:>12}{row[2]:>12}{row[3]:>14}" for row in rows)


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f}"


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    chromium = program()
    site = ROOT / "_build" / "html"
    if chromium is None:
        sys.exit("live cells: not measured: no Chromium (say where it is: CHROMIUM=...)")
    if not (site / "_static" / "live.json").exists():
        sys.exit("live cells: not measured: run `make html` first")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as started:
        root = Path(folder) / "site"
        shutil.copytree(site, root)
        cells = _cells(root)
        plain_way(root / "plain", cells)
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        own, plain = Way(f"{CHAPTER}.html", PRESS), Way("plain/index.html", PLAIN)
        with hosted(root) as host:
            for number in range(rounds):
                for way in (own, plain):
                    way.measure(browser, host, len(cells))
                print(f"live round {number + 1} of {rounds}", file=sys.stderr)
        browser.close()
        print(f"{CHAPTER}: {len(cells)} cells, {rounds} rounds; pack of {_mb(_size(root))} MB")
        print(table(own, plain))


def _size(root: Path) -> int:
    size: int = json.loads((root / "_static" / "live.json").read_text(encoding="utf-8"))["size"]
    return size


def _cells(root: Path) -> list[str]:
    """The code of a chapter's cells, as its page gives it to the browser."""
    text = (root / f"{CHAPTER}.html").read_text(encoding="utf-8")
    block = BeautifulSoup(text, "html.parser").find(id="live-cells")
    data = json.loads(block.get_text() if block else "")
    page = json.loads((root / CHAPTER).parent.joinpath(data["cells"]).read_text(encoding="utf-8"))
    return [cell["source"] for cell in page["cells"]]


if __name__ == "__main__":
    main()
