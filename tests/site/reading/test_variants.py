"""The choice of a database, on a chapter as readers have it: by keyboard, on paper, unmoved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.axe import in_both_schemes
from tests.kit.contents import chapters, variants
from tests.kit.reader import Reader, expect

MOVED = """globalThis.moved = 0; new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) globalThis.moved += value;
}).observe({ type: "layout-shift", buffered: true })"""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
WIDE = 1280
HIDDEN = """(found) => found.filter((fold) =>
    [...fold.children].some((each) => !each.checkVisibility())).map((fold) => fold.outerHTML)"""
CHAPTER = next(name for name in chapters() if "postgresql" in variants(name))


@pytest.mark.parametrize("width", [360, WIDE])
def test_a_chapter_on_postgresql(readers: Callable[..., Reader], width: int) -> None:
    """Chosen by keyboard, it is there after a reload, without a move; axe finds nothing.

    On paper it stands under its title, without buttons.
    """
    reader = readers(viewport={"width": width, "height": 800})
    reader.page.add_init_script(MOVED)
    page = reader.open(CHAPTER)
    choice = page.get_by_role("radiogroup", name="Run on", exact=True)
    choice.get_by_role("radio", name="SQLite").focus()
    page.keyboard.press("ArrowRight")
    expect(choice.get_by_role("radio", name="PostgreSQL")).to_be_focused()
    page.reload()
    expect(choice.get_by_role("radio", name="PostgreSQL")).to_be_checked()
    page.evaluate(PAINTED)
    if width == WIDE:  # on a phone, the head of a page moves, whatever is chosen
        assert page.evaluate("globalThis.moved") <= 0.01
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert in_both_schemes(page) == []
    page.emulate_media(media="print")
    expect(choice).to_be_hidden()
    folds = page.locator(".variant[data-variant=postgresql]")
    assert folds.count() > 1
    assert folds.evaluate_all(HIDDEN) == []
