"""The built site, as its files stand on a server."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup

from tests.kit.contents import chapters
from tests.kit.markup import LOADING, soup, soups

ROOT = Path(__file__).resolve().parents[3]


def named(site: Path, name: str) -> BeautifulSoup:
    """A page, by its name."""
    return soup(site / f"{name}.html")


def loaded(page: BeautifulSoup) -> Iterator[str]:
    """The addresses that a page asks for when it is opened."""
    for tag, attribute in LOADING.items():
        for element in page.find_all(tag):
            if tag != "link" or "canonical" not in (element.get("rel") or []):
                yield str(element.get(attribute) or "")


def test_build_is_silent_and_whole(site: Path) -> None:
    """The build prints nothing under -W -n, and each chapter is in it."""
    for name in chapters():
        assert (site / f"{name}.html").is_file()


def test_no_page_asks_another_host(site: Path) -> None:
    """Whatever a page loads by itself comes from the site."""
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(chapters())
    for file in pages:
        page = soup(file)
        assert [url for url in loaded(page) if urlsplit(url).netloc] == [], file


LITERAL = (
    "code, pre, kbd, script, style, svg, .sig, "
    # Values and messages, as Python and SQLAlchemy write them.
    ".show-film, .show-board, .show-beside, .show-dialects, .error, [href*='#message-']"
)


def test_quotes_in_words_are_curly(site: Path) -> None:
    """On every page, in text, cards, folds and tables of contents; code has its own."""
    found = set()
    for name, page in soups(site).items():
        literal = {id(each) for each in page.select(LITERAL)}
        for text in page.find_all(string=re.compile("['\"]")):
            if literal.isdisjoint(map(id, text.parents)):
                found.add(f"{name}: {text.strip()}")
    assert found == set()


def test_a_fold_opens_by_its_whole_line(site: Path) -> None:
    """Nothing within it is a link or a button: a screen reader would not name it."""
    found = {
        f"{file.relative_to(site)}: {summary.get_text().strip()}"
        for file in site.rglob("*.html")
        for summary in soup(file).select("summary:has(a, button, input)")
    }
    assert found == set()


def test_no_page_has_a_class_whose_rules_are_left_out(site: Path) -> None:
    """What conf.py says that no page has of the theme's classes, no page has."""
    conf: dict[str, Any] = {"__file__": str(ROOT / "conf.py")}
    exec((ROOT / "conf.py").read_text(encoding="utf-8"), conf)
    unused = set(conf["asset_bundle_unused"].split())
    assert unused
    for file in site.rglob("*.html"):
        classes = re.findall(r'\bclass="([^"]*)"', file.read_text(encoding="utf-8"))
        names = {name for each in classes for name in each.split()}
        assert names & unused == set(), f"{file.name}: remove these from asset_bundle_unused"


def test_no_page_has_what_a_selector_chooses_that_is_left_out(site: Path) -> None:
    """But for what pointers and addresses change, and for parts that a browser adds."""
    conf: dict[str, Any] = {"__file__": str(ROOT / "conf.py")}
    exec((ROOT / "conf.py").read_text(encoding="utf-8"), conf)
    lists = re.split(r"[,\n]\s*", conf["asset_bundle_unused_selectors"].strip())
    bare = {re.sub(r"::?(after|hover|target|-webkit-[\w-]+)", "", each) for each in lists}
    selector = ", ".join(f"*{each}" if each[0] in ">~" else each for each in sorted(bare))
    found = {file.name: soup(file).select(selector) for file in site.rglob("*.html")}
    assert {name: each[0].name for name, each in found.items() if each} == {}


def test_theme_sets_no_property_in_vain(site: Path) -> None:
    """Each custom property of the theme is read by a style sheet or a script of the site."""
    static = site / "_static"
    theme = (static / "styles" / "furo.css").read_text("utf-8")
    names = set(re.findall(r"[{;](--[\w-]+):", theme))
    files = (*static.glob("first-*"), *static.glob("*.css"), *static.glob("*.js"))
    read = "".join(file.read_text("utf-8") for file in files)
    assert len(names) > 50
    assert {name for name in names if not re.search(rf"\({name}[,)]", read)} == set()


def test_no_stylesheet_asks_another_host(site: Path) -> None:
    """No font and no picture of a stylesheet comes from elsewhere."""
    for file in site.rglob("*.css"):
        urls = re.findall(r"(?:url\(|@import)\s*['\"]?([^'\")\s]+)", file.read_text("utf-8"))
        assert [url for url in urls if urlsplit(url).netloc] == [], file


def test_output_is_text_and_never_markup(site: Path) -> None:
    """What a cell prints is shown as it is, tags included."""
    page = named(site, "reference/kitchen-sink")
    cell = page.find(id="sink-hostile")
    assert cell is not None
    assert cell.find_all(["img", "script"]) == []
    shown = cell.get_text()
    assert "<img src=x onerror=alert(1)> &amp;" in shown
    assert "\\x1b[31mred" in shown
    assert "\n│ a line that begins with the gutter\n" in shown


def test_sql_stands_apart_and_is_highlighted(site: Path) -> None:
    """SQL is in a block of its own, with its keywords marked, beside text that is not."""
    cell = named(site, "reference/kitchen-sink").find(id="sink-sql-and-value")
    assert cell is not None
    logs = cell.select(".executed details.log")
    assert [log.select_one("pre").get_text().split()[0] for log in logs] == ["BEGIN", "COMMIT"]
    assert "INSERT" in {word.get_text() for word in logs[0].select(".k")}
    assert cell.select_one("pre.stdout").get_text() == "nothing is sent yet"


def test_error_links_to_its_explanation(site: Path) -> None:
    """Its class leads to its page, the address in its message is a link, its line is named."""
    cell = named(site, "reference/kitchen-sink").find(id="sink-error-link")
    assert cell is not None
    leads = [link["href"] for link in cell.select(".error a")]
    assert leads[0] == "../e/integrity-error.html"
    assert leads[1].endswith("/gkpj")
    assert "Line 2: session.flush()" in cell.select_one(".error").get_text()


def test_picture_is_published_and_its_text_is_not(site: Path) -> None:
    """A value of a listed type is an SVG on the page; the same value printed is text."""
    page = named(site, "reference/kitchen-sink")
    assert page.find(id="sink-picture").select_one(".picture svg title") is not None
    assert page.find(id="sink-picture-printed").select_one("svg") is None


def test_tags_hide_and_remove(site: Path) -> None:
    """hide-* folds, remove-* leaves out; what is removed is nowhere in the page."""
    page = named(site, "reference/kitchen-sink")
    assert page.find(id="sink-hide-output").select_one("details .executed") is not None
    assert page.find(id="sink-remove-input").get_text().strip() == "the code is not shown"
    assert page.find(id="sink-remove-output").select_one(".executed") is None
    assert "neither is shown" not in page.get_text()


def test_no_page_is_heavy(site: Path) -> None:
    """A page's HTML, its pictures included, stays under 40 KB compressed."""
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in site.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size >= 40_000} == {}


def test_ids_are_unique_on_each_page(site: Path) -> None:
    """Two pictures, panels or cells on one page never share an id."""
    for file in site.rglob("*.html"):
        page = soup(file)
        ids = Counter(str(element["id"]) for element in page.find_all(id=True))
        assert [name for name, count in ids.items() if count > 1] == [], file


def test_a_translating_browser_leaves_code_and_values_alone(site: Path) -> None:
    """Each block and word of code, SQL or output, and each signature, is not to be translated."""
    kept = "[translate=no], [translate=no] *, .notranslate, .notranslate *, .xref"  # module index
    for file in sorted(site.rglob("*.html")):
        page = named(site, file.relative_to(site).with_suffix("").as_posix())
        assert page.select(f":is(pre, code, dt.sig):not({kept})") == [], file
        assert (
            page.select("summary:is([translate=no], [translate=no] *):not([translate=yes])") == []
        ), file


def test_names_in_cells_lead_to_the_documentation(site: Path) -> None:
    """A name in a cell's code is a link to where it is documented; an output holds none."""
    page = named(site, "session/session")
    links = {link.get_text(): str(link["href"]) for link in page.select(".cell_input a")}
    base = "https://docs.sqlalchemy.org/en/21/"
    assert links["sessionmaker"] == f"{base}orm/session_api.html#sqlalchemy.orm.sessionmaker"
    assert links["create_engine"] == f"{base}core/engines.html#sqlalchemy.create_engine"
    assert page.select(".cell_output .code-link") == []
