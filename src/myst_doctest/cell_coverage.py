"""Whether coverage.py, where it is at work, sees what cells run."""

from __future__ import annotations

import sys

PATCHES = ["subprocess", "fork", "_exit"]
"""What coverage's configuration must name, so that it starts in pages' processes and ends there."""


def advice() -> str:
    """What to do so that it does; empty where it does, or is not at work."""
    coverage = sys.modules.get("coverage")
    running = coverage.Coverage.current() if coverage else None
    if running is None:
        return ""
    try:
        named = running.get_option("run:patch") or []
    except Exception:  # before coverage 7.10
        named = []
    if {*PATCHES} <= {*named}:
        return ""
    wanted = ", ".join(f'"{name}"' for name in PATCHES)
    return (
        "what cells run is not measured, since pages have processes of their own:"
        f" add patch = [{wanted}] to [tool.coverage.run] (coverage 7.10 or later)"
    )
