"""A page is read, and left by its links, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from posixpath import dirname, relpath
from typing import Any

import pytest

from tests.kit.contents import chapters
from tests.kit.every_page import DESKTOP, MOBILE
from tests.kit.reader import Reader, expect


def tab_until(page: Any, holds: str) -> None:
    """Press Tab until something is true of what has the focus.

    The table of contents comes after the text, and only a script can skip the text for it.
    """
    for _ in range(600):
        page.keyboard.press("Tab")
        if page.evaluate(f"((focused) => {holds})(document.activeElement)"):
            return
    raise AssertionError(f"Tab never came to where {holds}")


def in_window(link: Any) -> bool:
    """Whether it can be pressed: a drawer that is shut waits outside of the window."""
    box = link.bounding_box()
    return bool(link.is_visible() and box and box["x"] >= 0 and box["x"] < 300)


PLAIN = {"java_script_enabled": False, "viewport": MOBILE, "reduced_motion": "reduce"}
FIRST, SECOND, THIRD = chapters()[:3]


def sidebar(name: str) -> str:
    """How a link to a page is chosen in the first chapter's table of contents."""
    return f".sidebar-tree a[href='{relpath(name, dirname(FIRST))}.html']"


DRAWERS = pytest.mark.parametrize(
    ("drawer", "link"),
    [
        ("__navigation", sidebar(SECOND)),
        ("__toc", ".toc-tree li li:first-child > a"),
    ],
)


@DRAWERS
def test_menus_work_without_javascript_by_mouse(
    readers: Callable[..., Reader], drawer: str, link: str
) -> None:
    """A press opens each drawer of a narrow page, and a press on a link in it goes there."""
    page = readers(**PLAIN).open(FIRST)
    wanted = page.locator(link).first
    leads_to = wanted.evaluate("(each) => each.href")
    assert not in_window(wanted)
    page.locator(f"#{drawer}:visible, label[for={drawer}]:visible").last.click()
    expect(wanted).to_be_in_viewport()
    wanted.click()
    page.wait_for_url(leads_to)


@DRAWERS
def test_menus_work_without_javascript_by_keyboard(
    readers: Callable[..., Reader], drawer: str, link: str
) -> None:
    """Tab comes to each drawer's control, Space opens it, Tab goes on into it, Enter leads on."""
    page = readers(**PLAIN).open(FIRST)
    tab_until(page, f"focused.id === '{drawer}'")
    page.keyboard.press("Space")
    wanted = page.locator(link).first
    leads_to = wanted.evaluate("(each) => each.href")
    expect(wanted).to_be_in_viewport()
    tab_until(page, f'focused.href === "{leads_to}"')
    page.keyboard.press("Enter")
    page.wait_for_url(leads_to)


def test_wide_pages_navigate_without_javascript(readers: Callable[..., Reader]) -> None:
    """The sidebar, the next page and the page before are links that need no script."""
    page = readers(java_script_enabled=False, viewport=DESKTOP).open(FIRST)
    page.locator(sidebar(THIRD)).click()
    page.wait_for_url(f"**/{THIRD}.html")
    page.locator("a.prev-page").click()
    page.wait_for_url(f"**/{SECOND}.html")
    page.locator("a.next-page").click()
    page.wait_for_url(f"**/{THIRD}.html")
    page.locator(".sidebar-brand").click()
    page.wait_for_url("**/index.html")


def test_folds_and_words_open_without_javascript(readers: Callable[..., Reader]) -> None:
    """Panels, folded outputs and explanations open and shut by the browser's own means."""
    page = readers(java_script_enabled=False, viewport=DESKTOP).open("reference/show")
    assert "JavaScript, which is off here" in page.locator("article noscript > p").inner_text()
    fold = page.locator("#show-setup details:not(.variant)").first
    expect(fold.locator("pre").first).to_be_hidden()
    fold.locator("summary").first.click()
    expect(fold.locator("pre").first).to_be_visible()
    panel = page.locator("#show-board details.log").first
    panel.locator("summary").click()
    expect(panel.locator("pre").first).to_be_hidden()
    aside = fold.locator("details.log-aside").first
    expect(aside.locator("pre").first).to_be_hidden()
    aside.locator("summary").click()
    expect(aside.locator("pre").first).to_be_visible()
    aside.locator("button.log-word").first.click()
    expect(page.locator(":popover-open")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(":popover-open")).to_have_count(0)


def test_dialects_are_chosen_without_javascript(readers: Callable[..., Reader]) -> None:
    """Each tab of a statement's wordings shows its own."""
    page = readers(java_script_enabled=False, viewport=DESKTOP).open("reference/show")
    tabs = page.locator(".show-dialects").first
    tabs.locator("label", has_text="Oracle").click()
    expect(tabs.locator("pre:visible")).to_contain_text("FETCH FIRST 2 ROWS ONLY")


def test_search_page_says_what_it_needs(readers: Callable[..., Reader]) -> None:
    """Without JavaScript the search page is no empty page: it says why, and leads to the index."""
    page = readers(java_script_enabled=False, viewport=DESKTOP).open("search")
    main = page.locator("[role=main]")
    expect(main).to_contain_text("It needs JavaScript")
    expect(main.get_by_role("link", name="index")).to_be_visible()
