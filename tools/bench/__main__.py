"""Measure in turn, five times each, and print medians and ratios."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from tools.bench.sites import ROOT, Site, copies, pages

ROUNDS = 5


@dataclass
class Measure:
    """One thing measured: its seconds, a run at a time, and the memory that it says it took."""

    seconds: list[float] = field(default_factory=list)
    peaks: list[int] = field(default_factory=list)

    def run(self, command: list[str], folder: Path) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        begun = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        self.seconds.append(time.perf_counter() - begun)
        if done.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        last = done.stdout.rstrip().rsplit("\n", 1)[-1]  # cells' processes may print before
        if last.isdecimal():
            self.peaks.append(int(last))

    @property
    def median(self) -> float:
        return median(self.seconds)


def measure(sites: dict[str, Site], rounds: int) -> dict[tuple[str, str], Measure]:
    """Each way of each measure once a round, so that a busy minute is shared by all."""
    found: dict[tuple[str, str], Measure] = {}

    def timed(what: str, way: str, command: list[str], folder: Path) -> None:
        found.setdefault((what, way), Measure()).run(command, folder)

    for number in range(rounds):
        for way in ("own", "plain", "stock", "bare"):
            root = sites["own" if way == "bare" else way].root
            run = "own" if way == "plain" else way
            command = [sys.executable, "-m", "tools.bench.execute", run, str(root)]
            timed("all pages executed", way, command, root)
        built = {name: site for name, site in sites.items() if name != "plain"}
        for name, site in built.items():
            site.clean()
            timed("cold build", name, site.command(sys.executable), site.root)
        for name, site in built.items():
            site.edit(number)
            timed("rebuild, one page edited", name, site.command(sys.executable), site.root)
        command = [sys.executable, "-m", "pytest", "-q", "docs"]
        timed("pytest of all pages", "own", command, sites["own"].root)
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return found


def table(found: dict[tuple[str, str], Measure]) -> str:
    """Medians in seconds, a row a measure, and how they stand to each other."""
    head = ("median of seconds", "this tool", "stock", "limit", "stock / this", "this / limit")
    rows = [
        _row(found, "all pages executed", "bare", "bare cells"),
        _row(found, "all pages executed", "plain", "no pictures"),
    ]
    rows += [
        _row(found, what, "off", "no execution")
        for what in ("cold build", "rebuild, one page edited")
    ]
    rows.append(_row(found, "pytest of all pages", "", ""))
    rows.append(_memory(found))
    return "\n".join(
        f"{row[0]:<32}{row[1]:>12}{row[2]:>12}{row[3]:>24}{row[4]:>14}{row[5]:>14}"
        for row in (head, *rows)
    )


def _row(
    found: dict[tuple[str, str], Measure], what: str, limit: str, name: str
) -> tuple[str, ...]:
    own = found[what, "own"].median
    stock = found[what, "stock"].median if (what, "stock") in found else None
    least = found[what, limit].median if limit else None
    return (
        what,
        f"{own:.2f}",
        f"{stock:.2f}" if stock else "-",
        f"{least:.2f} ({name})" if least else "-",
        f"{stock / own:.1f}" if stock else "-",
        f"{own / least:.2f}" if least else "-",
    )


def _memory(found: dict[tuple[str, str], Measure]) -> tuple[str, ...]:
    own, stock, bare = (
        max(found["all pages executed", way].peaks) / 1024 for way in ("own", "stock", "bare")
    )
    return (
        "peak memory of a page, MiB",
        f"{own:.0f}",
        f"{stock:.0f}",
        f"{bare:.0f} (all pages)",
        f"{stock / own:.1f}",
        "-",
    )


def main(say: Callable[[str], None] = print) -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        sites = copies(Path(folder))
        read = pages(sites["own"].root)
        say(f"{len(read)} pages, {sum(len(page.cells) for page in read)} cells, {rounds} rounds")
        say(table(measure(sites, rounds)))


if __name__ == "__main__":
    main()
