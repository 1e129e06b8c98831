"""What axe-core finds on a page: no rule of WCAG 2.2 AA and of its best practice is left out."""

from __future__ import annotations

from functools import cache
from typing import Any

from live_cells.pack.downloads_cache import npm_packages
from tests.kit.full_site import PARTS
from tests.kit.look import look

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
LINKS = ("link-in-text-block",)
OF_COLOURS = ("color-contrast", *LINKS)
"""What the two colour schemes can differ in: all else is right in both when it is right in one.

They take axe more time than all its other rules. ``looks/contrast.js`` sees what the first one
sees but for what lies on words without being around them, which is the same in both schemes.
"""
SCHEMES = ("light", "dark")
RUN = """async ([rules, without, within]) => {
  const there = within.filter((selector) => document.querySelector(selector));
  if (within.length && !there.length) return [];
  const where = within.length ? { include: there.map((selector) => [selector]) } : document;
  const off = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const options = { runOnly: rules, rules: off, resultTypes: ["violations"] };
  const { violations } = await axe.run(where, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) =>
      `${id}: ${target.join(" ")}: ${[...any, ...all, ...none][0]?.message ?? ""}`));
}"""


@cache
def program() -> str:
    """axe-core, of the npm packages that the live cells' pack is made of."""
    return (npm_packages(PARTS) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(
    page: Any, *within: str, rules: tuple[str, ...] = RULES, without: tuple[str, ...] = ()
) -> list[str]:
    """What breaks a rule on the page, or in those of the selectors of which there is something."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(program())
    found: list[str] = page.evaluate(RUN, [rules, without, within])
    return found


def but_colours(page: Any, *within: str) -> list[str]:
    """What breaks a rule that is not of colours, in the scheme that the page has."""
    return violations(page, *within, without=OF_COLOURS)


def of_colours(page: Any, *within: str) -> list[str]:
    """Words that are too pale, and links that nothing but colour tells, in the page's scheme."""
    pale: list[str] = page.evaluate(look("contrast"), within)
    return pale + violations(page, *within, rules=LINKS)


def but_contrast(page: Any, *within: str) -> list[str]:
    """What breaks a rule in the light scheme, or is of links in the dark one.

    Pale words are left to ``looks/contrast.js``, which is faster.
    """
    found: list[str] = []
    for scheme, rules in (("light", RULES), ("dark", LINKS)):
        page.emulate_media(color_scheme=scheme)
        taken = violations(page, *within, rules=rules, without=("color-contrast",))
        found += (f"{scheme}: {line}" for line in taken)
    return found


def in_both_schemes(page: Any, *within: str) -> list[str]:
    """What breaks a rule in the light scheme, or is of colours in the dark one."""
    found: list[str] = []
    for scheme, taken in (("light", violations), ("dark", of_colours)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += (f"{scheme}: {line}" for line in taken(page, *within))
    return found
