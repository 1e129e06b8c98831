"""Links to edit a page and to report it, where the repository is known."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.kit.full_site import TEMPLATES
from tests.kit.parts_site import page_of
from tests.kit.small_site import Built, Site

CONF = f"""\
import os
project = "A site"
extensions = ["myst_parser", "tutorial_site.page.repository_links"]
html_theme = "furo"
repository_url = os.environ["REPOSITORY"]
templates_path = [{str(TEMPLATES)!r}]
"""


def built(root: Path, repository: str) -> Built:
    """A site of two pages whose repository is there."""
    site = Site(root, CONF, environment={"REPOSITORY": repository})
    site.pages(one="# One\n")
    site.write("docs/deep/a b.md", "---\norphan: true\n---\n# Two\n")
    return site.build()


def acts(made: Built, name: str) -> dict[str, str]:
    """The links in the foot of a page, by their words."""
    links = page_of(made, name).select(".page-acts a")
    return {each.get_text(): str(each["href"]) for each in links}


@pytest.mark.parametrize(
    ("repository", "edit", "title"),
    [
        ("https://github.com/who/what", "edit/main/docs/deep/a%20b.md", "title"),
        ("https://gitlab.example/who/what.git", "-/edit/main/docs/deep/a%20b.md", "issue[title]"),
    ],
)
def test_a_page_can_be_edited_and_reported(
    tmp_path: Path, repository: str, edit: str, title: str
) -> None:
    """Each link names the page, in the words of the host; that of cells leaves room for one."""
    made = built(tmp_path, repository)
    links = acts(made, "deep/a b")
    cells = [each["data-cell-href"] for each in page_of(made, "deep/a b").select(".report-page")]
    root = repository.removesuffix(".git")
    assert links["Edit this page"] == f"{root}/{edit}"
    report = urlsplit(links["Report this page"])
    assert report.path.endswith("/issues/new")
    assert parse_qs(report.query)[title] == ["Page deep/a b"]
    assert cells == [f"{links['Report this page']}%2C+cell+%7Bcell%7D"]


def test_without_a_repository_there_is_no_link(tmp_path: Path) -> None:
    """Nobody is led anywhere; what needs no repository is there."""
    assert list(acts(built(tmp_path, ""), "one")) == ["Back to top"]


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    """What git takes is not always what a browser takes: the build says so."""
    made = built(tmp_path, "git@code.example:who/what")
    assert made.status != 0
    assert "begin it with https://" in made.said
