"""Which line sent this: marks and buttons of a page's cells, by pointer and by key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.kit.axe import in_both_schemes
from tests.kit.reader import Reader, expect, until
from tests.kit.static_host import Host

SINK = "reference/kitchen-sink"
CELL = "sink-sql-and-value"
TIMES = "\N{MULTIPLICATION SIGN}"
MARKED = """(cell) => [...cell.querySelectorAll("[data-line].line-on")]
  .filter((each) => each.checkVisibility())
  .map((each) => `${each.dataset.line} ${each.textContent.match(/[A-Z]+/)?.[0] ?? ""}`)"""
# The line of code, from 1, on which the band is.
BAND = """(cell) => {
  const pre = [...cell.querySelectorAll(".cell_input pre")].find((each) => each.checkVisibility());
  const band = cell.querySelector(".line-band")?.getBoundingClientRect();
  const style = getComputedStyle(pre);
  const top = pre.getBoundingClientRect().top + parseFloat(style.paddingTop);
  const middle = band && (band.top + band.bottom) / 2;
  return band && 1 + Math.floor((middle - top) / parseFloat(style.lineHeight));
}"""


def opened(reader: Reader) -> Any:
    """The cell, on a page whose reader has pressed a key."""
    page = reader.open_part(SINK, CELL)
    page.keyboard.press("Shift")
    cell = page.locator(f"[id='{CELL}']")
    expect(cell.locator(".line-note")).not_to_have_count(0)
    return cell


@pytest.fixture(scope="module")
def looking(browser: Any, hosts: dict[bool, Host]) -> Iterator[Any]:
    """The cell, on the page of a reader whom several tests share."""
    with Reader.staying(browser, hosts[True], SINK) as reader:
        yield opened(reader)


@pytest.fixture
def cell(looking: Any) -> Iterator[Any]:
    """That cell; after a test nothing is pointed at or has the focus, and its colours are light."""
    yield looking
    looking.page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    looking.page.mouse.move(0, 0)
    looking.page.evaluate("document.activeElement.blur()")
    marked(looking, [], None)


def marked(cell: Any, lines: list[str], band: int | None) -> None:
    """Wait until these statements are marked, and this line of code."""
    until(lambda: cell.evaluate(MARKED) == lines and cell.evaluate(BAND) == band)


def number(cell: Any, line: int) -> Any:
    """The button of the first statement of a line."""
    return cell.locator(f".line-number[value='{line}']").first


def note(cell: Any, line: int) -> Any:
    """The button beside a line of code."""
    return cell.locator(f".line-note[value='{line}']")


def test_a_line_and_what_it_sent_are_marked_together(cell: Any) -> None:
    """Whichever of the two is pointed at; nothing is, when neither is."""
    note(cell, 4).hover()
    marked(cell, ["4 BEGIN", "4 INSERT", "4 INSERT", "4 SELECT"], 4)
    cell.page.mouse.move(0, 0)
    marked(cell, [], None)
    cell.locator(".log-entry", has_text="COMMIT").hover()
    marked(cell, ["6 COMMIT"], 6)
    assert note(cell, 4).text_content() == "3 statements"
    assert note(cell, 6).text_content() == "COMMIT"
    assert note(cell, 7).get_attribute("aria-label") == "1 statement of line 7: users[1]"


def test_keys_lead_from_a_line_to_its_statements_and_back(cell: Any) -> None:
    """One stop of Tab for a cell's code and one for a panel; arrows within, Enter across."""
    keys = cell.page.keyboard
    for box in cell.locator(".cell_input, details.log").all():
        assert box.locator(":is(.line-number, .line-note)[tabindex='0']").count() == 1
    note(cell, 4).focus()
    marked(cell, ["4 BEGIN", "4 INSERT", "4 INSERT", "4 SELECT"], 4)
    keys.press("ArrowDown")
    expect(note(cell, 6)).to_be_focused()
    marked(cell, ["6 COMMIT"], 6)
    keys.press("Enter")
    expect(number(cell, 6)).to_be_focused()
    expect(number(cell, 6)).to_have_accessible_name("Line 6: session.commit()")
    keys.press("ArrowDown")
    expect(number(cell, 7)).to_be_focused()
    keys.press("Enter")
    expect(note(cell, 7)).to_be_focused()


def test_a_tap_marks_a_line(readers: Callable[..., Reader]) -> None:
    """A finger has no way to point at a line without a tap."""
    cell = opened(readers(has_touch=True, viewport={"width": 360, "height": 800}))
    code = cell.locator(".cell_input pre").first
    line = code.evaluate("(pre) => parseFloat(getComputedStyle(pre).lineHeight)")
    height = code.evaluate("(pre) => parseFloat(getComputedStyle(pre).paddingTop)")
    code.tap(position={"x": 220, "y": height + 5.5 * line})
    marked(cell, ["6 COMMIT"], 6)


def test_a_finger_edits_a_line_that_sent_something(readers: Callable[..., Reader]) -> None:
    """A tap in the editor sets the caret there, also on the note; nothing moves."""
    reader = readers(has_touch=True, is_mobile=True, viewport={"width": 360, "height": 800})
    opened(reader)
    cell = reader.cell(CELL)
    first = "(box) => box.getBoundingClientRect().top"
    cell.box.locator(".cell_input").evaluate("(box) => box.scrollIntoView({ block: 'center' })")
    place = cell.box.locator(".cell_input").evaluate(first)
    cell.button("Edit").tap()
    expect(cell.editor).to_be_focused()
    assert cell.box.locator(".cell_input").evaluate(first) == place
    expect(cell.box.locator(".cm-lineNumbers")).to_be_visible()
    line = cell.box.locator(".cm-line").nth(5)
    line.tap(position={"x": 60, "y": 8})
    expect(cell.editor).to_be_focused()
    note(cell.box, 6).tap(force=True)
    expect(cell.editor).to_be_focused()
    reader.page.keyboard.press("End")
    reader.page.keyboard.insert_text("  # mine")
    expect(line).to_have_text("session.commit()  # mine")


def test_edit_moves_nothing(readers: Callable[..., Reader]) -> None:
    """The cell is as high, its first line where it was, also at the window's lower edge."""
    reader = readers()
    opened(reader)
    cell = reader.cell(CELL)
    input_box = cell.box.locator(".cell_input")
    input_box.evaluate("(box) => box.scrollIntoView({ block: 'end' })")
    before = input_box.bounding_box()
    cell.button("Edit").click()
    expect(cell.editor).to_be_focused()
    assert input_box.bounding_box() == pytest.approx(before, abs=1)
    expect(cell.mark).to_be_visible()  # the editor's keys are named beside it
    named = cell.mark.evaluate("(mark) => getComputedStyle(mark, '::after').content")
    assert "Esc closes" in named
    reader.page.keyboard.type("1")
    expect(cell.mark).not_to_be_empty()
    assert input_box.bounding_box() == pytest.approx(before, abs=1)
    reader.page.keyboard.press("Backspace")
    left = """(box) => {
      const range = new Range();
      range.selectNodeContents(box);
      return range.getBoundingClientRect().left;
    }"""
    text = cell.box.locator(".cm-line").first.evaluate(left)
    cell.button("Close").click()
    code = cell.box.locator(".cell_input pre").first
    assert abs(code.evaluate(left) - text) <= 1


def test_each_line_that_sent_something_has_a_note_that_is_seen(cell: Any) -> None:
    """Not only when it is pointed at."""
    for each in cell.locator(".line-note").all():
        expect(each).to_have_css("opacity", "1")


def test_marks_and_buttons_are_accessible(cell: Any) -> None:
    """In both schemes, with a line marked."""
    note(cell, 4).focus()
    assert in_both_schemes(cell.page, f"[id='{CELL}']") == []


def test_without_javascript_a_statement_has_its_number(readers: Callable[..., Reader]) -> None:
    """The style sheet shows it, where the script puts a button, and the numbers of code."""
    page = readers(java_script_enabled=False).open(SINK)
    numbers = "(pre) => getComputedStyle(pre, '::before').content.startsWith('\"1')"
    assert page.locator(f"[id='{CELL}'] .cell_input pre").first.evaluate(numbers)
    entry = page.locator(f"[id='{CELL}'] .log-entry[data-line='6']")
    shown = entry.evaluate("(each) => getComputedStyle(each, '::after').content")
    assert shown in {'"line " attr(data-line)', '"line 6"'}


def test_an_edited_cell_says_what_its_lines_sent(readers: Callable[..., Reader]) -> None:
    """After a run, beside the code in the editor; no more, once the code is another."""
    reader = readers()
    page = reader.open(SINK)
    cell = reader.cell(CELL)
    code = "for number in (1, 2, 3):\n    session.connection().exec_driver_sql(f'SELECT {number}')"
    cell.write(f"session = Session(engine)\n{code}")
    page.keyboard.press("Control+Enter")
    cell.has_run("Your version")
    expect(note(cell.box, 3)).to_have_text("3 statements")
    cell.output.locator(".line-number").last.hover()
    expect(cell.box.locator(".cell_input .line-band")).to_be_visible()
    assert cell.box.evaluate(MARKED) == ["3 BEGIN", "3 SELECT", "3 SELECT", "3 SELECT"]
    cell.editor.focus()
    page.keyboard.insert_text("# ")
    expect(note(cell.box, 3)).to_have_count(0)


def test_the_line_that_raised_is_tinted(readers: Callable[..., Reader]) -> None:
    """On the page, and after a run of the reader's own code, until it is another.

    Beside the cell the error's name leads to it, below what the cell sent.
    """
    reader = readers(has_touch=True, viewport={"width": 360, "height": 740})
    page = reader.open(SINK)
    page.keyboard.press("Shift")
    tinted = page.locator(".cell:has(> .cell_output .error[data-line]) .line-raised")
    expect(tinted.first).to_be_attached()
    cell = reader.cell(CELL)
    sent = "session.connection().exec_driver_sql('SELECT 1')\n" * 9
    cell.write(f"session = Session(engine)\n{sent}1 / 0\nsession.close()")
    page.keyboard.press("Control+Enter")
    cell.has_run("ZeroDivisionError, line 11")
    band, line = cell.box.locator(".line-raised"), cell.box.locator(".cm-line").nth(10)
    expect(band).to_be_visible()
    middle = (
        "(each) => { const {top, bottom} = each.getBoundingClientRect(); return top + bottom; }"
    )
    until(lambda: abs(band.evaluate(middle) - line.evaluate(middle)) <= 2)
    assert in_both_schemes(page, f"[id='{CELL}']") == []
    line.scroll_into_view_if_needed()
    page.keyboard.press("Escape")
    cell.mark.get_by_role("link").click()
    expect(cell.output.locator(".error")).to_be_in_viewport()
    cell.write("1")
    expect(band).to_have_count(0)


def test_notes_do_not_hide_code_that_scrolls(readers: Callable[..., Reader]) -> None:
    """Beside the box that scrolls they have a column of their own; numbers fit there.

    That a transaction ended is no statement: a word says it, which has room beside a short line.
    """
    cell = opened(readers(viewport={"width": 360, "height": 800}))
    shown = [note(cell, line).text_content() for line in (4, 6, 7)]
    assert shown == [f"3{TIMES}", "COMMIT", f"1{TIMES}"]
    code = cell.locator(".cell_input pre").first
    assert code.evaluate("(pre) => pre.scrollWidth > pre.clientWidth")
    right = code.evaluate("(pre) => pre.getBoundingClientRect().right")
    assert note(cell, 4).evaluate("(note) => note.getBoundingClientRect().left") >= right - 1


def test_a_note_counts_what_one_database_was_sent(readers: Callable[..., Reader]) -> None:
    """Not also that on another database, whose output is open below."""
    page = readers().open("e/detached-instance-error")
    page.keyboard.press("Shift")
    both = page.locator(".cell:has(details.variant[open] .log-entry[data-line])").first
    own = both.locator("> .cell_output .log-entry[data-line]")
    sent = own.filter(has_not_text=re.compile("^(BEGIN|COMMIT|ROLLBACK)"))
    line = sent.first.get_attribute("data-line")
    count = both.locator(f"> .cell_output .log-entry[data-line='{line}']")
    number = count.filter(has_not_text=re.compile("^(BEGIN|COMMIT|ROLLBACK)")).count()
    expected = f"{number} statement{'s' * (number > 1)}"
    expect(both.locator(f".line-note[value='{line}']")).to_have_text(expected)


def test_a_begin_leads_to_its_end_in_another_cell(readers: Callable[..., Reader]) -> None:
    """Its words are a link where the end is in another cell, and words where one sees it."""
    page = readers().open("session/unit-of-work")
    page.keyboard.press("Shift")
    ends = page.locator(".lane-end")
    expect(ends.first).to_be_attached()
    before = ends.count()
    page.evaluate("document.querySelectorAll('.asked').forEach((fold) => { fold.open = true; })")
    until(lambda: ends.count() > before)  # an answer that was hidden has none
    link = page.locator(".lane-end", has_text="committed below").first
    begin = link.locator("xpath=ancestor::*[contains(@class, 'cell ')]").first.get_attribute("id")
    link.click()
    end = page.locator(".log-entry:focus")
    expect(end).to_contain_text("COMMIT")
    expect(end).to_be_in_viewport()
    cells = page.locator(".cell").evaluate_all("(cells) => cells.map((each) => each.id)")
    leads_to = (link.get_attribute("href") or "").removeprefix("#")
    assert cells.index(begin) < cells.index(leads_to)
    assert page.locator(f"[id='{leads_to}'] .log-entry:focus").count() == 1


def test_numbers_that_become_buttons_move_nothing(readers: Callable[..., Reader]) -> None:
    """Neither for a mouse nor for a finger, which wants larger ones."""
    for options in (
        {},
        {"has_touch": True, "is_mobile": True, "viewport": {"width": 360, "height": 740}},
    ):
        page = readers(**options).open(SINK)
        panels = page.locator(f"[id='{CELL}'] .log")
        heights = [each.bounding_box()["height"] for each in panels.all()]
        page.keyboard.press("Shift")
        expect(panels.locator(".line-number").first).to_be_attached()
        now = [each.bounding_box()["height"] for each in panels.all()]
        assert all(abs(one - other) < 2 for one, other in zip(now, heights, strict=True))


def test_on_paper_lines_that_statements_name_have_numbers(cell: Any) -> None:
    """Each line of code is an item of a list, however often it is broken; then it is code again."""
    code = cell.locator(".cell_input pre")
    lines = code.text_content().rstrip("\n").split("\n")
    cell.page.emulate_media(media="print")
    cell.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(code).to_be_hidden()
    items = cell.locator(".line-list > li")
    assert items.all_text_contents() == lines
    expect(items.first).to_be_visible()
    cell.page.evaluate("dispatchEvent(new Event('afterprint'))")
    cell.page.emulate_media(media="screen")
    expect(code).to_be_visible()
    expect(items).to_have_count(0)
