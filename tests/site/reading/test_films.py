"""A film on a page: turned by buttons, by the slider and by keys, in the book and after a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.kit.axe import in_both_schemes
from tests.kit.reader import Reader, expect

PAGE = "reference/show"
CELL = "show-film"


def opened(reader: Reader) -> Any:
    """The film of the book, with its controls."""
    film = reader.open_part(PAGE, CELL).locator(f"[id='{CELL}'] .show-film")
    film.scroll_into_view_if_needed()
    return film


def shows(film: Any, code: str, place: str) -> None:
    """One frame is seen, which is of this line."""
    expect(film.locator(".show-controls > span")).to_have_text(place)
    seen = [each for each in film.locator(".show-frame").all() if each.is_visible()]
    assert [each.locator(".show-line").text_content().partition(" line ")[0] for each in seen] == [
        code
    ]


def hole(film: Any) -> float:
    """The height that is left below the frame that is seen."""
    frames = film.locator("ol").bounding_box()
    seen = [each.bounding_box() for each in film.locator(".show-now > *").all()]
    bottom = max(box["y"] + box["height"] for box in seen if box)
    return float(frames["y"] + frames["height"] - bottom)


def test_a_film_is_turned(readers: Callable[..., Reader]) -> None:
    """By each of its means; what was shown keeps its room, and each frame is said."""
    film = opened(readers())
    page = film.page
    shows(film, "Before the first line", "0 of 4")
    assert in_both_schemes(page, f"[id='{CELL}']") == [], "at its first frame"
    assert hole(film) < 30, "at its first frame"
    film.get_by_role("button", name="Next").click()
    shows(film, "session.add(tom)", "1 of 4")
    assert in_both_schemes(page, f"[id='{CELL}']") == [], "at a way from state to state"
    assert film.locator(".show-took").count() == 1
    # Beside the board is the line, among those before and after it: a press on one leads there.
    around = film.locator(".show-now .show-program > p")
    assert [each.partition(" line ")[0] for each in around.all_text_contents()] == [
        "Before the first line",
        "session.add(tom)",
        "session.flush()",
        'tom.full_name = "Tom T."',
        "session.rollback()",
    ]
    around.last.click()
    shows(film, "session.rollback()", "4 of 4")
    around.nth(1).click()
    shows(film, "session.add(tom)", "1 of 4")
    film.get_by_role("button", name="Next").focus()
    page.keyboard.press("ArrowRight")
    shows(film, "session.flush()", "2 of 4")
    spoken = page.locator("[role=status], [aria-live]").filter(has_text="pending → persistent")
    expect(spoken.first).to_be_attached()
    film.get_by_role("slider").focus()
    page.keyboard.press("End")
    shows(film, "session.rollback()", "4 of 4")
    film.get_by_role("button", name="Back").click()
    shows(film, 'tom.full_name = "Tom T."', "3 of 4")
    film.get_by_role("button", name="Play").click()
    assert in_both_schemes(page, f"[id='{CELL}']") == [], "while it is played"
    shows(film, "session.rollback()", "4 of 4")
    expect(film.get_by_role("button", name="Play")).to_be_visible()
    assert hole(film) > 100, "where a higher frame was"
    assert in_both_schemes(page, f"[id='{CELL}']") == [], "at its last frame"
    # What is not as before is marked; what is as before is there, from a frame above.
    film.get_by_role("button", name="Back").click()
    now = film.locator(".show-now")
    assert now.locator(".show-column caption b").all_text_contents() == [
        "User 1",
        "User 3",
        "User 4",
    ]
    states = [each.get_attribute("aria-label") for each in now.locator(".show-column").all()]
    assert now.locator(".show-column > p:visible").all_text_contents() == states
    assert now.locator("table.show-changed caption b").all_text_contents() == ["User 4"]
    # Its line is marked in the code, and so is what the line sent.
    code = page.locator(f"[id='{CELL}'] .line-band")
    expect(code).to_be_attached()
    film.get_by_role("button", name="Back").click()
    sent = page.locator(f"[id='{CELL}'] .log-entry.line-on")
    expect(sent).to_have_count(4)
    page.emulate_media(media="print")
    frames = [each for each in film.locator(".show-frame").all() if each.is_visible()]
    assert len(frames) == 5
    again = ".show-same:visible, .show-near:visible, svg:visible, button:visible"
    assert film.locator(again).count() == 0


def test_without_javascript_a_film_is_a_list(readers: Callable[..., Reader]) -> None:
    """All frames, one below the other, and no room for buttons."""
    page = readers(java_script_enabled=False).open(PAGE)
    film = page.locator(f"[id='{CELL}'] .show-film")
    frames = film.locator(".show-frame").all()
    assert len(frames) == 5
    assert all(each.is_visible() for each in frames)
    tops = [each.bounding_box()["y"] for each in frames]
    assert tops == sorted(set(tops))


EDITED = """\
def named(name):
    return User(name, None)


with film(session, limit=6) as steps:
    for each in ("Ada", "Bo"):
        session.add(named(each))
    session.flush()
    raise ValueError(each)
"""


def test_sql_of_a_film_has_the_colours_of_a_log(readers: Callable[..., Reader]) -> None:
    """And its transaction the word of its end: that of the first film is rolled back."""
    film = opened(readers())
    for _ in range(2):
        film.get_by_role("button", name="Next").click()
    words = film.locator(".show-now .show-sent > span > span > [class]")
    coloured = words.evaluate_all(
        "(words) => words.map((each) => [each.className, each.innerText])"
    )
    assert coloured[:3] == [
        ["show-undone", "BEGIN"],
        ["show-word", "SELECT"],
        ["show-word", "FROM"],
    ]


def test_a_film_is_taken_in_the_browser(readers: Callable[..., Reader]) -> None:
    """The same as the book's, and turned like it; another one of edited code."""
    reader = readers()
    reader.open(PAGE)
    cell = reader.cell(CELL)
    cell.run("Same as on the page")
    film = cell.output.locator(".show-film")
    film.get_by_role("button", name="Next").click()
    shows(film, "session.add(tom)", "1 of 4")
    cell.write(EDITED.replace("    raise ValueError(each)\n", "steps\n"))
    cell.run(None)
    expect(film).to_contain_text("Film of 6 lines")
    film.get_by_role("button", name="Next").click()
    shows(film, 'for each in ("Ada", "Bo"):', "1 of 6")
    film.get_by_role("slider").focus()
    cell.box.page.keyboard.press("End")
    assert "more lines: film(limit=...)" in film.text_content()


def test_a_film_that_is_opened_comes_into_view(readers: Callable[..., Reader]) -> None:
    """Whose fold is at the screen's lower end: else its reader sees nothing happen."""
    page = readers().open("index")
    fold = page.locator("details.hide", has=page.locator(".show-film"))
    summary = fold.locator("summary").first
    summary.evaluate("(each) => each.scrollIntoView({ block: 'end' })")
    summary.click()
    expect(fold.get_by_role("button", name="Next")).to_be_in_viewport()
