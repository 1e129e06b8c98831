"""What axe-core finds in our widgets, in each of their states: nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.live_widgets import findings, lost_in_forced_colours
from tests.kit.reader import Reader, expect
from tests.kit.static_host import Host

SINK = "reference/kitchen-sink"


@pytest.fixture
def hosts(plain_cells: dict[bool, Host]) -> dict[bool, Host]:
    """Those of the small site."""
    return plain_cells


def test_no_state_of_a_cell_is_inaccessible(readers: Callable[..., Reader], host: Host) -> None:
    """Before, while and after cells run; edited, stale, failed, stopped, ended: no finding."""
    reader = readers()
    reader.expects("404")
    page = reader.open(SINK)

    def clean(state: str) -> None:
        assert [*findings(page), *lost_in_forced_colours(page)] == [], state

    clean("off")
    first = reader.cell("sink-nothing")
    host.missing.add("/worker-")
    first.button("Run").click()
    expect(reader.status).to_contain_text("Python couldn’t be loaded")
    clean("couldn’t be loaded")
    host.mend()
    host.slow["packages-"] = 2.0
    first.button("Run").click()
    expect(reader.status).to_contain_text("Loading Python")
    clean("loading")
    first.has_run("Same as on the page")
    reader.run_all()
    second, third = reader.cell("sink-print-and-value"), reader.cell("sink-long")
    second.write("for count in range(2):  # mine\n    print('mine', count, None)")
    second.button("Run").click()
    second.has_run("Your version")
    clean("as in the book, your version with its editor, stale")
    second.button("\N{MIDLINE HORIZONTAL ELLIPSIS}").click()
    clean("a cell's menu")
    page.keyboard.press("Escape")
    second.choose("Show the original output")
    third.write("1 / 0")
    reader.press("Run all cells")
    expect(reader.status).to_contain_text("raised ZeroDivisionError")
    third.output.get_by_text("The whole traceback").click()
    clean("the book's output, an exception, its traceback, cells that were not run")
    reader.run_for_ever(third)
    expect(third.mark).to_have_text("Running")
    clean("running")
    reader.interrupt()
    expect(third.mark).to_have_text("Stopped")
    third.button("Close").click()
    scratch = reader.scratch("print('scratch')")
    clean("stopped, code of the reader's own")
    third.button("Reset").click()
    scratch.button("Run").click()
    expect(scratch.output).to_be_visible()
    reader.press("Options")
    clean("scratch cell, menu")
    page.keyboard.press("Escape")
    reader.press("Restart Python")
    expect(reader.bar).to_have_attribute("data-state", "ready")
    clean("outputs of a Python that has ended")


@pytest.mark.parametrize("options", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_buttons_are_large_enough_and_named(
    readers: Callable[..., Reader], options: dict[str, Any]
) -> None:
    """Each of our buttons is 24 px high and wide, has a name, and shows its focus."""
    reader = readers(viewport={"width": 320, "height": 640}, **options)
    page = reader.open(SINK)
    buttons = page.locator(
        ".live-tools button:visible, .live-bar button:visible, .live-all:visible"
    )
    assert buttons.count() > 10
    for button in buttons.all()[:12]:
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 24, button.inner_text()
        button.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert button.evaluate("(each) => getComputedStyle(each).outlineStyle") != "none"
    # No part of ours makes the page scroll sideways on a small screen.
    wide = """() => [...document.querySelectorAll(".live-tools, .live-bar, .live-scratch")]
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 1).length"""
    assert page.evaluate(wide) == 0


def test_without_javascript_nothing_of_it_shows(readers: Callable[..., Reader]) -> None:
    """The page is whole, and of a cell's strip there is its name, a link to the cell."""
    reader = readers(java_script_enabled=False)
    page = reader.open(SINK)
    strip = page.locator("#sink-print-and-value .live-tools")
    expect(strip).to_have_text("sink-print-and-value")
    expect(strip.get_by_role("link")).to_have_attribute("href", "#sink-print-and-value")
    expect(page.locator(".live-tools button, .live-bar")).to_have_count(0)
    expect(page.locator("#sink-print-and-value .cell_output")).to_be_visible()


def test_buttons_shift_nothing(readers: Callable[..., Reader]) -> None:
    """The row of buttons has its place before its script has run."""
    reader = readers()
    page = reader.open(SINK)
    shifts = """() => new Promise((resolve) => {
      let sum = 0;
      new PerformanceObserver((list) => {
        for (const each of list.getEntries()) sum += each.value;
      }).observe({type: "layout-shift", buffered: true});
      setTimeout(() => resolve(sum), 300);
    })"""
    assert page.evaluate(shifts) < 0.01
    heights = "[...document.querySelectorAll('.live-tools')].map((each) => each.offsetHeight)"
    assert min(page.evaluate(heights)[:5]) >= 24


def test_nothing_of_it_is_printed(readers: Callable[..., Reader]) -> None:
    """On paper there are no buttons, no marks and no bar."""
    reader = readers()
    page = reader.open(SINK)
    page.emulate_media(media="print")
    for ours in (".live-tools", ".live-bar", ".live-all"):
        expect(page.locator(ours).first).to_be_hidden()


def test_no_field_is_so_small_that_a_phone_zooms_into_it(readers: Callable[..., Reader]) -> None:
    """Where a finger points, what is typed has 16 px: else Safari zooms in when it is touched."""
    reader = readers(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 800})
    page = reader.open(SINK)
    reader.cell("sink-nothing").button("Edit").click()
    expect(reader.cell("sink-nothing").editor).to_be_focused()
    fields = page.locator("input:not([type=checkbox], [type=hidden]), textarea, [contenteditable]")
    sizes = fields.evaluate_all("(all) => all.map((each) => getComputedStyle(each).fontSize)")
    assert len(sizes) > 1
    assert {size for size in sizes if float(size.removesuffix("px")) < 16} == set()
