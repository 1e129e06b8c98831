"""The system's Chromium, for tests and benchmarks."""

from __future__ import annotations

import os
import shutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WINDOWLESS = "chromium-headless-shell"
"""The same engine without the browser's own windows and menus: it does the same with less work."""
# No sandbox for root, no graphics card, and nothing that a browser asks of its maker by itself.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
QUICK_START = "--js-flags=--liftoff-only,--no-opt"
"""WebAssembly is compiled by V8's quick compiler alone: to start Python then takes half the work.

So are scripts: no page of the tests is open for as long as its best code takes to be made, and all
that a browser does takes a twentieth less. `make test-all` compares cells' values under Node, with
both compilers.
"""


def program(*, windowless: bool = False) -> str | None:
    """What CHROMIUM says, else what is on PATH; none where there is none.

    Where asked, a Chromium without windows comes before the others.
    """
    names = (os.environ.get("CHROMIUM"), *[WINDOWLESS] * windowless, *BROWSERS)
    return next(filter(None, (shutil.which(name) for name in names if name)), None)
