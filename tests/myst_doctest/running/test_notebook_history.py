"""What a notebook keeps of cells that ran."""

from __future__ import annotations

import builtins
from typing import Any

import pytest

from myst_doctest.running.notebook_history import History


@pytest.fixture(autouse=True)
def _no_name_of_doctest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A doctest that ran in this process has left its last value as ``builtins._``."""
    monkeypatch.delattr(builtins, "_", raising=False)


def run(history: History, *values: Any) -> None:
    for value in values:
        history.begin(f"{value!r}")
        history.keep(value)


def test_the_last_values_have_names() -> None:
    """The newest first; each has its number, too."""
    names: dict[str, Any] = {}
    run(History(names), "a", "b", "c")
    assert (names["_"], names["__"], names["___"]) == ("c", "b", "a")
    assert names["Out"] == {1: "a", 2: "b", 3: "c"}
    assert (names["_2"], names["In"][2]) == ("b", "'b'")


def test_a_name_of_the_page_stays_its_own() -> None:
    """Until the page gives it back."""
    names: dict[str, Any] = {}
    history = History(names)
    run(history, "a")
    names["_"] = str.upper
    run(history, "b")
    assert names["_"] is str.upper
    assert names["Out"][2] == "b"


def test_out_does_not_hold_itself() -> None:
    """Else it could not be shown."""
    names: dict[str, Any] = {}
    history = History(names)
    history.begin("Out")
    history.keep(names["Out"])
    assert names["Out"] == {}
