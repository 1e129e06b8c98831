"""What opens at a press: each kind of control that opens something, on the sample of pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample
from tests.kit.axe import LINKS, SCHEMES, but_colours, violations
from tests.kit.every_page import DESKTOP, MOBILE, Findings, openers, press
from tests.kit.look import look
from tests.kit.reader import Reader

FOLD = ":is(main, [role=main]) summary"
IN_TEXT = ":is(main, [role=main]) *"
MANY = 25  # presses of Tab after which what opened holds the focus
OPENED = "[data-opened]"
"""What has opened, and what opened it, as ``looks/opened.js`` marks them."""
INSIDE = f"!!document.activeElement.closest('{OPENED}')"
# At the page's ends, where they cover no button: a covered one would be too small a target.
BARS = """() => {
  for (const bar of document.querySelectorAll(".live-bar, .mobile-header"))
    bar.style.position = "static";
}"""


@pytest.mark.parametrize(
    ("viewport", "others"),
    [pytest.param(MOBILE, "", id="320"), pytest.param(DESKTOP, FOLD, id="1280, no folds")],
)
def test_what_opens_is_accessible_and_lets_the_focus_go(
    readers: Callable[..., Reader], site: Path, viewport: dict[str, int], others: str
) -> None:
    """Drawers, words, menus, tabs, dialogs: axe finds nothing, and Escape or Tab leads out.

    What opens in the text is looked at by itself, what opens in the frame with the whole page,
    which it may cover. Into the folds of the text axe looks on the sample of pages, all of them
    open; to let the focus go, a fold needs no width.
    """
    findings = Findings()
    reader = readers(viewport=viewport, reduced_motion="reduce")
    # Of each kind of control the first is tried: on the smallest page, which axe reads fastest.
    small_first = sorted(
        sample.sample(site), key=lambda name: (site / f"{name}.html").stat().st_size
    )
    for name, control in openers(reader, small_first, others):
        page = reader.page
        page.keyboard.press("Tab")  # from now on, the focus is shown
        control.evaluate(look("opened"), arg=True)
        press(control)
        page.evaluate(BARS)
        control.evaluate(look("opened"))
        if not control.evaluate(f"(control) => control.matches('{FOLD}')"):
            in_text = control.evaluate(f"(control) => control.matches('{IN_TEXT}')")
            findings.add(f"open: {name}", broken(page, [OPENED] if in_text else []))
        if not leaves(page):
            findings.add(name, ["holds the focus"])
    findings.check()


def broken(page: Any, where: list[str]) -> Iterator[str]:
    """What is wrong there, or anywhere; of links among words, with what has opened."""
    for scheme in reversed(SCHEMES):
        page.emulate_media(color_scheme=scheme)
        yield from page.evaluate(look("contrast"), where)
        yield from violations(page, OPENED, rules=LINKS)
    yield from but_colours(page, *where)


def leaves(page: Any) -> bool:
    """Whether Tab leads out of what has opened, or Escape frees the page from a dialog."""
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if not page.evaluate(INSIDE):
            return True
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    return not page.evaluate(f"!!document.querySelector(':modal') || {INSIDE}")
