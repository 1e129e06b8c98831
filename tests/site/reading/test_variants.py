"""The choice of a database, on a chapter as readers have it: by keyboard, on paper, unmoved."""

from __future__ import annotations

from collections.abc import Callable

from tests.kit.axe import but_colours, in_both_schemes
from tests.kit.contents import DOCS, chapters, variants
from tests.kit.reader import PAINTED, Reader, expect

MOVED = """globalThis.moved = 0; new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) globalThis.moved += value;
}).observe({ type: "layout-shift", buffered: true })"""
FITS = "document.documentElement.scrollWidth <= innerWidth"
HIDDEN = """(found) => found.filter((fold) =>
    [...fold.children].some((each) => !each.checkVisibility())).map((fold) => fold.outerHTML)"""
CHAPTER = min(
    (name for name in chapters() if "postgresql" in variants(name)),
    key=lambda name: (DOCS / f"{name}.md").stat().st_size,
)
"""The smallest chapter of those that have such a choice: axe reads all of it."""


def test_a_chapter_on_postgresql(readers: Callable[..., Reader]) -> None:
    """Chosen by keyboard, it is there after a reload, without a move; axe finds nothing.

    Nor does it when the window becomes as narrow as a phone, where the page's head moves anyway.

    On paper it stands under its title, without buttons.
    """
    reader = readers(viewport={"width": 1280, "height": 800})
    reader.page.add_init_script(MOVED)
    page = reader.open(CHAPTER)
    choice = page.get_by_role("radiogroup", name="Run on", exact=True)
    choice.get_by_role("radio", name="SQLite").focus()
    page.keyboard.press("ArrowRight")
    expect(choice.get_by_role("radio", name="PostgreSQL")).to_be_focused()
    page.reload()
    expect(choice.get_by_role("radio", name="PostgreSQL")).to_be_checked()
    asked = page.locator(".cell:has(.variant[data-variant=postgresql]) .predict-title").first
    asked.scroll_into_view_if_needed()  # the output below it is another than that of the question
    expect(asked).to_have_text(
        "Predict what happens on SQLite; below is what happens on PostgreSQL"
    )
    page.evaluate("scrollTo(0, 0)")
    page.evaluate(PAINTED)
    assert page.evaluate("globalThis.moved") <= 0.01
    assert page.evaluate(FITS)
    assert in_both_schemes(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate(FITS)
    assert but_colours(page) == []
    page.emulate_media(media="print")
    expect(choice).to_be_hidden()
    folds = page.locator(".variant[data-variant=postgresql]")
    assert folds.count() > 1
    assert folds.evaluate_all(HIDDEN) == []
