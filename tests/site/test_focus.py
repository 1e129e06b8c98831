"""Through every page by Tab: each stop is seen, in order, and none holds the focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.every_page import DESKTOP, MOBILE, Findings, look, opened, openers
from tests.kit.reader import Reader, expect
from tests.kit.walk import walked

# A reader who goes through a page by Tab has patience for its cells: Run, Edit, Copy, the panel,
# words that are explained, names that are looked up. All else is in the frame around the page.
A_CELL = 8
AROUND = 70
MANY = 25  # presses of Tab after which a page that lets the focus go has shown it
COUNTED = """() => [
  new Set(walk.stops).size,
  document.querySelectorAll("div.cell").length,
  document.querySelectorAll(":is(main, [role=main]) :is(p, li, td, dd, dt) a[href]").length,
]"""
PLACE = "[...document.querySelectorAll('*')].indexOf(document.activeElement)"


WALKS = {
    "forwards": ("Tab", {"viewport": DESKTOP, "color_scheme": "light"}),
    "backwards, narrow, folds turned": ("Shift+Tab", {"viewport": MOBILE, "color_scheme": "dark"}),
}


@pytest.mark.parametrize("way", WALKS)
def test_tab_comes_to_everything_and_is_always_seen(
    readers: Callable[..., Reader], site: Path, way: str
) -> None:
    """Each stop is in the window, uncovered and marked; all are met once, in reading order."""
    key, options = WALKS[way]
    findings = Findings()
    for name, page in opened(readers(reduced_motion="reduce", **options), site):
        if "folds" in way:
            page.evaluate(look("turn"))
        findings.add(name, walked(page, key))
        stops, cells, links = page.evaluate(COUNTED)
        if stops > AROUND + A_CELL * cells + links:
            findings.add(name, [f"{stops} stops, with {cells} cells and {links} links in its text"])
    findings.check()


def test_skip_link_is_first_and_leads_to_the_text(readers: Callable[..., Reader]) -> None:
    """The first Tab shows a link to the content; from there the next stop is in the content."""
    page = readers(viewport=DESKTOP, reduced_motion="reduce").open("session/session")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    expect(link).to_have_text("Skip to content")
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main, [role=main]') !== null")


def test_what_opens_lets_the_focus_go(readers: Callable[..., Reader], site: Path) -> None:
    """Of each kind of control that opens something: Escape or Tab leads out of what it opened."""
    findings = Findings()
    for viewport in (MOBILE, DESKTOP):
        reader = readers(viewport=viewport, reduced_motion="reduce")
        for name, control in openers(reader, site):
            control.focus()
            if control.evaluate("(control) => control.localName") != "a":  # a link leads away
                reader.page.keyboard.press("Enter")
            if not leaves(reader.page):
                findings.add(name, ["holds the focus"])
    findings.check()


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
