"""What live cells add to a page, and what axe finds in it."""

from __future__ import annotations

from typing import Any

from tests.kit.axe import in_both_schemes

# The rest of the page is the theme's and MyST-NB's, and is looked at in tests/site/pages.
WIDGETS = [
    ".live-tools",
    ".live-bar",
    ".live-menu",
    ".live-all",
    ".live-scratch",
    ".live-editor",
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
