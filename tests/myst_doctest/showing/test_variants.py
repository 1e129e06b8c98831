"""Variants on a page: what the build writes."""

from __future__ import annotations

import pytest
from bs4 import Tag

from tests.kit.chosen_page import build
from tests.kit.small_site import Built


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Pages with two variants, with one, and with none."""
    return build(tmp_path_factory.mktemp("variants"))


def cells(built: Built, name: str) -> list[Tag]:
    return built.body(name).select(".cell")


def folds(cell: Tag) -> dict[str, str]:
    """The words of a cell's folds, and what is in them."""
    return {
        each.summary.get_text(): each.get_text()[len(each.summary.get_text()) :].strip()
        for each in cell.select("details.variant")
        if each.summary
    }


def test_what_differs_is_in_a_fold(built: Built) -> None:
    """Code and output, under the variant's title; closed, for readers without JavaScript."""
    first, folded, *_ = cells(built, "page")
    assert folds(first) == {"Code on Two <2>": 'print("two")', "On Two <2>": "two"}
    assert not first.select("details[open]")
    assert [each.get_text() for each in first.select("details .hll")] == ['print("two")\n']
    assert first.select_one(".cell_output").get_text(strip=True) == "one"  # type: ignore[union-attr]
    boxes = [each["aria-label"] for each in first.select(".cell_output")]
    assert boxes == ["Output of cell print", "Output of cell print on Two <2>"]
    assert folded.select_one("details.hide details.variant .cell_output")


def test_what_does_not_differ_is_there_once(built: Built) -> None:
    """No fold and no choice; where the code alone differs, the output has no fold."""
    _, _, same, code, output, *_ = cells(built, "page")
    assert (folds(same), same.select(".variant-choice")) == ({}, [])
    assert list(folds(code)) == ["Code on Two <2>"]
    assert list(folds(output)) == ["Code on Two <2>", "Code on Three", "On Three"]


def test_a_cell_that_is_left_out_says_why(built: Built) -> None:
    """On the variant, or without one; a block without lines is no output."""
    slow, new, shown, removed, *_ = cells(built, "page")[5:]
    assert folds(slow) == {"On Two <2>": "Not run on Two <2>: it is <b>slow</b>"}
    outputs = [each.get_text(strip=True) for each in new.select(".cell_output")]
    assert outputs == ["Not run on One: it has it", "new"]
    assert folds(shown)["On Two <2>"] == "No output."
    assert list(folds(removed)) == ["Code on Two <2>"]


def test_where_nothing_is_shown_there_is_no_choice(built: Built) -> None:
    """A cell that is left out and shows nothing says so; one that shows it on a variant, "none"."""
    silent, there = cells(built, "page")[-2:]
    assert silent.select(".variant-choice, details, .cell_output") == []
    (note,) = silent.select(".cell > .variant-words")
    assert note.get_text() == "Not run on Two <2>: it needs none"
    texts = [each.get_text(strip=True) for each in there.select(".cell_output")]
    assert texts == ["No output.", "there"]
    assert there.select(".cell_output.variant-main")


def test_a_page_says_at_its_top_what_it_ran_on(built: Built) -> None:
    """Words for readers without JavaScript, radio buttons for the others; no other page does."""
    page = built.body("page")
    note, choice = page.select_one(".variant-note"), page.select_one(".variant-choice")
    assert note is not None
    assert choice is not None
    assert "also run on Two <2> and Three;" in note.get_text()
    assert [each["value"] for each in choice.select("input")] == ["main", "two", "three.0"]
    assert [each.get_text() for each in choice.select("label")] == ["One", "Two <2>", "Three"]
    assert page.select_one("h1 + .variant-note + .variant-choice")
    names = [each["name"] for each in page.select("input[checked]")]
    assert len(names) == len(set(names)) == len(page.select(".variant-choice"))
    assert "variant" not in built.page("plain.html").replace("variants.js", "")


def test_a_line_of_a_transaction_differs_on_a_variant(built: Built) -> None:
    """What is between two cells has the classes of both."""
    between = built.body("lanes").select_one(".between-cells")
    assert between is not None
    both = {"lane", "lane-0-commit", "two/0-rollback"}
    assert both <= set(between["class"])
