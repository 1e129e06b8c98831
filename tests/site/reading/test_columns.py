"""On a wide screen, a cell's output is beside its code where both fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.kit.reader import Reader

PAGE = "session/states"
WIDTHS = (360, 768, 1100, 1280, 1440, 1680, 1920, 2560)
# Where a part is, seen from the code: to its right, or below it.
PLACE = """(part) => {
  const code = part.closest(".cell").querySelector(".cell_input").getBoundingClientRect();
  const { left, top } = part.getBoundingClientRect();
  return [left >= code.right - 1, top >= code.bottom - 1];
}"""


def resized(reader: Reader, width: int) -> Any:
    """The page in a window of this width."""
    reader.page.set_viewport_size({"width": width, "height": 900})
    return reader.page


def test_an_output_is_beside_its_code_from_1440_pixels_on(readers: Callable[..., Reader]) -> None:
    """A question, and what a cell showed; below the code where the window is smaller."""
    reader = readers(viewport={"width": 1440, "height": 900})
    reader.open(PAGE)
    for kind in (".cell_output", ".predict"):
        part = reader.page.locator(f".beside-early > {kind}").first
        assert part.evaluate(PLACE) == [True, False], kind
    resized(reader, 1280)
    assert part.evaluate(PLACE) == [False, True]


def test_code_stays_in_sight_beside_a_long_output(readers: Callable[..., Reader]) -> None:
    """And the card stays as it is, whatever is shown in it later."""
    reader = readers(viewport={"width": 1440, "height": 900})
    reader.open(PAGE)
    part = reader.page.locator(".beside-early > .cell_output").first
    part.evaluate("(part) => { part.style.height = '3000px'; part.scrollIntoView(); }")
    reader.page.mouse.wheel(0, 1000)
    code = reader.page.locator(".beside-early:has(> .cell_output) > .cell_input").first
    reader.page.wait_for_function("scrollY > 0")
    assert 0 <= code.evaluate("(code) => code.getBoundingClientRect().top") < 100
    assert part.evaluate(PLACE)[0]


def test_short_code_leaves_its_room_to_the_output(readers: Callable[..., Reader]) -> None:
    """The statements of the first page's cell begin further left than those beside long code."""
    reader = readers(viewport={"width": 1440, "height": 900})
    left = "(part) => part.getBoundingClientRect().left"
    reader.open("index")
    short = reader.page.locator(".code-short > .cell_output").first.evaluate(left)
    reader.open(PAGE)
    usual = reader.page.locator(".beside-early:not(.code-short) > .cell_output").first
    assert usual.evaluate(left) - short > 100


# How far apart the first lines of code and of a plain output beside it are, in pixels.
FIRST_LINES = """(cells) => cells
  .map((cell) => [
    cell.querySelector(".cell_input pre"),
    cell.querySelector(".output > :first-child > pre:first-child, .output > pre:first-child"),
  ])
  .filter(([, output]) => output?.checkVisibility())
  .map((pair) => pair.map((pre) => {
    const range = new Range();
    range.selectNodeContents(pre);
    return range.getClientRects()[0].top;
  }))
  .map(([code, output]) => Math.abs(code - output))"""


def test_first_lines_are_in_one_row(readers: Callable[..., Reader]) -> None:
    """Of code and of what it printed, in both layouts."""
    reader = readers()
    reader.open(PAGE)
    for width in (1440, 1680):
        page = resized(reader, width)
        cells = page.locator(".beside-early:not(:has(.log, .predict, .variant))")
        apart = cells.evaluate_all(FIRST_LINES)
        assert apart
        assert [each for each in apart if each > 1] == [], width


# How far below its word the number of a statement's line begins, and how far left of it, in pixels.
APART = """(numbers) => numbers
  .filter((number) => number.checkVisibility())
  .map((number) => [number, number.parentElement.querySelector(":scope > .log-word")])
  .filter(([, word]) => word)
  .map((pair) => pair.map((each) => each.getBoundingClientRect()))
  .map(([number, word]) => [Math.abs(number.top - word.top), word.right - number.left])"""


def test_word_and_line_of_a_statement_are_in_one_row(readers: Callable[..., Reader]) -> None:
    """The word first, as where the output is below the code, however long the statement is."""
    reader = readers(viewport={"width": 1440, "height": 900})
    page = reader.open(PAGE)
    page.keyboard.press("Shift")
    page.locator(".beside-early .line-number").first.wait_for()
    apart = page.locator(".beside-early .line-number").evaluate_all(APART)
    assert apart
    assert [each for each in apart if each[0] > 3 or each[1] > 0] == []


def test_menu_and_contents_stay_in_their_places(readers: Callable[..., Reader]) -> None:
    """From a page with outputs beside the code to one without, such as a table or an error's."""
    reader = readers()
    edges = "(each) => [each.getBoundingClientRect().left, each.getBoundingClientRect().right]"
    for width in (1440, 1680, 1920):
        places = set()
        for name in (PAGE, "coming-from"):
            reader.open(name)
            page = resized(reader, width)
            found = [page.locator(f".{each}") for each in ("sidebar-container", "toc-sticky")]
            places.add(str([each.evaluate(edges) for each in found]))
        assert len(places) == 1, width


def test_no_page_scrolls_sideways(readers: Callable[..., Reader]) -> None:
    """In no window from a phone's to a large screen's."""
    reader = readers()
    for name in (PAGE, "index", "problems", "reference/kitchen-sink"):
        reader.open(name)
        for width in WIDTHS:
            page = resized(reader, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
