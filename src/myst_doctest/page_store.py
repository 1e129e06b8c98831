"""Data about each page, kept in Sphinx's environment."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

Value = TypeVar("Value")


class PageStore(Generic[Value]):
    """One value for each page, in the attribute ``name`` of Sphinx's environment.

    Sphinx pickles the environment from build to build, reads pages in several processes with
    ``-j``, and reads a changed page again: a value that is not purged outlives its page, and one
    that is not merged is lost. Make a store at a module's top and call :meth:`connect` in
    ``setup``; the values must be picklable.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def connect(self, app: Sphinx) -> None:
        """Keep the store right on the events ``env-purge-doc`` and ``env-merge-info``."""
        app.connect("env-purge-doc", self._purge)
        app.connect("env-merge-info", self._merge)

    def of(self, env: BuildEnvironment) -> dict[str, Value]:
        """The values by the names of their pages."""
        values: dict[str, Value] = env.__dict__.setdefault(self.name, {})
        return values

    def _purge(self, app: Sphinx, env: BuildEnvironment, docname: str) -> None:
        self.of(env).pop(docname, None)

    def _merge(
        self, app: Sphinx, env: BuildEnvironment, docnames: Iterable[str], other: BuildEnvironment
    ) -> None:
        read = self.of(other)
        self.of(env).update({name: read[name] for name in docnames if name in read})
