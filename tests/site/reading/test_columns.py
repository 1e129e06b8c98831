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


def test_no_page_scrolls_sideways(readers: Callable[..., Reader]) -> None:
    """In no window from a phone's to a large screen's."""
    reader = readers()
    for name in (PAGE, "index", "problems", "reference/kitchen-sink"):
        reader.open(name)
        for width in WIDTHS:
            page = resized(reader, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
