"""A reader's edits: kept in his browser until he forgets them, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.kit import clock
from tests.kit.reader import LiveCell, Reader, expect
from tests.kit.static_host import Host

SINK = "reference/kitchen-sink"
KEY = f"live-cells:{SINK}:sink-nothing"
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("storage is off", "SecurityError"); },
});"""
FULL_STORAGE = """Storage.prototype.setItem = () => {
  throw new DOMException("storage is full", "QuotaExceededError");
};"""


@pytest.fixture
def hosts(plain_cells: dict[bool, Host]) -> dict[bool, Host]:
    """Those of the small site."""
    return plain_cells


def shown_source(cell: LiveCell) -> Any:
    """The code that stands in a cell whose editor is closed."""
    return cell.box.locator(".cell_input pre:visible")


def edit(cell: LiveCell, source: str) -> None:
    cell.box.page.bring_to_front()
    cell.write(source)
    cell.button("Close").click()
    expect(shown_source(cell)).to_have_text(source)


@pytest.fixture
def reader(readers: Callable[..., Reader]) -> Reader:
    found = readers()
    found.open(SINK)
    return found


def test_edits_survive_a_reload(reader: Reader) -> None:
    """The cell's and the scratch cell's code are there again, marked as edited; Reset forgets."""
    edit(reader.cell("sink-nothing"), "number = 8")
    edit(reader.cell("sink-print-and-value"), "'mine'")
    reader.scratch("print('scratch')")
    reader.page.reload()
    cell = reader.cell("sink-nothing")
    expect(shown_source(cell)).to_have_text("number = 8")
    shown = reader.cell("sink-print-and-value")
    expect(shown.mark).to_have_text("Your edit, not run yet")
    expect(shown.printed).to_have_attribute("data-old", "")
    reader.page.get_by_role("button", name="Open your scratch cell").click()
    expect(LiveCell(reader, reader.page.locator(".live-scratch")).editor).to_contain_text("scratch")
    cell.button("Reset").click()
    reader.page.reload()
    expect(shown_source(reader.cell("sink-nothing"))).to_have_text("number = 6")
    assert reader.page.evaluate("(key) => localStorage.getItem(key)", KEY) is None


def test_an_edit_of_another_book_is_kept_and_says_so(reader: Reader) -> None:
    """Where the book's cell has changed since, the edit stays and the reader is told."""
    stored = json.dumps({"of": "number = 5", "source": "number = 9"})
    reader.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, stored])
    reader.page.reload()
    cell = reader.cell("sink-nothing")
    expect(shown_source(cell)).to_have_text("number = 9")
    expect(cell.mark).to_have_text("Your edit of an older version, not run yet")
    cell.button("Reset").click()
    expect(cell.mark).to_have_text("")
    expect(shown_source(cell)).to_have_text("number = 6")


def test_edits_follow_a_page_that_was_renamed(reader: Reader) -> None:
    """They are found under the name that it had, and kept under that of now."""
    stored = json.dumps({"of": "number = 6", "source": "number = 9"})
    old = "live-cells:old/sink:sink-nothing"
    reader.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [old, stored])
    name, formerly = f'"page":"{SINK}",', '"formerly":["older","old/sink"],'

    def rename(route: Any) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(name, name + formerly))

    reader.page.route(f"**/{SINK}.html", rename)
    reader.page.reload()
    cell = reader.cell("sink-nothing")
    expect(shown_source(cell)).to_have_text("number = 9")
    kept = reader.page.evaluate("Object.keys(localStorage).filter((key) => /^live-/.test(key))")
    assert kept == [KEY]


def test_what_another_program_stored_is_no_edit(reader: Reader) -> None:
    """Nonsense under a cell's key does no harm."""
    for stored in ("", "{", "[]", '"text"', '{"of": 1, "source": 2}', "null"):
        reader.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, stored])
        reader.page.reload()
        expect(shown_source(reader.cell("sink-nothing"))).to_have_text("number = 6")
        expect(reader.cell("sink-nothing").button("Run")).to_be_visible()


def test_edits_are_forgotten_and_come_back(reader: Reader) -> None:
    """Those of the page or of the whole site, nothing else; for ten seconds Undo undoes it."""
    cell, page = reader.cell("sink-nothing"), reader.page
    edit(cell, "number = 8")
    reader.scratch("print('scratch')")
    page.evaluate(
        "localStorage.setItem('live-cells:session/session:some-cell', '{}');"
        "localStorage.setItem('theme', 'dark');"
        "localStorage.setItem('another', '[]');"
        "localStorage.setItem('myst-doctest-order', '7')"  # a prediction that comes near stores it
    )
    stored = "Object.keys(localStorage).filter((key) => key.startsWith('live-')).length"
    reader.press("Options")
    page.get_by_role("button", name="Forget edits on the whole site (3)").click()
    expect(reader.status).to_have_text("3 edits forgotten.")
    expect(shown_source(cell)).to_have_text("number = 6")
    kept = sorted(page.evaluate("Object.keys(localStorage)"))
    assert kept == ["another", "myst-doctest-order", "theme"]
    reader.press("Undo")
    expect(reader.status).to_have_text("Your edits are back.")
    expect(shown_source(cell)).to_have_text("number = 8")
    assert page.evaluate(stored) == 3
    clock.stop(page)
    reader.press("Options")
    page.get_by_role("button", name="Forget edits on this page (2)").click()
    undo = reader.bar.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    expect(reader.bar.get_by_role("button", name="Options")).to_be_focused()
    assert page.evaluate(stored) == 1
    undo.focus()
    clock.wait(page, 10_000)
    expect(undo).to_be_hidden()
    assert page.evaluate("document.activeElement.closest('.live-bar') !== null")


def test_two_tabs_keep_each_others_edits(reader: Reader) -> None:
    """An edit in one tab does not undo that of another cell in the other."""
    second = reader.context.new_page()
    reader.open(SINK, second)
    edit(reader.cell("sink-nothing"), "number = 8")
    edit(LiveCell(reader, second.locator("#sink-long")), "second = 2")
    edit(reader.cell("sink-empty-line"), "third = 3")
    for page in (second, reader.page):
        page.reload()
        for name, source in (
            ("sink-nothing", "number = 8"),
            ("sink-long", "second = 2"),
            ("sink-empty-line", "third = 3"),
        ):
            cell = LiveCell(reader, page.locator(f"[id='{name}']"))
            expect(shown_source(cell)).to_have_text(source)


def test_a_tab_follows_another_until_both_have_written(reader: Reader) -> None:
    """What was written here stays, and the reader is told which is kept; the later one is."""
    second = reader.context.new_page()
    reader.open(SINK, second)
    here, there = reader.cell("sink-nothing"), LiveCell(reader, second.locator("#sink-nothing"))
    there.button("Edit").click()
    edit(here, "number = 8")
    expect(there.editor).to_have_text("number = 8")
    here.button("Reset").click()
    expect(there.editor).to_have_text("number = 6")
    edit(here, "number = 9")
    second.bring_to_front()
    there.write("number = 10")
    told = "Another tab’s code of cell sink-nothing is kept now. Edit it here to keep this tab’s."
    expect(reader.status).to_have_text(told)
    expect(shown_source(here)).to_have_text("number = 9")
    edit(here, "number = 11")
    expect(there.editor).to_have_text("number = 10")
    second.reload()
    expect(shown_source(there)).to_have_text("number = 11")


@pytest.mark.parametrize("storage", [NO_STORAGE, FULL_STORAGE], ids=["off", "full"])
def test_without_storage_edits_last_for_this_view(
    readers: Callable[..., Reader], storage: str
) -> None:
    """Everything works where a browser keeps nothing, and the reader is told that it does not."""
    reader = readers()
    reader.expects("storage is off")  # the theme's own script does not expect it
    reader.context.add_init_script(storage)
    reader.open(SINK)
    cell = reader.cell("sink-nothing")
    cell.write("number = 8\nprint(number)")
    expect(reader.status).to_contain_text("until you leave this page")
    reader.page.keyboard.press("Control+Enter")
    cell.has_run("Your version")
    assert cell.text() == "8"
    reader.forget()
    cell.button("Close").click()
    expect(shown_source(cell)).to_have_text("number = 6")
