"""The exceptions and warnings that cells show, as each page was checked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sphinx.application import Sphinx

from myst_doctest.checking.verdicts import Verdict
from myst_doctest.page_store import PageStore
from myst_doctest.pages.page import Page
from myst_doctest.settings import Settings
from myst_doctest.sphinx_extension import CHECKED

CODE = re.compile(r"https://sqlalche\.me/e/\w+/(\w+)")
BACKGROUND = re.compile(r" \(Background on this (?:error|warning) at: [^)]*\)$")
ADDRESS = re.compile(r"\b0x[0-9a-f]+")
FORM = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:: (?P<message>.*))?", re.DOTALL)


@dataclass(frozen=True)
class Raised:
    """An exception or a warning: the ``cell`` that shows it, its class, its message's first line.

    The message has no addresses of objects. ``code`` is SQLAlchemy's for it, if it has one: the
    last that the text names, since an error from which it came may have another. ``variant`` is
    empty for the main run.
    """

    cell: str
    name: str
    message: str
    code: str
    variant: str = ""


RAISED = PageStore[list[Raised]]("raised_errors")
"""By page, what its named cells show, from top to bottom."""


def _note(
    app: Sphinx, docname: str, page: Page, verdicts: Sequence[Verdict], settings: Settings
) -> None:
    """``myst-doctest-checked``: keep what the page's cells show."""
    RAISED.of(app.env)[docname] = [
        each
        for verdict in verdicts
        for variant, other in {"": verdict, **verdict.others}.items()
        for each in _raised(other, variant)
    ]


def _raised(verdict: Verdict, variant: str) -> Iterator[Raised]:
    """What a cell shows; what its own code raises by ``raise`` is nothing to look up."""
    cell = verdict.cell
    if not cell.name or re.search(r"^\s*raise\b", cell.source, re.MULTILINE):
        return
    for segment in verdict.shown:
        form = FORM.fullmatch(segment.text.strip())
        if segment.kind in {"error", "warning"} and form:
            first = (form["message"] or "").partition("\n")[0]
            message = ADDRESS.sub("0x...", BACKGROUND.sub("", first))
            code = ["", *CODE.findall(segment.text)][-1]
            yield Raised(cell.name, form["name"], message, code, variant)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part, which needs ``myst_doctest``."""
    app.setup_extension("myst_doctest")
    RAISED.connect(app)
    app.connect(CHECKED, _note)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
