"""The theme's menus, and what scrolls, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.kit.reader import Reader, expect, until

PAGE = "coming-from"
"""A small page with sections: the menus are the same on each."""
PHONE = {"width": 360, "height": 640}
TABLET = {"width": 1100, "height": 700}


def tab_to(page: Any, one: Any, presses: int = 60) -> None:
    """Press Tab until the focus is there."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if one.evaluate("(each) => each === document.activeElement"):
            return
    raise AssertionError(f"Tab never came to {one}")


def is_in_sight(one: Any) -> bool:
    """Whether the middle of an element is shown, and nothing lies on it."""
    return bool(
        one.evaluate("""(each) => {
          const {left, right, top, bottom} = each.getBoundingClientRect();
          const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
          return each.contains(found) || Boolean(found?.contains(each) && found !== document.body);
        }""")
    )


def test_the_first_stop_leads_to_the_content(readers: Callable[..., Reader]) -> None:
    """Tab and Enter skip the site's navigation."""
    reader = readers(viewport=PHONE)
    page = reader.open(PAGE)
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Skip to content")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = "document.querySelector('article').contains(document.activeElement)"
    assert page.evaluate(inside)


@pytest.mark.parametrize(
    ("width", "menu", "drawer"),
    [
        (PHONE, "#__navigation", ".sidebar-drawer"),
        (PHONE, "#__toc", ".toc-drawer"),
        (TABLET, "#__contents", ".toc-drawer"),
    ],
)
def test_a_menu_opens_and_closes_by_keyboard(
    readers: Callable[..., Reader], width: dict[str, int], menu: str, drawer: str
) -> None:
    """It opens, the focus goes into it and stays there, Escape closes it and leads back."""
    page = readers(viewport=width).open(PAGE)
    toggle, links = page.locator(menu), page.locator(f"{drawer} a:visible")
    expect(links).to_have_count(0)
    tab_to(page, toggle)
    assert toggle.evaluate("(each) => getComputedStyle(each).outlineStyle") == "solid"
    for key in ("Enter", "Space"):
        expect(toggle).to_have_attribute("aria-expanded", "false")
        page.keyboard.press(key)
        expect(toggle).to_have_attribute("aria-expanded", "true")
        expect(links.first).to_be_focused()
        expect(links.first).to_be_in_viewport()
        until(lambda: is_in_sight(links.first))  # it slides
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        for _ in range(min(5, links.count() - 1)):
            page.keyboard.press("Tab")
            assert page.locator(drawer).evaluate("(box) => box.contains(document.activeElement)")
        page.keyboard.press("Escape")
        expect(toggle).to_be_focused()
        expect(links).to_have_count(0)
        expect(page.locator("[inert]")).to_have_count(0)


def test_a_menus_link_closes_it(readers: Callable[..., Reader]) -> None:
    """A section chosen in the menu is shown, and not covered by the menu."""
    reader = readers(viewport=PHONE)
    page = reader.open(PAGE)
    page.locator("#__toc").click()
    link = page.locator(".toc-tree li a[href^='#']").last
    section = link.get_attribute("href")
    link.click()
    expect(page.locator(".toc-drawer")).to_be_hidden()
    expect(page.locator(f"{section} > :is(h2, h3)").first).to_be_in_viewport()


def test_contents_stay_beside_the_text(readers: Callable[..., Reader]) -> None:
    """At the end of a page, too, in each window with room for them."""
    page = readers(reduced_motion="reduce").open(PAGE)
    for width in (1101, 1280, 1312, 1440):
        page.set_viewport_size({"width": width, "height": 640})
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        assert page.evaluate("scrollY") > 640, width
        until(lambda: abs(page.locator(".toc-sticky").bounding_box()["y"]) < 1)
        assert is_in_sight(page.locator(".toc-tree a[href^='#']:not([href='#'])").first), width
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_contents_mark_the_section_to_which_they_led(readers: Callable[..., Reader]) -> None:
    """At once, and not the section before it."""
    page = readers(reduced_motion="reduce", viewport={"width": 1280, "height": 800}).open(PAGE)
    for entry in page.locator(".toc-tree > ul > li > ul > li").all()[:3]:
        entry.locator("a").first.click()
        expect(entry).to_have_class(re.compile("scroll-current"))


def test_menus_work_without_javascript(readers: Callable[..., Reader]) -> None:
    """Space opens a menu whose links are the next stops, and closes it again."""
    reader = readers(viewport=PHONE, java_script_enabled=False)
    page = reader.open(PAGE)
    toggle = page.locator("#__navigation")
    tab_to(page, toggle, 5)
    page.keyboard.press("Space")
    # The chapter after this one, or the one before where it is the last of its part.
    link = page.locator(".sidebar-drawer :is(.current-page + li, li:has(+ .current-page)) > a").last
    leads_to = link.evaluate("(each) => each.href")
    expect(link).to_be_visible()
    tab_to(page, link, page.locator(".sidebar-drawer a").count())
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page).to_have_url(leads_to)


def test_a_press_beside_a_menu_closes_it(readers: Callable[..., Reader]) -> None:
    """The dark ground takes a press, in any of the three menus."""
    page = readers().open(PAGE)
    for size, menu, drawer, place in (
        (PHONE, "#__navigation", ".sidebar-drawer", (350, 400)),
        (PHONE, "#__toc", ".toc-drawer", (10, 400)),
        (TABLET, "#__contents", ".toc-drawer", (400, 400)),
    ):
        page.set_viewport_size(size)
        page.locator(menu).click()
        expect(page.locator(drawer)).to_be_in_viewport()
        page.mouse.click(*place)
        expect(page.locator(menu)).not_to_be_checked()
        expect(page.locator("[inert]")).to_have_count(0)


def test_a_window_that_grows_closes_its_menu(readers: Callable[..., Reader]) -> None:
    """Where there is no menu, nothing is kept from the reader: a tablet that is turned."""
    reader = readers(viewport=PHONE)
    page = reader.open(PAGE)
    page.locator("#__navigation").click()
    expect(page.locator(".main")).to_have_js_property("inert", value=True)
    page.set_viewport_size({"width": 1400, "height": 800})
    expect(page.locator("[inert]")).to_have_count(0)
    expect(page.locator("#__navigation")).not_to_be_checked()


def test_the_theme_is_told(readers: Callable[..., Reader]) -> None:
    """The button says which theme is on, and the voice says the new one."""
    reader = readers(color_scheme="light", viewport={"width": 1280, "height": 800})
    page = reader.open(PAGE)
    button = page.locator(".theme-toggle:visible")
    expect(button).to_have_accessible_name("Colour theme: auto")
    button.press("Enter")
    expect(button).to_have_accessible_name("Colour theme: dark")
    expect(page.get_by_role("status").filter(has_text="Colour theme: dark")).to_have_count(1)


def test_code_is_a_stop_where_it_scrolls_and_nowhere_else(readers: Callable[..., Reader]) -> None:
    """At 320 px long code has a name and scrolls by the arrow keys; at 1280 px it is no stop."""
    reader = readers(viewport={"width": 320, "height": 640})
    page = reader.open("reference/kitchen-sink")
    code = page.locator("#sink-long .cell_input pre")
    expect(code).to_have_attribute("tabindex", "0")
    expect(code).to_have_accessible_name("Code of cell sink-long")
    code.focus()
    page.keyboard.press("ArrowRight")
    until(lambda: code.evaluate("(each) => each.scrollLeft") > 0)
    stops = """() => [
      ...document.querySelectorAll("article :is(pre, .table-wrapper, .show-scroll)")]
      .filter((box) => box.checkVisibility() && (box.tabIndex === 0) !== (
        box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX !== "visible"))
      .map((box) => box.textContent.slice(0, 40))"""
    assert page.evaluate(stops) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(code).not_to_have_attribute("tabindex", "0")
    assert page.evaluate(stops) == []
    page.set_viewport_size({"width": 320, "height": 640})
    expect(code).to_have_attribute("tabindex", "0")


def test_code_can_be_scrolled_by_keyboard_without_javascript(
    readers: Callable[..., Reader],
) -> None:
    """What may overflow a small window is a stop of Tab in the page as it is sent."""
    reader = readers(viewport={"width": 320, "height": 640}, java_script_enabled=False)
    page = reader.open("reference/kitchen-sink")
    overflow = page.locator("article pre").evaluate_all("""(all) => all
      .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth
        && getComputedStyle(each).overflowX !== "visible")
      .map((each) => [each.getAttribute("tabindex"), each.textContent.slice(0, 40)])""")
    assert overflow
    assert [words for tabindex, words in overflow if tabindex != "0"] == []
