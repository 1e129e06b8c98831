"""Through pages by Tab: each kind of stop is seen, in order, and none holds the focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample
from tests.kit.every_page import DESKTOP, MOBILE, Findings, opened_in_part
from tests.kit.look import look
from tests.kit.reader import Reader
from tests.kit.walk import walked

# A reader who goes through a page by Tab has patience for its cells: Run, Edit, Copy, the panel,
# words that are explained, names that are looked up. All else is in the frame around the page.
A_CELL = 8
AROUND = 70
COUNTED = """() => [
  new Set(walk.stops).size,
  document.querySelectorAll("div.cell").length,
  document.querySelectorAll(":is(main, [role=main]) :is(p, li, td, dd, dt) a[href]").length,
]"""


def options_are_in_order(page: Any) -> None:
    """Come near the first prediction: a script sorts all options, those in the window excepted."""
    prediction = page.locator(".predict").first
    if prediction.count():
        page.keyboard.press("Shift")  # scripts for readers load at the first action
        prediction.scroll_into_view_if_needed()
        prediction.locator(".predict-said").wait_for(state="attached")
        page.evaluate("scrollTo(0, 0)")


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
    reader = readers(reduced_motion="reduce", **options)
    for name, page in opened_in_part(reader, site, sample.sample_of_stops(site), sample.stops):
        if "folds" in way:
            page.evaluate(look("toggle_folds"))
        options_are_in_order(page)
        findings.add(name, walked(page, key))
        stops, cells, links = page.evaluate(COUNTED)
        if stops > AROUND + A_CELL * cells + links:
            findings.add(name, [f"{stops} stops, with {cells} cells and {links} links in its text"])
    findings.check()
