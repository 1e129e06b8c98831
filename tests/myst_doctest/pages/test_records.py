"""Files that record a variant beside their page, and blocks for it in the page."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kit.variants_site import OLD, VERSION, cell, page, variants

if TYPE_CHECKING:
    from tests.kit.pytest_site import Done, Site


@pytest.fixture(scope="module")
def recorded(new_site: Callable[[], Site]) -> tuple[Site, Done]:
    """A page on an older version of a package, accepted."""
    site = new_site()
    variants(site, old=OLD)
    site.page("index.md", page(cell(VERSION), cell("'the same'"), cell("version() + 1", "old:")))
    return site, site.accept()


def test_what_differs_is_recorded_beside_the_page(recorded: tuple[Site, Done]) -> None:
    """A cell that shows the same has no entry, and one with a block in the page has it there."""
    site, done = recorded
    assert done.code == 0, done.output
    assert site.read("index.old.md").decode() == (
        "# index.md on Thing 1\n\n"
        "Written by `pytest --accept`: what cells show there, where it is not what index.md"
        " records.\n\n"
        "### from thing import version\n\n```{output}\n1\n```\n"
    )
    text = site.read("index.md").decode()
    assert text.endswith("```{output}\n3\n```\n\n```{output} old\n2\n```\n")
    assert "docs/index.md:7: added the output of line-7 on Thing 1\n" in done.output


@pytest.mark.parametrize(
    ("file", "old", "line"),
    [
        ("index.old.md", "\n1\n", 8),
        ("index.md", "\n2\n```\n\n", 13),
        ("index.md", "\n2\n```\n", 33),
    ],
    ids=["beside", "everybody's", "in-the-page"],
)
def test_a_mutated_record_is_caught(
    recorded: tuple[Site, Done], tmp_path: Path, file: str, old: str, line: int
) -> None:
    """In whichever file it is, by pytest and by a build, with its line."""
    site, _ = recorded
    copy = type(site)(tmp_path / "copy")
    shutil.copytree(site.root, copy.root, dirs_exist_ok=True)
    path = copy.docs / file
    before = path.read_text()
    at = before.rindex(old) if line == 33 else before.index(old)
    path.write_text(before[:at] + old.replace(old.strip("\n`"), "9") + before[at + len(old) :])
    assert f"docs/{file}:{line}: " in copy.pytest().output
    built = copy.build()
    assert built.code == 1
    assert f"docs/{file}:{line}: " in built.output


def test_accepting_again_changes_nothing(recorded: tuple[Site, Done]) -> None:
    """Both files keep their bytes."""
    site, _ = recorded
    before = site.read("index.md"), site.read("index.old.md")
    assert site.accept().code == 0
    assert (site.read("index.md"), site.read("index.old.md")) == before


def test_a_record_that_is_not_needed_goes(site: Site) -> None:
    """With its file, when the cell shows the same on both, has a block of its own, or is gone."""
    variants(site, old=OLD)
    site.page("index.md", page(cell(VERSION), cell("1")))
    assert site.accept().code == 0
    site.page("index.md", page(cell(VERSION, ":2", "old:1"), cell("1", ":1")))
    done = site.pytest()
    why = "the page has its own block for 'from thing import version'"
    assert f"docs/index.old.md:5: {why}" in done.output
    site.page("index.md", page(cell("'no version'"), cell("1")))
    done = site.pytest()
    assert "docs/index.old.md:5: the page has no cell 'from thing import version'" in done.output
    assert site.accept().code == 0
    assert not (site.docs / "index.old.md").exists()
    assert site.pytest().code == 0


def test_a_record_that_cannot_be_read(site: Site) -> None:
    """It is reported with its line, and not written over."""
    variants(site, old=OLD)
    site.page("page.md", page(cell(VERSION)))
    before = site.page("page.old.md", "# T\n\n### from thing import version\n\nno block\n")
    text = before.read_bytes()
    done = site.accept()
    assert "docs/page.old.md:3: no heading with an {output} block" in done.output
    assert done.code == 1
    assert before.read_bytes() == text
