"""The page for an address that does not exist, on a small site."""

from __future__ import annotations

import pytest

from tests.kit.parts_site import ADDRESS, built_whole, page_of, parts_site
from tests.kit.small_site import Built


@pytest.mark.parametrize(("address", "prefix"), [("", "/"), (ADDRESS, "/orm/")])
def test_page_works_at_any_depth(
    tmp_path_factory: pytest.TempPathFactory, address: str, prefix: str
) -> None:
    """All its addresses begin at the root of the site, wherever the reader asked."""
    page = page_of(built_whole(parts_site(tmp_path_factory.mktemp("site"), address)), "404")
    found = [
        str(element.get("href") or element.get("src") or element.get("action"))
        for element in page.select("[href], [src], form[action]")
        if not element.find_parent("svg")
    ]
    ours = [each for each in found if not each.startswith(("https://", "#"))]
    assert len(ours) > 10
    assert [each for each in ours if not each.startswith(prefix)] == []
    assert page.html is not None
    assert page.html["data-content_root"] == prefix


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built_whole(parts_site(tmp_path_factory.mktemp("site")))


def test_page_lists_the_parts_and_their_pages(built: Built) -> None:
    """In the order of the table of contents, each page by its title."""
    page = page_of(built, "404")
    assert page.title is not None
    assert page.title.get_text().startswith("Page not found")
    assert [title.get_text() for title in page.select("article h2")] == ["Get & go", "Reference"]
    links = {link.get_text(): link["href"] for link in page.select("article li a")}
    assert links == {
        "Page one": "/orm/one.html",
        "Two: <b>": "/orm/deep/two.html",
        "Words": "/orm/words.html",
    }


def test_page_has_a_search_field(built: Built) -> None:
    """It asks the page of the search, as each link to a search does."""
    (form,) = page_of(built, "404").select("article form[role=search]")
    assert form["action"] == "/orm/search.html"
    assert [field["name"] for field in form.select("input")] == ["q"]


def test_only_this_page_has_its_style(built: Built) -> None:
    """No other page loads it, nor does the search."""
    names = ("404", "search", "one")
    styled = {name for name in names if "not-found.css" in str(page_of(built, name).head)}
    assert styled == {"404"}
