"""The bundle of a page's first view says what the files say that it is made of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample

SINK = "reference/kitchen-sink"
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
        *(
            "styles/furo.css",
            "tokens.css",
            "layout.css",
            "cells.css",
            "myst-doctest.css",
            "live.css",
        ),
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
    assert at[:3] == sorted(at[:3])  # theme, tokens, layout: each over the one before
    assert at[-1] == max(at)  # the site's own


def test_the_sheet_that_is_left_out_changes_nothing(page: Any, host: Any, site: Path) -> None:
    """Furo's sheet for extensions: no element of a page looks another way with it."""
    chosen, changed = 0, {}
    for name in sample.sample(site):
        page.goto(f"{host.address}/{name}.html")
        linked(page, "styles/furo-extensions.css")
        found = page.evaluate(COMPUTED, "furo-extensions.css")
        chosen += found["chosen"]
        changed |= {name: found["changed"]} if found["changed"] else {}
    assert chosen
    assert changed == {}


def test_what_a_tag_asks_for_is_done_without_myst_nbs_style_sheet(page: Any) -> None:
    """A fold names what a press would do now."""
    fold = page.locator("details.hide > summary").first
    for words in ("Show", "Hide"):
        assert fold.inner_text().startswith(words)
        fold.click()
