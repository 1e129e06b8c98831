"""Pages parsed once in a session of tests, which pytest's processes and some of the tests read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from myst_doctest.pages.page import Page
from myst_doctest.running.shared_server import keep, taken
from tests.kit.full_site import ROOT
from tests.kit.kept_runs import FOLDER, place

DOCS = ROOT / "docs"
"""The pages that stay as they are while there are tests: those of copies do not."""
read = Page.read.__func__  # type: ignore[attr-defined]


def kept_read(cls: type[Page], path: Path, *given: Any) -> Page:
    """As ``Page.read``, which parses in the first process that asks."""
    if not path.is_relative_to(DOCS) or FOLDER not in os.environ:
        alone: Page = read(cls, path, *given)
        return alone
    file = place(path, given)
    with taken(file) as kept:
        page: Page = kept or read(cls, path, *given)
        if kept is None:
            keep(file, page)
    return page


def begin() -> None:
    """Keep pages from now on."""
    Page.read = classmethod(kept_read)  # type: ignore[assignment]
