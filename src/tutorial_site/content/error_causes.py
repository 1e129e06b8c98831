"""In two sentences, the cause of each error and its cure, from the file ``error_causes``.

A table for each class of exception, or for a code that needs words of its own, has a ``cause`` and
a ``cure``, and the cells that show them: one that ``raises`` it, and one that is ``cured`` of it,
each as ``session/commit#cmt-log``. An error without a table, or a cell that shows something else,
is a warning.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging

from myst_doctest.showing.quotes import curly
from tutorial_site.content.cell_places import PLACES
from tutorial_site.content.error_messages import errors, is_class
from tutorial_site.content.raised_errors import RAISED

LOGGER = logging.getLogger(__name__)
CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class ErrorCause:
    """The cause of an error and its cure, with code in backticks, and the cells that show them."""

    cause: str
    cure: str
    raises: str
    cured: str

    @property
    def plain(self) -> str:
        """Both as text, for search engines."""
        return f"{self.cause} {self.cure}".replace("`", "")


def as_html(text: str) -> str:
    """A sentence as HTML.

    >>> as_html("Read `a<b>`.")
    'Read <code class="docutils literal" translate="no">a&lt;b&gt;</code>.'
    """
    return CODE.sub(r'<code class="docutils literal" translate="no">\1</code>', escape(text))


class ErrorCauses:
    """Those of one build, by class and code; none where ``error_causes`` names no file."""

    def __init__(self) -> None:
        self.known: dict[str, ErrorCause] = {}
        self.file = Path()
        self.changed = 0.0

    def load(self, app: Sphinx) -> None:
        """``builder-inited``: read the file.

        Raises ConfigError where it cannot be read.
        """
        if not app.config.error_causes:
            return
        self.file = file = Path(app.confdir, app.config.error_causes)
        try:
            tables = tomllib.loads(file.read_text(encoding="utf-8"))
            for name, table in tables.items():
                about = ErrorCause(**table)
                cause, cure = (curly(text, app.config) for text in (about.cause, about.cure))
                self.known[name] = replace(about, cause=cause, cure=cure)
            self.changed = file.stat().st_mtime
        except (OSError, TypeError, ValueError) as error:
            raise ConfigError(f"error_causes: {file}: {error!r}") from error

    def check(self, app: Sphinx, env: BuildEnvironment) -> None:
        """``env-check-consistency``: warn of what the pages do not show."""
        if not self.known:
            return
        lines = self.file.read_text(encoding="utf-8").split("\n")
        for name, message in self._wrong(env):
            number = lines.index(f"[{name}]") + 1 if f"[{name}]" in lines else 1
            LOGGER.warning(message, location=f"{self.file}:{number}", type="errors")

    def _wrong(self, env: BuildEnvironment) -> Iterator[tuple[str, str]]:
        """Names, and what is wrong with them; of pages that this site leaves out nothing is."""
        shown = errors(env)
        for name in shown:
            if is_class(name) and name not in self.known:
                yield name, f"{name} has no cause and no cure here: add [{name}]"
        for name, about in self.known.items():
            places = {each.cell for each in shown.get(name, [])}
            if about.raises not in places and _page(about.raises) in env.all_docs:
                cells = ", ".join(sorted(places)) or "no cell"
                yield name, f"raises = {about.raises!r} does not show it: {cells} would"
            page, _, cell = about.cured.partition("#")
            raised = [each for each in RAISED.of(env).get(page, []) if not each.variant]
            fails = any(each.cell == cell and name in {each.name, each.code} for each in raised)
            is_there = page not in env.all_docs or cell in PLACES.of(env).get(page, {})
            if fails or not is_there:
                yield name, f"cured = {about.cured!r} is no cell that runs without it"


def _page(place: str) -> str:
    return place.partition("#")[0]
