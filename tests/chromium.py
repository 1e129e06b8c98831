"""The system's Chromium, for tests and benchmarks."""

from __future__ import annotations

import os
import shutil

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
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


def program() -> str | None:
    """What CHROMIUM says, else what is on PATH; none where there is none."""
    names = (os.environ.get("CHROMIUM"), *BROWSERS)
    return next(filter(None, (shutil.which(name) for name in names if name)), None)
