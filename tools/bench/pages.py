"""Measure what a reader of a page waits for: its weight, and Lighthouse's figures, from nginx.

``python -m tools.bench.page [ROUNDS]``; prints the first view of each chapter in bytes, and of one
chapter the medians of Lighthouse's categories for a phone, with the audits that failed.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import sync_playwright

from live_cells.pack.downloads_cache import npm_packages
from live_cells.pack.node import node
from tests.kit import nginx
from tests.kit.chromium import FLAGS, program
from tests.kit.contents import chapters
from tests.kit.first_load import LIMIT, first_view, weight
from tests.kit.traffic import Asked
from tools.bench.sites import PARTS, ROOT

ROUNDS = 5
CHAPTER = "session/session"
SITE = ROOT / "_build" / "html"
HERE = Path(__file__).parent
KINDS = {"HTML": ("document",), "styles": ("stylesheet",), "scripts": ("script",)}
# Least figures, of a hundred, that the site has to reach.
CATEGORIES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
METRICS = (
    "first-contentful-paint",
    "largest-contentful-paint",
    "total-blocking-time",
    "cumulative-layout-shift",
    "speed-index",
)


@dataclass
class Lighthouse:
    """What Lighthouse said of a page, a round at a time."""

    scores: dict[str, list[float]] = field(default_factory=dict)
    values: dict[str, list[float]] = field(default_factory=dict)
    failed: Counter[str] = field(default_factory=Counter)

    def measure(self, address: str) -> None:
        """One round: a fresh browser, a phone's processor and network as Lighthouse has them."""
        cli = npm_packages(PARTS, HERE) / "lighthouse" / "cli" / "index.js"
        flags = " ".join(["--headless=new", *FLAGS])
        only = f"--only-categories={','.join(CATEGORIES)}"
        quiet = ["--quiet", "--no-enable-error-reporting", "--output=json"]
        told = json.loads(node(cli, address, f"--chrome-flags={flags}", only, *quiet))
        for name, category in told["categories"].items():
            self.scores.setdefault(name, []).append(category["score"] * 100)
            for part in category["auditRefs"]:
                self._note(part["id"], told["audits"][part["id"]])

    def _note(self, name: str, audit: dict[str, Any]) -> None:
        if name in METRICS:
            self.values.setdefault(name, []).append(audit["numericValue"])
        elif audit["score"] is not None and audit["score"] < 1:
            self.failed[name] += 1

    def table(self) -> str:
        """Medians, a row a figure, and the audits that failed."""
        rows = []
        for name, least in CATEGORIES.items():
            found = median(self.scores[name])
            below = "" if found >= least else f"  below {least}"
            rows.append(f"{name:<36}{found:>12.0f}{below}")
        rows += [f"{name:<36}{_value(name, median(self.values[name])):>12}" for name in METRICS]
        rows += [f"failed in {count} rounds: {name}" for name, count in sorted(self.failed.items())]
        return "\n".join(rows)


def _value(name: str, found: float) -> str:
    return f"{found:.3f}" if name == "cumulative-layout-shift" else f"{found:.0f} ms"


def table(loaded: dict[str, list[Asked]]) -> str:
    """A row a chapter, and the largest by its name."""
    head = ("chapter", *KINDS, "other", "sum", "headers", "requests")
    rows = [head, *(_row(name, asked) for name, asked in loaded.items())]
    largest = max(loaded, key=lambda name: weight(loaded[name]))
    lines = [f"{row[0]:<28}" + "".join(f"{cell:>10}" for cell in row[1:]) for row in rows]
    for line, asked in enumerate(loaded.values(), 1):
        if weight(asked) > LIMIT:
            lines[line] += f"  over {LIMIT:,}"
    return "\n".join([*lines, f"largest: {largest}, {weight(loaded[largest]):,} of {LIMIT:,}"])


def _row(name: str, asked: Iterable[Asked]) -> tuple[str, ...]:
    asked = list(asked)
    kinds = [weight(asked, *kind) for kind in KINDS.values()]
    whole = weight(asked)
    headers = sum(each.headers for each in asked)
    numbers = [*kinds, whole - sum(kinds), whole, headers, len(asked)]
    return name, *(f"{number:,}" for number in numbers)


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    chromium = program()
    if chromium is None:
        sys.exit("pages: not measured: no Chromium (say where it is: CHROMIUM=...)")
    if not (SITE / "index.html").exists():
        sys.exit("pages: not measured: run `make html` first")
    os.environ["CHROME_PATH"] = chromium
    try:
        with nginx.hosted(SITE) as address:
            print("first view, in bytes as nginx sends them, nothing cached")
            print(table(weighed(chromium, address)))
            found = Lighthouse()
            for number in range(rounds):
                found.measure(f"{address}/{CHAPTER}.html")
                print(f"lighthouse round {number + 1} of {rounds}", file=sys.stderr)
    except FileNotFoundError as error:
        sys.exit(f"pages: not measured: {error}")
    print(f"lighthouse, {CHAPTER}, a phone, median of {rounds}")
    print(found.table())


def weighed(chromium: str, address: str) -> dict[str, list[Asked]]:
    """What each chapter loads, in Chromium."""
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        loaded = {name: first_view(browser, address, name) for name in chapters()}
        browser.close()
    return loaded


if __name__ == "__main__":
    main()
