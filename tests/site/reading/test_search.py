"""The search, as a reader uses it: what comes first, by keyboard, by screen reader, and in need."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from live_cells.pack.downloads_cache import npm_packages
from tests.kit.full_site import PARTS
from tests.kit.reader import Reader, expect
from tests.kit.static_host import Host

SEARCHES = tomllib.loads(Path(__file__).with_name("searches.toml").read_text("utf-8"))["search"]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FINDINGS = """async (tags) => {
  const {violations} = await axe.run(
    document.querySelector(".search-dialog"), {runOnly: tags, resultTypes: ["violations"]});
  return violations.flatMap(({id, nodes}) => nodes.map(
    ({target, failureSummary}) => `${id}: ${target.join(" ")}: ${failureSummary}`));
}"""
FOCUSED = "document.activeElement.textContent"


class Dialog:
    """The search on a page that is open."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.box = page.get_by_role("dialog", name="Search this site")
        self.field = self.box.get_by_role("textbox", name="Search")
        self.status = self.box.get_by_role("status")
        self.links = self.box.locator("section a")

    def open(self, key: str = "/") -> Dialog:
        self.page.keyboard.press(key)
        expect(self.field).to_be_focused()
        return self

    def ask(self, query: str) -> None:
        """Type a query, and wait for its results."""
        self.field.fill(query)
        self.answered()

    def answered(self) -> None:
        expect(self.status).to_have_text(re.compile("section|Nothing found"))
        expect(self.box.locator(".search-list[aria-busy]")).to_have_count(0)

    def first(self) -> tuple[str, str]:
        """The page and the section of the first link."""
        address = urlsplit(self.links.first.get_attribute("href"))
        return address.path.removeprefix("/").removesuffix(".html"), unquote(address.fragment)


@pytest.fixture
def reader(readers: Callable[..., Reader], host: Host) -> Reader:
    return readers()


@pytest.fixture
def dialog(reader: Reader) -> Dialog:
    return Dialog(reader.open("session/states"))


def test_what_people_search_comes_first(dialog: Dialog) -> None:
    """Each query of searches.toml leads to the page, and the section, that explains it."""
    assert len(SEARCHES) >= 30
    dialog.open()
    wrong = {}
    for search in SEARCHES:
        dialog.field.fill("")
        expect(dialog.links).to_have_count(0)
        dialog.ask(search["query"])
        page, section = dialog.first()
        if page != search["page"] or section != search.get("section", section):
            wrong[search["query"]] = f"{page}#{section}"
    assert wrong == {}


def test_each_query_names_what_is_there(site: Path) -> None:
    """A page or a section that was renamed is named by its old name in the list."""
    for search in SEARCHES:
        markup = (site / f"{search['page']}.html").read_text("utf-8")
        assert f'id="{search.get("section", "furo-main-content")}"' in markup, search


@pytest.mark.parametrize("key", ["/", "Control+k"])
def test_opens_by_key_closes_by_escape_and_gives_the_focus_back(dialog: Dialog, key: str) -> None:
    """The keyboard goes into the field and, at the end, to where it came from."""
    link = dialog.page.locator("#furo-main-content p a").first
    link.focus()
    dialog.open(key)
    dialog.page.keyboard.press("Escape")
    expect(dialog.box).to_be_hidden()
    expect(link).to_be_focused()


def test_nothing_of_it_is_loaded_before_a_reader_asks(reader: Reader) -> None:
    """A page has the script that waits, and loads the rest when the search is opened."""
    dialog = Dialog(reader.open("session/states"))
    reader.page.wait_for_load_state("networkidle")
    assert [path for path in reader.asked() if "search-" in path or "pagefind" in path] == []
    dialog.open()
    dialog.ask("flush")
    assert any("/pagefind/" in path for path in reader.asked())


def test_arrow_keys_go_through_results_and_enter_opens(dialog: Dialog) -> None:
    """Down and Up go from link to link and back to the field; Enter opens the section."""
    dialog.open()
    dialog.ask("identity map")
    press = dialog.page.keyboard.press
    press("ArrowDown")
    expect(dialog.links.nth(0)).to_be_focused()
    press("ArrowDown")
    expect(dialog.links.nth(1)).to_be_focused()
    press("End")
    expect(dialog.links.last).to_be_focused()
    press("Home")
    press("ArrowUp")
    expect(dialog.field).to_be_focused()
    expect(dialog.field).to_have_value("identity map")
    for key in ("Home", "End"):  # here they are the caret's
        press(key)
        expect(dialog.field).to_be_focused()
    press("ArrowDown")
    press("ArrowDown")
    wanted = dialog.links.nth(1).get_attribute("href")
    press("Enter")
    expect(dialog.page).to_have_url(wanted)
    expect(dialog.page.locator(f"[id='{urlsplit(wanted).fragment}']")).to_be_in_viewport()


def test_a_letter_goes_on_into_the_field(dialog: Dialog) -> None:
    """Who has gone to a link and types on asks for more."""
    dialog.open()
    dialog.ask("flush")
    dialog.page.keyboard.press("ArrowDown")
    dialog.page.keyboard.press("s")
    expect(dialog.field).to_be_focused()
    expect(dialog.field).not_to_have_value("flush")


def test_closes_by_its_button_and_by_a_press_beside_it(dialog: Dialog) -> None:
    """And not by a press in it."""
    dialog.open()
    dialog.status.dispatch_event("click")
    expect(dialog.box).to_be_visible()
    dialog.box.get_by_role("button", name="Close").click()
    expect(dialog.box).to_be_hidden()
    dialog.open()
    dialog.page.mouse.click(3, 3)
    expect(dialog.box).to_be_hidden()


def test_an_empty_field_offers_examples(dialog: Dialog) -> None:
    """One is taken by a press, and the keyboard is in the field; without words they are back."""
    dialog.open()
    dialog.box.get_by_role("button", name="identity map").click()
    expect(dialog.field).to_have_value("identity map")
    expect(dialog.field).to_be_focused()
    dialog.answered()
    dialog.field.fill("")
    expect(dialog.box.get_by_role("button", name="identity map")).to_be_visible()


def test_what_shows_a_words_meaning_does_not_stay_behind_it(dialog: Dialog) -> None:
    """A definition, or a word of a log, that is open when the search comes is closed."""
    dialog.page.locator("button.log-word").first.click()
    expect(dialog.page.locator(".log-about:popover-open")).to_have_count(1)
    dialog.open()
    expect(dialog.page.locator(".log-about:popover-open")).to_have_count(0)
    dialog.page.keyboard.press("Escape")
    expect(dialog.box).to_be_hidden()
    link = dialog.page.locator("a[aria-describedby^='glossary']").first
    link.hover()
    expect(dialog.page.locator(".glossary-about:popover-open")).to_have_count(1)
    dialog.open()
    expect(dialog.page.locator(".glossary-about:popover-open")).to_have_count(0)


def test_a_link_that_opens_elsewhere_leaves_the_results(dialog: Dialog) -> None:
    """With Ctrl it is a new tab's: the dialog stays as it is."""
    dialog.open()
    dialog.ask("flush")
    with dialog.page.context.expect_page() as opened:
        dialog.links.first.click(modifiers=["Control"])
    opened.value.close()
    expect(dialog.box).to_be_visible()


def test_other_keys_are_the_browsers(dialog: Dialog) -> None:
    """Ctrl+Shift+K and Alt+/ belong to browsers; the field names the keys that open."""
    for key in ("Control+Shift+k", "Alt+/"):
        dialog.page.keyboard.press(key)
    dialog.page.wait_for_timeout(300)
    expect(dialog.box).to_have_count(0)
    field = dialog.page.locator(".sidebar-search")
    expect(field).to_have_attribute("aria-keyshortcuts", "/ Control+K")


def test_enter_in_the_field_opens_the_first_result(dialog: Dialog) -> None:
    """Also where it is pressed before the results have come."""
    dialog.open()
    dialog.page.keyboard.type("bhk3")
    dialog.page.keyboard.press("Enter")
    expect(dialog.page).to_have_url(re.compile("commit.html#what-is-a-detachedinstanceerror$"))
    expect(dialog.box).to_be_hidden()


def test_query_is_kept(dialog: Dialog) -> None:
    """Opened again, on this page or the next one, the field holds what was looked for."""
    dialog.open()
    dialog.ask("flush")
    dialog.page.keyboard.press("Escape")
    expect(dialog.box).to_be_hidden()
    dialog.open()
    expect(dialog.field).to_have_value("flush")
    dialog.links.first.click()
    dialog.page.wait_for_url("**/unit-of-work.html**", wait_until="load")
    dialog.open("Control+k")
    expect(dialog.field).to_have_value("flush")
    dialog.answered()
    dialog.page.keyboard.type("row")  # in its place
    expect(dialog.field).to_have_value("row")


def test_results_are_announced_with_part_page_and_section(dialog: Dialog) -> None:
    """The number is a status; a result says its part, its page and its section, and shows words."""
    dialog.open()
    dialog.ask("bhk3")
    expect(dialog.status).to_have_text(re.compile(r"^\d+ sections on \d+ pages$"))
    first = dialog.box.get_by_role("region").first
    expect(first.get_by_role("heading")).to_have_text(
        re.compile("^The Session . Commit, rollback and expiry$")
    )
    link = first.get_by_role("link", name="What is a DetachedInstanceError?", exact=True)
    expect(link).to_be_visible()
    expect(first.locator("mark").first).to_have_text("bhk3")


def test_waiting_is_told(reader: Reader, host: Host) -> None:
    """Until there are results the status says what is done, and the list that it is busy."""
    dialog = Dialog(reader.open("session/states")).open()
    host.slow["words.json"] = 1
    dialog.field.fill("flush")
    expect(dialog.status).to_have_text("Loading the search …")
    expect(dialog.box.locator(".search-list[aria-busy=true]")).to_have_count(1)
    dialog.answered()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("identiy map", "Results for “identity map”."),
        ("session asyncio", "No page has “asyncio”."),
        ("asyncio", "Nothing found for “asyncio”."),
        ("zq" * 50, f"Nothing found for “{'zq' * 30} …”."),
    ],
)
def test_it_says_what_it_understood(dialog: Dialog, query: str, words: str) -> None:
    """A word that was misspelled or that no page has is named; nothing is made up."""
    dialog.open()
    dialog.ask(query)
    expect(dialog.status).to_contain_text(words)


def test_nothing_found_leads_on(dialog: Dialog) -> None:
    """To the glossary, and to Sphinx's search with the same words."""
    dialog.open()
    dialog.ask("asyncio")
    expect(dialog.links).to_have_count(0)
    plain = dialog.box.get_by_role("link", name="plain search")
    assert plain.get_attribute("href").endswith(
        "/search.html?q=asyncio&check_keywords=yes&area=default"
    )
    dialog.box.get_by_role("link", name="glossary").click()
    dialog.page.wait_for_url("**/glossary.html")


def test_field_of_the_sidebar_opens_it(dialog: Dialog) -> None:
    """By a click; by keyboard it takes words, and Enter asks for them."""
    field = dialog.page.locator(".sidebar-search")
    field.click()
    expect(dialog.field).to_be_focused()
    dialog.page.keyboard.press("Escape")
    field.focus()
    expect(dialog.box).to_be_hidden()
    dialog.page.keyboard.type("flush")
    dialog.page.keyboard.press("Enter")
    expect(dialog.field).to_have_value("flush")
    dialog.answered()


def test_button_of_a_narrow_screen_opens_it(readers: Callable[..., Reader]) -> None:
    """It stands in the header, large enough, and leads to a dialog that fits."""
    reader = readers(viewport={"width": 320, "height": 640}, has_touch=True)
    dialog = Dialog(reader.open("session/states"))
    button = dialog.page.get_by_role("button", name="Search", exact=True)
    box = button.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    button.click()
    expect(dialog.field).to_be_focused()
    dialog.ask("DetachedInstanceError lazy load operation")
    assert dialog.page.evaluate("document.scrollingElement.scrollWidth") <= 320
    wide = "(list) => list.scrollWidth - list.clientWidth"
    assert dialog.box.locator(".search-list").evaluate(wide) == 0
    small = """(box) => [...box.querySelectorAll("button, input, section a")]
      .map((each) => each.getBoundingClientRect()).filter(({width, height}) => width)
      .filter(({width, height}) => Math.min(width, height) < 24).length"""
    assert dialog.box.evaluate(small) == 0


def test_menu_from_which_it_was_opened_closes_with_it(readers: Callable[..., Reader]) -> None:
    """A section of the same page that was found is shown, and can be used."""
    reader = readers(viewport={"width": 320, "height": 640})
    dialog = Dialog(reader.open("session/states"))
    toggle = dialog.page.locator("#__navigation")
    toggle.click()
    dialog.page.locator(".sidebar-search").click()
    expect(dialog.field).to_be_focused()
    dialog.ask("states")
    dialog.box.locator("section a[href*='session/states.html#']").first.click()
    expect(dialog.box).to_be_hidden()
    expect(toggle).not_to_be_checked()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    expect(dialog.page.locator("[inert]")).to_have_count(0)


def test_keys_typed_in_an_editor_stay_there(reader: Reader) -> None:
    """A slash in a cell's code is code, in the large editor and in the plain one."""
    page = reader.open("session/states")
    dialog = Dialog(page)
    cell = reader.cells()[0]
    cell.write("1 ")
    page.keyboard.press("/")
    expect(cell.editor).to_contain_text("1 /")
    page.evaluate("document.querySelector('article').prepend(document.createElement('textarea'))")
    area = page.locator("article > textarea")
    area.focus()
    page.keyboard.type("a/b")
    expect(area).to_have_value("a/b")
    expect(dialog.box).to_have_count(0)


def test_slash_can_be_turned_off(dialog: Dialog) -> None:
    """Who speaks to the machine, or slips, keeps Ctrl+K alone, from page to page."""
    dialog.open()
    dialog.box.get_by_role("checkbox", name="Open with the key /").uncheck()
    dialog.page.keyboard.press("Escape")
    dialog.page.reload()
    dialog.page.keyboard.press("/")
    dialog.page.wait_for_timeout(300)
    expect(dialog.box).to_have_count(0)
    # Pages of no document have Sphinx's own script, which would go to the field by that key.
    dialog.page.goto(dialog.page.url.replace("session/states", "genindex"))
    dialog.page.keyboard.press("/")
    dialog.page.wait_for_timeout(300)
    expect(dialog.box).to_have_count(0)
    expect(dialog.page.locator(".sidebar-search")).not_to_be_focused()
    dialog.open("Control+k")


@pytest.mark.parametrize("lost", ["/pagefind/", ".pf_index", ".pf_fragment", "words.json", "wasm."])
def test_a_search_that_lacks_a_part_says_so(reader: Reader, host: Host, lost: str) -> None:
    """No result is shown of half an index; Sphinx's search is named, and a second try works."""
    reader.expects("404")
    dialog = Dialog(reader.open("session/states")).open()
    host.missing.add(lost)
    dialog.field.fill("identity map")
    expect(dialog.status).to_have_text("The search could not be loaded.")
    expect(dialog.links).to_have_count(0)
    plain = dialog.box.get_by_role("link", name="plain search")
    assert "search.html?q=identity+map" in plain.get_attribute("href")
    host.mend()
    dialog.box.get_by_role("button", name="Try again").click()
    dialog.answered()
    assert dialog.first()[0] == "session/identity-map"


def test_damaged_index_is_no_result(reader: Reader, host: Host) -> None:
    """What came in another form than it was sent is not searched."""
    reader.expects(".")
    dialog = Dialog(reader.open("session/states")).open()
    host.damaged.add(".pf_index")
    dialog.field.fill("identity map")
    expect(dialog.status).to_have_text("The search could not be loaded.")


def test_without_the_dialog_the_plain_search_opens(reader: Reader, host: Host) -> None:
    """A page whose dialog is lost leads to Sphinx's page, with what was typed."""
    reader.expects("404", "import")
    host.missing.add("search-dialog.js")
    page = reader.open("session/states")
    page.locator(".sidebar-search").focus()
    page.keyboard.type("flush")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\.html\?q=flush$"))
    expect(page.locator("#search-results li").first).to_be_visible()
    field = page.locator(".sidebar-search")
    field.click()  # here it is the plain search's own
    field.fill("commit")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q=commit"))


def test_plain_search_keeps_its_field(reader: Reader) -> None:
    """Who has come to Sphinx's page is not sent back to the dialog that did not serve."""
    page = reader.open("search")
    page.locator(".sidebar-search").click()
    page.keyboard.type("flush")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\.html\?q=flush"))
    expect(Dialog(page).box).to_have_count(0)


def test_without_javascript_the_field_is_no_trap(readers: Callable[..., Reader]) -> None:
    """No page shows a field, and the page of the search leads to what can be read instead."""
    reader = readers(java_script_enabled=False)
    page = reader.open("session/states")
    expect(page.locator(".search-button")).to_have_count(0)
    expect(page.locator(".sidebar-search")).to_be_hidden()
    reader.open("search")
    expect(page.locator("input[type=search]")).to_be_hidden()
    # An emulated browser does not draw what stands in <noscript>.
    assert "The search needs JavaScript" in page.content()
    expect(page.locator(".sidebar-tree a").first).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_no_state_of_the_dialog_is_inaccessible(
    readers: Callable[..., Reader], host: Host, width: int
) -> None:
    """Empty, results, a mended query, nothing found, failed: axe finds nothing, light and dark."""
    axe = (npm_packages(PARTS) / "axe-core" / "axe.min.js").read_text("utf-8")
    reader = readers(viewport={"width": width, "height": 700})
    reader.expects("404")
    dialog = Dialog(reader.open("session/states")).open()
    dialog.page.evaluate(axe)

    def clean(state: str) -> None:
        for scheme in ("light", "dark"):
            dialog.page.emulate_media(color_scheme=scheme)
            assert dialog.page.evaluate(FINDINGS, TAGS) == [], (state, scheme)

    clean("empty")
    dialog.ask("expire on commit")
    dialog.page.keyboard.press("ArrowDown")
    clean("results")
    dialog.ask("identiy map")
    clean("mended")
    dialog.ask("asyncio")
    clean("nothing found")
    dialog.page.reload()
    host.missing.add("/pagefind/")
    dialog.open()
    expect(dialog.status).to_have_text("The search could not be loaded.")
    dialog.page.evaluate(axe)
    clean("failed")


@pytest.mark.parametrize("options", [{"forced_colors": "active"}, {"reduced_motion": "reduce"}])
def test_focus_is_seen_and_nothing_jumps(
    readers: Callable[..., Reader], options: dict[str, Any]
) -> None:
    """Each stop shows its focus; the dialog is as large with results as without."""
    dialog = Dialog(readers(**options).open("session/states")).open()
    before = dialog.box.bounding_box()
    dialog.ask("flush")
    assert dialog.box.bounding_box() == before
    for _ in range(4):
        dialog.page.keyboard.press("Tab")
        outline = dialog.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none", dialog.page.evaluate(FOCUSED)


def test_index_pages_and_the_kitchen_sink_are_not_found(dialog: Dialog) -> None:
    """What is made for the builders of the site does not stand before its chapters."""
    dialog.open()
    dialog.ask("a letter of the output changed by hand kitchen sink coverage index")
    pages = {urlsplit(each.get_attribute("href")).path for each in dialog.links.all()}
    unwanted = ("kitchen-sink", "coverage", "genindex", "py-modindex", "search", "404")
    assert [page for page in pages if any(name in page for name in unwanted)] == []
