"""The looks themselves: each finds what is wrong on a small page, and nothing on a good one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.every_page import DESKTOP, press
from tests.kit.look import look
from tests.kit.walk import walked

SMALL = "width: 12px; height: 12px; padding: 0; border: 1px solid"
GONE = "forced-color-adjust: none; border: 0; color: #fff; background: #fff"
LANE = "forced-color-adjust: none; background-image: linear-gradient(red, red)"
WIDE = "width: 60px; overflow: auto; white-space: nowrap"
DRAWN = "<svg width='90' height='60'>"
WORDS = "<text y='15' fill='#000'>words</text>"
CODE = "<div class=cell_input><pre>code</pre></div>"
CASES = {  # look: what is wrong, a word of the finding, what is right
    "targets": (
        f"<button style='{SMALL}'>a</button><button style='{SMALL}'>b</button>",
        "12 by 12 px",
        f"<button style='{SMALL}'>a</button><p>In a sentence <a href='#'>a link</a> is fine.</p>",
    ),
    "scrollers": (
        f"<div style='{WIDE}'>words that go on and on</div>",
        "not by keyboard",
        f"<div style='{WIDE}' tabindex=0>words that go on and on</div>",
    ),
    "reflow": (
        "<div style='width: 60px; overflow: hidden; white-space: nowrap'>words that go on</div>",
        "cut off by div",
        f"<div style='{WIDE}'>words that go on and on</div>",
    ),
    "reflow ": ("<p style='width: 3000px'>words</p>", "sideways", "<p>words</p>"),
    "columns": (
        f"<div class=beside style='display: flex'>{CODE}<div class=cell_output>out</div></div>",
        "beside its code",
        f"<div class=beside>{CODE}<div class=cell_output>out</div></div>",
    ),
    "motion": (
        "<p style='transition: color 1s'>words</p>",
        "transition of color",
        "<p style='transition: color 1ms'>words</p>",
    ),
    "motion ": (
        "<p style='scroll-behavior: smooth'>words</p>",
        "smoothly",
        "<p>words</p>",
    ),
    "contrast": (
        "<p style='background: #999 linear-gradient(red, red) 0/2px; color: #777'>pale</p>",
        "to 1: ",
        "<p style='background: #999; color: #000'>dark</p><h1 style='color: #888'>large</h1>",
    ),
    "contrast ": (
        f"{DRAWN}<rect width='90' height='20' fill='#666'/>{WORDS}</svg>",
        "to 1: ",
        f"{DRAWN}{WORDS}<rect width='90' height='20' y='40' fill='#666'/></svg>",
    ),
    "contrast  ": (
        f"{DRAWN}{WORDS}<path d='M0 30H90' stroke='#000' opacity='0.2'/></svg>",
        "to 1: ",
        f"{DRAWN}{WORDS}<path d='M0 30H90' stroke='#000'/></svg>",
    ),
    "contrast   ": (
        "<div style='opacity: 0.6'><p style='opacity: 0.6; color: #000'>pale</p></div>",
        "2.5 to 1: ",
        "<p style='opacity: 0.8'>dark</p><button style='color: #aaa' disabled>off</button>",
    ),
    "contrast    ": (
        "<input value='pale' style='color: #aaa; background: #fff'>",
        "to 1: ",
        "<input value='dark' style='color: #000; background: #fff'>",
    ),
    "forced": (
        f"<button style='{GONE}'>words</button>",
        "cannot be seen in forced colours: button",
        f"<button>words</button><p class='lane-0-commit' style='{LANE}'>a lane</p>",
    ),
    "forced ": (
        "<p class='lane-0-commit' style='background-image: linear-gradient(red, red)'>a lane</p>",
        "a lost lane",
        "<p>words</p>",
    ),
    "plain": (
        "<main><p style='display: none'>lost</p></main>",
        "cannot be read",
        "<main><details><summary>More</summary><p>folded</p></details></main>",
    ),
    "plain ": ("<main><button>Dead</button></main>", "does nothing", "<main><p>words</p></main>"),
    "plain  ": (
        "<main><form><input></form></main>",
        "a dead form",
        "<main><form action='https://example.org/'><input></form></main>",
    ),
}
RING = "<style>:focus-visible { outline: 2px solid #000 }</style>"
LINKS = "<p><a href='#1'>one</a></p><p><a href='#2'>two</a></p><p><a href='#3'>three</a></p>"
WALKS = {  # what is wrong, a word of the finding
    "hidden": (f"{RING}{LINKS}<a href='#' style='opacity: 0'>x</a>", "cannot be seen"),
    "outside": (
        f"{RING}{LINKS}<a href='#' style='position: fixed; left: -90px'>x</a>",
        "outside of the window",
    ),
    "covered": (
        f"{RING}{LINKS}<div style='position: fixed; inset: 0; background: red'></div>",
        "has the focus below div",
    ),
    "unmarked": (f"<style>a {{ outline: none }}</style>{LINKS}", "no sign of the focus"),
    "pale": (
        f"<style>:focus-visible {{ outline: 2px solid #eee }}</style>{LINKS}",
        "no sign of the focus",
    ),
    "order": (f"{RING}{LINKS}<a href='#' tabindex=1>first</a>", "a place of its own"),
    "upwards": (
        f"{RING}<main style='display: flex; flex-direction: column-reverse'>{LINKS}</main>",
        "up to",
    ),
    "trap": (
        f"{RING}{LINKS}<input id=trap onkeydown='event.preventDefault()'>{LINKS}",
        "Tab comes back to it: input#trap",
    ),
}


@pytest.fixture(scope="module")
def window(browser: Any) -> Iterator[Any]:
    """A browser's window, for all cases."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture
def blank(window: Any) -> Any:
    """A page of no site and of no policy, empty."""
    window.goto("about:blank")
    return window


@pytest.mark.parametrize("case", CASES)
def test_a_look_finds_what_is_wrong_and_no_more(blank: Any, case: str) -> None:
    """A fault is told, and what is nearly one is not."""
    wrong, told, right = CASES[case]
    name = case.strip()
    blank.emulate_media(forced_colors="active" if name == "forced" else "none")
    blank.set_content(wrong)
    assert any(told in line for line in blank.evaluate(look(name)))
    blank.set_content(right)
    assert blank.evaluate(look(name)) == []


@pytest.mark.parametrize("case", WALKS)
def test_a_walk_finds_what_is_wrong(blank: Any, case: str) -> None:
    """A stop that is hidden, covered, unmarked, out of order or a trap is told."""
    wrong, told = WALKS[case]
    blank.set_content(wrong)
    assert any(told in line for line in walked(blank, "Tab"))


@pytest.mark.parametrize("key", ["Tab", "Shift+Tab"])
def test_a_walk_finds_no_more(blank: Any, key: str) -> None:
    """A page on which all is well is walked through without a word."""
    blank.set_content(f"{RING}<main>{LINKS}</main><button>four</button>")
    assert walked(blank, key) == []


def test_a_theme_that_misses_a_colour_is_told(blank: Any) -> None:
    """What looks another way than on a system of the theme's scheme."""
    blank.emulate_media(color_scheme="dark")
    blank.set_content("""<style>p { color: #000 }
      @media (prefers-color-scheme: dark) { p { color: #fff } }
      [data-theme=dark] .right { color: #fff }</style>
      <body data-theme="auto"><p class="right">right</p><p>wrong</p>""")
    blank.evaluate(look("colours"))
    blank.emulate_media(color_scheme="light")
    assert blank.evaluate(look("colours"), "dark") == ['p "wrong"']
    assert blank.evaluate("document.body.dataset.theme") == "auto"


def test_what_a_press_opens_is_marked(blank: Any) -> None:
    """As a whole, and with what was pressed; what was seen before is not."""
    blank.set_content("""<p>words</p><button popovertarget="more">More</button>
      <div id="more" popover><p>more words</p></div>""")
    button = blank.get_by_role("button")
    button.evaluate(look("opened"), arg=True)
    button.click()
    button.evaluate(look("opened"))
    marked = blank.locator("[data-opened]").evaluate_all("(all) => all.map((e) => e.localName)")
    assert marked == ["button", "div"]


def test_a_key_is_pressed_on_nothing_but_the_control(blank: Any) -> None:
    """A control that takes no focus leaves it with a link, which Enter would follow."""
    blank.set_content("""<a href="#away">away</a><button hidden>More</button>
      <label for="other">Other</label><input type="radio" id="other">""")
    blank.get_by_role("link").focus()
    with pytest.raises(AssertionError, match="takes no focus"):
        press(blank.locator("button"))
    press(blank.locator("label"))
    assert blank.get_by_role("radio").is_checked()
    press(blank.get_by_role("link"))
    assert not blank.url.endswith("#away")


def test_of_each_kind_the_first_is_left(blank: Any) -> None:
    """And what another kind is in."""
    blank.set_content("<p>1</p><p>2</p><p class='a'>3</p><p>4 <b>5</b></p><p>6 <b>7</b></p>")
    blank.evaluate(look("first_of_kind"))
    assert blank.locator("p").all_inner_texts() == ["1", "3", "4 5"]
