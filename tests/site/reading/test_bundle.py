"""The bundle of a page's first view says what the files say that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
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


# Each selector of a sheet, those in ``:is()`` one by one, with its conditions and what it declares.
SINGLE = r"""(link) => {
  const rules = (list, at) => [...list].flatMap((rule) => {
    if (!rule.selectorText) return rules(rule.cssRules ?? [], `${at}${rule.conditionText} `);
    const [before, names] = rule.selectorText.split(/:is\(|\)$/);
    return (names ?? "").split(/,\s*/).map((name) => `${at}${before}${name} ${rule.style.cssText}`);
  });
  return rules(link.sheet.cssRules, "");
}"""
# For each element that a rule of this sheet chooses, what it declares as the browser computed it;
# a property of one's own does nothing by itself.
COMPUTED = r"""(name) => {
  const sheet = [...document.styleSheets].find((each) => each.href?.includes(name));
  const of = (rule) => [...document.querySelectorAll(rule.selectorText.replace(/::?[-\w]+/g, ""))]
    .map((each) => [...rule.style].filter((property) => !property.startsWith("--"))
      .map((property) => `${property}: ${getComputedStyle(each)[property]}`));
  const read = () => [...sheet.cssRules].filter((rule) => rule.selectorText)
    .map((rule) => [rule.selectorText, of(rule)]);
  const [on, , off] = [read(), sheet.disabled = true, read()];
  return { chosen: on.filter(([, found]) => found.length).length,
    changed: on.filter((each, at) => `${each}` !== `${off[at]}`) };
}"""


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
        *("styles/furo.css", "notebook.css", "myst-doctest.css", "live.css"),
        *("glossary-popovers.css", "code-links.css", "show.css"),
    )
    link = page.locator("link[href*='/first-']")
    bundle = link.evaluate(TEXTS)
    at = []
    for name in names:
        texts = linked(page, name).evaluate(TEXTS)
        starts = [
            start for start in range(len(bundle)) if bundle[start : start + len(texts)] == texts
        ]
        assert len(starts) == 1, name
        at += starts
    assert at[:2] == sorted(at[:2])  # theme, cells: as they were registered
    assert at[-1] == max(at)  # the site's own
    # Its tokens are put together by style, and no page has numbers of lines (conf.py says so).
    rules = linked(page, "pygments.css").evaluate(SINGLE)
    code = [each for each in rules if "linenos" not in each]
    assert len(code) < len(rules)
    assert sorted(link.evaluate(SINGLE)[: len(code)]) == sorted(code)


@dataclass
class Sheets:
    """What was found of other packages' sheets, on the sample of pages."""

    chosen: int = 0
    """How many rules of Furo's sheet for extensions choose an element."""
    changed: dict[str, Any] = field(default_factory=dict)
    """What looks another way with it, by page."""
    missing: set[tuple[str, str]] = field(default_factory=set)
    """Rules of MyST-NB's sheet that choose an element and are not in notebook.css."""


@pytest.fixture(scope="module")
def sheets(browser: Any, hosts: Any, site: Path) -> Sheets:
    """Each page of the sample, opened once."""
    (sheet,) = site.glob("_static/mystnb.*.css")
    found, page = Sheets(), browser.new_page()
    for name in sample.sample(site):
        page.goto(f"{hosts[True].address}/{name}.html")
        linked(page, "styles/furo-extensions.css")
        furo = page.evaluate(COMPUTED, "furo-extensions.css")
        found.chosen += furo["chosen"]
        found.changed |= {name: furo["changed"]} if furo["changed"] else {}
        for one in (sheet.name, "notebook.css"):
            linked(page, one)
        ours: dict[str, set[str]] = {}
        for rule in page.evaluate(RULES, "notebook.css"):
            ours.setdefault(rule["selector"], set()).update(rule["declared"])
        for rule in page.evaluate(RULES, sheet.name):
            if rule["used"] and rule["selector"] != ":root":
                declared = {*rule["declared"]} - ours.get(rule["selector"], set())
                found.missing |= {(rule["selector"], each) for each in declared}
    page.close()
    return found


def test_the_sheet_that_is_left_out_changes_nothing(sheets: Sheets) -> None:
    """Furo's sheet for extensions: no element of a page looks another way with it."""
    assert sheets.chosen
    assert sheets.changed == {}


def test_of_myst_nbs_style_sheet_no_rule_is_missing(sheets: Sheets) -> None:
    """What of it chooses an element of a page says the same in notebook.css; colours aside."""
    assert sheets.missing == set()
