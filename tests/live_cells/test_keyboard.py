"""Live cells by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.reader import Reader, expect, until
from tests.kit.static_host import Host

FOCUSED = """() => {
  const each = document.activeElement;
  return [each.getAttribute("aria-label") || each.textContent.trim(), each.localName];
}"""


@pytest.fixture
def hosts(plain_cells: dict[bool, Host]) -> dict[bool, Host]:
    """Those of the small site."""
    return plain_cells


def tab_to(page: Any, name: str, key: str = "Tab") -> None:
    """Press Tab until the focus is on what has this name."""
    for _ in range(120):
        page.keyboard.press(key)
        if page.evaluate(FOCUSED)[0] == name:
            return
    raise AssertionError(f"Tab never came to {name}")


def is_focused(page: Any, name: str) -> None:
    until(lambda: page.evaluate(FOCUSED)[0] == name)


def test_cells_are_run_and_edited_by_keyboard_alone(readers: Callable[..., Reader]) -> None:
    """Tab comes to each button, Enter presses it, and the focus is never lost."""
    reader = readers()
    page = reader.open("reference/kitchen-sink")
    keys = page.keyboard
    first, second = reader.cell("sink-nothing"), reader.cell("sink-print-and-value")

    tab_to(page, "Run cell sink-nothing")
    keys.press("Enter")
    first.has_run("Same as on the page")
    is_focused(page, "Run cell sink-nothing")

    tab_to(page, "Run cell sink-print-and-value")
    keys.press("Space")
    second.has_run("Same as on the page")
    keys.press("ArrowRight")
    is_focused(page, "sink-print-and-value")
    keys.press("End")
    is_focused(page, "Edit cell sink-print-and-value")
    keys.press("Enter")
    expect(second.editor).to_be_focused()
    expect(second.editor).to_have_accessible_name("Code of cell sink-print-and-value")
    expect(second.editor).to_have_accessible_description(
        "Ctrl+Enter runs, Shift+Enter runs and goes on, Esc closes, Tab leaves."
    )

    keys.press("Control+a")
    keys.insert_text("if number:")
    keys.press("Enter")  # the editor indents
    keys.insert_text("print('yes')")
    keys.press("Control+Enter")
    second.has_run("Your version")
    assert second.text() == "yes"
    expect(second.editor).to_be_focused()
    keys.press("Control+z")
    keys.press("Control+y")
    expect(second.editor).to_contain_text("yes")

    keys.press("Shift+Enter")
    is_focused(page, "Run cell sink-long")
    second.has_run("Your version")
    keys.press("Shift+Enter")  # from a button too
    is_focused(page, "Run cell sink-empty-line")
    reader.cell("sink-long").has_run("Same as on the page")
    keys.press("Control+Enter")
    reader.cell("sink-empty-line").has_run("Same as on the page")
    is_focused(page, "Run cell sink-empty-line")


def test_a_cells_strip_is_one_stop(readers: Callable[..., Reader]) -> None:
    """Arrows lead through it and end at its ends; Tab leaves it, and comes back to the same place.

    By its link the keyboard gets a cell's address, too, where Tab would have to pass forty of them.
    """
    reader = readers()
    page = reader.open("reference/kitchen-sink")
    keys = page.keyboard
    strip = page.get_by_role("toolbar", name="Cell sink-print-and-value")
    items = strip.locator(":is(a, button):visible")
    tab_to(page, "Run cell sink-print-and-value")
    expect(strip).to_be_visible()
    for _ in range(items.count() + 1):
        keys.press("ArrowRight")
    expect(items.last).to_be_focused()
    keys.press("Home")
    expect(items.first).to_be_focused()
    keys.press("ArrowLeft")
    expect(items.first).to_be_focused()
    keys.press("ArrowRight")
    keys.press("Tab")
    assert not strip.evaluate("(each) => each.contains(document.activeElement)")
    keys.press("Shift+Tab")
    is_focused(page, "sink-print-and-value")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("#sink-print-and-value$"))
    stops = "(all) => all.filter((each) => each.tabIndex === 0).length"
    assert items.evaluate_all(stops) == 1


def test_tab_leaves_the_editor(readers: Callable[..., Reader]) -> None:
    """Tab is no character of the editor: it leads out of it, forwards and backwards."""
    reader = readers()
    page = reader.open("reference/kitchen-sink")
    cell = reader.cell("sink-print-and-value")
    cell.button("Edit").click()
    expect(cell.editor).to_be_focused()
    page.keyboard.press("Tab")
    expect(cell.editor).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(cell.editor).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(cell.editor).not_to_be_focused()
    expect(cell.box.locator(".live-source")).to_have_count(0)  # nothing was written


def test_focus_goes_to_a_neighbour_where_a_button_goes(readers: Callable[..., Reader]) -> None:
    """Close and Reset take themselves away; the focus stays in the cell."""
    reader = readers()
    page = reader.open("reference/kitchen-sink")
    cell = reader.cell("sink-print-and-value")
    cell.write("1")
    tab_to(page, "Close the editor of cell sink-print-and-value", "Shift+Tab")
    page.keyboard.press("Enter")
    is_focused(page, "Edit cell sink-print-and-value")
    tab_to(page, "Reset cell sink-print-and-value", "ArrowLeft")
    page.keyboard.press("Enter")
    cell.offers("Run from here")
    assert page.evaluate("document.activeElement.closest('.cell')?.id") == "sink-print-and-value"


def test_the_bar_hides_no_focus(readers: Callable[..., Reader]) -> None:
    """What gets the focus is never below the bar at the window's end."""
    reader = readers(viewport={"width": 800, "height": 500})
    page = reader.open("reference/kitchen-sink")
    reader.cell("sink-nothing").run("Same as on the page")
    covered = """() => {
      const box = document.activeElement.getBoundingClientRect();
      const bar = document.querySelector(".live-bar").getBoundingClientRect();
      return !document.activeElement.closest(".live-bar") && box.height < bar.top
        && box.bottom > bar.top + 1 && box.top < bar.bottom && getComputedStyle(
          document.querySelector(".live-bar")).position === "sticky";
    }"""
    page.locator("#sink-nothing").get_by_role("button", name="Run").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        until(lambda: not page.evaluate(covered))  # the theme scrolls smoothly
