"""Every page of the site, opened once on a narrow screen, and looked at in many ways.

Looks differ in the reader's colours and in the room that is left; pages are not loaded anew for
them. What a look looks for says its file in ``tests/kit/looks/``. What a page's words cannot change
is looked at on the sample of pages alone, which has every component of the site. The pages of
errors, which are made by the dozen and differ in words alone, are looked at in one window.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample
from tests.kit.axe import but_colours
from tests.kit.contents import chapters
from tests.kit.every_page import LOOKED, WITH_AXE, ZOOMED, Findings, Sweep
from tests.kit.first_load import LIMIT
from tests.kit.reader import Reader, pages
from tests.kit.static_host import Host
from tests.kit.traffic import Asked, Traffic

# What a browser says of itself, and a picture that it no longer needs: the page was left.
FINE = r"(log|info|debug): |net::ERR_ABORTED "


TAKEN = (*LOOKED, "reflow", *WITH_AXE)
ERRORS = "e/"
"""Where the pages of errors are."""
ARTICLES = """async (names) => {
  const [first, ...others] = names;
  let last = document.querySelector("article");
  const shown = [first];
  for (const name of others) {
    const answer = await fetch(`/${name}.html`);
    if (!answer.ok) continue;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    last.after(parsed.querySelector("article"));
    last = last.nextElementSibling;
    shown.push(name);
  }
  return shown;
}"""
"""Puts the articles of the other pages below that of the first, which is open."""


@dataclass
class Pages:
    """What was found when all pages were opened, and what each asked for."""

    sweep: Sweep = field(default_factory=Sweep)
    said: Findings = field(default_factory=Findings)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    alike: list[str] = field(default_factory=list)

    def bundles(self, name: str) -> list[Asked]:
        """All that a page asked for but its tab's picture, which is asked for once, on any page."""
        return [each for each in self.asked[name] if not each.path.endswith("/icon.svg")]


def complaints(context: Any) -> list[str]:
    """A list to which is added what a browser complains of: errors, warnings, failed requests."""
    said: list[str] = []

    def hear(line: str) -> None:
        if not re.match(FINE, line):
            said.append(line)

    context.on("console", lambda message: hear(f"{message.type}: {message.text}"))
    context.on("requestfailed", lambda request: hear(f"{request.failure} {request.url}"))
    context.on(
        "response", lambda answer: answer.status >= 400 and hear(f"{answer.status}: {answer.url}")
    )
    return said


@pytest.fixture(scope="module")
def swept(browser: Any, hosts: dict[bool, Host], site: Path) -> Iterator[Pages]:
    """All pages, opened one after the other by one reader, and looked at."""
    found = Pages()
    reader = Reader.of(browser, hosts[True], viewport=ZOOMED, reduced_motion="reduce")
    said, traffic = complaints(reader.context), Traffic(reader.context)
    in_full = sample.sample(site)
    alike = [name for name in pages(site) if name.startswith(ERRORS) and name not in in_full]
    for name in sorted({*pages(site)} - {*alike}):
        page = reader.open(name)
        traffic.settle(page)
        found.asked[name] = traffic.asked()
        found.sweep.look_around(name, page, of_sample=name in in_full)
        if name in sample.made_full(site):
            found.sweep.look_with_axe(name, page, but_colours)
        if name in in_full:
            found.sweep.look_for_cuts(name, page)
        found.sweep.look_spaced(name, page)
        found.said.add(name, [*said, *reader.recorder.foreign])
        said.clear()
    if alike:
        page = reader.open(alike[0])
        found.alike = page.evaluate(ARTICLES, alike)
        found.sweep.look_around("pages of errors", page, of_sample=False)
        found.sweep.look_spaced("pages of errors", page)
    yield found
    reader.leave()


@pytest.mark.parametrize("each", TAKEN)
def test_a_look_finds_nothing(swept: Pages, site: Path, each: str) -> None:
    """Small targets, what scrolls, motion, colours, words that are cut off: all is well."""
    assert {"index", *chapters()} <= swept.asked.keys()
    assert {*swept.asked, *swept.alike} == {*pages(site)}
    swept.sweep.check(each)


def test_each_look_that_is_taken_is_checked(swept: Pages) -> None:
    """A look that is missing in LOOKED would find, and fail nothing."""
    assert set(swept.sweep.found) <= {*TAKEN}


def test_the_browser_complains_of_no_page(swept: Pages) -> None:
    """No error and no warning in the console, no request that fails or goes to another host."""
    swept.said.check()


def test_first_view_is_a_page_a_style_sheet_and_a_script(swept: Pages) -> None:
    """Nothing of the search and of Python is loaded before a reader's action, and no font."""
    kinds = {name: sorted(each.kind for each in swept.bundles(name)) for name in chapters()}
    expected = ["document", "script", "stylesheet"]
    assert {name: found for name, found in kinds.items() if found != expected} == {}


def test_chapters_share_their_bundles(swept: Pages) -> None:
    """Who goes on to another chapter loads its HTML alone."""
    found = [each for name in chapters() for each in swept.bundles(name)]
    shared = {each.path for each in found if each.kind != "document"}
    assert len(shared) == 2
    assert all(re.fullmatch(r"/_static/first-[0-9a-f]{12}\.(css|js)", path) for path in shared)


def test_first_view_of_each_chapter_is_light(swept: Pages) -> None:
    """HTML, styles and scripts of a chapter are 60 KB at most, compressed."""
    sent: dict[str, int] = {}  # of a file that is in the browser's cache, nothing is sent
    for asked in swept.asked.values():
        for each in asked:
            sent[each.path] = max(sent.get(each.path, 0), each.sent)
    weights = {name: sum(sent[each.path] for each in swept.bundles(name)) for name in chapters()}
    assert {name: weight for name, weight in weights.items() if weight > LIMIT} == {}
    assert min(weights.values()) > LIMIT / 4
