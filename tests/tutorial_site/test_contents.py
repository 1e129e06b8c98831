"""The table of contents, as all that lists pages reads it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.kit.small_site import Site

CONF = """\
import json
from pathlib import Path

from tutorial_site.contents import first_paragraph, reading_order, tutorial_parts

project = "A site"
extensions = ["myst_nb", "myst_doctest"]
html_theme = "basic"


def setup(app):
    app.connect("build-finished", tell)


def tell(app, error):
    env = app.env
    told = {
        "parts": [[part.title, part.names, part.titles] for part in tutorial_parts(env)],
        "order": reading_order(env),
        "words": {name: first_paragraph(env.get_doctree(name)) for name in env.all_docs},
    }
    Path(app.outdir, "told.json").write_text(json.dumps(told))
"""
TREE = "\n```{{toctree}}\n{0}\n```\n"
LISTED = """\
# Listed

> A quotation is not the page's own.

First *sentence*.
After it you can:

- read;
- write.
"""


def test_contents_are_read_in_one_way(tmp_path: Path) -> None:
    """Parts are captions, with all that is below them; each page is once in the reading order."""
    site = Site(tmp_path, CONF)
    site.pages(
        a="# A *page*\n" + TREE.format("deep/a1"),
        b="# B\n",
        listed=LISTED,
        loose="---\norphan: true\n---\n# Loose\n",
    )
    site.write("docs/deep/a1.md", "# A1\n")
    trees = (":caption: One\n\na", "b", ":caption: Two\n\nlisted")
    site.write("docs/index.md", "# Index\n" + "".join(map(TREE.format, trees)))
    built = site.build()
    assert (built.status, built.said) == (0, "")
    told = json.loads(built.page("told.json"))
    assert told["parts"] == [
        ["One", ["a", "deep/a1"], ["A page", "A1"]],
        ["Two", ["listed"], ["Listed"]],
    ]
    assert told["order"] == ["index", "a", "deep/a1", "b", "listed", "loose"]
    assert told["words"]["listed"] == ["First sentence.", "After it you can: read; write."]
    assert told["words"]["b"] == []
