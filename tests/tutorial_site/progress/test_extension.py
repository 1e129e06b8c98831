"""What a build gives the scripts that note a reader's progress."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.kit.exercise_page import exercise, part
from tests.kit.small_site import Site, cell

CONF = """\
project = "A site"
extensions = ["myst_doctest", "tutorial_site.progress.extension"]
html_theme = "basic"
"""
PREDICT = """\
```{predict}
What is `one`?

- [x] `1`

  It is one.
- [ ] `2`

  That is two.
```

"""
ASKED = PREDICT + cell("one = 1\none", "1", ":name: one-shown", "")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    made = Site(tmp_path, conf=CONF)
    made.pages(
        one=f"# One\n\n{ASKED}\n{exercise(part('verdict', 'twice(2) is 2.'))}",
        two="---\nformerly: old older\n---\n# Two\n",
    )
    return made


def digests(site: Site) -> list[str]:
    """Those of the first page's question and exercise, as they were published."""
    built = site.build()
    assert (built.status, built.said) == (0, "")
    return [str(each["data-digest"]) for each in built.body("one").select("[data-digest]")]


def test_a_question_and_a_task_have_a_digest_of_their_own(site: Site) -> None:
    """It is another once the text is another, and what is around it does not matter."""
    first = digests(site)
    assert len({*first}) == 2
    text = (site.root / "docs" / "one.md").read_text("utf-8")
    site.write("docs/one.md", f"{text}\nMore.\n")
    assert digests(site) == first
    site.write(
        "docs/one.md", text.replace("That is two.", "That is another.").replace("n + n", "2 * n")
    )
    other, same = digests(site)
    assert other != first[0]
    assert same == first[1]


def test_each_page_knows_the_former_names_of_pages(site: Site) -> None:
    """No page does where no page was renamed; a name that a page has is none."""
    pages = [
        BeautifulSoup(site.build().page(name), "html.parser") for name in ("one.html", "two.html")
    ]
    for page in pages:
        block = page.select_one("#renamed-pages")
        assert block is not None
        assert json.loads(block.get_text()) == {"old": "two", "older": "two"}
    site.write("docs/two.md", "---\nformerly: one\n---\n# Two\n")
    built = site.build()
    assert built.status == 1
    assert built.places("formerly: one is a page") == ["docs/two.md"]
    site.write("docs/two.md", "# Two\n")
    assert "renamed-pages" not in site.build("-a").page("one.html")  # Sphinx writes all
