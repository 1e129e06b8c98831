"""What pages say of themselves to search engines and to other sites, on a small site."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest

from tests.kit.parts_site import ADDRESS, ONE, built_whole, canonical, page_of, parts_site
from tests.kit.small_site import Built


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return built_whole(parts_site(tmp_path_factory.mktemp("somewhere")))


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site without an address."""
    return built_whole(parts_site(tmp_path_factory.mktemp("nowhere"), ""))


def tags(built: Built, name: str) -> dict[str, str]:
    """What a page says of itself, each thing once."""
    found: dict[str, str] = {}
    for meta in page_of(built, name).select("head meta[content]"):
        key = str(meta.get("property") or meta.get("name"))
        if key not in {"viewport", "color-scheme"}:
            assert key not in found, key
            found[key] = str(meta["content"])
    return found


def test_page_tells_title_words_address_and_picture(built: Built) -> None:
    """All that a link to it is shown with, elsewhere."""
    found = tags(built, "one")
    words = 'After this page you can: read Words; write "words"; and more.'
    assert len(found.pop("og:image:alt")) > 40
    assert found == {
        "description": words,
        "og:title": "Page one",
        "og:type": "article",
        "og:site_name": "A & B",
        "og:description": words,
        "og:url": f"{ADDRESS}one.html",
        "og:image": f"{ADDRESS}_static/social-card.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "twitter:card": "summary_large_image",
    }


def test_page_tells_phones_its_width_once(built: Built) -> None:
    """By the theme; docutils would say it a second time."""
    (meta,) = page_of(built, "one").select("head meta[name=viewport]")
    assert "width=device-width" in str(meta["content"])


def test_picture_is_there_and_as_large_as_pages_say(built: Built) -> None:
    """A PNG of a weight that others load; its size stands in its first chunk."""
    data = (built.folder / "_static" / "social-card.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack(">II", data[16:24]) == (1200, 630)
    assert len(data) < 200_000


def test_no_page_of_ours_loads_the_picture(built: Built) -> None:
    """It is for other sites alone."""
    assert "social-card" not in str(page_of(built, "one").body)


def test_first_page_stands_for_the_site(built: Built) -> None:
    """It is at the site's root."""
    found = tags(built, "index")
    assert (found["og:type"], found["og:url"]) == ("website", ADDRESS)
    assert found["description"] == "A site with two parts, and a page more: “quoted” & <so on>."
    assert canonical(built, "index") == [ADDRESS]
    assert canonical(built, "deep/two") == [f"{ADDRESS}deep/two.html"]


def test_addresses_of_pages_with_signs_in_their_names_are_encoded(built: Built) -> None:
    """A percent sign, a blank, and a hash, which would begin a fragment."""
    name = "100% c#"
    assert tags(built, name)["og:url"] == f"{ADDRESS}100%25%20c%23.html"
    assert canonical(built, name) == [f"{ADDRESS}100%25%20c%23.html"]


def test_description_is_short_or_the_authors_own(built: Built) -> None:
    """Long words are cut at a word's end; those of the front matter are left alone."""
    words = tags(built, "words")["description"]
    assert len(words) <= 200
    assert re.fullmatch(r"At length: (word after word, )+word after word…", words)
    assert tags(built, "more")["description"] == "Our own words."
    assert tags(built, "more")["og:description"] == "Other words:"
    assert "description" not in tags(built, "deep/two")  # there is no word on it


def test_without_an_address_what_needs_none_is_told(nowhere: Built) -> None:
    """No link and no picture."""
    assert tags(nowhere, "one").keys() == {
        *("description", "og:title", "og:type", "og:site_name", "og:description"),
    }
    assert canonical(nowhere, "one") == []


@pytest.mark.parametrize("name", ["search", "404"])
def test_what_no_search_engine_should_show(built: Built, name: str) -> None:
    """The search, and the page for what is not found: not listed, and nowhere canonical."""
    assert tags(built, name)["robots"] == "noindex"
    assert canonical(built, name) == []


def test_an_edited_page_says_what_it_says_now(tmp_path: Path) -> None:
    """In the next build of the same folder, as ``make serve`` makes it."""
    site = parts_site(tmp_path)
    built_whole(site)
    site.write("docs/one.md", ONE.replace("Page one", "Page 1").replace("After", "Before"))
    found = tags(built_whole(site), "one")
    assert found["og:title"] == "Page 1"
    assert found["description"].startswith("Before this page")
