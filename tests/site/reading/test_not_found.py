"""The page for an address that does not exist, in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit import prerequisites
from tests.kit.serve import served

sync_api = prerequisites.module("playwright.sync_api")
expect = sync_api.expect


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    with served(prerequisites.module("built_site.dev_server").application(site)) as found:
        yield found


@pytest.mark.parametrize(
    "path", ["/zzz", "/a/b/c/404.html", "/%E0%A4%A", "/%22%3E%3Cimg%20src=x%3E"]
)
def test_search_field_and_parts_lead_on(browser: Any, address: str, path: str) -> None:
    """At any depth the page has its styles, and a search that arrives; the browser is content."""
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{address}{path}")
    assert page.locator("article h2").count() > 1
    search = page.get_by_role("search", name="The whole site")
    field = search.get_by_role("searchbox", name="Search the site")
    expect(field).to_have_css("min-height", "44px")
    field.fill("identity map")
    search.get_by_role("button", name="Search").click()
    page.wait_for_url(f"{address}/search.html?q=identity+map")
    page.close()
    assert [each for each in said if "status of 404" not in each] == []


def test_without_javascript_the_parts_are_there(browser: Any, address: str) -> None:
    """No form that leads nowhere; each page of each part is a link that works."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/a/b/c")
    expect(page.locator("article form")).not_to_be_visible()
    links = page.locator("article li a")
    title = links.last.text_content()
    links.last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    context.close()
