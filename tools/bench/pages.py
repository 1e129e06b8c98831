"""What a reader of a page waits for: the bytes of its first view, and Lighthouse's figures.

All of it from nginx, as ``deploy/nginx.conf`` has it.
"""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from live_cells.pack.downloads_cache import npm_packages
from live_cells.pack.node import node
from tests.kit import nginx
from tests.kit.chromium import FLAGS
from tests.kit.contents import chapters
from tests.kit.first_load import LIMIT, first_view, weight
from tests.kit.traffic import Asked
from tools.bench.checkouts import CHAPTER, PARTS, BenchError, chromium, say_round
from tools.bench.figures import THIS, Figures, aligned

KINDS = {"HTML": ("document",), "styles": ("stylesheet",), "scripts": ("script",)}
# Least figures, of a hundred, that the site has to reach.
CATEGORIES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
METRICS = {
    "first-contentful-paint": "ms",
    "largest-contentful-paint": "ms",
    "total-blocking-time": "ms",
    "cumulative-layout-shift": "",
    "speed-index": "ms",
}


def measure(rounds: int, checkouts: Mapping[str, Path]) -> Iterator[object]:
    """The first view of each chapter once, as it is the same each time; Lighthouse each round."""
    os.environ["CHROME_PATH"] = chromium()
    with ExitStack() as stack:
        try:
            addresses = {
                name: stack.enter_context(
                    nginx.hosted(checkout / "_build" / "html", checkout / "deploy" / "headers.conf")
                )
                for name, checkout in checkouts.items()
            }
        except FileNotFoundError as error:
            raise BenchError(f"pages: {error}") from error
        yield from _weighed(addresses, checkouts)
        found = Figures(f"lighthouse, {CHAPTER}, a phone, median of {rounds}")
        for number in range(rounds):
            # Whoever comes second has a warmer machine.
            names = reversed(addresses) if number % 2 else iter(addresses)
            for name in names:
                _lighthouse(found, name, f"{addresses[name]}/{CHAPTER}.html")
            say_round("lighthouse", number, rounds)
    yield found


def _weighed(addresses: Mapping[str, str], checkouts: Mapping[str, Path]) -> Iterator[object]:
    """The bytes of each chapter in Chromium, by kind, and beside those of the other checkout."""
    sums = Figures("first view, bytes")
    rows = [("first view, bytes", *KINDS, "other", "sum", "headers", "requests", "")]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium(), args=FLAGS)
        for chapter in chapters():
            for name, address in addresses.items():
                if not (checkouts[name] / "_build" / "html" / f"{chapter}.html").is_file():
                    continue  # a chapter that the other checkout does not have yet
                asked = first_view(browser, address, chapter)
                sums.add(chapter, name, weight(asked))
                if name == THIS:
                    rows.append(_row(chapter, asked))
        browser.close()
    yield aligned(rows)
    if len(addresses) > 1:
        yield sums


def _row(name: str, asked: Sequence[Asked]) -> tuple[str, ...]:
    kinds = [weight(asked, *kind) for kind in KINDS.values()]
    whole, headers = weight(asked), sum(each.headers for each in asked)
    numbers = [*kinds, whole - sum(kinds), whole, headers, len(asked)]
    over = f"over {LIMIT:,}" if whole > LIMIT else ""
    return name, *(f"{number:,}" for number in numbers), over


def _lighthouse(found: Figures, name: str, address: str) -> None:
    """One round: a fresh browser, a phone's processor and network as Lighthouse has them."""
    cli = npm_packages(PARTS, Path(__file__).parent) / "lighthouse" / "cli" / "index.js"
    flags = " ".join(["--headless=new", *FLAGS])
    only = f"--only-categories={','.join(CATEGORIES)}"
    quiet = ["--quiet", "--no-enable-error-reporting", "--output=json"]
    report: Any = json.loads(node(cli, address, f"--chrome-flags={flags}", only, *quiet))
    for category, least in CATEGORIES.items():
        score = report["categories"][category]["score"] * 100
        found.add(f"{category}, at least {least}", name, score)
    for metric, unit in METRICS.items():
        number = report["audits"][metric]["numericValue"]
        found.add(f"{metric}, {unit}".removesuffix(", "), name, number)
    audits = {part["id"] for each in report["categories"].values() for part in each["auditRefs"]}
    for audit in sorted(audits - METRICS.keys()):
        score = report["audits"][audit]["score"]
        if score is not None and score < 1:
            found.add(f"failed: {audit}", name, score)
