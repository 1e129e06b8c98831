"""What axe-core finds on the pages of the site: nothing, in either scheme, at either width."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.axe import in_both_schemes, violations
from tests.kit.every_page import DESKTOP, MOBILE, Findings, look, opened, openers
from tests.kit.reader import Reader

# At the page's end, where it covers no button: a covered one would be too small a target.
BAR = """() => {
  for (const bar of document.querySelectorAll(".live-bar")) bar.style.position = "static";
}"""
VIEWPORTS = pytest.mark.parametrize(
    "viewport", [pytest.param(MOBILE, id="320"), pytest.param(DESKTOP, id="1280")]
)


@VIEWPORTS
def test_axe_finds_nothing(
    readers: Callable[..., Reader], site: Path, viewport: dict[str, int]
) -> None:
    """No rule of WCAG 2.2 AA or of best practice is broken on any page as it opens."""
    findings = Findings()
    for name, page in opened(readers(viewport=viewport), site):
        findings.add(name, in_both_schemes(page))
    findings.check()


def test_axe_finds_nothing_in_folds(readers: Callable[..., Reader], site: Path) -> None:
    """Each panel of SQL when it is folded, and each fold when it is open."""
    findings = Findings()
    for name, page in opened(readers(viewport=MOBILE, reduced_motion="reduce"), site):
        page.evaluate(look("turn"))
        findings.add(name, in_both_schemes(page, "details"))
    findings.check()


@VIEWPORTS
def test_axe_finds_nothing_in_what_opens(
    readers: Callable[..., Reader], site: Path, viewport: dict[str, int]
) -> None:
    """Of each kind of control that opens something: drawers, explanations, menus, tabs, dialogs."""
    findings = Findings()
    reader = readers(viewport=viewport, reduced_motion="reduce")
    for name, control in openers(reader, site):
        if control.evaluate("(control) => control.localName === 'a'"):
            reader.page.keyboard.press("Tab")  # from now on, the focus is shown
            control.focus()
        else:
            control.click()
        reader.page.evaluate(BAR)
        findings.add(f"open: {name}", in_both_schemes(reader.page))
    findings.check()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_a_chosen_theme(readers: Callable[..., Reader], theme: str) -> None:
    """A reader who chose the other theme than the system's reads just as well."""
    other = {"light": "dark", "dark": "light"}[theme]
    reader = readers(viewport=DESKTOP)
    reader.context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    findings = Findings()
    for name in ("session/session", "reference/kitchen-sink", "reference/show"):
        page = reader.open(name)
        page.emulate_media(color_scheme=other)
        assert page.evaluate("document.body.dataset.theme") == theme
        findings.add(name, violations(page))
    findings.check()


def test_axe_looks(readers: Callable[..., Reader]) -> None:
    """What is wrong is found: a picture without words, pale text, an ancient button."""
    page = readers(viewport=DESKTOP).open("index")
    page.evaluate(look("harm"))
    found = in_both_schemes(page)
    for rule in ("light: image-alt", "dark: color-contrast", "light: button-name"):
        assert any(rule in line for line in found), rule
