"""The tree of what a cell showed: one for the build and for the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

from bs4 import BeautifulSoup

from myst_doctest.running.runner import Segment
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.showing.tree import Tree, html
from tests.kit.outputs import HOSTILE, SELECT, page, values


def texts(tree: Any) -> Iterator[str]:
    """All text of a tree."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        for child in tree[2:]:
            yield from texts(child)


def test_nothing_shown_is_no_tree() -> None:
    """A cell that shows nothing has no output; one that should have shown something says so."""
    assert CellOutput([]).tree() is None
    assert page(CellOutput([], differs=True)).select(".executed.differs > .output-note")


def test_a_tree_is_plain_data() -> None:
    """It comes through JSON as it went in."""
    rich = Segment("result", "text", rich={"text/html": "<b>x</b>"})
    output = CellOutput([SELECT, values("[generated] (1,)"), rich, Segment("error", "E: e")])
    assert json.loads(json.dumps(output.tree())) == output.tree()


def test_what_is_shown_names_the_line_that_caused_it() -> None:
    """A statement with its parameters, a value, an error; each where its line is known."""
    segments = [
        *(Segment("sql", "BEGIN", meta={"part": "begin"}, line=2), replace(SELECT, line=12)),
        *(replace(values("[cached] (1,)"), line=12), SELECT, Segment("result", "1", line=3)),
        Segment("result", "2", rich={"text/html": "<b>2</b>"}, line=4),
        Segment("error", "E", line=5),
    ]
    shown = page(CellOutput(segments)).select("[data-line]")
    assert [(each["data-line"], each["class"][0]) for each in shown] == [
        *(("2", "log-entry"), ("12", "log-entry"), ("3", "result"), ("4", "picture")),
        ("5", "error"),
    ]


def test_what_lines_of_code_wrote_one_after_another_is_one_text() -> None:
    """It looks as it did when it was written, and each piece of it names its line."""
    written = [("a\n", 1), ("\n", 2), ("b\n", 3)]
    segments = [Segment("stdout", text, line=line) for text, line in written]
    shown = page(CellOutput([*segments, Segment("stderr", "c\n", line=4)]))
    assert [each.get_text() for each in shown.select("pre")] == ["a\n\nb", "c"]
    assert [each["data-line"] for each in shown.select("[data-line]")] == ["1", "2", "3", "4"]


def test_lanes_are_classes_of_what_they_pass() -> None:
    """A panel's head has those that are open above it; a lane changes nothing but classes."""
    segments = [SELECT, Segment("stdout", "1\n")]
    lanes = [["lane", "lane-0-commit-end", "lane-1-open-begin"], ["lane", "lane-1-open"]]
    shown, plain = page(CellOutput(segments, lanes)), page(CellOutput(segments))
    assert shown.summary["class"] == ["lane", "lane-0-commit"]
    assert [each["class"] for each in shown.select(".log-entry")] == [["log-entry", *lanes[0]]]
    assert shown.select_one(".stdout").parent["class"] == lanes[1]
    for each in shown.find_all(True) + plain.find_all(True):
        del each["class"]
    assert str(shown) == str(plain)


def test_an_error_has_its_line_and_live_links() -> None:
    """Its class stands out; links lead where they say, without the full stop behind them."""
    text = "E: gone <b>, see https://example.org/e/a-1. More (https://example.org/e/b)"
    shown = page(CellOutput([Segment("error", text)], line=3, code="raise  E"))
    assert shown.select_one(".output-note").get_text() == "Line 3: raise  E"
    assert shown.select_one("pre").get_text() == text
    assert shown.select_one("pre > b").get_text() == "E"
    links = [each["href"] for each in shown.select("pre a")]
    assert links == ["https://example.org/e/a-1", "https://example.org/e/b"]
    assert page(CellOutput([Segment("error", text)])).select(".output-note") == []


def test_streams_warnings_and_values_have_their_classes() -> None:
    """A reader sees what went to stderr and what was a warning."""
    kinds: list[Any] = ["stdout", "stderr", "warning", "result"]
    shown = page(CellOutput([Segment(kind, f"{kind}\n") for kind in kinds], cut=True))
    assert [each["class"][0] for each in shown.select("pre")] == kinds
    assert [each.get_text() for each in shown.select("pre")] == kinds
    assert [each.get_text() for each in shown.select(".output-note")] == ["The output is cut here."]


def test_markup_is_published_where_it_is_and_text_is_text() -> None:
    """A rich value's markup is the one thing that is not escaped."""
    rich = Segment("result", HOSTILE, rich={"image/svg+xml": "<svg></svg>", "text/html": "<b>"})
    assert page(CellOutput([rich])).select(".picture > svg")
    assert CellOutput([rich]).blocks() == [("none", HOSTILE)]


def test_the_prologue_of_a_file_of_svg_is_no_part_of_a_page() -> None:
    """Libraries write files."""
    prologue = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD">\n'
    picture = Segment("result", "x", rich={"image/svg+xml": f"{prologue}<svg></svg>"})
    shown = page(CellOutput([picture])).select_one(".picture")
    assert shown is not None
    assert shown.decode_contents() == "<svg></svg>"


def hostile() -> CellOutput:
    """Each place of an output that holds words from elsewhere, with the same hostile text."""
    kinds: list[Any] = ["stdout", "stderr", "warning", "result", "error"]
    meta = {"engine": HOSTILE, "about": HOSTILE}
    return CellOutput(
        [
            *(Segment(kind, HOSTILE) for kind in kinds),
            Segment("sql", f"[{HOSTILE}] {HOSTILE}", meta=meta),
            Segment("sql", f"[{HOSTILE}] ({HOSTILE!r},)", meta={**meta, "part": "parameters"}),
            Segment("sql", f"[word] ({HOSTILE!r},)", meta={"part": "parameters", "about": HOSTILE}),
            Segment("error", f"E: https://example.org/?{HOSTILE}"),
        ],
        lanes=[[HOSTILE]] * 9,
        line=1,
        code=HOSTILE,
    )


def test_hostile_text_stays_text() -> None:
    """Nothing that a cell shows, and no class, becomes an element or an attribute."""
    output = hostile()
    trees: list[Tree] = [output.tree() or [], *output.explanations()]
    for tree in trees:
        shown = BeautifulSoup(html(tree), "html.parser")
        assert shown.get_text() == "".join(texts(tree))
        assert shown.select("script, img, [onload], [onerror], [src]") == []
        assert {each["href"] for each in shown.select("a")} <= {"https://example.org/"}
    whole = html(trees[0])
    assert whole.count(escape(HOSTILE)) + whole.count(escape(HOSTILE, quote=False)) >= 9


def test_blank_lines_are_kept() -> None:
    """HTML drops the first newline of a <pre>, so there is one more."""
    tree = CellOutput([Segment("stdout", "\n\n1\n\n")]).tree()
    assert "<pre" in html(tree or [])
    assert html(tree or []).split("<pre")[1].split(">", 1)[1].startswith("\n\n\n1\n</pre>")
