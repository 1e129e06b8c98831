"""The button that copies code, where a cell has other code on a variant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.kit import prerequisites
from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Site, cell

CONF = f"""\
project = copyright = "A site"
extensions = ["myst_nb", "myst_doctest", "tutorial_site.page.accessibility"]
extensions += ["tutorial_site.page.code_blocks"]
html_theme = "furo"
templates_path = [{str(TEMPLATES)!r}]
"""
TABLE = """\
[tool.myst_doctest.variants.two]
title = "Two"
replace = { "one" = "two" }
"""


def test_what_is_copied_is_what_the_reader_sees(browser: Any, tmp_path: Path) -> None:
    """One button for both; without a choice it copies the code of everybody."""
    prerequisites.module("starlette")
    from tests.kit.reader import Reader
    from tests.kit.static_host import Host

    site = Site(tmp_path, CONF, TABLE)
    site.pages(page=f"---\nvariants: [two]\n---\n# Page\n\n{cell('_ = 1  # one')}")
    built = site.build()
    assert (built.status, built.said) == (0, "")
    with Host.of(built.folder, isolated=False) as host:
        reader = Reader.of(browser, host, permissions=["clipboard-read", "clipboard-write"])
        page = reader.open("page")
        for title, code in (("Two", "_ = 1  # two"), ("Default", "_ = 1  # one")):
            page.get_by_role("radio", name=title, exact=True).first.check(force=True)
            page.get_by_role("button", name="Copy this code").click()
            page.get_by_role("button", name="Copied this code").wait_for()
            assert page.evaluate("navigator.clipboard.readText()") == code
        assert page.locator(".copy").count() == 1
        reader.leave()
