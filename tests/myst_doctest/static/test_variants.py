"""Variants in a browser: what a reader chooses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.kit import prerequisites
from tests.kit.axe import but_colours, of_colours, violations
from tests.kit.chosen_page import build
from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Built

CONF = f"""\
project = copyright = "A site"
extensions = ["myst_nb", "myst_doctest"]
html_theme = "furo"
templates_path = [{str(TEMPLATES)!r}]
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Pages with two variants, with one, and with none, in the theme of our site."""
    return build(tmp_path_factory.mktemp("variants"), CONF)


@pytest.fixture(scope="module")
def host(built: Built) -> Iterator[Any]:
    prerequisites.module("starlette")
    from tests.kit.static_host import Host

    with Host.of(built.folder, isolated=False) as served:
        yield served


@pytest.fixture
def readers(browser: Any, host: Any) -> Iterator[Callable[..., Any]]:
    """New readers, of whom nothing may have been refused or asked elsewhere."""
    from tests.kit.reader import Reader

    made: list[Any] = []

    def reader(**options: Any) -> Any:
        made.append(Reader.of(browser, host, **options))
        return made[-1]

    yield reader
    for each in made:
        each.leave()


def expect(what: Any) -> Any:
    return prerequisites.module("playwright.sync_api").expect(what)


def goto(reader: Any, name: str, query: str = "") -> Any:
    reader.page.goto(f"{reader.host.address}/{name}.html{query}")
    return reader.page


def shown(page: Any) -> list[str]:
    """What is to be seen of the first cell and the fifth: code and output."""
    texts = page.evaluate("""() => [...document.querySelectorAll(".cell")].map((cell) =>
        [...cell.querySelectorAll("pre, .variant-words")].filter((e) => e.checkVisibility())
            .map((e) => e.innerText.trim()).join(" "))""")
    return [texts[0], texts[4]]


def choice(page: Any, name: str) -> Any:
    return page.get_by_role("radiogroup", name=name, exact=True)


MAIN = ['print("one") one', 'len("one") 3']
TWO = ['print("two") two', 'len("two") 3']
THREE = ['print("one") one', 'len("three") 5']


def test_a_choice_holds_for_all_cells_and_the_next_page(readers: Callable[..., Any]) -> None:
    """By a press in one cell; a cell without that variant shows what it shows without one."""
    reader = readers()
    page = goto(reader, "page")
    assert shown(page) == MAIN
    choice(page, "Cell print: run on").get_by_text("Two").click()
    assert shown(page) == TWO
    expect(choice(page, "Run on").get_by_role("radio", name="Two <2>")).to_be_checked()
    goto(reader, "long")
    assert shown(page) == TWO
    choice(page, "Run on").get_by_text("Three").click()
    assert shown(page) == THREE
    first = choice(page, "Cell print: run on")
    expect(first.get_by_role("radio", name="One")).to_be_checked()
    goto(reader, "lanes")
    assert page.evaluate("document.documentElement.dataset.variant") == "main"
    goto(reader, "page")
    assert shown(page) == THREE


def test_an_address_carries_a_choice(readers: Callable[..., Any]) -> None:
    """It is kept, and a choice after it wins; a name that the page does not have is nothing."""
    reader = readers()
    page = goto(reader, "page", "?on=four")
    assert shown(page) == MAIN
    goto(reader, "page", "?on=two#print")
    assert shown(page) == TWO
    goto(reader, "page")
    assert shown(page) == TWO
    goto(reader, "page", "?on=two#print")
    choice(page, "Run on").get_by_text("Three").click()
    assert page.url.endswith("?on=three.0#print")
    page.reload()
    assert shown(page) == THREE


def test_keys_choose(readers: Callable[..., Any]) -> None:
    """One stop of Tab for each group; arrows go through it, as in any radio group."""
    page = goto(readers(), "page")
    one = choice(page, "Run on").get_by_role("radio", name="One")
    one.focus()
    page.keyboard.press("ArrowRight")
    assert shown(page) == TWO
    two = choice(page, "Run on").get_by_role("radio", name="Two <2>")
    expect(two).to_be_focused()
    expect(two).to_be_checked()
    page.keyboard.press("ArrowLeft")
    assert shown(page) == MAIN


def test_what_the_reader_looks_at_stays_in_its_place(readers: Callable[..., Any]) -> None:
    """Cells above change their height."""
    page = goto(readers(viewport={"width": 800, "height": 500}), "long")
    label = choice(page, "Cell 8: run on").get_by_text("Two")
    label.scroll_into_view_if_needed()
    before = label.bounding_box()["y"]
    label.click()
    assert shown(page) == TWO
    assert abs(label.bounding_box()["y"] - before) < 1


def test_a_choice_is_there_before_the_script(readers: Callable[..., Any], host: Any) -> None:
    """What a reader does not want to see is never painted: the page's head has seen to it."""
    reader = readers()
    goto(reader, "page", "?on=two")
    host.missing.add("variants.js")
    reader.expects("404")
    try:
        page = goto(reader, "page")
        assert shown(page) == TWO
        assert page.locator(".variant > summary:visible").count() == 0
    finally:
        host.mend()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_page_opens(readers: Callable[..., Any], width: int) -> None:
    """As little as Lighthouse takes for nothing, whatever is chosen."""
    reader = readers(viewport={"width": width, "height": 800})
    reader.page.add_init_script("""globalThis.moved = 0; new PerformanceObserver((list) => {
        for (const { value } of list.getEntries()) globalThis.moved += value;
    }).observe({ type: "layout-shift", buffered: true })""")
    for query in ("", "?on=two", "?on=three.0"):
        page = goto(reader, "page", query)
        expect(page.locator("body")).to_be_visible()
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        assert page.evaluate("globalThis.moved") <= 0.01, query


def test_a_page_that_comes_back_has_the_new_choice(readers: Callable[..., Any]) -> None:
    """Another tab of the same reader."""
    reader = readers()
    page = goto(reader, "page")
    other = reader.open("long", reader.context.new_page())
    choice(other, "Run on").get_by_text("Two").click()
    expect(choice(page, "Run on").get_by_role("radio", name="Two <2>")).to_be_checked()
    assert shown(page) == TWO


def test_without_storage_a_choice_holds_for_the_page(readers: Callable[..., Any]) -> None:
    """Ours does not break; the theme's own script does."""
    reader = readers()
    reader.expects("raised")
    reader.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw 1; } })"
    )
    page = goto(reader, "page", "?on=two")
    assert shown(page) == TWO
    choice(page, "Run on").get_by_text("Three").click()
    assert shown(page) == THREE


def test_a_transactions_line_follows_the_choice(readers: Callable[..., Any]) -> None:
    """The classes that the line has without a variant come back with it."""
    page = goto(readers(), "lanes")
    between = page.locator(".between-cells").first
    before = between.get_attribute("class")
    assert between.evaluate("e => e.classList.contains('lane-0-commit')")
    choice(page, "Run on").get_by_text("Two").click()
    assert not between.evaluate("e => e.classList.contains('lane-0-commit')")
    assert between.evaluate("e => e.classList.contains('lane-0-rollback')")
    choice(page, "Run on").get_by_text("One").click()
    assert between.get_attribute("class") == before


def test_without_javascript_folds_hold_all_of_it(readers: Callable[..., Any]) -> None:
    """There is no choice that does nothing."""
    page = goto(readers(java_script_enabled=False), "page", "?on=two")
    expect(page.locator(".variant-note")).to_be_visible()
    expect(page.locator(".variant-choice").first).to_be_hidden()
    fold = page.locator("#print > .variant")
    fold.locator("summary").click()
    expect(fold.locator("pre")).to_have_text("two")


def test_print_has_the_chosen_variant_under_its_title(readers: Callable[..., Any]) -> None:
    """And no buttons."""
    page = goto(readers(), "page", "?on=two")
    page.emulate_media(media="print")
    expect(page.locator("#print > .variant > summary")).to_be_visible()
    expect(page.locator(".variant-choice").first).to_be_hidden()
    assert shown(page) == TWO


def test_axe_finds_nothing(readers: Callable[..., Any]) -> None:
    """Whatever is chosen, in both colours and at both widths."""
    reader = readers(color_scheme="dark")
    fits = "document.documentElement.scrollWidth <= innerWidth"
    for query in ("?on=main", "?on=two", "?on=three.0"):
        reader.page.set_viewport_size({"width": 1280, "height": 800})
        page = goto(reader, "page", query)
        assert violations(page) == []
        assert page.evaluate(fits)
        page.set_viewport_size({"width": 360, "height": 800})
        page.emulate_media(color_scheme="light")
        assert but_colours(page) + of_colours(page) == []
        assert page.evaluate(fits)
        page.emulate_media(color_scheme="dark")
