"""What a prediction is on a page: folds, which need no script."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import Tag

from tests.kit.small_site import Built, Site, cell

PAGE = f"""\
# Page

```{{predict}}
What is [it](#page)?

- [x] `<1>`
  One, *surely*.

  And more.
- [ ] Something **else**.
  No.

It is one.
```

{cell("print('<1>')", "<1>", ":name: one")}
text

```{{predict}}
Does it raise?

- [ ] No.
  It does.
- [x] `KeyError`
  It does.
```

{cell("{}[1]", "KeyError: 1", ":tags: [raises-exception]")}
text

```{{predict}}
What does it show?

- [ ] `1`
  It shows nothing.
- [x] Nothing.
  It shows nothing.
```

{cell("one = 1")}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("asks"))
    site.pages(page=PAGE)
    return site


@pytest.fixture(scope="module")
def built(site: Site) -> Built:
    done = site.build()
    assert (done.status, done.said) == (0, "")
    return done


def words(found: Tag) -> str:
    return " ".join(found.get_text(" ", strip=True).split())


def test_the_question_is_between_the_code_and_the_output(built: Built) -> None:
    """It is a part of its cell and has a name; each option is a fold with its feedback."""
    first, *_ = built.body("page").select(".cell")
    asked = first.select_one(":scope > .cell_input + .predict:has(+ .asked)")
    assert asked is not None
    assert (asked["role"], asked["aria-label"]) == ("group", "Prediction")
    assert [(words(each), "right" in each.get("class", [])) for each in asked.select("li")] == [
        ("<1> Right. One, surely . And more.", True),
        ("Something else . Not quite. No.", False),
    ]
    for summary in asked.select("summary"):
        assert {each.name for each in summary.find_all(True)} <= {"code", "span", "strong"}


def test_the_output_is_in_a_fold(built: Built) -> None:
    """With the explanation, also that of an exception, and of a cell that shows nothing."""
    folds = built.body("page").select(".cell > details.asked")
    assert all(not fold.has_attr("open") for fold in folds)
    assert [words(fold) for fold in folds] == [
        "Show the output Hide the output <1> It is one.",
        "Show the output Hide the output KeyError : 1 Line 1: {}[1]",
        "Show the output Hide the output No output.",
    ]


def test_other_builders_put_the_answers_behind_the_cell(site: Site) -> None:
    """The options are a list above it."""
    done = site.build(builder="text")
    assert (done.status, done.said) == (0, "")
    text = done.page("page.txt")
    parts = ["What is it?", "* Something **else**.", "print('<1>')", "**Answers.**", "It is one."]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert text.index("One, *surely*.") > text.index("**Answers.**")


def test_a_broken_prediction_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    """Its page is built, and the author is told what is wrong."""
    site = Site(tmp_path)
    broken = "```{predict}\nIs it?\n\n- [ ]\n- [x] `1`\n  a\n- no\n```\n\n"
    empty = "```{predict}\nIs it?\n```\n\n"
    site.pages(page=f"# Page\n\n{broken}{cell('1', '1')}\n{empty}{cell('2', '2')}")
    done = site.build()
    assert done.status == 1
    assert done.places("this is no option") == ["docs/page.md:6", "docs/page.md:9"]
    assert done.places("with 0 options") == ["docs/page.md:20"]
    assert "Traceback" not in done.said


def test_a_prediction_that_belongs_to_no_page(tmp_path: Path) -> None:
    """In an included file it is reported, since nothing checks it."""
    site = Site(tmp_path)
    site.write("docs/_part.txt", "```{predict}\nIs it?\n\n- [x] a\n  b\n- [ ] c\n  d\n```\n")
    site.pages(page="# Page\n\n```{include} _part.txt\n```\n")
    done = site.build()
    assert done.status == 1
    assert "docs/page.md:3: WARNING: {include} of _part.txt, whose cell or block" in done.said
