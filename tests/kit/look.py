"""A look at a page: a function in JavaScript, a file in ``looks/``, which runs in the page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

LOOKS = Path(__file__).parent / "looks"


@cache
def look(name: str) -> str:
    """A look, with what all looks share, as Playwright evaluates it."""
    shared = (LOOKS / "shared.js").read_text(encoding="utf-8")
    function = (LOOKS / f"{name}.js").read_text(encoding="utf-8")
    function = function.rstrip().removesuffix(";")
    return f"(() => {{\n{shared}\nreturn (\n{function});\n}})()"
