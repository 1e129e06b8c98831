"""What opens at a press: each kind of control that opens something, on the sample of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample
from tests.kit.axe import LINKS, SCHEMES, but_colours, violations
from tests.kit.every_page import DESKTOP, MOBILE, Findings, openers
from tests.kit.look import look
from tests.kit.reader import Reader

FOLD = ":is(main, [role=main]) summary"
MANY = 25  # presses of Tab after which a page that lets the focus go has shown it
OPENED = ("details[open]", "dialog[open]", ":popover-open")
PLACE = "[...document.querySelectorAll('*')].indexOf(document.activeElement)"
# At the page's ends, where they cover no button: a covered one would be too small a target.
BARS = """() => {
  for (const bar of document.querySelectorAll(".live-bar, .mobile-header"))
    bar.style.position = "static";
}"""


@pytest.mark.parametrize(
    "viewport", [pytest.param(MOBILE, id="320"), pytest.param(DESKTOP, id="1280")]
)
def test_what_opens_is_accessible_and_lets_the_focus_go(
    readers: Callable[..., Reader], site: Path, viewport: dict[str, int]
) -> None:
    """Drawers, words, menus, tabs, dialogs: axe finds nothing, and Escape or Tab leads out.

    Into the folds of the text axe looks on the sample of pages, all of them open.
    """
    findings = Findings()
    reader = readers(viewport=viewport, reduced_motion="reduce")
    # Of each kind of control the first is tried: on the smallest page, which axe reads fastest.
    small_first = sorted(
        sample.sample(site), key=lambda name: (site / f"{name}.html").stat().st_size
    )
    for name, control in openers(reader, small_first):
        reader.page.keyboard.press("Tab")  # from now on, the focus is shown
        control.focus()
        if control.evaluate("(control) => control.localName") != "a":  # a link leads away
            reader.page.keyboard.press("Enter")
        reader.page.evaluate(BARS)
        if not control.evaluate(f"(control) => control.matches('{FOLD}')"):
            findings.add(f"open: {name}", broken(reader.page))
        if not leaves(reader.page):
            findings.add(name, ["holds the focus"])
    findings.check()


def broken(page: Any) -> Iterator[str]:
    """What is wrong with the page now; of links among words, with those that have opened."""
    for scheme in reversed(SCHEMES):
        page.emulate_media(color_scheme=scheme)
        yield from page.evaluate(look("contrast"))
        yield from violations(page, *OPENED, rules=LINKS)
    yield from but_colours(page)


def leaves(page: Any) -> bool:
    """Whether Tab goes through the page, or Escape frees it from a dialog."""
    met: set[int] = set()
    for _ in range(MANY):
        page.keyboard.press("Tab")
        met.add(page.evaluate(PLACE))
        if len(met) > MANY / 2:
            return True
    page.keyboard.press("Escape")
    before = page.evaluate(PLACE)
    page.keyboard.press("Tab")
    return bool(page.evaluate("!document.querySelector(':modal')")) and before != page.evaluate(
        PLACE
    )
