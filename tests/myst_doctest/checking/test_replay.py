"""A recorded output that could not run here, drawn as if it had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from myst_doctest.checking.replay import Replay, told_apart
from myst_doctest.checking.verdicts import segments_by_gutter
from myst_doctest.running.runner import Segment

KNOWN = Segment("sql", "[raw] ()", meta={"part": "parameters", "word": "raw", "about": "As it is."})
NAMED = Segment("sql", "[archive] BEGIN", meta={"part": "begin", "engine": "archive"})


def replayed(lines: Sequence[str], *known: Segment) -> list[Segment]:
    """The segments of a log's lines, on a page whose other run has these."""
    return Replay(known).follow(logged(lines))


def logged(lines: Sequence[str]) -> list[Segment]:
    """A log's lines as they are recorded, as segments."""
    return segments_by_gutter([f"│ {line}" for line in lines])


def followed(*lines: str) -> list[tuple[str, str, str]]:
    """Each message's text, lane and explanation."""
    segments = replayed(lines, KNOWN)
    return [(each.text, each.meta.get("lane", ""), each.meta.get("about", "")) for each in segments]


def shown(lines: str, *like: Segment, raises: bool = False) -> list[tuple[str, str]]:
    """The kinds and texts of what a cell shows that shows ``like`` in the page's other run."""
    found = told_apart(segments_by_gutter(lines.split("\n")), like, raises=raises)
    return [(each.kind, each.text) for each in found]


def test_words_are_explained_as_in_the_pages_other_run() -> None:
    """A word that it does not show has no explanation."""
    assert followed("SELECT 1", "[raw] (1,)", "[other] ()") == [
        ("SELECT 1", "", ""),
        ("[raw] (1,)", "", "As it is."),
        ("[other] ()", "", ""),
    ]


def test_transactions_have_the_lowest_free_lane() -> None:
    """The last that began ends first; an end without a beginning has none."""
    texts = ["COMMIT", "BEGIN", "BEGIN", "ROLLBACK", "BEGIN", "COMMIT", "COMMIT"]
    assert [lane for _, lane, _ in followed(*texts)] == ["", "0", "1", "1", "1", "1", "0"]


def test_the_other_run_tells_which_transaction_ends() -> None:
    """In a cell that begins and ends as many, whatever is between; the lanes are this run's."""
    replay = Replay([])
    replay.follow(logged(["BEGIN"]))  # in a cell that the other run does not have
    texts = ["BEGIN", "BEGIN", "COMMIT", "ROLLBACK"]
    pairs = zip(logged(texts), "0101", strict=True)
    like = [replace(each, meta={**each.meta, "lane": lane}) for each, lane in pairs]
    own = logged(["BEGIN", "SELECT 1", "[raw] ()", "BEGIN", "COMMIT", "ROLLBACK"])
    found = [each.meta["lane"] for each in replay.follow(own, like) if "part" in each.meta]
    assert found == ["1", "2", "1", "2"]
    found = [each.meta["lane"] for each in replay.follow(logged(texts), like[:2])]
    assert found == ["1", "2", "2", "1"]


def test_a_statement_that_a_program_sends_begins_nothing() -> None:
    """It is one that has parameters behind it."""
    texts = ["BEGIN (implicit)", "BEGIN", "[raw] ()", "COMMIT"]
    assert [lane for _, lane, _ in followed(*texts)] == ["0", "", "", "0"]


def test_an_engine_that_has_a_name_ends_its_own_transaction() -> None:
    """Its name is taken from the other run, and stands before each of its messages."""
    texts = ["[archive] BEGIN", "BEGIN", "[archive] SELECT 1", "[archive] [raw] ()"]
    found = [each.meta for each in replayed([*texts, "[archive] COMMIT", "COMMIT"], KNOWN, NAMED)]
    assert [meta.get("lane", "") for meta in found] == ["0", "1", "", "", "0", "1"]
    assert [bool(meta.get("engine")) for meta in found] == [True, False, True, True, True, False]
    assert found[3]["word"] == "raw"


def test_what_the_other_run_shows_too_is_shown_so() -> None:
    """A picture, a warning: by its whole lines, and each once; the rest is text."""
    picture = Segment("result", "A\nB", {"image/svg+xml": "<svg/>"})
    warning = Segment("warning", "UserWarning: no")
    lines = "printed\nUserWarning: no\n│ SELECT 1\nA\nB\nA\nB"
    expected = [
        *(("stdout", "printed"), ("warning", "UserWarning: no"), ("sql", "SELECT 1")),
        *(("result", "A\nB"), ("stdout", "A\nB")),
    ]
    assert shown(lines, warning, picture) == expected
    assert shown("AA\nB", picture) == [("stdout", "AA\nB")]
    assert shown("1\nSAWarning: old") == [("stdout", "1"), ("warning", "SAWarning: old")]


def test_the_exception_comes_last() -> None:
    """After what was printed, with all lines of its message."""
    message = "OperationalError: no\nDETAIL:  none\n(about: it)"
    assert shown(f"Sandy: 1\n{message}", raises=True) == [
        ("stdout", "Sandy: 1"),
        ("error", message),
    ]
    assert shown("1\nKeyError", raises=True) == [("stdout", "1"), ("error", "KeyError")]
    assert shown("│ SELECT 1\nKeyError: 'a'", raises=True)[1:] == [("error", "KeyError: 'a'")]
    assert shown("KeyError: 'a'") == [("stdout", "KeyError: 'a'")]
