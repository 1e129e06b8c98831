"""The weight of a chapter's first view, as a browser loads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.first_load import LIMIT, Asked, chapters, first_view, weight

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


@pytest.fixture(scope="module")
def loaded(browser: Any, hosts: dict[bool, Any], site: Path) -> dict[str, list[Asked]]:
    """What each chapter asks for in its first view."""
    address = hosts[True].address
    return {name: first_view(browser, address, name) for name in chapters(site)}


@pytest.fixture
def page(browser: Any, host: Any) -> Iterator[Any]:
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{host.address}/{SINK}.html")
    yield opened
    context.close()


def test_first_view_of_each_chapter_is_light(loaded: dict[str, list[Asked]]) -> None:
    """HTML, styles and scripts of a chapter are 60 KB at most, compressed."""
    assert len(loaded) > 10
    weights = {name: weight(asked) for name, asked in loaded.items()}
    assert {name: sent for name, sent in weights.items() if sent > LIMIT} == {}


def test_first_view_is_a_page_a_style_sheet_and_a_script(loaded: dict[str, list[Asked]]) -> None:
    """Nothing of the search and of Python is loaded before a reader's action, and no font."""
    kinds = {name: sorted(each.kind for each in seen(asked)) for name, asked in loaded.items()}
    expected = ["document", "script", "stylesheet"]
    assert {name: found for name, found in kinds.items() if found != expected} == {}


def seen(asked: list[Asked]) -> list[Asked]:
    """All but the tab's picture, for which a browser asks once, on whatever page."""
    return [each for each in asked if not each.path.endswith("/icon.svg")]


def test_chapters_share_their_bundles(loaded: dict[str, list[Asked]]) -> None:
    """Who goes on to another chapter loads its HTML alone."""
    found = [each for asked in loaded.values() for each in seen(asked)]
    shared = {each.path for each in found if each.kind != "document"}
    assert len(shared) == 2
    assert all(re.fullmatch(r"/_static/first-[0-9a-f]{12}\.(css|js)", path) for path in shared)


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
            "version-contrast.css",
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
    for name in [SINK, *chapters(site)]:
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


def test_words_of_sphinxs_own_search_are_marked(browser: Any, host: Any) -> None:
    """Its scripts come with such a view alone, and mark on the page what was searched for."""
    context = browser.new_context()
    opened = context.new_page()
    opened.goto(f"{host.address}/{SINK}.html?highlight=sink")
    opened.locator("h1 .highlighted").first.wait_for()
    assert opened.url == f"{host.address}/{SINK}.html"
    opened.evaluate("localStorage.setItem('sphinx_highlight_terms', 'kitchen')")
    opened.reload()
    opened.locator("h1 .highlighted").first.wait_for()
    assert opened.evaluate("localStorage.getItem('sphinx_highlight_terms')") is None
    context.close()
