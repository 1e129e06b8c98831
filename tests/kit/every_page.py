"""Pages of the built site, opened in a browser and looked at; what a look finds is a line.

A look is a function in JavaScript, a file in ``looks/``: it runs in the page and gives lines.
Pages are found in the folder of the site, so that a new one is looked at from its first build.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.kit.axe import SCHEMES
from tests.kit.look import look
from tests.kit.reader import PAINTED, Reader
from tests.kit.sample import Kind, seen_elsewhere
from tests.kit.traffic import Traffic

MOBILE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 800}
WIDE = [{"width": width, "height": 900} for width in (1440, 1680, 1920)]
ZOOMED = {"width": 320, "height": 256}
"""What is left of a window of 1280 by 1024 at 400 %."""
KINDS = 3  # of controls that open something: panels, words, tabs; there are more
SHOWN = 3  # examples of a kind
WORDS = re.compile(r"\".*?\"|\d+|#\S+")


class Findings:
    """What was found, by kind: a fault of the theme is on every page, and is told once."""

    def __init__(self) -> None:
        self.kinds: dict[str, list[str]] = defaultdict(list)

    def add(self, place: str, lines: Iterable[str]) -> None:
        """Note what was found at a place; words, numbers and ids make no other kind."""
        for line in lines:
            self.kinds[WORDS.sub("", line)].append(f"{place}: {line}")

    def check(self) -> None:
        """Nothing was found."""
        kinds = sorted(self.kinds.values(), key=len, reverse=True)
        told = [f"{len(each)}: " + "\n    ".join(each[:SHOWN]) for each in kinds]
        assert not told, f"{len(told)} kinds of findings\n" + "\n".join(told)


class Sweep:
    """What each look found on the pages that were looked at."""

    def __init__(self) -> None:
        self.found: dict[str, Findings] = defaultdict(Findings)
        self.chosen = 0  # rules of the unused sheet that choose an element

    def look_around(self, name: str, page: Any) -> None:
        """Take all looks that do not change the page; the next page opens in the light scheme."""
        self.look_for_room(name, page)
        self._look("motion", name, page)
        page.emulate_media(color_scheme="dark")
        self._look("contrast", name, page, "dark")
        for scheme in reversed(SCHEMES):
            page.emulate_media(color_scheme=scheme, forced_colors="active")
            self._look("forced", name, page, scheme)
        page.emulate_media(color_scheme="light", forced_colors="none")
        self._look("contrast", name, page, "light")

    def look_at_texts(self, name: str, page: Any) -> None:
        """Look for what words alone can change, on a page that is not read any more after it.

        Words of the same tags and classes have the same colours: of each kind, some are looked at.
        """
        narrow = page.viewport_size
        for size in (*WIDE, DESKTOP):
            resize(page, size)
            self._look("columns", name, page)
        self._look("tables", name, page)
        resize(page, narrow)
        self.look_for_room(name, page)
        self.look_spaced(name, page)
        page.evaluate(look("first_of_kind"))
        for scheme in reversed(SCHEMES):
            page.emulate_media(color_scheme=scheme)
            self._look("contrast", name, page, scheme)

    def look_for_room(self, name: str, page: Any) -> None:
        """Look for targets that are too small or too near, and for what no key scrolls."""
        for each in ("targets", "scrollers"):
            self._look(each, name, page)

    def look_with_axe(self, name: str, page: Any, broken: Callable[..., list[str]]) -> None:
        """Have axe look at the page as it opens, and at each fold turned; then it is as before."""
        self.found["axe"].add(name, broken(page))
        page.evaluate(look("toggle_folds"))
        self.found["axe in folds"].add(name, broken(page, "details"))
        for scheme in reversed(SCHEMES):
            page.emulate_media(color_scheme=scheme)
            self._look("contrast", name, page, f"{scheme} in folds")
        page.evaluate(look("toggle_folds"))

    def look_for_themes(self, name: str, page: Any) -> None:
        """A chosen theme has the colours of the scheme of its name, whatever the system's is."""
        for theme, other in (SCHEMES, SCHEMES[::-1]):
            page.emulate_media(color_scheme=theme)
            page.evaluate(look("colours"))
            page.emulate_media(color_scheme=other)
            self.found["themes"].add(name, page.evaluate(look("colours"), theme))

    def look_for_unused(self, name: str, page: Any, sheet: str) -> None:
        """Look for what a style sheet of the site would change which no page loads."""
        found = page.evaluate(look("unused_sheet"), sheet)
        self.chosen += found["chosen"]
        self.found["unused sheet"].add(name, found["changed"])

    def look_for_cuts(self, name: str, page: Any) -> None:
        """Look for words that are cut off."""
        self._look("reflow", name, page)

    def look_spaced(self, name: str, page: Any, *other_sizes: dict[str, int]) -> None:
        """With wider spacing of text, which stays, as do sizes: no look comes after this one.

        What does not fit without it does not fit with it.
        """
        page.evaluate(look("text_spacing"))
        self._look("reflow", name, page, "spaced")
        for size in other_sizes:
            resize(page, size)
            self._look("reflow", name, page, "spaced")

    def check(self, each: str) -> None:
        """A look was taken, and found nothing."""
        assert each in self.found, f"nobody took the look {each!r}"
        self.found[each].check()

    def _look(self, each: str, name: str, page: Any, way: str = "") -> None:
        lines = page.evaluate(look(each))
        self.found[f"{each} {way}".strip()].add(name, lines)


LOOKED = (
    *("targets", "scrollers", "motion", "reflow spaced"),
    *("contrast light", "contrast dark", "forced light", "forced dark"),
)
"""What a sweep looks at, by the names that it gives its findings."""
IN_TEXTS = (
    *("columns", "tables", "targets", "scrollers", "reflow spaced"),
    *("contrast light", "contrast dark"),
)
"""What it looks at in texts alone."""
WITH_AXE = ("axe", "axe in folds", "contrast light in folds", "contrast dark in folds")
"""What it looks at in full, with axe."""


def resize(page: Any, size: dict[str, int]) -> None:
    """Make a window this wide and high, and wait for what scripts do once its boxes have sizes."""
    page.set_viewport_size(size)
    page.evaluate(PAINTED)


def opened(reader: Reader, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Each of these pages of the site, opened by a reader."""
    for name in names:
        yield name, reader.open(name)


def opened_by_key(reader: Reader, pages: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Pages that are opened, each once it has what it loads at a reader's first key.

    Some of that is a stop, which would come while keys go through the page.
    """
    traffic = Traffic(reader.context)
    for name, page in pages:
        page.keyboard.press("Shift")
        traffic.settle(page)
        yield name, page


def opened_in_part(
    reader: Reader, site: Path, names: Iterable[str], of: Kind = frozenset
) -> Iterator[tuple[str, Any]]:
    """Each of these pages, without the sections that have no component which is new by then."""
    for name, seen in seen_elsewhere(site, names, of).items():
        page = reader.open(name)
        page.evaluate(PAINTED)
        page.evaluate("(ids) => ids.forEach((id) => document.getElementById(id).remove())", seen)
        yield name, page


def openers(reader: Reader, names: Iterable[str], others: str = "") -> Iterator[tuple[str, Any]]:
    """Controls of pages that open something, of each kind the first.

    The page is one that was just opened, or where nothing was pressed but folds, and none that
    hides the control. Which of a page's controls these are, and what makes a kind, says
    ``looks/openers.js``; those that ``others`` selects are left out.
    """
    known: list[str] = []
    for name, page in opened_by_key(reader, opened(reader, names)):
        kinds = page.evaluate(look("openers"), [known, others])
        is_as_opened = True
        for kind in kinds:
            control = page.locator(f"[data-opener='{kind}']")
            if not is_as_opened or not control.is_visible():
                reader.open(name)
                page.evaluate(look("openers"), [known, others])
            yield f"{name}: {kind}", control
            is_as_opened = "summary" in kind.split()
        known += kinds
    assert len(known) >= KINDS, known


def press(control: Any) -> None:
    """Press a control by Enter, or a label by the pointer: a key follows a link, or does nothing.

    A key goes to what has the focus. What cannot take it would leave it with any other control,
    such as a link, which leads away from the page.
    """
    name = control.evaluate("(control) => control.localName")
    if name == "label":
        control.click()
        return
    control.focus()
    assert control.evaluate("(control) => control === document.activeElement"), "takes no focus"
    if name != "a":
        control.page.keyboard.press("Enter")
