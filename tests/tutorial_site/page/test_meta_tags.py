"""What a site tells robots, hosts and other sites, on a small one that is built again and again."""

from __future__ import annotations

import io
import re
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from bs4 import BeautifulSoup, Tag
from PIL import Image

from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Built, Site
from tutorial_site.page.social_card import HEIGHT, MARGIN, WIDTH, _fitted, _shown, draw

ADDRESS = "https://a.example/orm/"
CONF = f"""\
import os
project = "A & B"
extensions = [
    "myst_parser",
    *("tutorial_site.page.meta_tags", "built_site.robots", "tutorial_site.page.not_found"),
]
html_theme = "furo"
html_baseurl = os.environ.get("ADDRESS", "")
templates_path = [{str(TEMPLATES)!r}]
"""
FAILING = f"""\
{CONF}
def setup(app):
    app.connect("html-page-context", lambda *given: 1 / 0)
"""
INDEX = """\
# A site

A site with *two*  parts, and
a page more: "quoted" & <so on>.

- No part of it.

```{toctree}
:caption: Get & go

one
deep/two
```

```{toctree}
:caption: Reference

words
```

```{toctree}
:hidden:

more
```
"""
ONE = """\
# Page one

After this page you can:

- read {doc}`words`,
- write `"words"`;
- and more.

A second paragraph.
"""
LONG = f"# Words\n\n## At once a section\n\n- A list.\n\nAt length: {'word after word, ' * 30}\n"
OWN = "---\nmyst:\n  html_meta:\n    description: Our own words.\n---\n# More\n\nOther words:\n"


def small_site(root: Path) -> Site:
    made = Site(root, CONF, environment={"ADDRESS": ADDRESS})
    made.write("docs/index.md", INDEX)
    made.write("docs/one.md", ONE)
    made.write("docs/deep/two.md", "# Two: <b>\n")
    made.write("docs/words.md", LONG)
    made.write("docs/more.md", OWN)
    return made


def build(site: Site) -> Built:
    built = site.build()
    assert (built.status, built.said) == (0, "")
    return built


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site, for tests that look at it only."""
    return build(small_site(tmp_path_factory.mktemp("told")))


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site of which nobody said where it stands."""
    site = small_site(tmp_path_factory.mktemp("nowhere"))
    site.environment = {}
    return build(site)


def head(built: Built, name: str) -> Tag:
    found = BeautifulSoup(built.page(f"{name}.html"), "html.parser").head
    assert found is not None
    return found


def tags(built: Built, name: str) -> dict[str, str]:
    """What a page says of itself, each thing once."""
    found: dict[str, str] = {}
    for meta in head(built, name).find_all("meta", content=True):
        key = str(meta.get("property") or meta.get("name"))
        if key != "viewport":
            assert key not in found, key
            found[key] = str(meta["content"])
    return found


def canonical(built: Built, name: str) -> list[str]:
    return [str(link["href"]) for link in head(built, name).select("link[rel=canonical]")]


def pictures(built: Built) -> set[str]:
    return {path.name for path in (built.folder / "_static" / "parts").glob("*")}


def test_page_tells_title_words_address_and_the_picture_of_its_part(built: Built) -> None:
    """All that a link to it is shown with, elsewhere."""
    found = tags(built, "one")
    words = 'After this page you can: read Words; write "words"; and more.'
    picture = found.pop("og:image")
    assert found == {
        "color-scheme": "light dark",
        "description": words,
        "og:title": "Page one",
        "og:type": "article",
        "og:site_name": "A & B",
        "og:description": words,
        "og:url": f"{ADDRESS}one.html",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "Get & go: Page one; Two: <b>",
        "twitter:card": "summary_large_image",
    }
    assert re.fullmatch(ADDRESS + r"_static/parts/get-go-[0-9a-f]{12}\.png", picture)
    assert tags(built, "deep/two")["og:image"] == picture
    data = (built.folder / urlsplit(picture).path.removeprefix("/orm/")).read_bytes()
    assert Image.open(io.BytesIO(data)).size == (WIDTH, HEIGHT)
    assert picture.rpartition("/")[2] not in built.page("one.html").partition("</head>")[2]


def test_first_page_stands_for_the_site(built: Built) -> None:
    """It is at the site's root, with the picture of the whole; so has a page of no part."""
    found = tags(built, "index")
    assert (found["og:type"], found["og:url"]) == ("website", ADDRESS)
    assert found["description"] == "A site with two parts, and a page more: “quoted” & <so on>."
    assert found["og:image:alt"] == "A & B: Get & go; Reference"
    assert tags(built, "more")["og:image"] == found["og:image"]
    assert canonical(built, "index") == [ADDRESS]
    assert canonical(built, "deep/two") == [f"{ADDRESS}deep/two.html"]


def test_description_is_short_or_the_authors_own(built: Built) -> None:
    """Long words are cut at a word's end; those of the front matter are left alone."""
    words = tags(built, "words")["description"]
    assert len(words) <= 200
    assert re.fullmatch(r"At length: (word after word, )+word after word…", words)
    assert tags(built, "more")["description"] == "Our own words."
    assert tags(built, "more")["og:description"] == "Other words:"
    assert tags(built, "genindex")["description"].startswith("All names and words that A & B")
    assert "description" not in tags(built, "deep/two")  # there is no word on it


def test_without_an_address_none_is_told(nowhere: Built) -> None:
    """No link, no map, no picture: what needs no address is there."""
    built = nowhere
    found = tags(built, "one")
    assert found.keys() == {
        *("color-scheme", "description"),
        *("og:title", "og:type", "og:site_name", "og:description"),
    }
    assert canonical(built, "one") == []
    assert pictures(built) == set()
    assert not (built.folder / "sitemap.xml").exists()
    assert (built.folder / "robots.txt").read_text() == "User-agent: *\nAllow: /\n"


def test_map_lists_the_pages_and_robots_find_it(built: Built) -> None:
    """Every page with a text, at its address; no index, no search, no page for what is lost."""
    root = ET.parse(built.folder / "sitemap.xml").getroot()
    space = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
    assert root.tag == f"{space}urlset"
    assert [url.text for url in root.iter(f"{space}loc")] == [
        f"{ADDRESS}{name}" for name in ("deep/two.html", "", "more.html", "one.html", "words.html")
    ]
    assert (built.folder / "robots.txt").read_text().endswith(f"\nSitemap: {ADDRESS}sitemap.xml\n")


def test_only_the_pages_that_ask_for_words_have_their_style(built: Built) -> None:
    """The page of what is lost, and the search, which says what it needs."""
    styled = {
        name for name in ("404", "search", "one") if "not-found.css" in str(head(built, name))
    }
    assert styled == {"404", "search"}


def test_what_no_search_engine_should_show(built: Built) -> None:
    """The search, and the page for what is lost: not to be listed, and nowhere canonical."""
    for name in ("search", "404"):
        assert tags(built, name)["robots"] == "noindex"
        assert canonical(built, name) == []


def test_other_builders_are_told_nothing(site: Site) -> None:
    """The text builder has pages, and no site: no robots, no pictures."""
    made = site.build(builder="text")
    assert made.status == 0, made.said
    assert {path.suffix for path in made.folder.rglob("*") if path.is_file()} == {".txt"}
    assert not (made.folder / "robots.txt").exists()


def told(built: Built) -> dict[str, object]:
    """All that a site tells others than its readers."""
    names = [path.relative_to(built.folder).as_posix() for path in built.folder.rglob("*.html")]
    pages = {name: name.removesuffix(".html") for name in sorted(names)}
    files = ("404.html", "robots.txt", "sitemap.xml")
    return {
        **{name: (tags(built, page), canonical(built, page)) for name, page in pages.items()},
        **{f"file {name}": built.page(name) for name in files if (built.folder / name).exists()},
        "pictures": pictures(built),
    }


@pytest.mark.parametrize("change", ["title", "page", "other address", "part"])
def test_a_build_after_a_change_is_a_new_one(site: Site, change: str) -> None:
    """What depends on other pages, or on the address, is written anew; what is old has gone."""
    build(site)
    if change == "title":
        site.write("docs/one.md", ONE.replace("Page one", "Page 1"))
    elif change == "page":
        (site.root / "docs" / "one.md").unlink()
        site.write("docs/index.md", INDEX.replace("one\n", ""))
    elif change == "part":
        site.write("docs/index.md", INDEX.replace("Get & go", "Go"))
    elif change == "other address":
        site.environment = {"ADDRESS": "https://b.example/a&b/"}
    built = build(site)
    if change == "page":  # Sphinx leaves the page that was deleted where it is
        (built.folder / "one.html").unlink(missing_ok=True)
    assert told(built) == told(site.build(out="_fresh"))
    ET.parse(built.folder / "sitemap.xml")


def test_a_picture_that_is_missing_comes_back(site: Site) -> None:
    """A build that was interrupted before its pictures leaves the next one to put them there."""
    built = build(site)
    names = pictures(built)
    for name in names:
        (built.folder / "_static" / "parts" / name).unlink()
    assert pictures(build(site)) == names


def test_a_build_that_fails_leaves_the_pictures(site: Site) -> None:
    """The pages that were not written anew name them."""
    names = pictures(build(site))
    site.write("docs/one.md", ONE.replace("Page one", "Page 1"))
    site.write("conf.py", FAILING)
    made = site.build()
    assert made.status != 0
    assert pictures(made) == names


@pytest.mark.parametrize(("which", "prefix"), [("nowhere", "/"), ("built", "/orm/")])
def test_lost_page_works_at_any_depth(
    request: pytest.FixtureRequest, which: str, prefix: str
) -> None:
    """All its addresses begin at the root of the site, wherever the reader got lost."""
    page = BeautifulSoup(request.getfixturevalue(which).page("404.html"), "html.parser")
    found = [
        str(element.get("href") or element.get("src") or element.get("action"))
        for element in page.select("[href], [src], form[action]")
        if not element.find_parent("svg")
    ]
    ours = [each for each in found if not each.startswith(("https://", "#"))]
    assert len(ours) > 10
    assert [each for each in ours if not each.startswith(prefix)] == []
    html = page.html
    assert html is not None
    assert html["data-content_root"] == prefix
    assert page.title is not None
    assert page.title.get_text().startswith("Page not found")
    article = page.select_one("article")
    assert article is not None
    assert [title.get_text() for title in article.select("h2")] == ["Get & go", "Reference"]
    links = {link.get_text(): link["href"] for link in article.select("li a")}
    assert links == {
        "Page one": f"{prefix}one.html",
        "Two: <b>": f"{prefix}deep/two.html",
        "Words": f"{prefix}words.html",
    }


def test_pictures_do_not_change_from_run_to_run() -> None:
    """The same words give the same bytes, whatever their length or letters."""
    lines = ["Ünïcödé ⱥ 漢字", "x" * 300, ""]
    assert draw("A title" * 20, "site", lines * 5) == draw("A title" * 20, "site", lines * 5)
    assert draw("", "", []) != draw("One", "", [])


def shades(data: bytes, *box: int) -> int:
    """How many colours there are in a part of a picture."""
    return len(Image.open(io.BytesIO(data)).convert("RGB").crop(box).getcolors() or ())


def test_a_picture_shows_its_words_within_its_edges() -> None:
    """The title, the site's name above it, and a list of one column or, if it is long, of two."""
    edge, middle = WIDTH - MARGIN + 1, WIDTH // 2
    short, long = (draw("A title", "A site", ["x" * 9] * number) for number in (4, 5))
    assert shades(short, 0, 330, middle, HEIGHT) > 2
    assert (
        shades(short, middle, 330, WIDTH, HEIGHT) == shades(long, middle, 480, WIDTH, HEIGHT) == 1
    )
    assert shades(long, middle, 330, WIDTH, HEIGHT) > 2
    wide = draw("A long title " * 20, "A long name " * 20, ["A long line " * 20] * 9)
    assert shades(wide, edge, 0, WIDTH, 290) == shades(wide, edge, 295, WIDTH, HEIGHT) == 1


def test_words_of_a_picture_are_small_before_they_are_cut() -> None:
    """A title of forty letters is whole; of a list of ten, the last line tells how many more."""
    title = "Commit, rollback and expiry of all states"
    text, font = _fitted(title, 92, WIDTH - 2 * MARGIN)
    assert (text, font.size < 92) == (title, True)
    text, font = _fitted(title * 9, 92, WIDTH - 2 * MARGIN)
    assert (text.endswith("..."), font.size) == (True, 46)
    assert list(_shown([*"abcdefghij"])) == [*"abcdefg", "and 3 more"]
    assert list(_shown([*"abcdefgh"])) == [*"abcdefgh"]
