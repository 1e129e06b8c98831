"""What is put into the pages for readers with a keyboard or a screen reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Site, cell

ROOT = Path(__file__).resolve().parents[3]
CONF = f"""\
project = "A site"
extensions = ["myst_doctest", "tutorial_site.page.accessibility", "tutorial_site.page.code_blocks"]
html_theme = "furo"
templates_path = [{str(TEMPLATES)!r}]
"""
LONG = "print('a line that is longer than a small window')"
TABLE = "| One | Two |\n| --- | --- |\n| 1 | 2 |\n"
PAGE = f"""\
# A page

## A heading

{TABLE}

```python
short = 1
```

```python
>>> {LONG}
```

{cell("print(1)", "1", ":name: first")}
{cell(LONG, "a line that is longer than a small window")}
{cell("print(2)", "2", ":name: third", ":tags: [hide-output]")}
{cell("print(3)", "3", ":name: fourth", ":tags: [hide-cell]")}
{cell("print(4)", "4", ":name: fifth", ":tags: [remove-input]")}
"""
OTHER = f"""\
# Another page

```{{table}} A caption
{TABLE}
```

```{{list-table}}
* - One
  - Two
```
"""
TEXTS = """\
---
orphan: true
---
# A page of texts

| What | Why |
| --- | --- |
| word | a sentence of some more words |

```{table}
:class: stacked

| What | Why |
| --- | --- |
| word | a sentence of some more words |
```
"""
INDEX = """\
# Index

```{toctree}
:caption: The <first> part

page
```

```{toctree}
:caption: The second part

other
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small site's pages."""
    site = Site(tmp_path_factory.mktemp("reach"), CONF)
    site.pages(page=PAGE, other=OTHER, texts=TEXTS)
    site.write("docs/index.md", INDEX)
    done = site.build()
    assert (done.status, done.said) == (0, "")
    return done.folder


def soup(built: Path, name: str) -> BeautifulSoup:
    return BeautifulSoup((built / f"{name}.html").read_text(encoding="utf-8"), "html.parser")


def one(page: BeautifulSoup | Tag, selector: str) -> Tag:
    """The only element that a selector finds."""
    (found,) = page.select(selector)
    return found


def test_code_that_may_overflow_a_small_window_is_a_stop_of_tab(built: Path) -> None:
    """Long code can be scrolled by keyboard; short code is no stop."""
    page = soup(built, "page")
    stops = {pre.get_text().strip(): pre.get("tabindex") for pre in page.select(".highlight > pre")}
    assert stops["short = 1"] is None
    assert stops[f">>> {LONG}"] == "0"
    assert stops["print(1)"] is None
    assert stops[LONG] == "0"


def test_a_table_is_a_named_box_that_scrolls_by_keyboard(built: Path) -> None:
    """The box has the table's columns as its name, and is one, not two."""
    page = soup(built, "page")
    box = one(page, ".table-wrapper")
    assert (box["tabindex"], box["role"], box["aria-label"]) == ("0", "group", "Table: One, Two")
    assert box.find("table") is not None


def test_columns_of_text_keep_a_width_to_read_it_in(built: Path) -> None:
    """Where a table scrolls; those of a word do without, and so does a table of paragraphs."""
    first, second = soup(built, "texts").select("table")
    assert [each.get_text() for each in first.select(".long-text")] == [
        "Why",
        "a sentence of some more words",
    ]
    assert second.select(".long-text") == []


def test_a_table_is_named_by_its_caption_or_as_what_it_is(built: Path) -> None:
    """Where an author gave it a name, that is its box's too; without columns it has none."""
    boxes = soup(built, "other").select(".table-wrapper")
    assert [box["aria-label"] for box in boxes] == ["A caption", "Table"]


def test_what_is_for_pages_alone_keeps_no_other_form_from_being_built(tmp_path: Path) -> None:
    """The text builder knows no boxes that scroll."""
    site = Site(tmp_path, CONF)
    site.pages(page=PAGE)
    done = site.build(builder="text")
    assert (done.status, done.said) == (0, "")


def test_the_sidebars_lists_are_named_by_their_captions(built: Path) -> None:
    """A caption is no heading above the page's first; it names its list, and ids differ."""
    nav = one(soup(built, "page"), ".sidebar-tree")
    assert nav.select("[role=heading]") == []
    named = {
        one(nav, f"#{each['aria-labelledby']}").get_text(): each.get_text(strip=True)
        for each in nav.select("ul[aria-labelledby]")
    }
    assert named == {"The <first> part": "A page", "The second part": "Another page"}


def test_the_page_in_the_sidebar_is_marked(built: Path) -> None:
    """One link says that it is the page at hand; on the index none does."""
    assert one(soup(built, "page"), "[aria-current=page]").get_text() == "A page"
    assert soup(built, "index").select(".sidebar-tree [aria-current]") == []


def test_a_caption_in_the_page_has_a_level(built: Path) -> None:
    """There it is a heading, one below the page's own."""
    captions = soup(built, "index").select("article [role=heading]")
    assert [each["aria-level"] for each in captions] == ["2", "2"]


def test_a_link_to_a_heading_is_named_by_its_title(built: Path) -> None:
    """Its sign is for the eye alone."""
    for link in soup(built, "page").select("article .headerlink"):
        assert link["title"] == "Link to this heading"
        assert one(link, "[aria-hidden=true]").get_text() == link.get_text()


@pytest.mark.parametrize("name", ["index", "page", "genindex", "search"])
def test_landmarks_are_one_of_each_and_named(built: Path, name: str) -> None:
    """Each page has one main part, one banner, one end, and navigations that differ in name."""
    page = soup(built, name)
    for selector in ("main, [role=main]", "body > .page > header", "footer"):
        one(page, selector)
    assert page.select("aside") == []
    ids = {str(each["id"]): each.get_text(strip=True) for each in page.select("[id]")}
    names = [
        each.get("aria-label") or ids[str(each["aria-labelledby"])] for each in page.select("nav")
    ]
    assert len(set(names)) == len(names)
    assert "Site" in names
    first = page.select("body a")[0]
    assert (first.get_text(), first["href"]) == ("Skip to content", "#furo-main-content")


def test_menus_are_controls_and_have_names(built: Path) -> None:
    """What opens a menu is an input with a name, and the ground beside a menu closes it."""
    page = soup(built, "page")
    menus = {each["id"]: each["aria-label"] for each in page.select("input[type=checkbox]")}
    assert menus == {
        "__navigation": "Site navigation",
        "__toc": "On this page",
        "__contents": "On this page",
    }
    assert {each["for"] for each in page.select("label")} == set(menus)
