"""Through pages by Tab: each kind of stop is seen, in order, and none holds the focus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import sample
from tests.kit.every_page import DESKTOP, MOBILE, Findings, opened_by_key, opened_in_part
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
    # Sorted when the walk comes near, options would be met in two orders.
    reader.page.route("**/predictions.js*", lambda route: route.fulfill(body=""))
    in_part = opened_in_part(reader, site, sample.sample_of_stops(site), sample.stops)
    for name, page in opened_by_key(reader, in_part):
        if "folds" in way:
            page.evaluate(look("toggle_folds"))
        findings.add(name, walked(page, key))
        stops, cells, links = page.evaluate(COUNTED)
        if stops > AROUND + A_CELL * cells + links:
            findings.add(name, [f"{stops} stops, with {cells} cells and {links} links in its text"])
    findings.check()
