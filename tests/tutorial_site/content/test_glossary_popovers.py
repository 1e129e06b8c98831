"""The glossary's words beside their links: what the build writes, and what a reader meets."""

from __future__ import annotations

import filecmp
import gzip
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.kit import clock, prerequisites
from tests.kit.axe import in_both_schemes
from tests.kit.full_site import ROOT, TEMPLATES
from tests.kit.inline_code import inline_code
from tests.kit.small_site import Built, Site
from tests.kit.traffic import FRAMES

STATIC = ROOT / "src" / "tutorial_site" / "content" / "static"
CONF = f"""\
project = copyright = "A site"
version = "1"
extensions = ["myst_nb", "myst_doctest", "tutorial_site.content.glossary_popovers"]
html_theme = "furo"
templates_path = [{str(TEMPLATES)!r}]  # the theme's, as the policy wants them
"""
WORDS = """\
---
orphan: true
---
# Words

```{glossary}
flush
  To *send* what was collected, by `flush()`.
  [A page shows it](../deep/page.md#shown), and {term}`commit` makes it last.

commit
end
  (why)=
  The end, see <https://example.org/end?a=1&b=2> and [the words](words.md).

lost & found
  A word with 1 < 2 & an ampersand.
```
"""
PAGE = """\
---
orphan: true
---
# A page

A {term}`flush`, a {term}`commit`, {term}`flushes <flush>`, its {term}`end`: {term}`lost & found`.

(shown)=
## Shown

Nothing.
"""
PLAIN = "# Plain\n\nNo term, but [a link](reference/words.md).\n"


def small_site(root: Path) -> Site:
    site = Site(root, CONF)
    site.write("docs/reference/words.md", WORDS)
    site.write("docs/deep/page.md", PAGE)
    site.pages(top="# Top\n\nOne {term}`flush` here.\n", plain=PLAIN)
    return site


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    done = small_site(tmp_path_factory.mktemp("words")).build()
    assert (done.status, done.said) == (0, "")
    return done


def abouts(built: Built, name: str) -> list[Any]:
    page = BeautifulSoup(built.page(f"{name}.html"), "html.parser")
    return page.select(".glossary-about")


def links(about: Any) -> list[str]:
    return [link["href"] for link in about.select("a")]


def test_page_carries_each_term_that_it_links_to_once(built: Built) -> None:
    """In the order of their first use, whatever words a link shows; two names are two terms."""
    terms = [about["data-term"] for about in abouts(built, "deep/page")]
    address = "../reference/words.html#term-"
    assert terms == [f"{address}{name}" for name in ("flush", "commit", "end", "lost-found")]
    hrefs = {
        link["href"]
        for link in BeautifulSoup(built.page("deep/page.html"), "html.parser").select("a.reference")
    }
    assert set(terms) <= hrefs


def test_definition_is_whole_and_its_links_lead_on_from_the_page(built: Built) -> None:
    """Text, markup and links as in the glossary, the addresses seen from where they stand."""
    flush, commit, _, lost = abouts(built, "deep/page")
    text = "To send what was collected, by flush().\nA page shows it, and commit makes it last."
    assert flush.get_text() == text
    assert flush.select_one("em").get_text() == "send"
    assert links(flush) == ["#shown", "../reference/words.html#term-commit"]
    assert links(commit) == ["https://example.org/end?a=1&b=2", "../reference/words.html"]
    assert lost.get_text() == "A word with 1 < 2 & an ampersand."
    (top,) = abouts(built, "top")
    assert links(top) == ["deep/page.html#shown", "reference/words.html#term-commit"]


def test_links_are_right_where_each_page_is_a_folder(tmp_path: Path) -> None:
    """The builder dirhtml has other addresses, and they are followed."""
    done = small_site(tmp_path).build(builder="dirhtml")
    assert done.status == 0
    (top,) = abouts(done, "top/index")
    assert top["data-term"] == "../reference/words/#term-flush"
    assert links(top) == ["../deep/page/#shown", "../reference/words/#term-commit"]


@pytest.mark.parametrize("name", ["reference/words", "plain", "index"])
def test_page_without_terms_has_none_of_it(built: Built, name: str) -> None:
    """No definitions; the glossary's own page neither."""
    assert "glossary-about" not in built.page(f"{name}.html")


def test_page_with_terms_is_as_the_policy_wants_it(built: Built) -> None:
    """Ids are unique; no attribute of style; script and style sheet are files, once each."""
    page = built.page("deep/page.html")
    ids = Counter(each["id"] for each in BeautifulSoup(page, "html.parser").find_all(id=True))
    assert max(ids.values()) == 1
    assert inline_code(page).styles == inline_code(built.page("plain.html")).styles
    assert not inline_code(page).attributes
    assert page.count("glossary-popovers.js") == page.count("glossary-popovers.css") == 1


def test_script_is_small() -> None:
    """2 KB at most, compressed."""
    assert len(gzip.compress((STATIC / "glossary-popovers.js").read_bytes(), 9, mtime=0)) <= 2048


def test_builds_are_byte_identical(tmp_path: Path, built: Built) -> None:
    """Another folder, pages read and written in parallel: each page is the same."""
    other = small_site(tmp_path).build("-j", "3")
    assert other.status == 0
    names = [str(file.relative_to(built.folder)) for file in built.folder.rglob("*.html")]
    assert filecmp.cmpfiles(built.folder, other.folder, names, shallow=False)[1:] == ([], [])


def test_broken_link_in_a_definition_is_told_once(tmp_path: Path) -> None:
    """By the glossary's page, and not again by those that carry the definition."""
    site = small_site(tmp_path)
    site.write("docs/reference/words.md", WORDS.replace("page.md#shown", "page.md#missing"))
    done = site.build()
    assert done.status == 1
    (warning,) = done.warnings
    assert warning.startswith("docs/reference/words.md:")


def test_unknown_term_is_sphinx_own_warning(tmp_path: Path) -> None:
    """A page that links to a word which the glossary does not have is built, and told of."""
    site = small_site(tmp_path)
    site.pages(top="# Top\n\nOne {term}`flash` here, and a {term}`flush`.\n")
    done = site.build()
    assert [place.split(":")[0] for place in done.places("flash")] == ["docs/top.md"]
    assert len(abouts(done, "top")) == 1


@pytest.mark.parametrize("builder", ["text", "epub", "singlehtml"])
def test_other_builders_write_no_hidden_definitions(tmp_path: Path, builder: str) -> None:
    """What only the script can show is not in a book or a text."""
    done = small_site(tmp_path).build(builder=builder)
    assert done.status == 0, done.said
    for file in done.folder.rglob("*"):
        if file.suffix in {".xhtml", ".html", ".txt"}:
            assert "glossary-about" not in file.read_text("utf-8")


# ---------- In a browser ----------

FILL = "fill " * 3
WIDE = f"""\
---
orphan: true
---
# Wide

Before [a link](plain.md), a {{term}}`flush`, then [another link](plain.md), a {{term}}`commit`.

{" ".join(f"{'x' * number} {{term}}`flush` {FILL}" for number in range(1, 40))}

## A {{term}}`flush` in a heading

| one | two |
|---|---|
| **a {{term}}`lost & found`** | *{{term}}`commit`* |

{"filler " * 2000}
"""
OPEN = ".glossary-about:popover-open"
BOXES = """(link) => {
  const about = document.querySelector(".glossary-about:popover-open");
  const box = ({left, top, right, bottom}) => [left, top, right, bottom];
  const {clientWidth, clientHeight} = document.documentElement;
  return {link: box(link.getBoundingClientRect()), about: box(about.getBoundingClientRect()),
          window: [0, 0, clientWidth, clientHeight]};
}"""
EACH = f"""async (links) => {{
  const found = [];
  for (const [number, link] of links.entries()) {{
    const block = ["start", "center", "end"][number % 3];
    link.scrollIntoView({{block, behavior: "instant"}});
    link.focus({{preventScroll: true}});
    do for (const _ of "ab") await new Promise(requestAnimationFrame);
    while (!document.querySelector("{OPEN}"));
    found.push(({BOXES})(link));
  }}
  return found;
}}"""
"""Each word in turn at the window's top, in its middle and at its end; what is open then."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The small site, served with the headers of a good host."""
    prerequisites.module("starlette")
    from tests.kit.static_host import Host

    site = small_site(tmp_path_factory.mktemp("hosted"))
    site.write("docs/wide.md", WIDE)
    done = site.build()
    assert (done.status, done.said) == (0, "")
    with Host.of(done.folder, isolated=False) as served:
        yield served


@pytest.fixture
def visit(browser: Any, host: Any) -> Iterator[Callable[..., Any]]:
    """Opens the page of a new reader, of whom nothing may have been refused or asked elsewhere."""
    from tests.kit.reader import Reader

    made: list[Any] = []

    def opened(name: str = "wide", **options: Any) -> Any:
        made.append(Reader.of(browser, host, **options))
        return made[-1].open(name)

    yield opened
    for reader in made:
        reader.leave()


def expect(what: Any) -> Any:
    return prerequisites.module("playwright.sync_api").expect(what)


def word(page: Any, text: str = "flush") -> Any:
    """The first link to a term in the page's text."""
    terms = page.locator("section > p > a:has(> .std-term)")
    return terms.filter(has_text=re.compile(f"^{text}$")).first


def shown(page: Any) -> Any:
    return page.locator(OPEN)


def test_hover_shows_what_is_there_already(visit: Callable[..., Any], host: Any) -> None:
    """The definition of the word that is pointed at, and no request for it."""
    page = visit()
    expect(shown(page)).to_have_count(0)
    asked = len(host.asked)
    word(page).hover()
    expect(shown(page)).to_contain_text("To send what was collected")
    word(page, "commit").hover()
    expect(shown(page)).to_have_count(1)
    expect(shown(page)).to_contain_text("The end, see")
    assert len(host.asked) == asked


def test_pointer_may_go_into_it_and_leaving_hides(visit: Callable[..., Any]) -> None:
    """Slowly over the gap, and as long as it likes; gone when the pointer has left both."""
    page = visit()
    clock.stop(page)
    word(page).hover()
    clock.wait(page, 200)
    box = shown(page).bounding_box()
    assert box
    page.mouse.move(box["x"] + 8, box["y"] - 2)
    clock.wait(page, 150)
    page.mouse.move(box["x"] + 8, box["y"] + 10)
    clock.wait(page, 700)
    expect(shown(page)).to_be_visible()
    page.mouse.move(2, 2)
    clock.wait(page, 400)
    expect(shown(page)).to_have_count(0)


def test_link_inside_can_be_clicked(visit: Callable[..., Any]) -> None:
    """The pointer takes the way from the word to the link, and the link leads on."""
    page = visit()
    word(page).hover()
    shown(page).get_by_role("link", name="A page shows it").click()
    expect(page).to_have_url(page.url)
    assert page.url.endswith("/deep/page.html#shown")


def test_pointer_that_passes_shows_nothing(visit: Callable[..., Any]) -> None:
    """No flicker: nothing opens for a moment, and what is open is opened once."""
    page = visit()
    clock.stop(page)
    page.evaluate(
        """() => {
          window.opened = 0;
          addEventListener("beforetoggle", (event) => {
            if (event.newState === "open") window.opened += 1;
          }, true);
        }"""
    )
    word(page).hover()
    clock.wait(page, 100)
    page.mouse.move(2, 2)
    clock.wait(page, 600)
    assert page.evaluate("window.opened") == 0
    word(page).hover()
    clock.wait(page, 200)
    expect(shown(page)).to_be_visible()
    box = word(page).bounding_box()
    for step in range(8):
        page.mouse.move(box["x"] + 2 + step, box["y"] + box["height"] / 2)
        clock.wait(page, 60)
    shown(page).hover()
    word(page).hover()
    clock.wait(page, 300)
    assert page.evaluate("window.opened") == 1


def test_focus_shows_it_and_tab_leads_through(visit: Callable[..., Any]) -> None:
    """From the word into its definition's links, out of it to the page's next link, and back."""
    page = visit()
    clock.stop(page)
    page.get_by_role("link", name="a link", exact=True).focus()
    page.keyboard.press("Tab")
    expect(word(page)).to_be_focused()
    expect(shown(page)).to_contain_text("To send what was collected")
    page.keyboard.press("Tab")
    first = shown(page).get_by_role("link", name="A page shows it")
    expect(first).to_be_focused()
    page.keyboard.press("Tab")
    expect(shown(page).get_by_role("link", name="commit")).to_be_focused()
    clock.wait(page, 500)
    expect(shown(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="another link")).to_be_focused()
    clock.wait(page, 1)
    expect(shown(page)).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(word(page)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(word(page)).to_be_focused()
    expect(shown(page)).to_be_visible()


def test_focus_holds_it_when_the_pointer_leaves(visit: Callable[..., Any]) -> None:
    """Persistent: while the word has the keyboard's focus, a pointer that comes and goes is nil."""
    page = visit()
    clock.stop(page)
    word(page).focus()
    word(page).hover()
    page.mouse.move(2, 2)
    clock.wait(page, 600)
    expect(shown(page)).to_be_visible()


def test_escape_hides_and_keeps_focus(visit: Callable[..., Any]) -> None:
    """On the word; from a link inside, back to the word. It is shown again on the next visit."""
    page = visit()
    clock.stop(page)
    word(page).focus()
    expect(shown(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown(page)).to_have_count(0)
    expect(word(page)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(shown(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(shown(page).get_by_role("link").first).to_be_focused()
    page.keyboard.press("Escape")
    clock.wait(page, 100)
    expect(shown(page)).to_have_count(0)
    expect(word(page)).to_be_focused()


def test_escape_hides_what_the_pointer_shows(visit: Callable[..., Any]) -> None:
    """Without moving the pointer or the focus, and for good; the press does nothing else."""
    page = visit()
    clock.stop(page)
    other = page.get_by_role("link", name="a link", exact=True)
    other.focus()
    page.evaluate(
        """() => {
          window.heard = 0;
          document.addEventListener("keydown", () => { window.heard += 1; });
        }"""
    )
    word(page).hover()
    clock.wait(page, 200)
    expect(shown(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(shown(page)).to_have_count(0)
    clock.wait(page, 500)
    expect(shown(page)).to_have_count(0)
    expect(other).to_be_focused()
    assert page.evaluate("window.heard") == 0
    page.keyboard.press("Escape")
    assert page.evaluate("window.heard") == 1


def test_word_is_described_once(visit: Callable[..., Any]) -> None:
    """Each link has its definition as description; nothing else announces it."""
    page = visit()
    text = "To send what was collected, by flush(). A page shows it, and commit makes it last."
    terms = page.locator("article a:has(> .std-term)")
    assert terms.count() > 40
    described, inside = ("[aria-describedby]", ".glossary-about, .glossary-about *")
    assert terms.and_(page.locator(f":is({described}):is({inside})")).count() == 0
    assert terms.and_(page.locator(f":not({described}):not({inside})")).count() == 0
    expect(word(page)).to_have_accessible_description(text)
    word(page).focus()
    expect(shown(page)).to_be_visible()
    expect(word(page)).to_have_accessible_description(text)
    for attribute in ("role", "aria-live", "title"):
        assert shown(page).get_attribute(attribute) is None
        assert word(page).get_attribute(attribute) is None


@pytest.mark.parametrize("height", [256, 640])
def test_it_stays_inside_a_small_window(visit: Callable[..., Any], height: int) -> None:
    """At 320 px, wherever the word is on its line and in the window; the word stays visible."""
    page = visit(viewport={"width": 320, "height": height})
    page.keyboard.press("Shift")  # what has the focus is shown to those who use the keyboard
    sides = set()
    for boxes in page.locator("article a[aria-describedby]").evaluate_all(EACH):
        left, top, right, bottom = boxes["about"]
        assert (left >= 0, top >= 0) == (True, True), boxes
        assert right <= boxes["window"][2], boxes
        assert bottom <= boxes["window"][3], boxes
        assert bottom <= boxes["link"][1] or top >= boxes["link"][3], boxes
        sides.add(bottom <= boxes["link"][1])
    assert sides == {True, False}  # below and above were both tried
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_follows_its_word(visit: Callable[..., Any]) -> None:
    """When the page scrolls, it stays beside the word, and leaves and enters the window with it."""
    page = visit(viewport={"width": 800, "height": 600})
    word(page).focus()
    gaps = []
    for _ in range(3):
        boxes = word(page).evaluate(BOXES)
        gaps.append(round(boxes["about"][1] - boxes["link"][3]))
        page.evaluate("scrollBy({top: 30, behavior: 'instant'})")
        page.evaluate(FRAMES)
    assert gaps == [4, 4, 4]
    page.evaluate("scrollTo({top: 3000, behavior: 'instant'})")
    expect(shown(page)).to_be_hidden()
    page.evaluate("scrollTo({top: 30, behavior: 'instant'})")
    expect(shown(page)).to_be_visible()


def test_tab_to_a_word_outside_of_the_window_shows_it(visit: Callable[..., Any]) -> None:
    """The browser scrolls to the word, smoothly with this theme, and it is explained then."""
    page = visit(viewport={"width": 320, "height": 640})
    after = page.locator("td a[aria-describedby]").first
    after.evaluate("(each) => each.focus({preventScroll: true})")
    page.keyboard.press("Shift+Tab")
    expect(page.locator("section > h2 > a[aria-describedby]")).to_be_focused()
    expect(shown(page)).to_be_visible()
    expect(shown(page)).to_be_in_viewport(ratio=1)


def test_long_text_in_a_short_window_can_be_scrolled(visit: Callable[..., Any]) -> None:
    """What does not fit is reached, and the place that was scrolled to is kept."""
    page = visit(viewport={"width": 320, "height": 100})
    link = word(page)
    link.evaluate("(each) => each.scrollIntoView({block: 'start', behavior: 'instant'})")
    link.evaluate("(each) => each.focus({preventScroll: true})")
    expect(shown(page)).to_be_visible()
    shown(page).evaluate("(each) => each.scrollTo(0, 20)")
    page.evaluate(FRAMES)
    assert shown(page).evaluate("(each) => each.scrollTop") == 20


def test_it_takes_nothing_of_the_writing_around(visit: Callable[..., Any]) -> None:
    """In a heading, in bold and in italics it looks as everywhere."""
    page = visit()
    style = """(each) => {
      const {fontSize, fontStyle, fontWeight, lineHeight, textAlign, fontFamily} =
        getComputedStyle(each.querySelector("p"));
      return [fontSize, fontStyle, fontWeight, lineHeight, textAlign, fontFamily];
    }"""
    looks = set()
    for place in ("section > p > a", "h2 a", "td strong > a", "td em > a"):
        page.locator(f"{place}[aria-describedby]").first.focus()
        expect(shown(page)).to_be_visible()
        looks.add(tuple(shown(page).evaluate(style)))
    assert len(looks) == 1


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing(visit: Callable[..., Any], width: int) -> None:
    """While a word is explained, by pointer or by focus."""
    page = visit(viewport={"width": width, "height": 800})
    for reach in ("hover", "focus"):
        getattr(word(page), reach)()
        expect(shown(page)).to_be_visible()
        assert in_both_schemes(page, OPEN, f"p:has({OPEN})") == []


def test_tap_follows_the_link(visit: Callable[..., Any]) -> None:
    """With one tap, and nothing is shown before, however long the finger stays."""
    options = {"has_touch": True, "is_mobile": True, "viewport": {"width": 360, "height": 640}}
    page = visit(**options)
    clock.stop(page)
    page.evaluate(
        """() => {
          addEventListener("beforetoggle", () => { localStorage.opened = "yes"; }, true);
          addEventListener("click", (event) => event.preventDefault(), {once: true});
        }"""
    )
    box = word(page).bounding_box()
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    finger = page.context.new_cdp_session(page)
    finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    clock.wait(page, 300)
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    clock.wait(page, 600)
    assert page.url.endswith("/wide.html")
    word(page).tap()
    page.wait_for_url("**/reference/words.html#term-flush")
    assert page.evaluate("localStorage.opened === undefined")


def test_click_follows_the_link(visit: Callable[..., Any]) -> None:
    """So does a click, while the word is explained."""
    page = visit()
    word(page).hover()
    expect(shown(page)).to_be_visible()
    word(page).click()
    page.wait_for_url("**/reference/words.html#term-flush")


def test_page_that_a_browser_keeps_has_nothing_open(visit: Callable[..., Any]) -> None:
    """A browser that keeps a page for the way back says so to it: all is closed then."""
    page = visit()
    word(page).hover()
    expect(shown(page)).to_be_visible()
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))")
    expect(shown(page)).to_have_count(0)


def test_without_javascript_links_lead_to_the_glossary(visit: Callable[..., Any]) -> None:
    """No definition shows, and the link is the one that it was."""
    page = visit(java_script_enabled=False)
    for about in page.locator(".glossary-about").all():
        expect(about).to_be_hidden()
    word(page).click()
    page.wait_for_url("**/reference/words.html#term-flush")


def test_it_is_not_printed(visit: Callable[..., Any]) -> None:
    """Not even where it is open."""
    page = visit()
    word(page).focus()
    expect(shown(page)).to_be_visible()
    page.emulate_media(media="print")
    expect(shown(page)).to_be_hidden()


def test_it_has_an_edge_in_forced_colours_and_nothing_moves(visit: Callable[..., Any]) -> None:
    """A border of the system's colour on the system's ground; no animation."""
    page = visit(forced_colors="active", reduced_motion="reduce")
    word(page).focus()
    expect(shown(page)).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
    border = shown(page).evaluate(
        "(each) => [getComputedStyle(each).borderTopStyle, getComputedStyle(each).borderTopWidth]"
    )
    assert border == ["solid", "1px"]
    colours = shown(page).evaluate(
        "(each) => [getComputedStyle(each).borderTopColor, getComputedStyle(each).backgroundColor]"
    )
    assert colours[0] != colours[1]
