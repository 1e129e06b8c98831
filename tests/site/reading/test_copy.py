"""The button that copies code: what it copies, what it is called, and what it says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit import clock
from tests.kit.axe import in_both_schemes
from tests.kit.reader import Reader, expect, until

SINK = "reference/kitchen-sink"
ALLOWED = {"permissions": ["clipboard-read", "clipboard-write"]}
# As on a host without https, where a browser has no Clipboard API.
INSECURE = "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
# What is copied by hand is seen by the page's own event alone.
HEARD = """addEventListener("copy", ({target}) => {
  globalThis.heard = target.value.slice(target.selectionStart, target.selectionEnd);
});"""


# Presses each button of a cell's code that is seen; what the clipboard held then, by its name.
PRESS_ALL = """async () => {
  const copied = {};
  for (const button of document.querySelectorAll(".cell .copy")) {
    if (!button.checkVisibility()) continue;
    const name = button.getAttribute("aria-label");
    button.click();
    while (button.textContent !== "Copied") await new Promise(requestAnimationFrame);
    copied[name] = await navigator.clipboard.readText();
  }
  return copied;
}"""


def copy_button(page: Any, name: str) -> Any:
    """The button of what has this name."""
    return page.get_by_role("button", name=f"Copy the code of {name}", exact=True)


def pasted(page: Any) -> str:
    """What the clipboard holds."""
    return str(page.evaluate("navigator.clipboard.readText()"))


def sources(site: Path) -> list[dict[str, Any]]:
    """The cells of the kitchen sink, as its page gets them to run them."""
    for file in (site / "_static" / "live").glob("page-*.json"):
        cells: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["cells"]
        if any(cell["name"] == "sink-nothing" for cell in cells):
            return cells
    raise AssertionError("no page has the kitchen sink's cells")


def test_each_cell_is_copied_without_its_output(readers: Callable[..., Reader], site: Path) -> None:
    """The clipboard gets a cell's source, character by character, links and colours left out."""
    copied = readers(**ALLOWED).open(SINK).evaluate(PRESS_ALL)
    copied.pop("Copy this code")  # that of an exercise, which is no cell
    expected = {}
    for number, cell in enumerate(sources(site), 1):
        name = f"cell {cell['name'] or number}"
        expected[f"Copy the code of {name}"] = cell["source"]
    assert len(copied) > 15
    assert copied == {name: expected.get(name) for name in copied}


def test_the_button_tells_what_it_does_and_did(readers: Callable[..., Reader]) -> None:
    """By keyboard: it is named for its cell, says that it copied, and keeps the focus."""
    reader = readers(**ALLOWED, viewport={"width": 320, "height": 640})
    page = reader.open(SINK)
    button = page.locator("#sink-print-and-value .copy")
    expect(button).to_have_accessible_name("Copy the code of cell sink-print-and-value")
    box = button.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    cell = page.locator("#sink-print-and-value")
    cell.get_by_role("button", name="Edit").focus()
    # Until the script that its focus asks for has come, each button is a stop of Tab.
    expect(cell.get_by_role("toolbar")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(button).to_be_focused()
    clock.stop(page)
    page.keyboard.press("Enter")
    expect(button).to_have_text("Copied")
    clock.wait(page, 100)  # what is said for ears alone comes a moment later
    expect(button).to_have_accessible_name("Copied the code of cell sink-print-and-value")
    words = "Copied the code of cell sink-print-and-value."
    expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)
    expect(button).to_be_focused()
    clock.wait(page, 1200)
    page.evaluate("navigator.clipboard.writeText('')")
    page.keyboard.press("Enter")
    until(lambda: page.evaluate("navigator.clipboard.readText()"))
    clock.wait(page, 1200)
    expect(button).to_have_text("Copied")  # the first press does not end what the second says
    clock.wait(page, 1000)
    expect(button).to_have_text("Copy")


def test_a_cell_that_runs_in_no_browser_has_a_name_too(readers: Callable[..., Reader]) -> None:
    """It has no row of buttons, from which the others have theirs."""
    page = readers().open(SINK)
    button = page.locator("#sink-process .copy")
    expect(button).to_have_accessible_name("Copy the code of cell sink-process")


def test_what_the_reader_wrote_is_copied(readers: Callable[..., Reader]) -> None:
    """In the open editor, after it, and as the book has it again after Reset."""
    reader = readers(**ALLOWED)
    page = reader.open(SINK)
    cell = reader.cell("sink-print-and-value")
    button = cell.box.locator(".copy")
    cell.write("print('mine')\n")
    button.click()
    expect(button).to_have_text("Copied")
    assert pasted(page) == "print('mine')\n"
    cell.button("Close").click()
    page.reload()
    button.click()
    expect(button).to_have_text("Copied")
    assert pasted(page) == "print('mine')\n"
    cell.button("Reset").click()
    expect(button).to_have_text("Copy")
    button.click()
    expect(button).to_have_text("Copied")
    assert "mine" not in pasted(page)


def test_the_link_to_a_cell_is_copied_by_its_name(readers: Callable[..., Reader]) -> None:
    """A press goes to the cell and copies its address; ears are told, too."""
    reader = readers(**ALLOWED)
    page = reader.open(SINK)
    link = page.locator("#sink-print-and-value .live-tools > .live-name")
    link.click()
    expect(page).to_have_url(re.compile("#sink-print-and-value$"))
    expect(page.locator("[data-copied]")).to_be_visible()
    assert in_both_schemes(page, "#sink-print-and-value") == []
    words = "Copied the link to sink-print-and-value."
    expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)
    assert pasted(page) == page.url
    cell = reader.cell("sink-nothing")
    cell.button("⋯").click()
    cell.menu.get_by_role("link", name="Copy link to this cell", exact=True).click()
    expect(page).to_have_url(re.compile("#sink-nothing$"))
    words = "Copied the link to sink-nothing."
    expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)
    assert pasted(page) == page.url


def test_the_scratch_cell_is_copied_too(readers: Callable[..., Reader]) -> None:
    """A reader's own experiment can be taken away, under the name that it has on the page."""
    reader = readers(**ALLOWED)
    page = reader.open(SINK)
    cell = reader.scratch("print('mine')\n")
    button = copy_button(page, "the scratch cell")
    button.click()
    expect(cell.button("Copied")).to_have_accessible_name("Copied the code of the scratch cell")
    assert pasted(page) == "print('mine')\n"
    expect(button).to_have_count(1)


def test_a_session_is_copied_without_its_prompts(readers: Callable[..., Reader]) -> None:
    """Of ``>>>`` blocks what was typed is copied, and not what was shown."""
    reader = readers(**ALLOWED)
    page = reader.open("reference/models")
    block = page.locator("div.highlight-default", has_text="Sandy Kilo").first
    button = block.locator(".copy")
    expect(button).to_have_accessible_name("Copy this code")
    button.click()
    expect(button).to_have_text("Copied")
    assert pasted(page).split("\n")[0] == 'User(name="Sandy", full_name="Sandy Kilo")'
    assert ">>>" not in pasted(page)
    assert "Traceback" not in pasted(page)


def test_without_a_clipboard_api_it_copies_too(readers: Callable[..., Reader]) -> None:
    """A host without https has no such API: the code is copied all the same, the focus kept."""
    reader = readers()
    reader.page.add_init_script(INSECURE + HEARD)
    page = reader.open(SINK)
    button = page.locator("#sink-print-and-value .copy")
    button.click()
    expect(button).to_have_text("Copied")
    expect(button).to_be_focused()
    code = page.locator("#sink-print-and-value .cell_input pre").text_content()
    assert page.evaluate("globalThis.heard") == code.removesuffix("\n")
    expect(page.locator("textarea.visually-hidden")).to_have_count(0)


def test_a_failure_is_said(readers: Callable[..., Reader]) -> None:
    """Where the browser copies in no way, the button and the voice say so."""
    reader = readers()
    reader.page.add_init_script(f"{INSECURE} document.execCommand = () => false;")
    page = reader.open(SINK)
    button = page.locator("#sink-print-and-value .copy")
    button.click()
    expect(button).to_have_text("Not copied")
    words = "The browser doesn’t copy. Select the code instead."
    expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)


@pytest.mark.parametrize("width", [320, 1280])
def test_it_covers_no_code(readers: Callable[..., Reader], width: int) -> None:
    """The buttons stand above code, in its frame, never on it."""
    reader = readers(viewport={"width": width, "height": 700})
    page = reader.open(SINK)
    covering = """() => [...document.querySelectorAll(".copy")].filter((button) => {
      const own = button.getBoundingClientRect();
      if (!button.checkVisibility()) return false;
      return [...document.querySelectorAll("article pre")].some((pre) => {
        const box = pre.getBoundingClientRect();
        return pre.checkVisibility() && own.top < box.bottom - 1 && own.bottom > box.top + 1
          && own.left < box.right && own.right > box.left;
      });
    }).length"""
    assert page.locator(".copy").count() > 15
    assert page.evaluate(covering) == 0
    outside = """() => [...document.querySelectorAll(".copy")].filter((button) => {
      const own = button.getBoundingClientRect();
      const frame = button.closest(".cell, [class*='highlight-']")?.getBoundingClientRect();
      return button.checkVisibility()
        && !(frame && own.top >= frame.top && own.bottom <= frame.bottom);
    }).length"""
    assert page.evaluate(outside) == 0


def test_without_javascript_there_is_no_button(readers: Callable[..., Reader]) -> None:
    """What would do nothing is not there."""
    reader = readers(java_script_enabled=False)
    page = reader.open(SINK)
    expect(page.locator(".copy")).to_have_count(0)
