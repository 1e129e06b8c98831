"""The words of readers: for sections of pages, and for what is not taught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sphobjinv

from tests.kit.small_site import Built, Site
from tutorial_site.search.index import SearchError, as_indexed

NAMES = (
    *("sqlalchemy.orm.Query.limit", "sqlalchemy.sql.Select.limit", "sqlalchemy.Connection.commit"),
    *("sqlalchemy.orm.Session.commit", "sqlalchemy.orm._Private"),
)
CONF = """\
project = "A site"
extensions = ["myst_parser", "sphinx.ext.intersphinx", "tutorial_site.search.extension"]
html_theme = "furo"
intersphinx_mapping = {"library": ("https://docs.example", "../library.inv")}
search_words = "words.toml"
search_inventory = "library"
"""
WORDS = '[here]\n"one#a-part" = ["N+1"]\n[official]\n"page by page" = ["limit"]\n'


@pytest.fixture
def site(tmp_path: Path) -> Site:
    inventory = sphobjinv.Inventory()
    inventory.project, inventory.version = "library", "1"
    for name in NAMES:
        of = {"name": name, "domain": "py", "role": "method", "priority": "1"}
        inventory.objects.append(sphobjinv.DataObjStr(**of, uri="api.html#$", dispname="-"))
    label = {"name": "error-ab1c", "domain": "std", "role": "label", "priority": "-1"}
    inventory.objects.append(sphobjinv.DataObjStr(**label, uri="errors.html#$", dispname="-"))
    packed = sphobjinv.compress(inventory.data_file())
    made = Site(tmp_path, conf=CONF)
    made.write("library.inv", packed)
    made.write("words.toml", WORDS)
    made.pages(one="# One\n\n## A part\n")
    return made


def official(built: Built) -> dict[str, dict[str, list[str]]]:
    read: dict[str, dict[str, list[str]]] = json.loads(built.page("_static/search-names.json"))
    return read


def test_dialog_gets_what_readers_call_sections(site: Site) -> None:
    """By their words as a query is compared: the section's title and its address."""
    assert official(site.build())["sections"] == {"n+1": ["A part", "one.html#a-part"]}


def test_dialog_gets_the_names_of_the_inventory(site: Site) -> None:
    """By their last parts: those of the Session's package first, legacy ones last."""
    built = site.build()
    assert (built.status, built.said) == (0, "")
    named = official(built)
    assert named["names"] == {
        "ab1c": ["error ab1c", "https://docs.example/errors.html#error-ab1c"],
        "commit": [NAMES[3], f"https://docs.example/api.html#{NAMES[3]}"],
        "limit": [NAMES[1], f"https://docs.example/api.html#{NAMES[1]}"],
    }
    assert named["topics"] == {"page by page": ["limit"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (WORDS.replace('["limit"]', '["limits"]'), "not in library: ['limits']"),
        (WORDS.replace("a-part", "gone"), "no section 'gone'"),
        ("[there]\n", "search_words: "),
        ("[here", "search_words: "),
    ],
)
def test_words_that_lead_nowhere_fail_the_build(site: Site, words: str, said: str) -> None:
    """The message says what is not there."""
    site.write("words.toml", words)
    built = site.build()
    assert built.status == 2
    assert said in built.said


def test_words_are_put_below_the_heading_of_their_section() -> None:
    """They count more than words of the page; a section that is gone is an error."""
    page = '<section id="part">\n<h2>A <b>part</b></h2><p>Text.</p></section>'
    read = as_indexed(page, 1, {"part": ["N+1", "<loop>"]})
    assert '</h2><p data-pagefind-weight="10">Also: N+1, &lt;loop&gt;.</p><p>' in read
    with pytest.raises(SearchError, match="'gone'"):
        as_indexed(page, 1, {"gone": ["word"]})
