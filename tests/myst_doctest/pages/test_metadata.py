"""Tests of :mod:`myst_doctest.pages.metadata`: what is noted, and what has a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.metadata import found_in_config
from myst_doctest.pages.page import Page
from myst_doctest.pages.rules import Rules
from tests.kit.small_site import cell

SKIPPED = cell("1 / 0", "", ":tags: [skip-execution]")


def parsed(text: str, rules: Rules | None = None) -> Page:
    return Page.parse(text, Path("page.md"), MdParserConfig(), None, rules)


@pytest.mark.parametrize("options", ["merge_streams: true", "execution_timeout: 60"])
def test_what_harms_nothing_is_noted_with_compatibility(options: str) -> None:
    """Where pages come from notebooks, an option without which nothing is lost is no problem."""
    text = f"---\nmystnb: {{{options}}}\n---\n" + cell("1", "1")
    assert [each.kind for each in parsed(text).problems] == ["option"]
    page = parsed(text, Rules(is_jupyter=True))
    assert page.problems == []
    assert [(each.line, each.kind) for each in page.notes] == [(2, "note")]


def test_a_cell_that_is_not_run_has_a_reason() -> None:
    """Its option has it; with compatibility the tag is enough."""
    (problem,) = parsed(SKIPPED).problems
    assert problem.kind == "tag"
    given = parsed(cell("1 / 0", "", ":tags: [skip-execution]", ":unchecked: needs a licence"))
    other = parsed(SKIPPED, Rules(is_jupyter=True))
    assert given.problems == other.problems == []
    assert given.cells[0].unchecked == "needs a licence"
    assert other.cells[0].unchecked == "tagged skip-execution"


def test_the_modes_that_execute_are_this_tools_with_compatibility() -> None:
    """Cells run in each build, as they ask for; ``inline`` means more."""
    text = "---\nmystnb: {execution_mode: MODE}\n---\n" + cell("1", "1")
    rules = Rules(is_jupyter=True)
    for mode, count in {"force": 0, "cache": 0, "auto": 0, "inline": 1}.items():
        assert len(parsed(text.replace("MODE", mode), rules).problems) == count, mode


@pytest.mark.parametrize(
    "head",
    [
        "unchecked: Julia is not here\nkernelspec: {name: julia-1.10, language: julia}",
        "mystnb: {execution_mode: off}\nlanguage_info: {name: R}",
    ],
)
def test_a_page_that_is_not_checked_may_be_of_any_language(head: str) -> None:
    """It is read, nothing of it runs, and its tags have no meaning."""
    page = parsed(f"---\n{head}\n---\n" + cell("3^2", "9", ":tags: [hide_inputs]"))
    assert page.problems == []
    assert page.notebook is not None
    assert page.unchecked == page.cells[0].unchecked != ""
    assert page.cells_on("") == []


@pytest.mark.parametrize("is_jupyter", [True, False])
def test_what_conf_py_says_is_honoured_or_reported(is_jupyter: bool) -> None:
    """At its line; a default is nothing to report."""
    values = {
        "nb_execution_excludepatterns": ["a/*"],
        "nb_execution_timeout": 600,
        "nb_merge_streams": False,
        "nb_execution_allow_errors": True,
    }
    conf = "".join(f"{name} = {value!r}\n" for name, value in values.items())
    found = [*found_in_config(values, conf, Rules(is_jupyter=is_jupyter))]
    said = {problem.line: (problem.kind, problem.message) for problem in found}
    timeout = "set timeout in [tool.myst_doctest], or tag a cell timeout-SECONDS"
    errors = "tag the cells that shall raise: raises-exception"
    assert said == {
        2: (
            "note" if is_jupyter else "option",
            f"nb_execution_timeout does nothing here: {timeout}",
        ),
        4: ("option", f"nb_execution_allow_errors does nothing here: {errors}"),
    }
