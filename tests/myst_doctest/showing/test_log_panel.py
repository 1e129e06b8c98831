"""The panel of what a cell logged: one for the build and for the browser."""

from __future__ import annotations

import pytest

from myst_doctest.running.runner import Segment
from myst_doctest.showing.output_tree import CellOutput
from myst_doctest.showing.tree import html
from tests.kit.outputs import BEGIN, SELECT, page, values


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
        "SELECT id RETURNING id\n('a', 1)\n('b', 2)",
        "SELECT id RETURNING id  ('c', 3)",
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
        assert shown.pre.get_text() == "SELECT id RETURNING id"
        assert shown.select(".log-values") == []
        assert shown.select_one(".log-word").get_text() == "raw sql"
    alone = page(CellOutput([values("[generated] (1,)"), values("[cached] ()")]))
    assert [each.get_text() for each in alone.select(".log-entry")] == ["(1,)generated", "cached"]


def test_a_query_within_a_query_is_marked() -> None:
    """On a narrow page its lines go on further right than they begin; others need not."""
    columns = ", ".join(f"a_rather_long_table_name.column_{number}" for number in range(4))
    inner = f"SELECT {columns} FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id)"
    for text, is_deep in [(inner, True), (f"SELECT {columns} FROM t", False)]:
        (entry,) = page(CellOutput([Segment("sql", text)])).select(".log-entry")
        assert ("log-deep" in entry["class"]) == is_deep, entry


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
    """Several of one kind are one line, lanes and all; a single one is called by its own name."""
    names = {"aside": "check whether", "asides": "checks whether"}
    aside = Segment("sql", "PRAGMA x", meta={"part": "statement", **names})
    lane = ["lane", "lane-0-open"]
    shown = page(CellOutput([SELECT, aside, values("[raw sql] ()"), aside], [lane] * 4))
    assert shown.summary.get_text() == "SQL: 1 statement, 2 checks whether"
    (fold,) = shown.select("details.log > details.log-aside:not([open])")
    assert (fold.summary.get_text(), fold.summary["class"]) == ("2 checks whether", lane)
    assert [each.pre.get_text() for each in fold.select(".log-entry")] == ["PRAGMA x"] * 2
    alone = page(CellOutput([SELECT, aside]))
    said = [each.get_text() for each in alone.select("summary")]
    assert said == ["SQL: 1 statement, 1 check whether", "1 check whether"]


def test_the_end_of_a_transaction_alone_is_a_line_without_a_fold() -> None:
    """Its summary would say the same again; a BEGIN has a fold, since more comes."""
    end = Segment("sql", "ROLLBACK", meta={"part": "rollback"})
    shown = page(CellOutput([BEGIN, Segment("stdout", "1\n"), end], [["lane"]] * 3))
    assert [each.get_text() for each in shown.select("details.log summary")] == ["SQL: BEGIN"]
    (entry,) = shown.select("div.log > .log-entry.log-rollback.lane")
    assert entry.pre.get_text() == "ROLLBACK"


def test_an_engine_with_a_name_is_named_before_its_statement() -> None:
    """It is apart from the SQL."""
    shown = page(CellOutput([Segment("sql", "[ledger] SELECT 1", meta={"engine": "ledger"})]))
    (pre,) = shown.select("pre")
    assert (pre.get_text(), pre.span.get_text()) == ("ledger SELECT 1", "ledger")


def test_a_word_is_explained_once_however_often_it_is_shown() -> None:
    """A button leads to the explanation, which is apart; a word that is not known is no button."""
    output = CellOutput([values("[generated] (1,)"), values("[generated] (2,)")])
    (about,) = output.explanations()
    targets = {each["popovertarget"] for each in page(output).select("button")}
    assert targets == {about[1]["id"]} == {"word-generated"}
    assert "<b>generated</b>: Made &lt;now&gt;." in html(about)
    unknown = CellOutput([values("[generated] (1,)", about="")])
    assert unknown.explanations() == page(unknown).select("button") == []


def test_a_long_word_is_cut_and_whole_in_its_explanation() -> None:
    """It leaves the statement its width."""
    output = CellOutput([values("[insertmany 2/2 (ordered; no batch)] (1,)", about="Rows.")])
    assert page(output).button.get_text() == "insertmany 2/2 \N{HORIZONTAL ELLIPSIS}"
    (about,) = output.explanations()
    assert "<b>insertmany 2/2 (ordered; no batch)</b>: Rows." in html(about)
