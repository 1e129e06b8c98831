"""What the book offers to try in a cell: a press puts it there, and back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.live_widgets import findings
from tests.kit.reader import Reader, expect
from tests.kit.static_host import Host

SINK = "reference/kitchen-sink"
NAME = "sink-print-and-value"


@pytest.fixture
def hosts(plain_cells: dict[bool, Host]) -> dict[bool, Host]:
    """Those of the small site."""
    return plain_cells


def test_a_press_fills_the_editor_and_another_brings_the_original_back(
    readers: Callable[..., Reader],
) -> None:
    """It runs at the reader's wish; the reader's own code can be brought back."""
    reader = readers()
    reader.open(SINK)
    cell = reader.cell(NAME)
    card = reader.page.locator(".try").filter(has_text="Print more.")
    button = card.locator(".try-it")
    button.focus()
    reader.page.keyboard.press("Enter")
    expect(cell.editor).to_be_focused()
    expect(cell.editor).to_contain_text('print("more")')
    expect(cell.mark).to_have_text("Your edit, not run yet")
    expect(button).to_have_text("Show the original")
    expect(reader.bar).not_to_have_attribute("data-state", "ready")
    card.locator("summary").click()
    assert findings(reader.page) == []
    cell.run("Your version")
    assert cell.text() == "more\n42\n42"
    button.click()
    expect(button).to_have_text("Try it")
    expect(cell.printed).to_be_visible()
    cell.write("mine = 1")
    button.click()
    expect(cell.editor).to_contain_text('print("more")')
    reader.press("Undo")
    expect(cell.editor).to_have_text("mine = 1")
    assert sum("page-" in path for path in reader.asked()) == 1


def test_without_scripts_it_is_a_fold(readers: Callable[..., Reader]) -> None:
    """Code and output are there, and no button that does nothing."""
    reader = readers(java_script_enabled=False)
    reader.open(SINK)
    card = reader.page.locator(".try").first
    expect(card.locator(".try-it")).to_be_hidden()
    card.locator("summary").click()
    expect(card).to_contain_text("ZeroDivisionError")
