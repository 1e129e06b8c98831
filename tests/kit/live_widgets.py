"""What live cells add to a page, and what axe finds in it."""

from __future__ import annotations

from typing import Any

from tests.kit.axe import in_both_schemes
from tests.kit.look import look

# The rest of the page is the theme's and MyST-NB's, and is looked at in tests/site/pages.
WIDGETS = [
    ".live-tools",
    ".live-bar",
    ".live-menu",
    ".live-all",
    ".live-scratch",
    ".live-editor",
    ".live-keys",
    ".live-source",
    ".exercise",
    ".cell_output[data-live]",
    ".try",
    ".live-shared",
]


def findings(page: Any) -> list[str]:
    """What axe finds in them, in the light and in the dark scheme."""
    # At the page's end, where it covers no button: a covered one would be too small a target.
    page.locator(".live-bar").evaluate("(bar) => { bar.style.position = 'static'; }")
    return in_both_schemes(page, *WIDGETS)


def lost_in_forced_colours(page: Any) -> list[str]:
    """What cannot be seen where the reader's system chooses the colours."""
    page.emulate_media(forced_colors="active")
    lost: list[str] = page.evaluate(look("forced"))
    page.emulate_media(forced_colors="none")
    return lost
