"""Why a cell fails, in a few words."""

from __future__ import annotations

from pathlib import Path

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.adopting.reasons import of_failure, of_stop
from myst_doctest.checking.verdicts import Outcome, Verdict
from myst_doctest.pages.page import Page

HINT = " (no tag raises-exception says that it may)"


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        (
            f"ModuleNotFoundError: No module named 'sklearn'{HINT}",
            "needs the module sklearn (pip install scikit-learn)",
        ),
        (
            f"URLError: <urlopen error [Errno -3] Temporary failure>{HINT}\n  ...",
            "needs the network (URLError)",
        ),
        (
            "MemoryError: no (the page reached its memory limit)",
            "wants more memory (MemoryError; no (the page reached its memory limit))",
        ),
        (f"KeyError: 'a: b # c'{HINT}\n 1 x", "KeyError; a; b c"),
    ],
)
def test_reasons(report: str, reason: str) -> None:
    """A word for what an author can do something about; plain enough for a cell's option."""
    page = Page.parse("```{code-cell}\n1\n```\n", Path("p.md"), MdParserConfig())
    verdict = Verdict(page.cells[0], Outcome.FAILED, 1, report)
    assert of_failure(verdict) == reason


def test_a_page_that_was_stopped() -> None:
    """The line and the limit."""
    assert of_stop("stopped after 60 s, the cell's limit (…)", 7) == (
        "the cell at line 7 takes longer than 60 s"
    )
