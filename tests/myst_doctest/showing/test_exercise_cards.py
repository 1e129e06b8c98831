"""What a page shows of an exercise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup, Tag

from tests.kit.exercise_page import TWICE, exercise, page, part

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

PARTS = (
    part("verdict", "twice(2) is 2."),
    part("hint", "Look *at* `n`."),
    part("hint", "Add [it](#twice)."),
    part("wrong", "twice = str"),
    part("verdict", "twice(2) is 22."),
)


@pytest.fixture(scope="module")
def site(new_site: Callable[[], Site]) -> Site:
    """A page with an exercise below a section, built for two builders."""
    site = new_site()
    text = page("## Exercises\n", part("given", "n = 1").replace("}", "} one", 1))
    options = (":kind: fill", ":asks: twice", ":given: one")
    whole = exercise(*PARTS, title="Twice *n*", options=options)
    whole = whole.replace(f"{TWICE}```\n", f"{TWICE}```\n\nThat is *all*.\n")
    other = part("solution", "def twice(n):\n    return 2 * n\n", ":title: times two")
    whole = whole.replace("```{check}", f"{other}\n```{{check}}")
    whole = whole.replace("is 22", "is '22'").replace("is {twice(2)}", "is {twice(2)!r}")
    site.page("index.md", f"{text}\n{whole}")
    site.accept()
    done = [site.build(), site.build("-b", "text")]
    assert [each.output for each in done] == ["", ""]
    return site


@pytest.fixture(scope="module")
def card(site: Site) -> Tag:
    html = (site.root / "_build" / "html" / "index.html").read_text()
    found = BeautifulSoup(html, "html.parser").select_one(".exercise")
    assert found is not None
    return found


def test_a_card_has_what_a_reader_needs(card: Tag) -> None:
    """Task and starter to see; what is given, hints and solutions in folds, in this order."""
    assert [each.get_text() for each in card.select("summary")] == [
        *("What is there already", "Hint 1", "Hint 2", "Solution", "Another solution: times two")
    ]
    assert not card.select("details[open]")
    starter = card.select_one(".exercise-starter pre")
    assert starter is not None
    assert starter.get_text() == "def twice(n):\n    return n\n"
    texts = [each.get_text(" ", strip=True) for each in card.select("details")]
    assert texts[1:3] == ["Hint 1 Look at n .", "Hint 2 Add it ."]
    assert texts[3].endswith("That is all .")


def test_a_card_keeps_what_a_reader_must_not_see(site: Site, card: Tag) -> None:
    """Wrong answers, what they are told, and the check are not there, in any format."""
    text = (site.root / "_build" / "html" / "index.txt").read_text()
    for shown in (card.get_text(), text):
        assert "return n + n" in shown
        assert "str" not in shown.replace("starter", "")
        assert "twice(2) is" not in shown


def test_a_card_has_a_name(card: Tag) -> None:
    """An anchor, a heading below that of its section, and a name for screen readers."""
    title = card.select_one("h3.exercise-title")
    assert title is not None
    assert (card["id"], title.get_text()) == ("twice", "Twice n")
    assert (card["role"], card["aria-labelledby"]) == ("group", title["id"])
    kind = card.select_one(".exercise-kind")
    assert kind is not None
    assert kind.get_text() == "Exercise: fill the gap"


def test_an_exercise_elsewhere_is_reported(new_site: Callable[[], Site]) -> None:
    """In an included file nothing grades it."""
    site = new_site()
    (site.docs / "part.txt").write_text(exercise())
    site.page("index.md", "# A page\n\n```{include} part.txt\n```\n")
    said = "docs/index.md:3: WARNING: {include} of part.txt, whose cell or block at line 1 nothing"
    assert said in site.build().output
