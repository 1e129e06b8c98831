"""Every page of the site on a narrow screen: what its words can change, and what it loads.

What words cannot change is looked at on the sample of pages, which has every component of the site
(test_sample.py). Here the texts of all pages are put below one another: a browser takes as long to
open a page as to look at it. What a look looks for says its file in ``tests/kit/looks/``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.kit import sample
from tests.kit.contents import chapters
from tests.kit.every_page import IN_TEXTS, ZOOMED, Findings, Sweep, opened
from tests.kit.first_load import LIMIT
from tests.kit.markup import loads
from tests.kit.reader import Reader, pages
from tests.kit.serve import ask
from tests.kit.static_host import Host
from tests.kit.traffic import Asked, Traffic

# What a browser says of itself, and a picture that it no longer needs: the page was left.
FINE = r"(log|info|debug): |net::ERR_ABORTED "


TOGETHER = 2_000_000
"""Bytes of the pages whose texts are looked at in one window."""
CODINGS = "gzip, deflate, br, zstd"
"""What Chromium takes."""
PICTURE = "/icon.svg"
"""That of the tab, which is asked for once, on any page."""
ARTICLES = """async (names) => {
  const answers = await Promise.all(names.map((name) => fetch(`/${name}.html`)));
  const texts = await Promise.all(answers.map((answer) => answer.text()));
  const articles = texts.map((text) =>
    new DOMParser().parseFromString(text, "text/html").querySelector("article"));
  document.querySelector("article").after(...articles);
  return names.filter((_, number) => answers[number].ok);
}"""
"""Puts the articles of other pages below that of the page that is open."""


@dataclass
class Pages:
    """What was found in the texts of all pages, and what chapters asked for that were opened."""

    sweep: Sweep = field(default_factory=Sweep)
    said: Findings = field(default_factory=Findings)
    asked: dict[str, list[Asked]] = field(default_factory=dict)
    read: list[str] = field(default_factory=list)


NOBODY = """if (!location.pathname.endsWith("/search.html"))
    for (const sign of ["pointermove", "pointerdown", "keydown", "scroll"])
        addEventListener(sign, (event) => event.stopImmediatePropagation(), { capture: true })"""
"""A busy Chromium moves or scrolls by itself while it loads a page, which is no reader's act."""


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
    """The texts of all pages, and the first two chapters, as a new reader opens them."""
    found = Pages()
    reader = Reader.of(browser, hosts[True], viewport=ZOOMED, reduced_motion="reduce")
    reader.context.add_init_script(NOBODY)
    said, traffic = complaints(reader.context), Traffic(reader.context)
    for name, page in opened(reader, sample.some_chapters(2)):
        traffic.settle(page)
        found.asked[name] = [each for each in traffic.asked() if not each.path.endswith(PICTURE)]
        found.said.add(name, [*said, *reader.recorder.foreign])
        said.clear()
    for names in together(site, pages(site)):
        page = reader.open("search")  # a small page
        found.read += page.evaluate(ARTICLES, names)
        found.sweep.look_at_texts(f"texts from {names[0]} on", page)
    yield found
    reader.leave()


def together(site: Path, names: Iterable[str]) -> Iterator[list[str]]:
    """These pages in groups, none of which is too large for a window."""
    sizes = sample.sizes(site)
    group: list[str] = []
    for name in sorted(names):
        if group and sum(sizes[each] for each in (*group, name)) > TOGETHER:
            yield group
            group = []
        group.append(name)
    if group:
        yield group


@pytest.mark.parametrize("each", IN_TEXTS)
def test_a_look_at_all_texts_finds_nothing(swept: Pages, site: Path, each: str) -> None:
    """Small targets, what scrolls, colours, words that are cut off: all is well."""
    assert {*swept.read} == {*pages(site)} >= {"index", *chapters()}
    swept.sweep.check(each)


def test_each_look_that_is_taken_is_checked(swept: Pages) -> None:
    """A look that is missing in IN_TEXTS would find, and fail nothing."""
    assert set(swept.sweep.found) == {*IN_TEXTS}


def test_the_browser_complains_of_nothing(swept: Pages) -> None:
    """No error and no warning in the console, no request that fails or goes to another host."""
    swept.said.check()


def test_first_view_is_a_page_a_style_sheet_and_a_script(swept: Pages, site: Path) -> None:
    """Nothing of the search and of Python is loaded before a reader's action, and no font.

    What a browser is seen to ask for on some chapters is what each of them names.
    """
    assert swept.asked
    for name, asked in swept.asked.items():
        assert sorted(each.kind for each in asked) == ["document", "script", "stylesheet"], name
    named = {name: sorted(tag for tag, _ in loads(site, name)) for name in chapters()}
    assert {name: found for name, found in named.items() if found != ["link", "script"]} == {}


def test_chapters_share_their_bundles(swept: Pages, site: Path) -> None:
    """Who goes on to another chapter loads its HTML alone."""
    found = [each for asked in swept.asked.values() for each in asked]
    shared = {each.path for each in found if each.kind != "document"}
    assert len(shared) == 2
    assert all(re.fullmatch(r"/_static/first-[0-9a-f]{12}\.(css|js)", path) for path in shared)
    for name in chapters():
        assert {address for _, address in loads(site, name)} == shared, name


def test_first_view_of_each_chapter_is_light(swept: Pages, hosts: dict[bool, Host]) -> None:
    """HTML, styles and scripts of a chapter are 60 KB at most, compressed."""
    sent: dict[str, int] = {}  # of a file that is in the browser's cache, nothing is sent
    for asked in swept.asked.values():
        for each in asked:
            sent[each.path] = max(sent.get(each.path, 0), each.sent)
    bundles = sum(size for path, size in sent.items() if path.startswith("/_static/first-"))
    weights, frames = {}, 0
    for name in chapters():
        page = ask(hosts[True].address, f"/{name}.html", accept_encoding=CODINGS).body
        weights[name] = len(page) + bundles
        if name in swept.asked:  # what a host puts around the pieces of a page that it sends
            frames = max(frames, sent[f"/{name}.html"] - len(page))
    assert 0 <= frames < LIMIT / 100
    weights = {name: weight + frames for name, weight in weights.items()}
    assert {name: weight for name, weight in weights.items() if weight > LIMIT} == {}
    assert min(weights.values()) > LIMIT / 4
