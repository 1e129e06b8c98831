"""Data about each page, kept in Sphinx's environment."""

from __future__ import annotations

import json
from pathlib import Path

from tests.kit.small_site import Built, Site

CONF = """\
import json
from pathlib import Path

from myst_doctest.page_store import PageStore

project = "A site"
extensions = ["myst_nb", "myst_doctest"]
html_theme = "basic"
STORE = PageStore("kept_of_pages")


def setup(app):
    STORE.connect(app)
    app.connect("doctree-read", lambda app, doctree: note(app.env, doctree))
    app.connect("build-finished", lambda app, error: tell(app))


def note(env, doctree):
    STORE.of(env)[env.docname] = doctree.next_node(descend=True).astext()[:3]


def tell(app):
    Path(app.outdir, "store.json").write_text(json.dumps(STORE.of(app.env)))
"""


def stored(built: Built) -> dict[str, str]:
    """What the site's own store held at the end of a build."""
    assert (built.status, built.said) == (0, "")
    found: dict[str, str] = json.loads(built.page("store.json"))
    return found


def test_values_follow_their_pages(tmp_path: Path) -> None:
    """Read in one process or in several, changed, or gone: a store holds what the pages say."""
    names = {f"page{number}": f"Say{number}" for number in range(7)}
    site = Site(tmp_path, conf=CONF)
    site.pages(**{name: f"# {title}\n" for name, title in names.items()})
    first = stored(site.build("-j", "2"))
    assert first.keys() == {"index", *names}
    assert stored(site.build("-j", "2")) == first  # nothing is read: all comes from the pickle
    (tmp_path / "docs" / "page0.md").unlink()
    site.pages(page1="# Changed\n")
    second = stored(site.build())
    assert second == {
        name: "Cha" if name == "page1" else text for name, text in first.items() if name != "page0"
    }
