"""Live cells on a phone: by a finger, beside its keyboard, on a narrow screen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.live_widgets import findings, lost_in_forced_colours
from tests.kit.reader import Reader, expect
from tests.kit.static_host import Host

PHONE = {"has_touch": True, "is_mobile": True, "viewport": {"width": 360, "height": 740}}
SINK = "reference/kitchen-sink"
KEYBOARD = """() => {
  Object.defineProperty(VisualViewport.prototype, "height", { get: () => 400 });
  visualViewport.dispatchEvent(new Event("resize"));
}"""
"""What a page sees of a keyboard that comes up: a lower part of the window is not to be seen."""


@pytest.fixture(scope="module")
def phone(browser: Any, plain_cells: dict[bool, Host]) -> Iterator[Reader]:
    """One phone for all tests."""
    with Reader.staying(browser, plain_cells[True], SINK, **PHONE) as reader:
        yield reader


@pytest.fixture
def reader(phone: Reader) -> Iterator[Reader]:
    """The phone, after all cells have run as in the book."""
    phone.run_again()
    yield phone
    phone.page.set_viewport_size(PHONE["viewport"])


def test_targets_are_as_large_as_a_finger_wants(phone: Reader) -> None:
    """32 px, where a mouse has 24."""
    small = """() => [...document.querySelectorAll("article button, summary, .page-acts a")]
      .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 32)
      .map((each) => each.className || each.textContent)"""
    assert phone.page.evaluate(small) == []


def test_code_fades_where_there_is_more_of_it(phone: Reader) -> None:
    """At its right edge, until it is scrolled to its end; code that fits does not."""
    found = phone.page.evaluate(
        """() => {
          const all = [...document.querySelectorAll(".cell_input pre")];
          const codes = all.filter((each) => each.checkVisibility());
          const wide = codes.find((each) => each.scrollWidth > each.clientWidth + 50);
          const fits = codes.find((each) => each.scrollWidth === each.clientWidth);
          const fades = (pre) => {
            const [, fade] = /100% - (.+)px\\)/.exec(getComputedStyle(pre).maskImage);
            const range = document.createRange();
            range.selectNodeContents(pre);
            const { right } = range.getBoundingClientRect();
            return right > pre.getBoundingClientRect().right - Number(fade) + 0.5;
          };
          const before = fades(wide);
          wide.scrollLeft = 10_000;
          return [before, fades(wide), fades(fits)];
        }"""
    )
    assert found == [True, False, False]


def test_code_does_not_fade_where_it_begins(phone: Reader) -> None:
    """At its left edge, what fades is the padding, until code is scrolled."""
    hidden = phone.page.evaluate(
        """() => [...document.querySelectorAll(".cell_input pre")].filter((pre) => {
          if (!pre.checkVisibility() || pre.scrollLeft) return false;
          const [, fade] = /rgb\\(0, 0, 0\\) ([\\d.]+)px/.exec(getComputedStyle(pre).maskImage);
          const range = document.createRange();
          range.selectNodeContents(pre);
          const { left } = range.getBoundingClientRect();
          return left < pre.getBoundingClientRect().left + Number(fade) - 0.5;
        }).map((pre) => pre.textContent.slice(0, 40))"""
    )
    assert hidden == []


def test_the_bar_is_as_high_before_a_run(phone: Reader) -> None:
    """So that a run moves nothing."""
    assert phone.bar.bounding_box()["height"] == 56


@pytest.mark.parametrize("width", [320, 360])
def test_the_bar_is_one_row(reader: Reader, width: int) -> None:
    """Whatever it says; its buttons are signs that have names, and as large as a finger wants."""
    page = reader.page
    page.set_viewport_size({"width": width, "height": 740})
    page.locator(".live-status").evaluate("(each) => { each.textContent = 'words '.repeat(40); }")
    expect(reader.bar.get_by_role("button", name="Stop Python")).to_be_hidden()  # nothing runs
    page.locator(".live-bar > [data-act=stop]").evaluate("(each) => each.ariaDisabled = null")
    assert reader.bar.bounding_box()["height"] == 56
    for name in ("Run all cells", "Stop Python", "Restart Python", "Options"):
        box = reader.bar.get_by_role("button", name=name).bounding_box()
        assert min(box["width"], box["height"]) >= 32, name
    reader.bar.get_by_role("button", name="Options").click()
    expect(page.locator(".live-whole")).to_have_text(("words " * 40).strip())
    page.keyboard.press("Escape")


def test_a_mark_of_the_strip_is_not_cut(reader: Reader) -> None:
    """It goes on in a second line, and the strip is as high as before."""
    cell = reader.cell("sink-print-and-value")
    height = cell.tools.bounding_box()["height"]
    cell.write("1 + 2")
    expect(cell.mark).to_have_text("Your edit, not run yet")
    cut = (
        "(mark) => mark.scrollWidth > mark.clientWidth || mark.scrollHeight > mark.clientHeight + 1"
    )
    assert not cell.mark.evaluate(cut)
    assert cell.tools.bounding_box()["height"] == height
    cell.editor.blur()  # or its keys lie over the bar, of which the next test presses a button


def test_code_has_the_screen_while_it_is_edited(reader: Reader) -> None:
    """Header and bar lie over nothing while the editor has the focus, and no longer.

    At the page's top the header is where it was: nothing moves, and no strip is empty.
    """
    page = reader.page
    cell = reader.cell("sink-warning")
    header = page.locator(".mobile-header")
    around = [header, reader.bar]
    cell.button("Edit").scroll_into_view_if_needed()
    for each in around:
        expect(each).to_be_in_viewport()
    cell.write("1")
    for each in around:
        expect(each).not_to_be_in_viewport()
    page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")
    expect(header).to_be_in_viewport()
    expect(header).to_have_css("opacity", "1")
    cell.editor.blur()
    for each in around:
        expect(each).to_be_in_viewport()


def test_a_row_of_keys_stands_above_the_keyboard(reader: Reader) -> None:
    """It does what that keyboard lacks, takes no focus, and goes with the editor."""
    page = reader.page
    cell = reader.cell("sink-print-and-value")
    row = page.get_by_role("toolbar", name="Keys for code")
    cell.write("1 + 1")
    page.evaluate(KEYBOARD)
    box = row.bounding_box()
    assert 350 < box["y"] < box["y"] + box["height"] <= 400
    assert findings(page) == []
    assert lost_in_forced_colours(page) == []
    row.get_by_role("button", name="Indent").tap()
    assert cell.editor.inner_text() == "    1 + 1"
    row.get_by_role("button", name="Outdent").tap()
    assert cell.editor.inner_text() == "1 + 1"
    expect(cell.editor).to_be_focused()
    row.get_by_role("button", name="Run").tap()
    cell.has_run("Your version")
    expect(cell.editor).to_be_focused()
    row.get_by_role("button", name="Close the editor").tap()
    expect(cell.editor).to_have_count(0)
    expect(row).to_have_count(0)
