"""Cells in included files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit.small_site import cell

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site


def test_a_cell_in_an_included_file_is_a_problem_of_the_page(site: Site) -> None:
    """At the line that includes it; what is shown as text, or has no cell, is none."""
    site.page("parts/cells.inc", "text\n\n" + cell("1", "1"))
    site.page("parts/plain.inc", "text\n\n````\n" + cell("1", "1") + "````\n")
    site.page(
        "page.md",
        "# T\n\n```{include} parts/plain.inc\n```\n\n"
        "```{include} parts/cells.inc\n:literal:\n```\n\n"
        "````{note}\n```{include} missing.inc\n```\n````\n\n"
        "```{include} parts/cells.inc\n```\n",
    )
    site.page("unchecked.md", "---\nunchecked: later\n---\n```{include} parts/cells.inc\n```\n")
    done = site.pytest()
    assert done.items["page.md::page"].report == (
        "docs/page.md:15: {include} of parts/cells.inc, whose cell or block at line 3 nothing"
        " runs or checks: move it to a page"
    )
    assert "docs/unchecked.md:4: {include} of" in done.items["unchecked.md::page"].report
