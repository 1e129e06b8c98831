"""The page of an address at which nothing stands, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import needs
from tests.kit.serve import served

sync_api = needs.module("playwright.sync_api")
expect = sync_api.expect


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(needs.module("built_site.dev_server").application(site)) as found:
        yield found


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """A page whose complaints are looked at in the end, but for the one of the lost page itself."""
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    context.close()
    assert [each for each in said if "status of 404" not in each] == []


@pytest.mark.parametrize(
    ("path", "first"),
    [
        ("/session/the-identity-maps.html", "The identity map"),
        ("/identity_map", "The identity map"),
        ("/sessions/unit-of-work/index.html", "The unit of work and the flush"),
        ("/orm/expiry.md", "Commit, rollback and expiry"),
        ("/start/dataclass.html", "Models as dataclasses"),
        ("/glossar%79.HTML", "Glossary"),
    ],
)
def test_a_renamed_page_is_found_by_its_words(
    page: Any, address: str, path: str, first: str
) -> None:
    """The words of the address lead to the page that has them, from any depth."""
    page.goto(f"{address}{path}")
    link = page.locator(".lost-help li a").first
    expect(link).to_have_text(first)
    link.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(first)


@pytest.mark.parametrize("path", ["/", "/%E0%A4%A", "/%F0%9F%98%80/", "/a/b/c/404.html"])
def test_an_address_without_known_words_leads_on(page: Any, address: str, path: str) -> None:
    """Nothing is guessed: the search and the list of the parts are there."""
    page.goto(f"{address}/zzz/qqq{path}")
    expect(page.get_by_role("search", name="The whole site")).to_be_visible()
    expect(page.locator(".lost-help li")).to_have_count(0)
    expect(page.get_by_role("heading", level=2)).to_have_text(
        ["Get going", "The Session", "Reference"]
    )


def test_search_takes_the_words_along(page: Any, address: str) -> None:
    """The field holds the words of the address, and Sphinx' search is asked for them."""
    page.goto(f"{address}/a/b/identity-maps.html")
    search = page.get_by_role("search", name="The whole site")
    expect(search.get_by_role("searchbox")).to_have_value("identity maps")
    search.get_by_role("button").click()
    page.wait_for_url(f"{address}/search.html?q=identity+maps")


def test_words_of_an_address_are_text(page: Any, address: str) -> None:
    """Markup in an address is no markup of the page."""
    page.goto(f"{address}/session%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E")
    expect(page.locator(".lost-help li a").first).to_be_visible()
    assert page.locator("article img").count() == 0


def test_without_javascript_the_parts_are_there(browser: Any, address: str) -> None:
    """No form that leads nowhere; each page of each part is a link that works."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/a/b/c")
    expect(page.locator("article form")).to_have_count(0)
    page.locator("article").get_by_role("link", name="The identity map").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The identity map")
    context.close()
