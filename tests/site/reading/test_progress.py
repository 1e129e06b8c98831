"""What a reader has done is kept in his browser, and marked where he finds it again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.kit.axe import in_both_schemes
from tests.kit.contents import chapters
from tests.kit.reader import PAINTED, Reader, expect, until

KEY = "tutorial-progress"
CHAPTER = "session/identity-map"
SINK = "reference/kitchen-sink"
NO_STORAGE = """Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("storage is off", "SecurityError"); },
});"""
FULL_STORAGE = """Storage.prototype.setItem = () => {
  throw new DOMException("storage is full", "QuotaExceededError");
};"""
GRADED = """(tools, passed) => tools.dispatchEvent(
    new CustomEvent("exercise-graded", { bubbles: true, detail: { passed } }))"""
MOVED = """globalThis.moved = 0; new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) globalThis.moved += value;
}).observe({ type: "layout-shift", buffered: true })"""
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
    page.keyboard.press("End")  # to where the line is ends the scrolling to the end
    expect(page.locator(".bottom-of-page")).to_be_in_viewport()
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
    expect(page.locator(".page-minutes")).to_have_text(re.compile("minutes.* · ✓ read today$"))
    current = page.locator(".sidebar-tree .current-page .progress-tick")
    expect(current).to_have_text("✓ (read)")
    assert [*kept(page)["read"]] == [CHAPTER]
    assert kept(page)["place"][""]["page"] == CHAPTER


def test_marks_by_key_are_said_and_seen_in_another_tab(reader: Reader) -> None:
    """What is marked is announced; the other tab's first page has the tick; axe agrees."""
    page = reader.open(CHAPTER)
    button = at_the_end(page).get_by_role("button")
    bar, line = reader.bar.bounding_box(), at_the_end(page).bounding_box()
    assert line["y"] - bar["y"] - bar["height"] < 24, "a void"
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


def progress(reader: Reader, **facts: dict[str, Any]) -> Any:
    """The page of a reader's progress, with these facts."""
    page = reader.open("progress")
    keep(page, **facts)
    page.reload()
    expect(page.get_by_role("button", name="Export")).to_be_visible()
    return page


def first_asked(page: Any) -> tuple[str, dict[str, str]]:
    """The name of a chapter with predictions, and what is known of the first of them."""
    known = json.loads(page.locator("#progress-data").text_content())["pages"]
    return next((each["name"], each["predictions"][0]) for each in known if each["predictions"])


MISSED = {"chose": "x", "right": False, "first": False, "step": 0, "due": 1}


def test_a_missed_prediction_comes_back(reader: Reader) -> None:
    """Its link leads to the question, its output still hidden; who wants it no more, says so."""
    name, asked = first_asked(reader.open("progress"))
    key, known = f"{name}#{asked['id']}", fact(**MISSED, digest=asked["digest"])
    page = progress(reader, predicted={key: known})
    repeated = page.locator(".progress-repeat > ul > li")
    expect(repeated).to_contain_text("missed on 9 September 2001")
    repeated.get_by_role("link").click()
    cell = page.locator(f"[id='{asked['id']}']")
    expect(cell.locator(".predict summary").first).to_be_focused()
    expect(cell.locator(".asked > summary ~ *").first).to_be_hidden()
    page = progress(reader, predicted={key: known})
    page.get_by_label("Bring missed predictions back").uncheck()
    expect(repeated).to_have_count(0)
    page.get_by_label("Bring missed predictions back").check()
    repeated.get_by_role("button", name=re.compile("^Don.t repeat")).click()
    expect(page.locator(".progress-repeat")).to_have_text("Nothing to repeat.")
    expect(page.locator(".progress-status")).to_have_text(re.compile("^It won.t come back."))
    assert kept(page)["predicted"][key]["due"] == 0


def test_what_was_renamed_or_is_gone(reader: Reader) -> None:
    """What has the same text under another name is still done; of what is gone, it says so."""
    name, asked = first_asked(reader.open("progress"))
    page = progress(
        reader,
        predicted={"old/page#old-cell": fact(**MISSED, digest=asked["digest"])},
        passed={"gone#task": fact(digest="gone")},
    )
    expect(page.locator(".progress-repeat")).to_contain_text(asked["title"])
    words = "1 more thing that you did is no longer on this site."
    expect(page.locator(".progress-chapters > p")).to_have_text(words)
    assert [*kept(page)["predicted"]] == [f"{name}#{asked['id']}"]


def test_export_import_erase_and_undo(reader: Reader, tmp_path: Path) -> None:
    """By a file it comes back to a browser that has erased it, and what was there stays."""
    page = progress(reader, read={FIRST: fact(on=True)})
    summary, status = page.locator(".progress-summary"), page.locator(".progress-status")
    expect(summary).to_contain_text("1 of ")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    erase = page.get_by_role("button", name="Erase")
    erase.focus()
    page.keyboard.press("Enter")
    expect(status).to_have_text("Erased: 1 thing.")
    expect(summary).to_contain_text("0 of ")
    assert in_both_schemes(page, "article") == []
    page.get_by_role("button", name="Undo").click()
    expect(summary).to_contain_text("1 of ")
    expect(page.get_by_role("button", name="Export")).to_be_focused()
    erase.click()
    keep(page, read={SECOND: fact(on=True)})
    page.reload()
    chooser = page.locator("input[type=file]")
    chooser.set_input_files(file)
    expect(status).to_have_text("Joined: 1 thing more than before.")
    expect(summary).to_contain_text("2 of ")
    chooser.set_input_files(file)
    expect(status).to_have_text("Everything in the file was here already.")
    for content, said in (
        (file.read_text()[:-20], "is damaged"),
        ('{"theme": "dark"}', "contains no progress"),
        (file.read_text().replace('"version": 1', '"version": 2'), "a newer version"),
        (" " * 1_000_001, "too large"),
    ):
        file.write_text(content)
        chooser.set_input_files(file)
        expect(status).to_contain_text(said)
        expect(status).to_contain_text("Nothing was changed.")
        expect(summary).to_contain_text("2 of ")


def test_who_keeps_nothing_and_who_runs_no_script(readers: Callable[..., Reader]) -> None:
    """A choice on the page; without JavaScript, the page says what it would show."""
    reader = readers(viewport={"width": 360, "height": 740})
    page = progress(reader)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_label("Keep my progress in this browser").uncheck()
    page = reader.open(CHAPTER)
    page.keyboard.press("End")
    expect(page.locator(".progress-end")).to_be_hidden()
    assert kept(page)["spent"] == {}
    page = readers(java_script_enabled=False).open("progress")
    for part in ("summary", "repeat", "chapters", "tools"):
        expect(page.locator(f".progress-{part}")).to_contain_text("If JavaScript is on,")


@pytest.mark.parametrize("storage", [NO_STORAGE, FULL_STORAGE], ids=["off", "full"])
def test_without_storage_marks_last_for_this_view(
    readers: Callable[..., Reader], storage: str
) -> None:
    """Nothing breaks where a browser keeps nothing, and each mark says that it won't stay."""
    reader = readers()
    reader.expects("storage is off")  # the theme's own script does not expect it
    reader.context.add_init_script(storage)
    why = "off" if storage == NO_STORAGE else "full"
    line = at_the_end(reader.open(CHAPTER))
    line.get_by_role("button").click()
    expect(line).to_contain_text("✓ Read today; not kept: your browser")
    expect(line).to_contain_text(f"storage is {why}.")
    card = reader.open(SINK).locator(".exercise")
    reader.page.mouse.wheel(0, 100)
    expect(card.locator(".progress-said")).to_be_attached()  # the script has run
    card.locator(".live-tools").evaluate(GRADED, True)
    expect(card.locator(".exercise-kind")).to_contain_text("· done today; not kept: your")
