"""The built site, as its files stand on a server."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from tests.kit.contents import chapters
from tests.kit.markup import LOADING, is_in, page_of, pages_of

ROOT = Path(__file__).resolve().parents[3]


def sink_cell(site: Path, name: str) -> LexborNode:
    """A cell of the page that has everything."""
    found = page_of(site / "reference" / "kitchen-sink.html").css_first(f"#{name}")
    assert found is not None
    return found


def loaded(page: LexborHTMLParser) -> Iterator[str]:
    """The addresses that a page asks for when it is opened."""
    for tag, attribute in LOADING.items():
        for element in page.css(tag):
            if tag != "link" or "canonical" not in element.attrs.sget("rel").split():
                yield element.attrs.sget(attribute)


def test_build_is_silent_and_whole(site: Path) -> None:
    """The build prints nothing under -W -n, and each chapter is in it."""
    for name in chapters():
        assert (site / f"{name}.html").is_file()


def test_no_page_asks_another_host(site: Path) -> None:
    """Whatever a page loads by itself comes from the site."""
    pages = pages_of(site)
    assert len(pages) > len(chapters())
    for name, page in pages.items():
        assert [url for url in loaded(page) if urlsplit(url).netloc] == [], name


LITERAL = (
    "code, pre, kbd, script, style, svg, .sig, "
    # Values and messages, as Python and SQLAlchemy write them.
    ".show-film, .show-board, .show-beside, .show-dialects, .error, [href*='#message-']"
)


def test_quotes_in_words_are_curly(site: Path) -> None:
    """On every page, in text, cards, folds and tables of contents; code has its own."""
    found = set()
    for name, page in pages_of(site).items():
        literal = {each.mem_id for each in page.css(LITERAL)}
        for node in page.body.traverse(include_text=True) if page.body else ():
            text = node.text_content if node.is_text_node else None
            if text and re.search("['\"]", text) and not is_in(node, literal):
                found.add(f"{name}: {text.strip()}")
    assert found == set()


def test_a_fold_opens_by_its_whole_line(site: Path) -> None:
    """Nothing within it is a link or a button: a screen reader would not name it."""
    found = {
        f"{name}: {summary.text(strip=True)}"
        for name, page in pages_of(site).items()
        for summary in page.css("summary:has(a, button, input)")
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
    found = {name: page.css_first(selector) for name, page in pages_of(site).items()}
    assert {name: each.tag for name, each in found.items() if each} == {}


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
    cell = sink_cell(site, "sink-hostile")
    assert cell.css("img, script") == []
    shown = cell.text()
    assert "<img src=x onerror=alert(1)> &amp;" in shown
    assert "\\x1b[31mred" in shown
    assert "\n│ a line that begins with the gutter\n" in shown


def test_sql_stands_apart_and_is_highlighted(site: Path) -> None:
    """SQL is in a block of its own, with its keywords marked, beside text that is not."""
    cell = sink_cell(site, "sink-sql-and-value")
    logs = cell.css(".executed details.log")
    assert [log.css("pre")[0].text().split()[0] for log in logs] == ["BEGIN", "COMMIT"]
    assert "INSERT" in {word.text() for word in logs[0].css(".k")}
    assert cell.css("pre.stdout")[0].text() == "nothing is sent yet"


def test_error_links_to_its_explanation(site: Path) -> None:
    """Its class leads to its page, the address in its message is a link, its line is named."""
    cell = sink_cell(site, "sink-error-link")
    leads = [link.attrs.sget("href") for link in cell.css(".error a")]
    assert leads[0] == "../e/integrity-error.html"
    assert leads[1].endswith("/gkpj")
    assert "Line 2: session.flush()" in cell.css(".error")[0].text()


def test_picture_is_published_and_its_text_is_not(site: Path) -> None:
    """A value of a listed type is an SVG on the page; the same value printed is text."""
    assert sink_cell(site, "sink-picture").css(".picture svg title") != []
    assert sink_cell(site, "sink-picture-printed").css("svg") == []


def test_tags_hide_and_remove(site: Path) -> None:
    """hide-* folds, remove-* leaves out; what is removed is nowhere in the page."""
    assert sink_cell(site, "sink-hide-output").css("details .executed") != []
    assert sink_cell(site, "sink-remove-input").text().strip() == "the code is not shown"
    assert sink_cell(site, "sink-remove-output").css(".executed") == []
    page = site / "reference" / "kitchen-sink.html"
    assert "neither is shown" not in page.read_text("utf-8")


def test_no_page_is_heavy(site: Path) -> None:
    """A page's HTML, its pictures included, stays under 40 KB compressed."""
    sizes = {file.name: len(gzip.compress(file.read_bytes(), 6)) for file in site.rglob("*.html")}
    assert {name: size for name, size in sizes.items() if size >= 40_000} == {}


def test_ids_are_unique_on_each_page(site: Path) -> None:
    """Two pictures, panels or cells on one page never share an id."""
    for name, page in pages_of(site).items():
        ids = Counter(element.id for element in page.css("[id]"))
        assert [each for each, count in ids.items() if count > 1] == [], name


def test_a_translating_browser_leaves_code_and_values_alone(site: Path) -> None:
    """Each block and word of code, SQL or output, and each signature, is not to be translated."""
    kept = "[translate=no], [translate=no] *, .notranslate, .notranslate *, .xref"  # module index
    lost = "summary:is([translate=no], [translate=no] *):not([translate=yes])"
    for name, page in pages_of(site).items():
        found = page.css(f":is(pre, code, dt.sig):not({kept}), {lost}")
        assert [each.html for each in found] == [], name


def test_names_in_cells_lead_to_the_documentation(site: Path) -> None:
    """A name in a cell's code is a link to where it is documented; an output holds none."""
    page = page_of(site / "session" / "session.html")
    links = {link.text(): link.attrs.sget("href") for link in page.css(".cell_input a")}
    base = "https://docs.sqlalchemy.org/en/21/"
    assert links["sessionmaker"] == f"{base}orm/session_api.html#sqlalchemy.orm.sessionmaker"
    assert links["create_engine"] == f"{base}core/engines.html#sqlalchemy.create_engine"
    assert page.css(".cell_output .code-link") == []
