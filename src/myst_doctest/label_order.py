"""Of two pages that use one label, as the name of a cell, the last by name gets it.

Sphinx gives it to the page that it read last. With ``-j`` that is any page, and ``objects.inv``
would differ from build to build.
"""

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment

from myst_doctest.page_store import PageStore

LABELS = PageStore[dict[str, tuple[str, str]]]("page_labels")
"""The standard domain's labels of each page, with their page and id."""


def connect(app: Sphinx) -> None:
    """Note labels on ``doctree-read``, and set them on ``env-updated``."""
    LABELS.connect(app)
    app.connect("doctree-read", _note)
    app.connect("env-updated", _set, priority=400)  # before other handlers resolve a label


def _note(app: Sphinx, doctree: nodes.document) -> None:
    page = app.env.docname
    labels = _standard(app.env).anonlabels
    LABELS.of(app.env)[page] = {name: at for name, at in labels.items() if at[0] == page}


def _set(app: Sphinx, env: BuildEnvironment) -> None:
    labels = LABELS.of(env)
    for page in sorted(labels):
        _standard(env).anonlabels.update(labels[page])


def _standard(env: BuildEnvironment) -> StandardDomain:
    domain = env.get_domain("std")
    assert isinstance(domain, StandardDomain)
    return domain
