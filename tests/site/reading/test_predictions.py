"""Predictions as readers have them: an output is hidden until they choose, ask or run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.axe import in_both_schemes
from tests.kit.live_widgets import lost_in_forced_colours
from tests.kit.reader import Reader, expect, until

SINK = "reference/kitchen-sink"
SCRIPT = "/_static/predictions.js"
FIRST, ERROR, NOTHING = "sink-predict", "sink-predict-error", "sink-predict-nothing"
SIGN = """(option) => getComputedStyle(option.querySelector("summary"), "::before").content"""
ORDER = """() => [...document.querySelectorAll(".predict")].map((each) =>
    [...each.querySelectorAll("li")].map((option) => option.textContent))"""


def asked(page: Any, name: str = FIRST) -> Any:
    """The question of a cell."""
    return page.locator(f"[id='{name}'] > .predict")


def output(page: Any, name: str = FIRST) -> Any:
    """What the cell shows."""
    return page.locator(f"[id='{name}'] .cell_output")


def option(page: Any, words: str, name: str = FIRST) -> Any:
    """An option, by its words."""
    return asked(page, name).locator("li").filter(has_text=words)


def coming_to(reader: Reader, name: str = FIRST) -> Any:
    """The page of a reader who has come near a cell, whose script is there."""
    page = reader.open(SINK)
    with page.expect_response(f"**{SCRIPT}*"):
        asked(page, name).scroll_into_view_if_needed()
    expect(asked(page, name).locator(".predict-said")).to_be_attached()  # the script has run
    return page


@pytest.mark.parametrize("width", [360, 1280])
def test_a_choice_shows_the_output(readers: Callable[..., Reader], width: int) -> None:
    """By keyboard: it is judged in words and signs, read aloud, and explained; axe agrees."""
    reader = readers(viewport={"width": width, "height": 800})
    page = coming_to(reader)
    expect(output(page)).to_be_hidden()
    wrong, right = option(page, "A longer option"), option(page, "seven times")
    assert wrong.evaluate(SIGN) == right.evaluate(SIGN) == '"○" / ""'
    wrong.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(output(page)).to_be_visible()
    expect(page.locator(f"[id='{FIRST}'] .predict-answer")).to_be_visible()
    expect(asked(page).get_by_role("status")).to_have_text(
        "Not quite. Nothing is printed but numbers. The output is shown below."
    )
    expect(wrong.locator("p")).to_be_visible()
    assert (wrong.evaluate(SIGN), right.evaluate(SIGN)) == ('"✗" / ""', '"✓" / ""')
    right.locator("summary").click()
    expect(asked(page).get_by_role("status")).to_have_text(
        "Right. The number, and seven times the number."
    )
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    reader.leave_out_all_but("predictions")
    page.evaluate("scrollTo(0, 0)")  # nothing is below the header
    assert in_both_schemes(page) == []
    assert lost_in_forced_colours(page) == []


def test_the_order_is_the_readers_own(readers: Callable[..., Reader]) -> None:
    """It stays at a reload, and is another for others; but nothing moves under a reader's eyes.

    The script is not loaded before one comes near.
    """
    reader = readers()
    reader.open("reference/glossary").mouse.wheel(0, 2000)
    page = coming_to(reader)
    assert sum(path == SCRIPT for path in reader.asked()) == 1
    until(lambda: page.evaluate("localStorage.getItem('myst-doctest-order')") is not None)
    in_window = asked(page).locator("li").all_text_contents()
    orders = set()
    for seed in ("1", "2", "3"):
        page.evaluate(f"localStorage.setItem('myst-doctest-order', '{seed}')")
        seen = [str(coming_to(reader).evaluate(ORDER)) for _ in range(2 if seed == "1" else 1)]
        assert len(set(seen)) == 1
        orders.add(seen[0])
        assert asked(page).locator("li").all_text_contents() == in_window
    assert len(orders) > 1


def test_who_asks_or_follows_a_link_sees_the_output(readers: Callable[..., Reader]) -> None:
    """By the fold's own words, also of an exception; by a link to the cell; none is judged."""
    page = coming_to(readers())
    expect(output(page, ERROR)).to_be_hidden()
    page.locator(f"[id='{ERROR}'] .asked > summary").click()
    expect(output(page, ERROR)).to_contain_text("KeyError: 'one'")
    expect(output(page, ERROR)).to_be_visible()
    assert option(page, "KeyError", ERROR).evaluate(SIGN) == '"✓" / ""'
    expect(asked(page, ERROR).get_by_role("status")).to_be_empty()
    page.evaluate(f"location.hash = '{NOTHING}'")
    expect(page.locator(f"[id='{NOTHING}'] .asked p")).to_have_text("No output.")
    expect(page.locator(f"[id='{NOTHING}'] .asked p")).to_be_visible()


def test_all_is_there_without_javascript_and_on_paper(readers: Callable[..., Reader]) -> None:
    """Options and outputs are folds, which are open on paper."""
    page = readers(java_script_enabled=False).open(SINK)
    wrong = option(page, "A longer option")
    expect(output(page)).to_be_hidden()
    wrong.locator("summary").click()
    expect(wrong.locator("p")).to_be_visible()
    page.locator(f"[id='{FIRST}'] .asked > summary").click()
    expect(output(page)).to_be_visible()
    page.emulate_media(media="print")
    for name in (FIRST, ERROR):
        expect(output(page, name)).to_be_visible()
        for each in asked(page, name).locator("li p").all():
            expect(each).to_be_visible()
