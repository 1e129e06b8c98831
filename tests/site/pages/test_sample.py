"""The sample of pages has every component of the site, and is looked at with all means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample
from tests.kit.axe import but_colours, but_contrast, in_both_schemes
from tests.kit.every_page import (
    DESKTOP,
    LOOKED,
    WITH_AXE,
    ZOOMED,
    Findings,
    Sweep,
    opened,
    opened_in_part,
    resize,
)
from tests.kit.look import look
from tests.kit.reader import PAINTED, Reader
from tests.kit.static_host import Host

UNUSED = "styles/furo-extensions.css"
SAMPLED = ("complaints", *WITH_AXE, *LOOKED, "reflow", "themes", "unused sheet")
OPEN_FOLDS = """() => document.querySelectorAll("main details, [role=main] details")
  .forEach((fold) => { fold.open = true; })"""


def test_every_component_is_on_a_sampled_page(site: Path) -> None:
    """No page has a component that no page of the sample has."""
    pages = sample.of_all_pages(site)
    seen = frozenset().union(*(pages[name] for name in sample.sample(site)))
    assert {name: missed for name, found in pages.items() if (missed := found - seen)} == {}


def test_a_page_with_a_new_component_comes_into_the_sample() -> None:
    """Another tag, class, role, landmark or lane is one; words and colours of code are not."""
    page = "<body><main><p class='a'>words</p><pre><span class='k'>x</span></pre></main></body>"
    pages = {"first": sample.components(page)}
    for name, other in {
        "tag": page.replace("p", "div"),
        "class": page.replace("'a'", "'b'"),
        "role": page.replace("'a'", "'a' role='note'"),
        "landmark": page.replace("main", "aside"),
        "words": page.replace("words", "others"),
        "lane": page.replace("'a'", "'a lane-0-commit'"),
        "number": page.replace("'a'", "'a lane-1-commit'"),
        "variant": page.replace("'a'", "'a lane postgresql/'"),
        "colours": page.replace("'k'", "'mf'"),
    }.items():
        pages[name] = sample.components(other)
    expected = {"first", "tag", "class", "role", "landmark", "lane"}
    assert set(sample.cover(pages, ("first",))) == expected


def test_a_stop_is_a_control_or_has_a_role() -> None:
    """Tab comes to links and controls, and to boxes with a role, which scroll."""
    stops = ("a", "main a external", "banner button", "main input", "main pre [group]")
    others = ("main abbr", "article", "main p", "main code", "div sidebar")
    assert [each for each in (*stops, *others) if sample.STOP.match(each)] == [*stops]


def test_landmarks_and_the_void_end_where_they_end() -> None:
    """What comes after a landmark is not in it, whether a tag is closed or not."""
    found = sample.components("<main><img><p>one<br></main><p>two</p>")
    assert found == {"main", "main img", "main p", "main br", "p"}


def test_what_is_left_out_of_a_page_was_seen_before() -> None:
    """A section with what no page before has stays, and all that is in no section."""
    part = "<section id='{0}'><h2>{0}</h2>{1}</section>"
    sections = {
        "known": "<p>words</p>",
        "inside": "<section id='deep'><h3>deep</h3><p>words</p></section>",
        "new": "<p class='new'>words</p>",
        "again": "<p class='new'>more words</p>",
        "other": "<p class='new'>words</p><section id='deeper'><p class='other'></p></section>",
    }
    text = "<p class='outside'></p>" + "".join(part.format(*each) for each in sections.items())
    html = f"<main><article><section id='page'><h1>Page</h1>{text}</section></article></main>"
    seen = sample.components(html.replace("'new'", "''").replace("'other'", "''"))
    assert sample.nothing_new(html, seen) == ["known", "inside", "new", "again"]
    assert sample.nothing_new(html, ()) == ["known", "new", "again"]
    assert sample.of_sections(html)["inside"] >= {"main h3", "main p"}
    assert sample.components(html) == seen | {"main p new", "main p other"}


def test_what_is_left_of_the_sample_has_every_component(site: Path) -> None:
    """Sections are left out of pages that show nothing else."""
    left: set[str] = set()
    for name, out in sample.seen_elsewhere(site, sample.sample(site)).items():
        sections = sample.of_sections((site / f"{name}.html").read_text(encoding="utf-8"))
        left.update(*(found for section, found in sections.items() if section not in out))
    assert left == frozenset().union(*sample.of_all_pages(site).values())


@pytest.fixture(scope="module")
def looked(browser: Any, hosts: dict[bool, Host], site: Path) -> Iterator[Sweep]:
    """The sample, each page opened at 1280 px in the dark scheme, made narrow, looked at all along.

    What is on a page, and was on one before it, is left out. Folds are turned, and colours are
    those of a theme that was chosen, on the pages that are made to have all kinds of components; on
    others folds are open.
    """
    options = {"viewport": DESKTOP, "reduced_motion": "reduce", "color_scheme": "dark"}
    reader = Reader.of(browser, hosts[True], **options)
    found = Sweep()
    for name, page in opened_in_part(reader, site, sample.sample(site)):
        found.found["complaints"].add(name, [*reader.recorder.unexpected])
        found.look_for_unused(name, page, UNUSED)
        if name in sample.made_full(site):
            found.look_with_axe(name, page, in_both_schemes)
            found.look_around(name, page)
            found.look_for_themes(name, page)
            resize(page, ZOOMED)
            found.look_with_axe(name, page, but_colours)
            found.look_around(name, page)
        else:
            page.evaluate(OPEN_FOLDS)
            page.evaluate(PAINTED)
            found.found["axe"].add(name, but_contrast(page))
            found.look_around(name, page)
            resize(page, ZOOMED)
            found.look_for_room(name, page)
        found.look_for_cuts(name, page)
        found.look_spaced(name, page, DESKTOP)
        page.emulate_media(color_scheme="dark")
    yield found
    reader.leave()


@pytest.mark.parametrize("each", SAMPLED)
def test_nothing_is_found_on_a_page(looked: Sweep, each: str) -> None:
    """No rule of WCAG 2.2 AA or of best practice is broken, each kind of fold open and shut.

    The browser complains of nothing; a theme that was chosen is as good as the system's; Furo's
    sheet for extensions, which is left out, would change nothing.
    """
    looked.check(each)


def test_each_look_that_is_taken_is_checked(looked: Sweep) -> None:
    """A look that is missing in the list would find, and fail nothing."""
    assert set(looked.found) == {*SAMPLED}
    assert looked.chosen


def test_a_chosen_theme_is_there_on_the_next_page(readers: Callable[..., Reader]) -> None:
    """The theme's colours are looked at on the sample, where the page's body says which it is."""
    reader = readers(viewport=DESKTOP, color_scheme="light")
    reader.open("404").evaluate("localStorage.setItem('theme', 'dark')")
    assert reader.open("search").evaluate("document.body.dataset.theme") == "dark"


def test_axe_looks(readers: Callable[..., Reader]) -> None:
    """What is wrong is found: a picture without words, pale text, an ancient button."""
    page = readers(viewport=DESKTOP).open("index")
    page.evaluate(look("break_page"))
    found = in_both_schemes(page)
    for rule in (
        "light: image-alt",
        "light: color-contrast",
        "dark: 1.2 to 1",
        "light: button-name",
    ):
        assert any(rule in line for line in found), rule


def test_no_page_needs_javascript_to_be_read(readers: Callable[..., Reader], site: Path) -> None:
    """Without JavaScript each page shows all its words, and nothing that is dead."""
    # With less motion, folds open at once.
    reader = readers(viewport=DESKTOP, java_script_enabled=False, reduced_motion="reduce")
    findings = Findings()
    for name, page in opened(reader, sample.sample(site)):
        findings.add(name, page.evaluate(look("plain")))
    findings.check()
