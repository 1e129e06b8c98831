"""The cards of the first page, and how long a chapter takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.contents import DOCS, chapters
from tests.kit.full_site import TEMPLATES
from tests.kit.parts_site import page_of
from tests.kit.small_site import Site, cell

CONF = """\
project = "A site"
extensions = ["myst_doctest", "tutorial_site.content.chapter_cards"]
html_theme = "basic"
"""
INDEX = """\
# A site

```{chapters}
```

```{toctree}
:caption: Get going
:hidden:

one
two
```

```{toctree}
:caption: Reference
:hidden:

words
```
"""
ONE = "---\nquestion: Which line?\npromise: Find it.\n---\n# One\n\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, conf=CONF)
    made.write("docs/index.md", INDEX)
    made.write("docs/one.md", ONE + "A word. " * 1190)
    made.write("docs/two.md", ONE.replace("# One", "# Two"))
    made.write("docs/words.md", "# Words\n")
    return made


def test_each_chapter_has_a_card_with_its_question_and_promise(site: Site) -> None:
    """In the order of the tables of contents; a page without a question has none."""
    built = site.build()
    assert (built.status, built.said) == (0, "")
    cards = built.body("index").select(".chapters li")
    words = [[each.get_text() for each in card.select("p")] for card in cards]
    assert words == [
        ["One", "Which line?", "Find it.", "About 10 minutes"],
        ["Two", "Which line?", "Find it.", "About 5 minutes"],
    ]
    assert [card.a["href"] for card in cards if card.a] == ["one.html", "two.html"]
    headings = [each.get_text().rstrip("¶") for each in built.body("index").select("h2")]
    assert headings == ["Get going"]


def test_words_of_a_card_have_curly_quotes_and_code(site: Site) -> None:
    """As the pages have; code keeps its own quotes."""
    said = ONE.replace("Which line?", """Why isn't "it" there?""")
    site.write("docs/two.md", said.replace("Find it.", "Don't take `d['x']`.") + "# Two\n")
    card = site.build().body("index").select(".chapters li")[1]
    assert card.select_one(".question").get_text() == "Why isn’t “it” there?"
    assert card.select_one(".promise").get_text() == "Don’t take d['x']."
    assert card.select_one(".promise code").get_text() == "d['x']"


def test_a_chapter_says_what_it_takes_and_what_comes_next(site: Site) -> None:
    """Its minutes at its top, and at its end a card of the next page: its question and minutes."""
    site.write("conf.py", CONF.replace("basic", "furo") + f"templates_path = [{str(TEMPLATES)!r}]")
    built = site.build()
    one, two = page_of(built, "one"), page_of(built, "two")
    assert [each.get_text() for each in one.select(".page-minutes")] == ["About 10 minutes"]
    (card,) = one.select("a.next-page")
    words = [each.get_text() for each in card.select(".page-info > span")]
    assert words == ["Go on: about 5 minutes →", "Two", "Which line?"]
    (last,) = two.select("a.next-page")
    assert [each.get_text() for each in last.select(".page-info > span")] == ["Go on →", "Words"]
    assert page_of(built, "words").select(".page-minutes") == []


def test_code_and_output_take_time(site: Site) -> None:
    """A line of code longer than one of output, which counts once; empty lines take none."""
    code, output = "\n\n".join(['print("1\\n1\\n1\\n1")'] * 100), "\n".join(["1"] * 400)
    site.write("docs/two.md", ONE.replace("# One", "# Two") + cell(code, output))
    built = site.build()
    assert (built.status, built.said) == (0, "")
    minutes = [each.get_text() for each in built.body("index").select(".minutes")]
    assert minutes == ["About 10 minutes", "About 10 minutes"]


EXERCISE = """\
`````{exercise} Twice as much
:name: twice
:kind: repair
:asks: twice

TASK

```{starter}
def twice(n):
    return n
```

```{verdict}
twice(2) is 2.
```

```{solution}
def twice(n):
    return n + n
```

```{check}
assert twice(2) == 4, f"twice(2) is {twice(2)}."
```
`````
"""


def test_exercises_are_named_beside_the_minutes(site: Site) -> None:
    """They take as long as they take: neither their words nor their code count as reading."""
    site.write("docs/two.md", ONE + EXERCISE.replace("TASK", "A word. " * 1190))
    built = site.build()
    assert (built.status, built.said) == (0, "")
    minutes = [each.get_text() for each in built.body("index").select(".minutes")]
    assert minutes == ["About 10 minutes", "About 5 minutes, 1 exercise"]


def test_a_question_without_a_promise_fails_the_build(site: Site) -> None:
    """The author is told which page."""
    site.write("docs/two.md", "---\nquestion: Which line?\n---\n# Two\n")
    built = site.build()
    assert built.status == 1
    assert "front matter has a question and no promise" in built.said


@pytest.mark.parametrize("name", chapters())
def test_each_chapter_of_the_tutorial_has_a_question(name: str) -> None:
    """Else the first page would have no card for it."""
    head = (DOCS / f"{name}.md").read_text("utf-8").partition("\n---\n")[0]
    assert "\nquestion: " in head
    assert "\npromise: " in head
