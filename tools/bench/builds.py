"""Builds and checks: this checkout, another one, and stock MyST-NB."""

import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from myst_doctest.pages.page import Page
from myst_doctest.settings import Settings
from tools.bench.checkouts import (
    ROOT,
    Site,
    copied,
    pages,
    run,
    say_round,
    stock,
    without_variants,
)
from tools.bench.figures import THIS, Figures

STOCK, ONE = "stock", "no variants"


def measure(rounds: int, checkouts: Mapping[str, Path]) -> Iterator[object]:
    """Each measure of each way once a round, so that a busy minute is shared by all."""
    found = Figures(f"builds, median of {rounds}")
    read = pages(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        copies = {name: copied(path, Path(folder) / name) for name, path in checkouts.items()}
        copies[ONE] = without_variants(Path(folder) / ONE)
        copies[STOCK] = stock(Path(folder) / STOCK)
        for number in range(rounds):
            _round(found, checkouts, copies)
            _variants(found, read)
            say_round("builds", number, rounds)
    yield f"{len(read)} pages, {sum(len(page.cells) for page in read)} cells"
    yield found


def _round(found: Figures, checkouts: Mapping[str, Path], copies: Mapping[str, Site]) -> None:
    for name, checkout in checkouts.items():
        Site(checkout, checkout).clean()
        # With this .venv's own interpreter, make leaves .venv as it is.
        seconds, _ = run(["make", "html", f"PYTHON={checkout}/.venv/bin/python"], checkout)
        found.add("make html, clean, warm pack, s", name, seconds)
    for name, site in copies.items():
        site.clean()
        found.add("cold build in one process, s", name, site.build())
    for name, site in copies.items():
        site.edit()
        found.add("make serve after an edit of one page, s", name, site.build())
    for name, way in ((THIS, "own"), (STOCK, "stock")):
        root = copies[name].root
        command = [sys.executable, "-m", "tools.bench.execute", way, str(root)]
        seconds, printed = run(command, root)
        found.add("all pages executed, s", name, seconds)
        peak = printed.rstrip().rsplit("\n", 1)[-1]  # cells' processes may print before
        found.add("peak memory of a page's process, MiB", name, int(peak) / 1024)
    seconds, _ = run([sys.executable, "-m", "pytest", "-q", "docs"], copies[THIS].root)
    found.add("pytest of all pages, s", THIS, seconds)


def _variants(found: Figures, read: Sequence[Page]) -> None:
    """What the cells of each variant cost, those above them and its start included."""
    for name in ("", *Settings.find(ROOT).variants):
        cells = sum(len(page.cells_on(name)) for page in read if not name or name in page.asked)
        command = [sys.executable, "-m", "tools.bench.execute", "own", str(ROOT)]
        seconds, _ = run([*command, *filter(None, [name])], ROOT)
        what = f"{cells} cells on {name or 'no variant'}, ms a cell"
        found.add(what, THIS, seconds * 1000 / cells)
