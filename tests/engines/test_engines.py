"""What differs between engines, tried in Firefox and in WebKit: ``make browsers``.

All other tests in a browser use Chromium. These need Debian's firefox-esr, webkit2gtk-driver and
xvfb, or the like of another system; a browser that is not there is skipped, with the reason.
Playwright's own builds of Firefox and WebKit are not used: they are not what readers have.
"""

from __future__ import annotations

import re

import pytest

from tests.engines.page import Page
from tests.kit.shared_code import fragment

PAGE = "session/session"
SINK = "reference/kitchen-sink"
CELL = "#sink-print-and-value"
ASKED = "#sink-predict"
EXERCISE = "#sink-exercise"
PAGES = ["index", PAGE, SINK, "404"]


def run(page: Page, mark: str, cell: str = CELL) -> None:
    """Press Run, and wait for the mark of the run."""
    page.window.click(f"{cell} [data-act=run]")
    page.until_shown(f"{cell} .live-mark", mark)


def edit(page: Page, source: str, cell: str = CELL) -> None:
    """Open the editor where it is not open, and type this in place of what is there."""
    if not page.has(f"{cell} .live-editor"):
        page.window.click(f"{cell} [data-act=edit]")
        page.until(lambda: page.focused(f"{cell} .live-editor"), "the editor has the focus")
    page.window.value(
        f"document.querySelector('{cell} .live-editor').shadowRoot.querySelector('[role]').focus()"
    )
    page.window.press("Control+a")
    page.window.type(source)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_complaint(page: Page, name: str) -> None:
    """The console stays empty of errors, and the policy refuses nothing, while a page opens."""
    assert page.window.complaints(f"{page.address}/{name}.html") == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [450, 1280])
def test_a_page_does_not_scroll_sideways(page: Page, name: str, width: int) -> None:
    """On a screen of any width, as wide as the page is the window."""
    page.open(name, width=width)
    assert page.window.value("document.documentElement.scrollWidth - innerWidth") <= 0


def test_what_readers_see_is_drawn(page: Page) -> None:
    """Links in code that has the focus are underlined; a lane is there, folds are folded."""
    page.open(SINK)
    style = "getComputedStyle(document.querySelector('%s')%s).%s"
    link = ".cell_input .code-link ~ .code-link"
    page.window.value(f"document.querySelector('{link}').parentElement.querySelector('a').focus()")
    assert page.window.value(style % (link, "", "textDecorationLine")) == "underline"
    assert page.window.value(style % (link, "", "textDecorationStyle")) == "dotted"
    lane = page.window.value(style % (".cell_input.lane", ', "::before"', "backgroundImage"))
    assert "gradient" in lane
    fold = "document.querySelector('details.hide:not([open])')"
    assert page.window.value(f"{fold}.offsetHeight - {fold}.firstElementChild.offsetHeight") < 8


def test_the_search_is_used_by_keyboard(page: Page) -> None:
    """A slash opens it, arrows choose, Escape closes it; Ctrl+K has the answer, Enter goes."""
    page.open(SINK)
    page.window.press("/")
    page.until(lambda: page.focused(".pf-input"), "the field has the focus")
    page.window.type("expire on commit")
    page.until_shown(".pf-summary", "“expire commit”")  # else new results take the focus away
    page.until(
        lambda: page.focused(".pf-results a") or page.window.press("ArrowDown"),
        "a result has the focus",
    )
    page.window.press("Escape")
    page.until(lambda: not page.has("dialog[open]"), "the dialog is closed")
    page.window.press("Control+k")
    page.until(lambda: page.focused(".pf-input"), "the field has the focus again")
    page.window.press("Enter")
    page.until(lambda: "/session/commit.html" in page.window.address(), "another page")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_a_menu_opens_and_closes_by_keyboard(page: Page, key: str) -> None:
    """The press leads into the menu and no further, Escape back; a reload leaves it closed."""
    page.open(PAGE, width=450)
    page.tab_to("#__navigation")
    page.window.press(key)
    page.until(lambda: page.focused(".sidebar-drawer *"), "the menu has the focus")
    page.window.press("Tab")
    assert page.focused(".sidebar-drawer *")
    page.window.press("Escape")
    page.until(lambda: page.focused("#__navigation"), "the focus is back")
    page.window.press(key)
    page.window.reload()
    assert page.window.value("location.pathname") == f"/{PAGE}.html"
    assert not page.window.value("document.querySelector('#__navigation').checked")


def test_a_word_is_explained_beside_it(page: Page) -> None:
    """What the glossary says stands within the window, near the link that has the focus."""
    page.open(PAGE)
    page.window.value("""(() => {
      const links = [...document.querySelectorAll("article a[href]")];
      links[links.findIndex((link) => link.matches("a:has(> .std-term)")) - 1].focus();
    })()""")
    page.tab_to("a:has(> .std-term)")
    page.until_shown(".glossary-about:popover-open", "The ORM")
    assert page.window.value("""(() => {
      const about = document.querySelector(".glossary-about:popover-open").getBoundingClientRect();
      const link = document.activeElement.getBoundingClientRect();
      return about.left >= 0 && about.right <= innerWidth && Math.abs(about.top - link.bottom) < 40;
    })()""")


def test_the_options_are_beside_their_button(page: Page) -> None:
    """The menu of the live cells is as high as what it holds, and above its button."""
    page.open(SINK)
    page.window.click(".live-more")
    page.until_shown(".live-menu:popover-open")
    assert page.window.value("""(() => {
      const menu = document.querySelector(".live-menu:popover-open").getBoundingClientRect();
      const more = document.querySelector(".live-more").getBoundingClientRect();
      return menu.height < 300 && menu.bottom <= more.top && more.top - menu.bottom < 40;
    })()""")


def test_code_and_page_are_copied(page: Page) -> None:
    """The browser takes a cell's code and the page's Markdown into its clipboard."""
    page.open(SINK)
    page.window.click(f"{CELL} .copy")
    page.until_shown(f"{CELL} .copy", "Copied")
    page.window.click(".page-menu summary")
    page.window.click(".page-menu button")
    page.until_shown(".page-menu output", "Copied")


def test_all_cells_run_and_are_the_books(either: Page) -> None:
    """With the host's headers and without them, each cell shows what the book shows."""
    either.open(SINK)
    either.window.click(".live-bar [data-act=run]")
    either.until_shown(".live-status", "Ran ")
    told = either.text(".live-status")
    summary = r"Ran \d+ cells: \d+ same as on the page, 1 known to differ here\."
    assert re.fullmatch(summary, told), told


def test_an_edit_runs_and_is_kept(page: Page) -> None:
    """The editor indents, Ctrl+Enter runs it, and after a reload the reader's code is there."""
    page.open(SINK)
    edit(page, "for word in ('mine', 'still'):\nprint(word)")
    page.window.press("Control+Enter")
    page.until_shown(f"{CELL} .live-mark", "Your version")
    assert page.text(f"{CELL} [data-live] pre").split() == ["mine", "still"]
    page.window.reload()
    page.until_shown(f"{CELL} .live-source", "    print(word)")


def test_an_endless_loop_is_stopped(either: Page) -> None:
    """With shared memory or without it, Stop ends the loop, and what ran before is still there."""
    either.open(SINK)
    run(either, "Same as on the page", "#sink-nothing")
    edit(either, "while True: pass")
    either.window.press("Control+Enter")
    either.until_shown(".live-bar[data-state=running]")
    either.window.click(".live-bar [aria-label='Stop Python']")
    either.until_shown(f"{CELL} .live-mark", "Stopped")
    edit(either, "print(number)")
    either.window.press("Control+Enter")
    either.until_shown(f"{CELL} [data-live] pre", "6")


def test_a_prediction_is_judged_and_remembered(page: Page) -> None:
    """The output comes with the choice, its question says how that went, also after a reload."""
    page.open(SINK)
    assert not page.has(f"{ASKED} .asked[open]")
    page.window.value(f"document.querySelector('{ASKED} > .predict').scrollIntoView()")
    page.until_shown(f"{ASKED} .predict-said")  # its script is there
    page.window.click(f"{ASKED} .predict li.right summary")
    page.until_shown(f"{ASKED} .predict-said", "Right. The number, and seven times the number.")
    page.until_shown(f"{ASKED} .asked[open] .cell_output", "42")
    page.until_shown(f"{ASKED} .predict-title", "right today")
    page.window.reload()
    page.window.press("Tab")  # a sign of a reader
    page.until_shown(f"{ASKED} .predict-title", "right today")


def test_an_exercise_is_graded_and_remembered(page: Page) -> None:
    """The starter is told what is wrong, an answer passes; both it and that are there again."""
    page.open(SINK)
    page.window.click(f"{EXERCISE} [data-act=run]")
    page.until_shown(f"{EXERCISE} .exercise-verdict", "Not yet. twice(2) is 2.")
    edit(page, "def twice(n):\nreturn n + n", EXERCISE)
    page.window.press("Control+Enter")
    page.until_shown(f"{EXERCISE} .exercise-verdict", "Right.")
    page.until_shown(f"{EXERCISE} .exercise-kind", "done today")
    page.window.reload()
    page.until_shown(f"{EXERCISE} .live-source", "    return n + n")
    page.window.press("Tab")
    page.until_shown(f"{EXERCISE} .exercise-kind", "done today")


def test_what_is_read_is_marked_and_counted(page: Page) -> None:
    """By the button at a chapter's end; on the page of the reader's progress it is one of all."""
    page.open(PAGE)
    page.window.press("Tab")
    page.until_shown(".progress-end button", "Mark as read")
    page.window.value("document.querySelector('.progress-end button').focus()")
    page.window.press("Enter")
    page.until_shown(".progress-end button", "Mark as unread")
    page.window.open(f"{page.address}/progress.html")
    page.until_shown(".progress-summary", "1 of ")


def test_code_comes_by_an_address(page: Page) -> None:
    """It is shown, and put into its cell at a press; what is no code is told."""
    page.open(SINK)
    given = fragment(["", [["sink-print-and-value", "print('theirs')"]]])
    page.window.value(f"(location.hash = {given!r})")
    page.until_shown(".live-shared", "Read it before you run it")
    page.window.click(".live-shared [data-act=put]")
    page.until_shown(f"{CELL} .live-mark", "Your edit, not run yet")
    page.window.value(f"(location.hash = {given[:-9]!r})")
    page.until_shown(".live-shared", "ask for it again")


def test_a_cell_is_shared_and_taken_to_the_playground(page: Page) -> None:
    """Its address is copied, or stands in the address bar; its code waits in the playground."""
    page.open(SINK)
    edit(page, "print('mine')")
    page.window.click(f"{CELL} [popovertarget]")
    page.window.click(f"{CELL} [data-act=share]")
    page.until_shown(".live-status", "your code")
    page.window.click(f"{CELL} [popovertarget]")
    page.window.click(f"{CELL} [data-act=play]")
    page.until(lambda: "/playground.html" in page.window.address(), "the playground")
    page.until_shown("#play .live-editor")
    editor = "document.querySelector('#play .live-editor').shadowRoot.textContent"
    page.until(lambda: "print('mine')" in str(page.window.value(editor)), "the code is there")


def test_cells_run_on_postgresql(page: Page) -> None:
    """It starts beside Python; the choice lasts over a reload; cells show what is recorded."""
    page.open(PAGE)
    page.window.click(".variant-choice [data-variant=postgresql]")
    page.window.reload()
    page.until_shown(".live-status", "Python and PostgreSQL are not loaded")
    page.window.click(".live-bar [data-act=run]")
    page.until_shown(".live-status", "Ran ")
    told = page.text(".live-status")
    summary = r"Ran \d+ cells: .*same as on the page(, \d known to differ here)?\."
    assert re.fullmatch(summary, told), told
