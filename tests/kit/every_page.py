"""Every page of the built site, opened in a browser and looked at; what a look finds is a line.

A look is a function in JavaScript, a file in ``looks/``: it runs in the page and gives lines.
Pages are found in the folder of the site, so that a new one is looked at from its first build.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.kit.reader import Reader, pages

LOOKS = Path(__file__).parent / "looks"
MOBILE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
ZOOMED = {"width": 320, "height": 256}
"""What is left of a window of 1280 by 1024 at 400 %."""
KINDS = 5  # of controls that open something: drawers, panels, words; there are more
SHOWN = 3  # examples of a kind
WORDS = re.compile(r"\".*?\"|\d+|#\S+")


@cache
def look(name: str) -> str:
    """A look, with the words that all looks share, as Playwright evaluates it."""
    words = (LOOKS / "words.js").read_text(encoding="utf-8")
    function = (LOOKS / f"{name}.js").read_text(encoding="utf-8")
    return f"(() => {{\n{words}\nreturn (\n{function});\n}})()"


class Findings:
    """What was found, by kind: a fault of the theme is on every page, and is told once."""

    def __init__(self) -> None:
        self.kinds: dict[str, list[str]] = defaultdict(list)

    def add(self, place: str, lines: list[str]) -> None:
        """Note what was found at a place; words, numbers and ids make no other kind."""
        for line in lines:
            self.kinds[WORDS.sub("", line)].append(f"{place}: {line}")

    def check(self) -> None:
        """Nothing was found."""
        kinds = sorted(self.kinds.values(), key=len, reverse=True)
        told = [f"{len(each)}: " + "\n    ".join(each[:SHOWN]) for each in kinds]
        assert not told, f"{len(told)} kinds of findings\n" + "\n".join(told)


def opened(reader: Reader, site: Path) -> Iterator[tuple[str, Any]]:
    """Each page of the site, by its name, opened by a reader."""
    names = list(pages(site))
    assert "index" in names
    for name in names:
        yield name, reader.open(name)


def looked(
    readers: Callable[..., Reader], site: Path, name: str, argument: Any = None, **options: Any
) -> Findings:
    """What a look finds on each page, for a reader whose browser has these options."""
    findings = Findings()
    for place, page in opened(readers(**options), site):
        findings.add(place, page.evaluate(look(name), argument))
    return findings


def openers(reader: Reader, site: Path) -> Iterator[tuple[str, Any]]:
    """Controls of the site that open something, of each kind the first, on a page opened anew.

    Which of a page's controls these are, and what makes a kind, says ``looks/openers.js``.
    """
    known: list[str] = []
    for name, page in opened(reader, site):
        kinds = page.evaluate(look("openers"), known)
        for number, kind in enumerate(kinds):
            reader.open(name)
            page.evaluate(look("openers"), known)
            yield f"{name}: {kind}", page.locator(f"[data-opener='{number}']")
        known += kinds
    assert len(known) >= KINDS, known
