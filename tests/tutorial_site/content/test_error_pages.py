"""Pages of exceptions and codes, the list of messages, and what they are made of."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import Tag
from sphinx.errors import ConfigError
from sqlalchemy.exc import SQLAlchemyError

from tests.kit.full_site import TEMPLATES
from tests.kit.parts_site import page_of
from tests.kit.small_site import Built, Site, cell
from tutorial_site.content.error_causes import ErrorCauses

ADDRESS = "https://example.org/"
CONF = f"""\
project = "A site"
extensions = [
    *("myst_doctest", "tutorial_site.content.error_pages"),
    *("tutorial_site.page.accessibility", "tutorial_site.page.meta_tags"),
]
html_theme = "furo"
html_baseurl = {ADDRESS!r}
error_causes = "errors.toml"
templates_path = [{str(TEMPLATES)!r}]
"""
CAUSES = """\
[LostError]
cause = "It `<was>` careless."
cure = "Take care."
raises = "part/one#lost"
cured = "part/one#cured"

[KeyError]
cause = "There is no such key."
cure = "Look."
raises = "other#key"
cured = "part/one#cured"
"""
LIST = "# Messages\n\n## I see a message\n\n```{messages}\n```\n"
INDEX = """\
# A site

```{toctree}
:caption: Chapters

list
```

```{toctree}
:caption: More

part/one
other
```
"""
FAILS = ":tags: [raises-exception]"
DEFINED = """\
class LostError(Exception):
    pass


def lose(words="<gone> (Background on this error at: https://sqlalche.me/e/21/ab1c)"):
    raise LostError(words)
"""
MESSAGE = "LostError: <gone> (Background on this error at: https://sqlalche.me/e/21/ab1c)"
ONE = "\n\n".join(
    (
        "# One",
        cell(DEFINED, "", ":name: defined"),
        "## How is it lost?",
        "A paragraph before.",
        "```{predict}\nIs it?\n\n- [x] `LostError`\n  Yes.\n- [ ] No.\n  Yes.\n```",
        cell("lose()", MESSAGE, ":name: lost", FAILS),
        "*Cause.*\nIt was [careless](../other.md), see [above](#defined).",
        cell("1 + 1", "2", ":name: cured"),
        "A paragraph after.",
        "## Does it print?",
        cell("print(6)", "6", ":name: prints"),
        cell("raise ValueError('own')", "ValueError: own", ":name: own", FAILS),
    )
)
SECOND = "\n\n" + "\n\n".join(
    (
        "## Again?",
        cell('lose("<there>")', "LostError: <there>", ":name: again", FAILS),
        "## And again?",
        cell('lose("It\'s away")', "LostError: It's away", ":name: away", FAILS),
    )
)
OTHER = "# Other\n\n" + cell("{}['key']", "KeyError: 'key'", ":name: key", FAILS)


def write(folder: Path, one: str = ONE) -> Site:
    """The site, with this first chapter."""
    made = Site(folder, conf=CONF)
    made.write("docs/index.md", INDEX)
    made.write("docs/list.md", LIST)
    made.write("errors.toml", CAUSES)
    made.write("docs/part/one.md", one)
    made.write("docs/other.md", OTHER)
    return made


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return write(tmp_path)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return write(tmp_path_factory.mktemp("first")).build()


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The site with more messages of one class."""
    return write(tmp_path_factory.mktemp("second"), ONE + SECOND).build()


def article(built: Built, name: str) -> Tag:
    """The content of a page."""
    (found,) = page_of(built, name).select("article")
    return found


def test_a_page_holds_the_failing_cell_its_cause_and_its_cure(first: Built) -> None:
    """From the cell that fails to the next one that does not, with links that lead on."""
    assert (first.status, first.said) == (0, "")
    page = article(first, "e/lost-error")
    (part,) = page.select("section section")
    words = part.get_text(" ", strip=True)
    assert "It was careless" in words
    others = ("A paragraph before", "A paragraph after", "class LostError")
    assert [each for each in others if each in words] == []
    assert [each.get_text() for each in part.select(".cell_input pre")] == ["lose()\n", "1 + 1\n"]
    assert part.select(".predict, .asked") == []  # it is known by now what the cell shows
    links = [link["href"] for link in part.select("a[href]:not([href^=https])")]
    assert links == [
        "../part/one.html#how-is-it-lost",
        "../part/one.html#lost",
        "../other.html",
        "../part/one.html#defined",
        "../part/one.html#cured",
    ]
    labels = [each["aria-label"] for each in part.select(".open-cell")]
    assert labels == ["Open this cell: lost in One", "Open this cell: cured in One"]


def test_an_exception_leads_to_its_page(first: Built) -> None:
    """From the cell that shows it, by its class; one that has no page stays as it is."""
    names = {"part/one": ["LostError", "ValueError"], "other": ["KeyError"]}
    leads = {"part/one": ["../e/lost-error.html"], "other": ["e/key-error.html"]}
    for page, classes in names.items():
        assert [each.get_text() for each in article(first, page).select(".error b")] == classes
        links = article(first, page).select(".error a:has(> b)")
        assert [str(each["href"]) for each in links] == leads[page]


def test_a_code_has_a_page_too(second: Built) -> None:
    """It and the class lead to each other."""
    code, error = article(second, "e/ab1c"), article(second, "e/lost-error")
    assert code.select_one("a[href='lost-error.html']")
    assert error.select_one("a[href='ab1c.html']")
    assert [each.get_text() for each in (*code.select("h1"), *error.select("h1"))] == [
        "ab1c: LostError",
        "LostError (ab1c)",
    ]
    assert [each.get_text() for each in code.select("h2")] == ["<gone>"]
    assert canonical(second, "e/ab1c") == f"{ADDRESS}e/ab1c.html"


def test_the_code_of_one_class_leads_to_its_page(first: Built) -> None:
    """At once and by a link; search engines are told so; nothing leads back."""
    error, code = article(first, "e/lost-error"), page_of(first, "e/ab1c")
    (moved,) = code.select("meta[http-equiv=refresh]")
    assert moved["content"] == "0; url=lost-error.html"
    assert code.select_one("article a[href='lost-error.html']")
    assert code.select("article h2") == []
    for page in ("e/ab1c", "e/lost-error"):
        assert canonical(first, page) == f"{ADDRESS}e/lost-error.html"
    assert error.select("a[href='ab1c.html']") == []
    assert error.select_one(f".error-related a[href='{explained('ab1c')}']")


def explained(code: str) -> str:
    """Where SQLAlchemy's own messages lead for a code."""
    return str(SQLAlchemyError("gone", code=code)).rpartition(" ")[2].rstrip(")")


def canonical(built: Built, name: str) -> str:
    """The address that search engines get for a page."""
    (link,) = page_of(built, name).select("link[rel=canonical]")
    return str(link["href"])


def test_a_page_begins_with_the_cause_and_the_cure(second: Built) -> None:
    """With the cells that show them, also for search engines; the list of messages is current."""
    assert (second.status, second.said) == (0, "")
    page = page_of(second, "e/lost-error")
    lines = [each.get_text() for each in page.select(".error-about p")]
    assert lines == [
        "Cause. It <was> careless. Open the failing cell",
        "Cure. Take care. Open the cure",
    ]
    links = [each["href"] for each in page.select(".error-about a")]
    assert links == ["../part/one.html#lost", "../part/one.html#cured"]
    (words,) = page.select("meta[name=description]")
    assert words["content"] == "It <was> careless. Take care."
    (current,) = page.select(".sidebar-tree [aria-current]")
    assert current["href"] == "../list.html"
    contents = [each["href"] for each in page.select(".toc-tree li li a")]
    assert contents == [f"#{each['id']}" for each in page.select("article section section")]


def test_the_message_of_the_example_comes_first(tmp_path: Path) -> None:
    """It is that of which the cause above speaks; the others are in the order of their letters.

    A list of all, each in a line, comes before them.
    """
    words = ["zigzag", f"no <Crate at 0x1f> but {'a part of it ' * 5}is here"]
    lost = [
        cell(f'lose("{each}")', f"LostError: {each}", f":name: more-{number}", FAILS)
        for number, each in enumerate(words)
    ]
    site = write(tmp_path, "\n\n".join((ONE + SECOND, *lost)))
    site.write("errors.toml", CAUSES.replace("one#lost", "one#away"))
    page = page_of(site.build(), "e/lost-error")
    long = words[1].replace("0x1f", "0x...")
    heads = [each.get_text() for each in page.select("h2")]
    assert heads == ["It's away", "<gone>", long, "zigzag"]
    listed = [each.get_text() for each in page.select(".error-messages a")]
    short = f"no <Crate> but{5 * ' a part of it'}\N{NO-BREAK SPACE}…"
    assert listed == ["It's away", "<gone>", short, "zigzag"]


def test_what_else_to_read_is_no_part_of_a_cure(tmp_path: Path) -> None:
    """A box of it may follow a cell that fails, where nothing repairs it."""
    box = "```{seealso}\nThe other page.\n```"
    site = write(
        tmp_path, "\n\n".join((ONE, cell("lose('!')", "LostError: !", ":name: last", FAILS), box))
    )
    built = site.build()
    assert (built.status, built.said) == (0, "")
    assert "The other page." not in article(built, "e/lost-error").get_text()


def test_words_that_no_cell_shows_fail_the_build(site: Site) -> None:
    """The message says which, and what would do, with the line of the file."""
    wrong = (
        CAUSES.replace("[KeyError]", "[IndexError]")
        .replace("part/one#lost", "part/one#cured")
        .replace('cured = "part/one#cured"', 'cured = "part/one#lost"', 1)
    )
    site.write("errors.toml", wrong)
    built = site.build()
    said = [line.partition(" WARNING: ")[::2] for line in built.warnings]
    assert [(place, words.partition(":")[0]) for place, words in said] == [
        ("errors.toml:1:", "KeyError has no cause and no cure here"),
        ("errors.toml:1:", "raises = 'part/one#cured' does not show it"),
        ("errors.toml:1:", "cured = 'part/one#lost' is no cell that runs without it [errors]"),
        ("errors.toml:7:", "raises = 'other#key' does not show it"),
    ]


@pytest.mark.parametrize("text", ["[KeyError", "[KeyError]\ncare = ''\n", "\xff"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    """Wherever its form is wrong."""
    (tmp_path / "errors.toml").write_text(text, encoding="latin-1")
    app: Any = SimpleNamespace(confdir=tmp_path, config=SimpleNamespace(error_causes="errors.toml"))
    with pytest.raises(ConfigError, match="error_causes: "):
        ErrorCauses().load(app)


def test_messages_that_differ_in_names_are_one(second: Built) -> None:
    """The first that is cured is shown, the others are in folds; another message is apart."""
    page = article(second, "e/lost-error")
    part, other = page.select("section section")
    assert [each.get_text() for each in page.select("h2")] == ["<gone>", "It's away"]
    (fold,) = part.select("details.error-more")
    assert fold.summary.get_text() == "Also in One: Again?"
    assert fold.pre.get_text() == 'lose("<there>")\n'
    assert other.select("details") == []


def test_messages_are_listed_by_class(first: Built) -> None:
    """Each leads to its part and its sections; what a page raises by itself is not among them."""
    page = page_of(first, "list")
    titles = [each.get_text().rstrip("¶") for each in page.select("article h3")]
    assert titles == ["KeyError", "LostError ab1c"]
    lines = [[each.get_text() for each in item.select("p")] for item in page.select(".messages li")]
    assert lines == [["'key'", "Other"], ["<gone>", "How is it lost? · One"]]
    links = [str(link["href"]) for link in page.select(".messages a")]
    assert links[2:] == ["e/lost-error.html#message", "part/one.html#how-is-it-lost"]
    assert article(first, "e/lost-error").find(id="message")
    contents = [each["href"] for each in page.select(".toc-tree li li li a")]
    assert contents == ["#message-keyerror", "#message-losterror"]


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
