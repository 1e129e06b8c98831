"""What pages are made of, where it is damaged in a way that no reader of it would tell."""

from __future__ import annotations

from pathlib import Path

from tests.kit.small_site import Site

CONF = """\
project = "A site"
extensions = ["myst_parser", "tutorial_site.build.input_checks"]
html_theme = "basic"
"""


def test_a_drawing_that_is_cut_is_named_with_its_page(tmp_path: Path) -> None:
    """An SVG is read to its end; one that is whole is no news."""
    site = Site(tmp_path, CONF)
    whole = '<svg xmlns="http://www.w3.org/2000/svg"><g><path d="M0 0"/></g></svg>'
    site.write("docs/whole.svg", whole)
    site.write("docs/cut.svg", whole[: len(whole) // 2])
    site.pages(page="# Page\n\n![Whole](whole.svg) ![Cut](cut.svg)\n")
    built = site.build()
    assert built.status == 1
    (warning,) = built.warnings
    assert warning.startswith("docs/page.md: WARNING: ")
    assert "docs/cut.svg: this picture is damaged" in warning
