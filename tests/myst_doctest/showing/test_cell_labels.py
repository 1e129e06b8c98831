"""What the parts of a cell are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.small_site import Built, Site, cell

PAGES = {
    "names": cell("print(1)", "1", ":name: one")
    + "\ntext\n\n"
    + cell("print(2)", "2")
    + "\ntext\n\n"
    + cell("3", "3", ":name: three", ":tags: [remove-input]")
    + "\ntext\n\n"
    + cell("four = 4", "", ":name: four"),
    "folds": cell("print(1)", "1", ":name: one", ":tags: [hide-output]")
    + "\ntext\n\n"
    + cell("print(2)", "2", ":tags: [hide-input]")
    + "\ntext\n\n"
    + cell("print(3)", "3", ":name: three", ":tags: [hide-cell]")
    + "\ntext\n\n"
    + cell("print(4)", "4", ":name: four", ":tags: [hide-input, hide-output]"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    site = Site(tmp_path_factory.mktemp("told"))
    site.pages(**{name: f"# Page\n\n{text}" for name, text in PAGES.items()})
    done = site.build()
    assert (done.status, done.said) == (0, "")
    return done


def test_an_output_is_a_group_with_its_cells_name(built: Built) -> None:
    """Each output says whose it is, by the cell's number on the page and its name."""
    outputs = built.body("names").select(".cell_output")
    assert [(each["role"], each["aria-label"]) for each in outputs] == [
        ("group", "Output of cell one"),
        ("group", "Output of cell 2"),
        ("group", "Output of cell three"),
    ]


def test_a_fold_says_what_it_holds_and_whose(built: Built) -> None:
    """Its words name the cell, in a summary that holds no block, which would be no HTML."""
    words = []
    for summary in built.body("folds").select("details.hide > summary"):
        assert {each.name for each in summary.find_all(True)} == {"span"}
        assert not summary.has_attr("aria-label")
        words.append([each.get_text() for each in summary.find_all(recursive=False)])
    assert words == [
        [f"{state} code cell {part} of {name}" for state in ("Show", "Hide")]
        for part, name in (
            ("output", "cell one"),
            ("source", "cell 2"),
            ("content", "cell three"),
            ("source", "cell four"),
            ("output", "cell four"),
        )
    ]


def test_other_builders_write_the_parts_too(tmp_path: Path) -> None:
    """Code and output stand in a plain text."""
    site = Site(tmp_path)
    site.pages(page="# Page\n\n" + PAGES["folds"])
    done = site.build(builder="text")
    assert done.status == 0
    assert "print(3)" in done.page("page.txt")
