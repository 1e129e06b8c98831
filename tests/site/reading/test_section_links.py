"""A section's link to itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.kit.contents import chapters
from tests.kit.every_page import MOBILE
from tests.kit.reader import Reader, expect


@pytest.mark.parametrize("finger", [True, False])
def test_a_section_shows_its_link(readers: Callable[..., Reader], finger: bool) -> None:
    """To a finger, which does not hover, at once; to a mouse over the heading."""
    page = readers(has_touch=finger, is_mobile=finger, viewport=MOBILE).open(chapters()[0])
    heading = page.locator("article h2").nth(1)
    link = heading.locator(".headerlink")
    expect(link).to_have_css("opacity", "1" if finger else "0")
    if not finger:
        heading.hover()
        expect(link).to_have_css("opacity", "1")
