"""The list of keys, and links to report a cell."""

from __future__ import annotations

from collections.abc import Callable

from tests.kit import axe
from tests.kit.reader import Reader, expect

PAGE = "reference/kitchen-sink"
"""A page with cells which is not large."""


def test_a_key_opens_the_list_of_keys(readers: Callable[..., Reader]) -> None:
    """The focus goes into it, stays, and comes back; Escape closes it; axe finds nothing."""
    page = readers().open(PAGE)
    link = page.get_by_role("link", name="Skip to content")
    link.focus()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Ctrl+Enter")
    inside = "document.activeElement.closest('dialog') || document.activeElement === document.body"
    for _ in range(4):
        assert page.evaluate(f"Boolean({inside})")
        page.keyboard.press("Tab")
    assert axe.in_both_schemes(page, ".keys-dialog") == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(link).to_be_focused()


def test_the_list_opens_without_its_key(readers: Callable[..., Reader]) -> None:
    """By a button at the page's end, for a keyboard without it; a press beside it closes it."""
    page = readers().open(PAGE)
    page.get_by_role("button", name="Keys").click()
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Keys")).to_be_focused()


def test_the_key_is_a_character_where_one_types(readers: Callable[..., Reader]) -> None:
    """In a cell's code and in the search; and wherever a reader has switched such keys off."""
    reader = readers()
    page = reader.open(PAGE)
    dialog = page.locator(".keys-dialog")
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search this site")
    expect(field).to_be_focused()
    page.keyboard.press("?")
    expect(field).to_have_value("?")
    page.keyboard.press("Escape")
    cell = reader.cells()[0]
    cell.write("1")
    page.keyboard.press("?")
    expect(cell.editor).to_have_text("1?")
    expect(dialog).to_have_count(0)

    page.reload()
    page.keyboard.press("?")
    dialog.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.keyboard.press("/")
    expect(dialog).to_be_hidden()
    expect(field).to_be_hidden()
