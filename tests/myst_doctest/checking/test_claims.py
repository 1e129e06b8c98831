"""Options of predictions that say what a cell shows, against what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from myst_doctest.checking.claims import claims
from tests.kit.variants_site import OLD, variants

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

LOGGED = """\
│ BEGIN (implicit)
│ INSERT INTO a (b)
│ VALUES (?)
│ [generated] (1,)
first
second
│ COMMIT
third
"""


@pytest.mark.parametrize(
    ("literal", "is_true"),
    [
        ("first\nsecond\nthird", True),
        ("first\nsecond", False),
        ("first\nsecond\nthird\nfourth", False),
        ("first", False),
        ("│ BEGIN\n│ INSERT\n│ COMMIT", True),
        ("│ BEGIN\n│ INSERT INTO a\n│ COMMIT", True),
        ("│ BEGIN\n│ INSERT INTO b\n│ COMMIT", False),
        ("│ BEGIN\n│ INS\n│ COMMIT", False),
        ("│ BEGIN\n│ INSERT", False),
        ("│ BEGIN\n│ COMMIT\n│ INSERT", False),
        ("│ BEGIN\n│ INSERT\nfirst\nsecond\n│ COMMIT\nthird", True),
        ("first\nsecond\n│ BEGIN\n│ INSERT\n│ COMMIT\nthird", False),
        ("│", False),
        ("first\n...", True),
        ("second\n...", False),
        ("│ BEGIN\n...", True),
        ("│ BEGIN\n│ INSERT\nfirst\n...", True),
        ("│ BEGIN\nfirst\n...", False),
    ],
)
def test_a_literal_and_a_log(literal: str, is_true: bool) -> None:
    """Printed lines are compared alone, or statements alone, or both in their order."""
    assert claims(literal, LOGGED) is is_true


@pytest.mark.parametrize(
    ("literal", "is_true"),
    [
        ("printed\nKeyError", True),
        ("printed\nKeyError: 'a'", True),
        ("printed\nKeyError: 'a'\nand more", True),
        ("printed\nKeyError: 'b'", False),
        ("printed\nKey", False),
        ("KeyError", False),
        ("printed", False),
    ],
)
def test_a_literal_and_an_exception(literal: str, is_true: bool) -> None:
    """Its class, its first line or all of it."""
    assert claims(literal, "printed\nKeyError: 'a'\nand more\n", raises=True) is is_true


def asking(options: str, code: str, output: str, more: str = "") -> str:
    return (
        f"# A page\n\n```{{predict}}\n{more}What?\n\n{options}```\n\n"
        f"```{{code-cell}} python\n:name: it\n{code}\n```\n\n```{{output}}\n{output}\n```\n"
    )


def test_a_claim_that_does_not_hold(site: Site) -> None:
    """The cell's test fails and the build warns, with the lines of the options."""
    site.page("index.md", asking("- [x] `2`\n  a\n- [ ] `1`\n  b\n", "1", "1"))
    checked = site.pytest()
    assert checked.states() == {"index.md::it": "failed"}
    built = site.build()
    assert built.code != 0
    for where in (checked.output, built.output):
        assert "index.md:6: " in where.replace("WARNING: ", "")
        assert "the option '2' is marked right, but the cell does not show that" in where
        assert "index.md:8: " in where.replace("WARNING: ", "")
        assert "the option '1' is marked wrong, but the cell shows that" in where


def test_an_output_is_accepted_before_its_prediction_is_corrected(site: Site) -> None:
    """What a cell shows is recorded; the option that is wrong by now is named."""
    site.page("index.md", asking("- [x] `1`\n  a\n- [ ] `2`\n  b\n", "2", "1"))
    accepted = site.accept()
    assert "```{output}\n2\n```" in site.read("index.md").decode()
    assert "index.md:6: the option '1' is marked right" in accepted.output
    assert site.pytest().states() == {"index.md::it": "failed"}


@pytest.mark.parametrize("is_asked", [False, True])
def test_a_claim_on_a_variant(site: Site, is_asked: bool) -> None:
    """It holds there too where the prediction says so; else nothing is claimed."""
    variants(site, old=OLD)
    text = asking(
        "- [x] `2`\n  a\n- [ ] `1`\n  b\n",
        "from thing import version\nversion()",
        "2",
        ":also-on: [old]\n\n" if is_asked else "",
    )
    site.page("index.md", f"---\nvariants: [old]\n---\n\n{text}\n```{{output}} old\n1\n```\n")
    checked = site.pytest()
    state = "failed" if is_asked else "passed"
    assert checked.states() == {"index.md::it": "passed", "index.md::it[old]": state}
    assert ("is marked right, but the cell does not show that on old" in checked.output) is is_asked
    assert (site.build().code == 0) is not is_asked
