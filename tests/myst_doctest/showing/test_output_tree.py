"""The tree of what a cell showed: one for the build and for the browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from myst_doctest.running.runner import Segment
from myst_doctest.showing.output_tree import CellOutput, Tree, html

HOSTILE = """</pre><script>alert(1)</script>" onload='x' &amp; <img src=x onerror=y>"""
SELECT = Segment("sql", "SELECT id RETURNING id")
BEGIN = Segment("sql", "BEGIN", meta={"part": "begin", "lane": "0"})


def values(text: str, about: str = "Made <now>.") -> Segment:
    """The parameters of a statement, behind a word that is explained."""
    return Segment("sql", text, meta={"part": "parameters", "about": about})


def page(output: CellOutput) -> Tag:
    """An output as the build publishes it."""
    return BeautifulSoup(html(output.tree() or ""), "html.parser")


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


def test_a_panel_is_open_and_says_what_is_in_it() -> None:
    """It folds without a script, and its summary says what one would not see."""
    shown = page(CellOutput([BEGIN, BEGIN, SELECT, SELECT], stays_open=True))
    (panel,) = shown.select("details.log")
    assert panel.has_attr("open")
    assert panel.summary.get_text() == "SQL: BEGIN, BEGIN, 2 statements (transaction open)"


def test_the_last_panel_alone_says_that_a_transaction_stays_open() -> None:
    """What is true below the cell is not said of what is in its middle."""
    shown = page(CellOutput([BEGIN, Segment("stdout", "1\n"), SELECT], stays_open=True))
    said = [each.get_text() for each in shown.select("summary")]
    assert said == ["SQL: BEGIN", "SQL: 1 statement (transaction open)"]


def test_parameters_are_behind_their_statement_or_below_it_one_set_a_line() -> None:
    """A list of parameter sets is broken into lines, and nothing of it is lost."""
    many = values("[generated] [('a', 1), ('b', 2)]")
    shown = page(CellOutput([SELECT, many, SELECT, values("[cached] ('c', 3)")]))
    assert [each.get_text() for each in shown.select(".log-entry > pre")] == [
        "SELECT id\nRETURNING id\n('a', 1)\n('b', 2)",
        "SELECT id\nRETURNING id  ('c', 3)",
    ]
    assert [each.get_text() for each in shown.select(".log-values")] == [
        "('a', 1)\n('b', 2)",
        "('c', 3)",
    ]
    assert [each.get_text() for each in shown.select("button.log-word")] == ["generated", "cached"]


def test_no_parameters_are_nothing_to_see() -> None:
    """The word on the statement is shown, and no empty brackets; one that is alone is as it was."""
    for empty in ("()", "{}", "[]"):
        shown = page(CellOutput([SELECT, values(f"[raw sql] {empty}")]))
        assert shown.pre.get_text() == "SELECT id\nRETURNING id"
        assert shown.select(".log-values") == []
        assert shown.select_one(".log-word").get_text() == "raw sql"
    alone = page(CellOutput([values("[generated] (1,)"), values("[cached] ()")]))
    assert [each.get_text() for each in alone.select(".log-entry")] == ["(1,)generated", "cached"]


def test_statements_of_a_log_are_highlighted() -> None:
    """Keywords in capitals, also those that Pygments takes for names; a column's name is none."""
    text = "SELECT owner, 'x', 1 FROM t WHERE id = ? RETURNING id"
    shown = page(CellOutput([Segment("sql", text)]))
    keywords = ["SELECT", "FROM", "WHERE", "RETURNING"]
    assert [each.get_text() for each in shown.select(".k")] == keywords
    rest = [each.get_text() for each in shown.select("pre span:not(.k)")]
    assert rest == ["'x'", "1", "?"]


@pytest.mark.parametrize(
    ("sql", "given", "expected"),
    [
        ("a = ? AND b = ?", "('it''s', None)", ["'it''s'", "NULL"]),
        ("a = %(a_1)s::INTEGER", "{'a_1': 7}", ["7"]),
        ("a = ?", "[('a',), ('b',)]", [None]),
        ("a = ?", "('a', 'b')", [None]),
        ("a = ?", "(<object>,)", [None]),
        ("a = %(b_1)s", "{'a_1': 7}", [None]),
        ("a = '?' AND b = ?", "(1,)", ["1"]),
    ],
)
def test_each_place_for_a_value_has_it_at_hand(
    sql: str, given: str, expected: list[str | None]
) -> None:
    """Where it is known which is whose; the text is what was sent in any case."""
    text = f"SELECT 1 WHERE {sql}"
    shown = page(CellOutput([Segment("sql", text), values(f"[generated] {given}")]))
    assert [each.get("data-value") for each in shown.select(".nv")] == expected
    shown.select_one(".log-values").decompose()
    assert shown.pre.get_text().split() == text.split()


def test_what_no_program_sends_is_folded_with_its_number() -> None:
    """Several of one kind are one line, lanes and all; a single one is shown as it is."""
    aside = Segment("sql", "PRAGMA x", meta={"part": "statement", "aside": "checks"})
    lane = ["lane", "lane-0-open"]
    shown = page(CellOutput([SELECT, aside, values("[raw sql] ()"), aside], [lane] * 4))
    assert shown.summary.get_text() == "SQL: 1 statement, 2 checks"
    (fold,) = shown.select("details.log > details.log-aside:not([open])")
    assert (fold.summary.get_text(), fold.summary["class"]) == ("2 checks", lane)
    assert [each.pre.get_text() for each in fold.select(".log-entry")] == ["PRAGMA x"] * 2
    assert page(CellOutput([aside])).select(".log-aside") == []


def test_an_engine_with_a_name_is_named_before_its_statement() -> None:
    """It is apart from the SQL."""
    shown = page(CellOutput([Segment("sql", "[ledger] SELECT 1", meta={"engine": "ledger"})]))
    (pre,) = shown.select("pre")
    assert (pre.get_text(), pre.span.get_text()) == ("ledger SELECT 1", "ledger")


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


def test_a_word_is_explained_once_however_often_it_is_shown() -> None:
    """A button leads to the explanation, which is apart; a word that is not known is no button."""
    output = CellOutput([values("[generated] (1,)"), values("[generated] (2,)")])
    (about,) = output.explanations()
    targets = {each["popovertarget"] for each in page(output).select("button")}
    assert targets == {about[1]["id"]} == {"word-generated"}
    assert "Made &lt;now&gt;." in html(about)
    unknown = CellOutput([values("[generated] (1,)", about="")])
    assert unknown.explanations() == page(unknown).select("button") == []


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


@pytest.mark.parametrize(
    "tree",
    [
        ["script>", {}],
        ["p onclick=x", {}],
        ["", {}],
        ["p", {"class='x' onclick": "y"}],
        ["p", {"": "x"}],
        ["p", {}, ["b", {"a>": ""}]],
    ],
)
def test_a_name_that_would_end_a_tag_is_refused(tree: Tree) -> None:
    """A tree is made by this package; a mistake in it does not become markup."""
    with pytest.raises(ValueError, match="no name"):
        html(tree)


def test_an_attribute_is_escaped() -> None:
    """Its value cannot end it."""
    made = BeautifulSoup(html(["p", {"class": HOSTILE}, "x"]), "html.parser").p
    assert made.attrs == {"class": HOSTILE.split()}


def test_blank_lines_are_kept() -> None:
    """HTML drops the first newline of a <pre>, so there is one more."""
    tree = CellOutput([Segment("stdout", "\n\n1\n\n")]).tree()
    assert "<pre" in html(tree or [])
    assert html(tree or []).split("<pre")[1].split(">", 1)[1].startswith("\n\n\n1\n</pre>")
