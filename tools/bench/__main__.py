"""``python -m tools.bench [--rounds N] [--base DIR] PART...``: print medians and ratios.

Without a PART, all are measured.
"""

import argparse
import sys
from pathlib import Path

from tools.bench import builds, live_cells, notebooks, pages
from tools.bench.checkouts import BenchError, checkouts

PARTS = {
    "pages": pages.measure,
    "builds": builds.measure,
    "live_cells": live_cells.measure,
    "notebooks": notebooks.measure,
}


def main() -> None:
    """Measure the parts that the command line names."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--base", type=Path, help="a checkout that is measured beside this one")
    options = parser.parse_args()
    try:
        parts = options.parts or [*PARTS]
        compared = checkouts(options.base) if {*parts} - {"notebooks"} else {}
        for part in parts:
            for table in PARTS[part](options.rounds, compared):
                print(table, end="\n\n", flush=True)
    except BenchError as error:
        sys.exit(f"bench: {error}")


if __name__ == "__main__":
    main()
