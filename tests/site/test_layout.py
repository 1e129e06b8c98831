"""The layout of every page: small windows, large letters, small targets, less motion."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.every_page import DESKTOP, MOBILE, ZOOMED, Findings, look, looked, opened
from tests.kit.reader import Reader, expect

VIEWPORTS = pytest.mark.parametrize(
    "viewport", [pytest.param(MOBILE, id="320"), pytest.param(DESKTOP, id="1280")]
)


@VIEWPORTS
def test_targets_are_large_or_apart(
    readers: Callable[..., Reader], site: Path, viewport: dict[str, int]
) -> None:
    """What can be pressed is 24 px wide and high, or far enough from other targets."""
    looked(readers, site, "targets", viewport=viewport).check()


@VIEWPORTS
def test_what_scrolls_can_be_scrolled_by_keyboard(
    readers: Callable[..., Reader], site: Path, viewport: dict[str, int]
) -> None:
    """A box that scrolls takes the focus, or holds something that does."""
    looked(readers, site, "scrollers", viewport=viewport).check()


def test_zoomed_to_400_percent_nothing_is_cut_off(
    readers: Callable[..., Reader], site: Path
) -> None:
    """At 400 % of 1280 px, as on 320 px: no page scrolls sideways, and all words can be read."""
    looked(readers, site, "reflow", viewport=ZOOMED, device_scale_factor=4).check()


@VIEWPORTS
def test_wider_spacing_of_text_cuts_nothing_off(
    readers: Callable[..., Reader], site: Path, viewport: dict[str, int]
) -> None:
    """With the spacing that a reader may set (WCAG 1.4.12) all words can still be read."""
    findings = Findings()
    for name, page in opened(readers(viewport=viewport), site):
        page.evaluate(look("spacing"))
        findings.add(name, page.evaluate(look("reflow")))
    findings.check()


def test_less_motion_is_none(readers: Callable[..., Reader], site: Path) -> None:
    """For a reader who asked for less motion nothing moves, fades or scrolls smoothly."""
    looked(readers, site, "motion", reduced_motion="reduce").check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_everything_there(
    readers: Callable[..., Reader], site: Path, scheme: str
) -> None:
    """In the colours of the reader's system every control and every lane can still be seen."""
    options = {"forced_colors": "active", "color_scheme": scheme, "reduced_motion": "reduce"}
    looked(readers, site, "forced", viewport=DESKTOP, **options).check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(
    readers: Callable[..., Reader], site: Path, scheme: str
) -> None:
    """All words have the contrast that WCAG 2.2 AA asks for, those over lanes too."""
    looked(readers, site, "contrast", viewport=DESKTOP, color_scheme=scheme).check()


@pytest.mark.parametrize("finger", [True, False])
def test_a_section_shows_its_link(readers: Callable[..., Reader], finger: bool) -> None:
    """To a finger, which does not hover, at once; to a mouse over the heading."""
    page = readers(has_touch=finger, is_mobile=finger, viewport=MOBILE).open("session/session")
    heading = page.locator("article h2").nth(1)
    link = heading.locator(".headerlink")
    expect(link).to_have_css("opacity", "1" if finger else "0")
    if not finger:
        heading.hover()
        expect(link).to_have_css("opacity", "1")
