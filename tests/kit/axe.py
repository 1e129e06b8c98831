"""What axe-core finds on a page: no rule of WCAG 2.2 AA and of its best practice is left out."""

from __future__ import annotations

from functools import cache
from typing import Any

from live_cells.pack.downloads_cache import npm_packages
from tests.kit.full_site import PARTS

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""What the two colour schemes can differ in: all else is right in both when it is right in one."""
RUN = """async ([rules, within]) => {
  const there = within.filter((selector) => document.querySelector(selector));
  if (within.length && !there.length) return [];
  const where = within.length ? { include: there.map((selector) => [selector]) } : document;
  const { violations } = await axe.run(where, { runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) =>
      `${id}: ${target.join(" ")}: ${[...any, ...all, ...none][0]?.message ?? ""}`));
}"""


@cache
def program() -> str:
    """axe-core, of the npm packages that the live cells' pack is made of."""
    return (npm_packages(PARTS) / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Any, *within: str, rules: tuple[str, ...] = RULES) -> list[str]:
    """What breaks a rule on the page, or in those of the selectors of which there is something."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(program())
    found: list[str] = page.evaluate(RUN, [rules, within])
    return found


def in_both_schemes(page: Any, *within: str) -> list[str]:
    """What breaks a rule in the light scheme, or one of colours in the dark one."""
    found: list[str] = []
    for scheme, rules in (("light", RULES), ("dark", OF_COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += (f"{scheme}: {line}" for line in violations(page, *within, rules=rules))
    return found
