"""What a reader has done is kept in his browser, and marked where he finds it again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.axe import in_both_schemes
from tests.kit.contents import chapters
from tests.kit.reader import Reader, expect, until

KEY = "tutorial-progress"
CHAPTER = "session/identity-map"
SINK = "reference/kitchen-sink"
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("storage is off", "SecurityError"); },
});"""
GRADED = """(tools, passed) => tools.dispatchEvent(
    new CustomEvent("exercise-graded", { bubbles: true, detail: { passed } }))"""
MOVED = """globalThis.moved = 0; new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) globalThis.moved += value;
}).observe({ type: "layout-shift", buffered: true })"""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
FIRST, SECOND, THIRD = chapters()[:3]
LONG_AGO = 1_000_000_000_000  # 2001


def kept(page: Any) -> Any:
    """The facts that the browser keeps."""
    text = page.evaluate("(key) => localStorage.getItem(key)", KEY)
    return json.loads(text)["facts"] if text else {}


def keep(page: Any, **facts: dict[str, Any]) -> None:
    """Have the browser keep these facts and no others."""
    record = {"about": "progress in a tutorial", "version": 1, "generation": 0, "facts": facts}
    text = json.dumps(record)
    page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])


def fact(**said: Any) -> dict[str, Any]:
    """A fact of long ago."""
    return {**said, "at": LONG_AGO}


def at_the_end(page: Any) -> Any:
    """The line at a chapter's end, in the window, whose script is there."""
    page.keyboard.press("End")
    line = page.locator(".progress-end")
    line.scroll_into_view_if_needed()
    return line


def digest(page: Any, cell: str) -> Any:
    """That of the question of a cell."""
    return page.locator(f"[id='{cell}'] > .predict").get_attribute("data-digest")


@pytest.fixture
def reader(readers: Callable[..., Reader]) -> Reader:
    return readers()


def test_a_chapter_is_read_at_its_end_after_a_third_of_its_minutes(reader: Reader) -> None:
    """Not by who jumps there; who has spent the time is asked nothing. Ticks say so at once."""
    page = reader.open(CHAPTER)
    line = at_the_end(page)
    expect(line.get_by_role("button", name="Mark as read")).to_be_visible()
    until(lambda: kept(page).get("spent"))
    assert kept(page)["read"] == {}
    keep(reader.open(SINK), spent={CHAPTER: fact(ms=3_600_000)})
    reader.open(CHAPTER)
    expect(at_the_end(page)).to_contain_text("✓ Read today.")
    expect(page.locator(".page-minutes")).to_have_text(re.compile("minutes · ✓ read today$"))
    current = page.locator(".sidebar-tree .current-page .progress-tick")
    expect(current).to_have_text("✓ (read)")
    assert [*kept(page)["read"]] == [CHAPTER]
    assert kept(page)["place"][""]["page"] == CHAPTER


def test_marks_by_key_are_said_and_seen_in_another_tab(reader: Reader) -> None:
    """What is marked is announced; the other tab's first page has the tick; axe agrees."""
    page = reader.open(CHAPTER)
    button = at_the_end(page).get_by_role("button")
    first = reader.open("index", reader.context.new_page())
    first.mouse.wheel(0, 200)
    card = first.locator(".chapters li").filter(has=first.locator(f"a[href='{CHAPTER}.html']"))
    page.bring_to_front()
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Mark as unread")
    expect(page.locator("body > [role=status]").first).to_have_text("Marked as read.")
    expect(card).to_have_class("read")
    expect(first.locator(".sidebar-tree .progress-tick")).to_have_count(1)
    assert in_both_schemes(page, ".progress-end", ".current-page", ".page-minutes") == []
    page.keyboard.press("Enter")
    expect(card).not_to_have_class("read")
    assert kept(page)["read"][CHAPTER]["on"] is False
    page.emulate_media(media="print")
    expect(button).to_be_hidden()


def test_the_first_page_leads_on(readers: Callable[..., Reader]) -> None:
    """To where the reader was; from a chapter that is read, to the next that is not."""
    reader = readers(viewport={"width": 360, "height": 740})
    reader.page.add_init_script(MOVED)
    page = reader.open("index")
    expect(page.get_by_role("link", name="Continue")).to_have_count(0)
    place = {"": fact(page=FIRST, anchor="what-is-a-model", title="What is a model?")}
    keep(page, place=place)
    page.reload()
    link = page.get_by_role("link", name="Continue")
    expect(link).to_have_text(re.compile("^Continue: .+, “What is a model\\?”$"))
    expect(link).to_have_attribute("href", re.compile(f"/{FIRST}.html#what-is-a-model$"))
    page.evaluate(PAINTED)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert in_both_schemes(page, ".content-icon-container") == []
    assert page.evaluate("globalThis.moved") <= 0.01
    read = {name: fact(on=True) for name in (FIRST, SECOND)}
    keep(page, place=place, read=read)
    page.reload()
    expect(link).to_have_attribute("href", re.compile(f"/{THIRD}.html$"))
    keep(page, place={"": fact(page="gone/page", anchor="a", title="")})
    page.reload()
    expect(page.locator(".page-acts")).to_be_attached()
    expect(link).to_have_count(0)


def test_predictions_and_exercises_remember(reader: Reader) -> None:
    """When, how, with which help, and whether they were others then; never what was chosen."""
    page = reader.open(SINK)
    box = page.locator("#sink-predict > .predict")
    title = box.locator(".predict-title")
    with page.expect_response("**/_static/predictions.js*"):
        box.scroll_into_view_if_needed()
    box.locator("li").filter(has_text="seven times").locator("summary").click()
    expect(title).to_have_text("Predict · right today")
    box.locator("summary").filter(has_text="A longer option").click()
    expect(title).to_have_text("Predict · right today")
    card = page.locator(".exercise")
    kind = card.locator(".exercise-kind")
    asked = kind.text_content()
    card.locator(".exercise-hint summary").first.click()
    card.locator(".exercise-solution summary").first.click()
    expect(kind).to_have_text(f"{asked} · solution seen today")
    tools = card.locator(".live-tools")
    tools.evaluate(GRADED, False)
    expect(kind).to_have_text(f"{asked} · solution seen today")
    tools.evaluate(GRADED, True)
    expect(kind).to_have_text(f"{asked} · done today with 1 hint and the solution")
    facts = kept(page)
    (name,) = facts["passed"]
    facts["passed"][name]["digest"] = "other"
    facts["predicted"][f"{SINK}#sink-predict"].update(digest="other")
    facts["predicted"][f"{SINK}#sink-predict-error"] = fact(
        chose="x",
        right=False,
        first=False,
        digest=digest(page, "sink-predict-error"),
        step=0,
        due=1,
    )
    keep(page, **facts)
    page.reload()
    page.mouse.wheel(0, 100)
    expect(kind).to_have_text(re.compile(", before it was changed$"))
    expect(title).to_have_text("Predict · answered today, before it was changed")
    other = page.locator("#sink-predict-error .predict-title")
    expect(other).to_have_text("Predict · not quite on 9 September 2001, time to repeat it")
    assert in_both_schemes(page, ".predict", ".exercise") == []


def test_what_was_seen_is_no_prediction(reader: Reader) -> None:
    """Who has looked at the output first has predicted nothing."""
    page = reader.open(SINK)
    box = page.locator("#sink-predict > .predict")
    with page.expect_response("**/_static/predictions.js*"):
        box.scroll_into_view_if_needed()
    page.locator("#sink-predict .asked > summary").click()
    option = box.locator("li").filter(has_text="seven times")
    option.locator("summary").click()
    expect(option.locator("p")).to_be_visible()
    expect(box.locator(".predict-title")).to_have_text("Predict")
    assert kept(page).get("predicted", {}) == {}


def test_without_storage_marks_last_for_this_view(readers: Callable[..., Reader]) -> None:
    """Nothing breaks where a browser keeps nothing."""
    reader = readers()
    reader.expects("storage is off")  # the theme's own script does not expect it
    reader.context.add_init_script(NO_STORAGE)
    line = at_the_end(reader.open(CHAPTER))
    line.get_by_role("button").click()
    expect(line).to_contain_text("✓ Read today.")
