"""The menu of a page's downloads, as a reader meets it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.axe import in_both_schemes
from tests.kit.reader import Reader, expect
from tests.kit.static_host import Host

PAGE = "index"
"""A small page: the menu is the same on each."""
NAME = PAGE.rpartition("/")[2]
CLIPBOARD = ["clipboard-read", "clipboard-write"]


def menu(page: Any) -> Any:
    return page.get_by_role("navigation", name="Downloads")


@pytest.mark.parametrize("width", [320, 1280])
def test_open_menu_is_accessible_and_fits(readers: Callable[..., Reader], width: int) -> None:
    """Nothing for axe; each entry is 24 px high and on the screen; the page scrolls no wider."""
    reader = readers(viewport={"width": width, "height": 640})
    page = reader.open(PAGE)
    wide = page.evaluate("document.documentElement.scrollWidth")
    menu(page).locator("summary").click()
    assert in_both_schemes(page, ".page-menu") == []
    entries = menu(page).locator("summary, a, button").all()
    assert len(entries) == 6
    for entry in entries:
        box = entry.bounding_box()
        assert min(box["width"], box["height"]) >= 24, entry.inner_text()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") == wide


def test_menu_is_used_by_keyboard(readers: Callable[..., Reader]) -> None:
    """Enter opens it, Tab goes through it, Escape closes it and leaves the focus on it."""
    page = readers().open(PAGE)
    summary = menu(page).locator("summary")
    summary.focus()
    page.keyboard.press("Enter")
    for entry in menu(page).locator("a, button").all():
        page.keyboard.press("Tab")
        expect(entry).to_be_focused()
        assert entry.evaluate("(each) => getComputedStyle(each).outlineStyle") != "none"
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(menu(page).get_by_role("link").first).to_be_hidden()


def test_press_elsewhere_closes_the_menu(readers: Callable[..., Reader]) -> None:
    """And a press in it does not."""
    page = readers().open(PAGE)
    menu(page).locator("summary").click()
    menu(page).locator("output").dispatch_event("click")
    expect(menu(page).get_by_role("link").first).to_be_visible()
    page.get_by_role("heading", level=2).first.click()
    expect(menu(page).get_by_role("link").first).to_be_hidden()


def test_page_is_copied_as_markdown(readers: Callable[..., Reader], host: Host, site: Path) -> None:
    """The clipboard holds the file, and the menu says so; it says too where that went wrong."""
    reader = readers(permissions=CLIPBOARD)
    page = reader.open(PAGE)
    menu(page).locator("summary").click()
    button = menu(page).get_by_role("button", name="Copy as Markdown")
    button.click()
    expect(menu(page).get_by_role("status")).to_have_text("Copied")
    text = (site / f"{PAGE}.md").read_text(encoding="utf-8")
    assert page.evaluate("navigator.clipboard.readText()") == text
    reader.expects("404")
    host.missing.add(f"{NAME}.md")
    button.click()
    expect(menu(page).get_by_role("status")).to_have_text("Not copied: open the Markdown")


def test_downloads_have_their_types_and_names(readers: Callable[..., Reader]) -> None:
    """A notebook, a script and the wheel are saved; the Markdown is shown as such."""
    page = readers(accept_downloads=True).open(PAGE)
    menu(page).locator("summary").click()
    names = []
    for link in menu(page).locator("a[download]").all():
        with page.expect_download() as started:
            link.click()
        names.append(started.value.suggested_filename)
    assert names[:2] == [f"{NAME}.ipynb", f"page-{NAME}.py"]
    assert names[2].endswith(".whl")
    types = {
        link.get_attribute("href"): page.request.get(link.evaluate("(each) => each.href")).headers
        for link in menu(page).locator("a").all()
    }
    found = [headers["content-type"].split(";")[0] for headers in types.values()]
    markdown = "text/markdown"
    assert found == ["application/x-ipynb+json", "text/x-python", markdown, "application/zip"]


def test_menu_opens_without_javascript(readers: Callable[..., Reader]) -> None:
    """Its links are there; the button that needs a script is not."""
    page = readers(java_script_enabled=False).open(PAGE)
    menu(page).locator("summary").click()
    expect(menu(page).get_by_role("link", name="Markdown (.md)")).to_be_visible()
    expect(menu(page).get_by_role("button")).to_have_count(0)
