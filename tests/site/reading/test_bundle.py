"""The bundle of a page's first view says what the files say that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample

SINK = "reference/kitchen-sink"
# A rule of a sheet of this name: its selectors one by one, whether an element is chosen by them
# whatever the reader does, and what it declares.
RULES = r"""(name) => {
  const plain = (selector) =>
    selector.replace(/::[-\w]+/g, "").replace(/:(hover|focus|active|visited)\b/g, "") || "*";
  const rules = (list) => [...list].flatMap((rule) => {
    if (!rule.selectorText) return rules(rule.cssRules ?? []);
    const declared = [...rule.style].map((each) => `${each}: ${rule.style.getPropertyValue(each)}`);
    return rule.selectorText.split(/,(?![^(]*\))/).map((selector) =>
      ({ selector: selector.trim(), declared, used: !!document.querySelector(plain(selector)) }));
  });
  const sheet = [...document.styleSheets].find((each) => each.href?.includes(name));
  return rules(sheet.cssRules);
}"""
# All rules of a sheet as the browser understood them, but for blanks that mean nothing where a
# property of one's own keeps them.
TEXTS = r"""(link) => [...link.sheet.cssRules].map((rule) => rule.cssText
  .replace(/\s*,\s*/g, ",").replace(/\( +/g, "(").replace(/ +\)/g, ")").replace(/: +/g, ":"))"""


@pytest.fixture
def page(browser: Any, host: Any) -> Iterator[Any]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{host.address}/{SINK}.html")
    yield opened
    context.close()


def linked(page: Any, name: str) -> Any:
    """A style sheet of the site, put into the page, once it is loaded."""
    page.evaluate(
        """(address) => new Promise((done) => {
          const link = document.createElement("link");
          Object.assign(link, { rel: "stylesheet", onload: done, href: address });
          document.head.append(link);
        })""",
        f"../_static/{name}",
    )
    return page.locator(f"link[href$='_static/{name}']")


def test_bundle_says_what_its_parts_say(page: Any, site: Path) -> None:
    """To a browser the one style sheet is the sum of the files, in their order."""
    names = (
        *("pygments.css", "styles/furo.css", "notebook.css", "myst-doctest.css", "live.css"),
        *(
            "glossary-popovers.css",
            "code-links.css",
            "styles/furo-extensions.css",
        ),
        "show.css",
    )
    bundle = page.locator("link[href*='/first-']").evaluate(TEXTS)
    at = []
    for name in names:
        texts = linked(page, name).evaluate(TEXTS)
        starts = [
            start for start in range(len(bundle)) if bundle[start : start + len(texts)] == texts
        ]
        assert len(starts) == 1, name
        at += starts
    assert at[:3] == sorted(at[:3])  # code, theme, cells: as they were registered
    assert at[-2:] == sorted(at)[-2:]  # the theme's extensions, the site's own


def test_of_myst_nbs_style_sheet_no_rule_is_missing(page: Any, host: Any, site: Path) -> None:
    """What of it chooses an element of a page says the same in notebook.css; colours aside."""
    (sheet,) = site.glob("_static/mystnb.*.css")
    missing = set()
    for name in sample.sample(site):
        page.goto(f"{host.address}/{name}.html")
        for one in (sheet.name, "notebook.css"):
            linked(page, one)
        ours: dict[str, set[str]] = {}
        for rule in page.evaluate(RULES, "notebook.css"):
            ours.setdefault(rule["selector"], set()).update(rule["declared"])
        for rule in page.evaluate(RULES, sheet.name):
            if rule["used"] and rule["selector"] != ":root":
                found = ours.get(rule["selector"], set())
                missing |= {(rule["selector"], each) for each in {*rule["declared"]} - found}
    assert missing == set()
