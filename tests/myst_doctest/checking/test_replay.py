"""A recorded log that could not run here, drawn as if it had."""

from __future__ import annotations

from myst_doctest.checking.replay import Replay
from myst_doctest.checking.verdicts import segments_by_gutter
from myst_doctest.running.runner import Segment

KNOWN = Segment("sql", "[raw] ()", meta={"part": "parameters", "word": "raw", "about": "As it is."})


def followed(*lines: str) -> list[tuple[str, str, str]]:
    """Each message's text, lane and explanation."""
    segments = Replay([KNOWN]).follow(segments_by_gutter([f"│ {line}" for line in lines]))
    return [(each.text, each.meta.get("lane", ""), each.meta.get("about", "")) for each in segments]


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
