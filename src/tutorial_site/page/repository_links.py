"""Links to where a page can be edited, and to where a fault of it or of a cell can be reported.

``repository_url`` in conf.py is the address of the repository on GitHub, GitLab or a host that
takes the same addresses, and ``repository_branch`` the branch on which pages are edited. Where no
repository is named there are no links. ``furo-page.html`` shows them.
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from built_site.builders import is_site

GITHUB = ("edit/{branch}/{path}", "issues/new", "title")
GITLAB = ("-/edit/{branch}/{path}", "-/issues/new", "issue[title]")
"""Where a host edits a file and takes a report, and what it calls a report's title."""
CELL = "{cell}"
"""What cell_menu.js replaces by a cell's name, in the address of a report from its menu."""


def _configure(app: Sphinx, config: Config) -> None:
    """``config-inited``: raise a ConfigError for an address that no browser can open."""
    if config.repository_url and not config.repository_url.startswith(("https://", "http://")):
        message = "begin it with https://, as the address of the repository in a browser"
        raise ConfigError(f"repository_url is {config.repository_url!r}: {message}")


def _add_links(
    app: Sphinx, name: str, _: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """``html-page-context``: the addresses for one page."""
    repository = app.config.repository_url.rstrip("/").removesuffix(".git")
    if not repository or doctree is None or not is_site(app.builder):
        return
    edit, report, title = GITLAB if "gitlab" in repository else GITHUB
    source = Path(app.env.doc2path(name)).resolve().relative_to(Path(app.confdir).resolve())
    path = edit.format(branch=app.config.repository_branch, path=quote(source.as_posix()))
    context["edit_address"] = f"{repository}/{path}"
    for key, words in {
        "report": f"Page {name}",
        "report_cell": f"Page {name}, cell {CELL}",
    }.items():
        context[f"{key}_address"] = f"{repository}/{report}?{urlencode({title: words})}"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the links and their settings."""
    app.add_config_value("repository_url", "", "html", str)
    app.add_config_value("repository_branch", "main", "html", str)
    app.connect("config-inited", _configure)
    app.connect("html-page-context", _add_links)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
