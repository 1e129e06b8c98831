"""``--accept`` runs a page twice, and says what is another output in each run."""

from __future__ import annotations

import pytest

from myst_doctest.checking.steadiness import advice
from tests.kit.pytest_site import Site

UNSTEADY = {
    "random": ("import random\nrandom.random()", "numbers: seed what draws them"),
    "id": ("id(object())", "an id() or a hash"),
    "set": ("{str(each) for each in range(20)}", "in another order, as of a set or a folder"),
    "text": ("import random\n''.join(random.choices('abcdefgh', k=40))", "another text"),
}


def test_what_differs_is_named_with_what_to_do(site: Site) -> None:
    """The output is written, and its test fails; a page that is steady passes."""
    for name, (code, _) in UNSTEADY.items():
        site.cells(f"{name}.md", "x = 1\nx", code)
    site.cells("steady.md", "print(1)\nobject()")
    done = site.accept()
    assert done.code == 1
    for name, (_, message) in UNSTEADY.items():
        assert done.items[f"{name}.md::line-3"].state == "passed"
        report = done.items[f"{name}.md::line-8"].report
        assert "another output in a second run: " in report
        assert message in report
        assert len(site.recorded(f"{name}.md")[1]) > 2
    assert done.states("steady.md") == {"line-3": "passed"}


def test_a_set_of_strings_is_named_whatever_its_order(site: Site) -> None:
    """When it is recorded, though both runs had one hash seed, and when another run differs."""
    path = site.cells("page.md", "print({'a', 'b'})", "{'a': 'b'}", "print({'a'})")
    seed = {"PYTHONHASHSEED": "0"}
    done = site.accept(env=seed)
    assert done.code == 0
    assert done.output.count("a set of strings") == 1
    assert "docs/page.md:3: a set of strings, whose order changes: sort it" in done.output
    first, *_ = site.recorded()
    other = {"{'a', 'b'}\n": "{'b', 'a'}\n", "{'b', 'a'}\n": "{'a', 'b'}\n"}[first]
    path.write_text(path.read_text().replace(f"\n{first}", f"\n{other}"))
    report = site.pytest(env=seed).items["page.md::line-3"].report
    assert "differs from the recorded one (the same in another order, as of a set" in report


def test_a_page_to_which_nothing_is_written_runs_once(site: Site) -> None:
    """A check has compared it with an earlier run already."""
    note = site.root / "note"
    site.cells("page.md", f"with open({str(note)!r}, 'a') as file:\n    file.write('x')\n", "1")
    assert site.accept().code == 0
    assert note.read_text() == "xx"
    assert site.accept().code == 0
    assert note.read_text() == "xxx"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("140234982374", "140234982999", "id()"),
        ("12 of 0.123", "12 of 0.345", "seed"),
        ("array([-1. , 0.25])", "array([ 1.7, -0.2])", "numbers"),
        ("<A 0x7f00>", "<A 0x7f11>", "an address"),
        ("ab", "ba", "another order"),
        ("a", "b", "another text"),
    ],
)
def test_advice(first: str, second: str, said: str) -> None:
    """It names what differs."""
    assert said in advice(first, second)
