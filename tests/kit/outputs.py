"""Outputs of cells, and how the build publishes them."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag

from myst_doctest.running.runner import Segment
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.showing.tree import html

HOSTILE = """</pre><script>alert(1)</script>" onload='x' &amp; <img src=x onerror=y>"""
SELECT = Segment("sql", "SELECT id RETURNING id")
BEGIN = Segment("sql", "BEGIN", meta={"part": "begin", "lane": "0"})


def values(text: str, about: str = "Made <now>.") -> Segment:
    """The parameters of a statement, behind a word that is explained."""
    return Segment("sql", text, meta={"part": "parameters", "about": about})


def page(output: CellOutput) -> Tag:
    """An output as the build publishes it."""
    return BeautifulSoup(html(output.tree() or ""), "html.parser")
