"""Time what ``make serve`` builds after an edit of one page, in several checkouts, turn by turn.

``python -m tools.bench.edit CHECKOUT...``: each needs its ``.venv`` (``make setup``). Its pages are
edited where they are, and written back at the end.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROUNDS = 3
PAGE = Path("docs/session/unit-of-work.md")


def build(checkout: Path, out: str) -> float:
    """The seconds of a build like that of ``make serve``."""
    start = time.monotonic()
    command = [".venv/bin/sphinx-build", "-q", "-n", "-c", ".", "-d", f"{out}/doctrees"]
    subprocess.run([*command, "docs", f"{out}/html"], cwd=checkout, check=True)
    return time.monotonic() - start


def main(checkouts: list[Path]) -> None:
    """Build each checkout once, then edit and build ROUNDS times."""
    texts = {checkout: (checkout / PAGE).read_text("utf-8") for checkout in checkouts}
    with tempfile.TemporaryDirectory() as folder:
        outs = {checkout: f"{folder}/{number}" for number, checkout in enumerate(checkouts)}
        seconds: dict[Path, list[float]] = {checkout: [] for checkout in checkouts}
        try:
            for checkout in checkouts:
                print(f"{checkout}: first build {build(checkout, outs[checkout]):.1f} s")
            for number in range(ROUNDS):
                for checkout, text in texts.items():
                    edited = f"{text}\nWords of round {number}.\n"
                    (checkout / PAGE).write_text(edited, encoding="utf-8")
                    seconds[checkout].append(build(checkout, outs[checkout]))
        finally:
            for checkout, text in texts.items():
                (checkout / PAGE).write_text(text, encoding="utf-8")
    for checkout, found in seconds.items():
        print(f"{checkout}: after an edit {median(found):.1f} s, median of {ROUNDS}")


if __name__ == "__main__":
    main([Path(name).resolve() for name in sys.argv[1:]])
