"""Pages of exceptions and codes, the list of messages, and what they are made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag

from tests.kit.full_site import TEMPLATES
from tests.kit.parts_site import page_of
from tests.kit.small_site import Built, Site, cell

CONF = f"""\
project = "A site"
extensions = ["myst_doctest", "tutorial_site.content.error_pages"]
html_theme = "furo"
templates_path = [{str(TEMPLATES)!r}]
"""
INDEX = """\
# A site

```{messages}
```

```{toctree}
:caption: Chapters

part/one
other
```
"""
FAILS = ":tags: [raises-exception]"
DEFINED = """\
class LostError(Exception):
    pass


def lose():
    raise LostError("<gone> (Background on this error at: https://sqlalche.me/e/21/ab1c)")
"""
MESSAGE = "LostError: <gone> (Background on this error at: https://sqlalche.me/e/21/ab1c)"
ONE = "\n\n".join(
    (
        "# One",
        cell(DEFINED, "", ":name: defined"),
        "## How is it lost?",
        "A paragraph before.",
        cell("lose()", MESSAGE, ":name: lost", FAILS),
        "*Cause.*\nIt was [careless](../other.md), see [above](#defined).",
        cell("1 + 1", "2", ":name: cured"),
        "A paragraph after.",
        "## Does it print?",
        cell("print(6)", "6", ":name: prints"),
        cell("raise ValueError('own')", "ValueError: own", ":name: own", FAILS),
    )
)
OTHER = "# Other\n\n" + cell("{}['key']", "KeyError: 'key'", ":name: key", FAILS)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, conf=CONF)
    made.write("docs/index.md", INDEX)
    made.write("docs/part/one.md", ONE)
    made.write("docs/other.md", OTHER)
    return made


def article(built: Built, name: str) -> Tag:
    """The content of a page."""
    (found,) = page_of(built, name).select("article")
    return found


def test_a_page_holds_the_failing_cell_its_cause_and_its_cure(site: Site) -> None:
    """From the cell that fails to the next one that does not, with links that lead on."""
    built = site.build()
    assert (built.status, built.said) == (0, "")
    page = article(built, "e/lost-error")
    (part,) = page.select("section section")
    words = part.get_text(" ", strip=True)
    assert "It was careless" in words
    others = ("A paragraph before", "A paragraph after", "class LostError")
    assert [each for each in others if each in words] == []
    assert [each.get_text() for each in part.select(".cell_input pre")] == ["lose()\n", "1 + 1\n"]
    links = [link["href"] for link in part.select("a[href]:not([href^=https])")]
    assert links == [
        "../part/one.html#how-is-it-lost",
        "../part/one.html#lost",
        "../other.html",
        "../part/one.html#defined",
    ]


def test_an_exception_leads_to_its_page(site: Site) -> None:
    """From the cell that shows it, by its class; one that has no page stays as it is."""
    built = site.build()
    names = {"part/one": ["LostError", "ValueError"], "other": ["KeyError"]}
    leads = {"part/one": ["../e/lost-error.html"], "other": ["e/key-error.html"]}
    for page, classes in names.items():
        assert [each.get_text() for each in article(built, page).select(".error b")] == classes
        links = article(built, page).select(".error a:has(> b)")
        assert [str(each["href"]) for each in links] == leads[page]


def test_a_code_has_a_page_too(site: Site) -> None:
    """It and the class lead to each other."""
    built = site.build()
    code, error = article(built, "e/ab1c"), article(built, "e/lost-error")
    assert code.select_one("a[href='lost-error.html']")
    assert error.select_one("a[href='ab1c.html']")
    assert [each.get_text() for each in code.select("h2")] == ["How is it lost?"]


def test_messages_are_listed_by_class(site: Site) -> None:
    """Each leads to its section and its cell; what a page raises by itself is not among them."""
    body = article(site.build(), "index")
    titles = [each.get_text().rstrip("¶") for each in body.select("h2")]
    assert titles == ["KeyError", "LostError"]
    lines = [each.get_text() for each in body.select(".messages li")]
    assert lines == ["'key' (Other, the cell)", "<gone> (One, the cell)"]
    links = [link["href"] for link in body.select(".messages a")]
    assert links[2:] == ["part/one.html#how-is-it-lost", "part/one.html#lost"]


def test_an_increment_writes_the_pages_of_its_chapters(site: Site) -> None:
    """With what other chapters say there, too; the pages of other errors it leaves."""
    one = f"""{ONE}\n\n{cell("{}['one']", "KeyError: 'one'", ":name: mislaid", FAILS)}"""
    site.write("docs/part/one.md", one)
    first = site.build()
    before = article(first, "e/lost-error")
    left = first.folder / "e" / "lost-error.html"
    left.write_text("Left.", encoding="utf-8")
    site.write("docs/other.md", f"{OTHER}\n\nMore.\n")
    built = site.build()
    assert (built.status, built.said) == (0, "")
    assert left.read_text(encoding="utf-8") == "Left."
    text = article(built, "e/key-error").get_text()
    assert "More." in text
    assert "KeyError: 'one'" in text
    site.write("docs/part/one.md", f"{one}\n\nMore.\n")
    assert article(site.build(), "e/lost-error") == before
