"""The sample of pages has every component of the site, and is looked at with all means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample
from tests.kit.axe import OF_COLOURS, in_both_schemes, violations
from tests.kit.every_page import DESKTOP, LOOKED, MOBILE, Findings, Sweep, look, opened
from tests.kit.reader import Reader
from tests.kit.static_host import Host


def test_every_component_is_on_a_sampled_page(site: Path) -> None:
    """No page has a component that no page of the sample has."""
    pages = sample.of_all_pages(site)
    seen = frozenset().union(*(pages[name] for name in sample.sample(site)))
    assert {name: missed for name, found in pages.items() if (missed := found - seen)} == {}


def test_a_page_with_a_new_component_comes_into_the_sample() -> None:
    """Another tag, class, role or landmark is one; words, numbers and colours of code are not."""
    page = "<body><main><p class='a'>words</p><pre><span class='k'>x</span></pre></main></body>"
    pages = {"first": sample.components(page)}
    for name, other in {
        "tag": page.replace("p", "div"),
        "class": page.replace("'a'", "'b'"),
        "role": page.replace("'a'", "'a' role='note'"),
        "landmark": page.replace("main", "aside"),
        "words": page.replace("words", "others"),
        "number": page.replace("'a'", "'a lane-0-commit'"),
        "colours": page.replace("'k'", "'mf'"),
    }.items():
        pages[name] = sample.components(other)
    expected = {"first", "tag", "class", "role", "landmark"}
    assert set(sample.cover(pages, ("first",))) == expected


def test_landmarks_and_the_void_end_where_they_end() -> None:
    """What comes after a landmark is not in it, whether a tag is closed or not."""
    found = sample.components("<main><img><p>one<br></main><p>two</p>")
    assert found == {"main", "main img", "main p", "main br", "p"}


def with_axe(
    reader: Reader, site: Path, broken: Callable[..., list[str]]
) -> Iterator[tuple[str, Any, Sweep]]:
    """Each page of the sample, looked at by axe as it opens, and given away for other looks."""
    found = Sweep()
    for name, page in opened(reader, sample.sample(site)):
        found.found["axe"].add(name, broken(page))
        yield name, page, found
        page.evaluate(look("toggle_folds"))
        found.found["axe in folds"].add(name, broken(page, "details"))


@pytest.fixture(scope="module")
def narrow(browser: Any, hosts: dict[bool, Host], site: Path) -> Iterator[Sweep]:
    """The sample at 320 px, in the light scheme: the look at contrasts is taken in both there."""
    reader = Reader.of(browser, hosts[True], viewport=MOBILE, reduced_motion="reduce")
    *_, (_, _, found) = with_axe(reader, site, violations)
    yield found
    reader.leave()


@pytest.fixture(scope="module")
def wide(browser: Any, hosts: dict[bool, Host], site: Path) -> Iterator[Sweep]:
    """The sample at 1280 px, with all looks."""
    reader = Reader.of(browser, hosts[True], viewport=DESKTOP, reduced_motion="reduce")
    found = Sweep()
    for name, page, found in with_axe(reader, site, in_both_schemes):
        found.look_around(name, page)
    for name, page in opened(reader, sample.sample(site)):
        found.look_spaced(name, page)
    yield found
    reader.leave()


@pytest.mark.parametrize("each", ["axe", "axe in folds"])
def test_axe_finds_nothing_on_a_narrow_page(narrow: Sweep, each: str) -> None:
    """No rule of WCAG 2.2 AA or of best practice is broken, each fold open and shut."""
    narrow.check(each)


@pytest.mark.parametrize("each", ["axe", "axe in folds", *LOOKED])
def test_nothing_is_found_on_a_wide_page(wide: Sweep, each: str) -> None:
    """Nor on a wide one, and by no look."""
    wide.check(each)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_chosen_theme_is_as_good(readers: Callable[..., Reader], theme: str) -> None:
    """A reader who chose the other theme than the system's reads just as well."""
    other = {"light": "dark", "dark": "light"}[theme]
    reader = readers(viewport=DESKTOP)
    reader.context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    findings = Findings()
    for name, page in opened(reader, [*sample.FULL, *sample.some_chapters()]):
        page.emulate_media(color_scheme=other)
        assert page.evaluate("document.body.dataset.theme") == theme
        findings.add(name, violations(page, rules=OF_COLOURS))
    findings.check()


def test_axe_looks(readers: Callable[..., Reader]) -> None:
    """What is wrong is found: a picture without words, pale text, an ancient button."""
    page = readers(viewport=DESKTOP).open("index")
    page.evaluate(look("break_page"))
    found = in_both_schemes(page)
    for rule in ("light: image-alt", "dark: color-contrast", "light: button-name"):
        assert any(rule in line for line in found), rule


def test_no_page_needs_javascript_to_be_read(readers: Callable[..., Reader], site: Path) -> None:
    """Without JavaScript each page shows all its words, and nothing that is dead."""
    # With less motion, folds open at once.
    reader = readers(viewport=DESKTOP, java_script_enabled=False, reduced_motion="reduce")
    findings = Findings()
    for name, page in opened(reader, sample.sample(site)):
        findings.add(name, page.evaluate(look("plain")))
    findings.check()
