"""The bundle of a page's first view says what the files say that it is made of.

That the theme's sheet for extensions, which is left out, changes nothing, says test_sample.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.reader import Reader

SINK = "reference/kitchen-sink"
# All rules of a sheet as the browser understood them, but for blanks that mean nothing where a
# property of one's own keeps them.
TEXTS = r"""(link) => [...link.sheet.cssRules].map((rule) => rule.cssText
  .replace(/\s*,\s*/g, ",").replace(/\( +/g, "(").replace(/ +\)/g, ")").replace(/: +/g, ":"))"""

# The attributes of the root that change after much of the page was there.
CHANGED = """globalThis.changed = new Set();
new MutationObserver((records) => {
  const root = document.documentElement;
  const later = document.getElementsByTagName("*").length > 500;
  for (const { target, attributeName } of records)
    if (later && target === root) globalThis.changed.add(attributeName);
}).observe(document, { attributes: true, subtree: true });"""


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


def test_what_a_tag_asks_for_is_done_without_myst_nbs_style_sheet(page: Any) -> None:
    """A fold names what a press would do now."""
    fold = page.locator("details.hide > summary").first
    for words in ("Show", "Hide"):
        assert fold.inner_text().startswith(words)
        fold.click()


def test_the_style_of_a_page_is_made_once(readers: Callable[..., Reader]) -> None:
    """And not anew by an attribute of the root, but for one that only the strips of cells read."""
    reader = readers()
    reader.page.add_init_script(CHANGED)
    page = reader.open(SINK)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert page.evaluate("[...globalThis.changed]") == ["data-live"]
