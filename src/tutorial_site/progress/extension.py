"""What a reader's browser keeps of what its reader has done, and the page that shows it.

The scripts note what was read, predicted and solved, by the names of pages and the anchors in them;
``record.js`` says what is kept. ``progress-start.js``, in the bundle, loads the others. A page that
was renamed says its former names, with spaces between them, as ``formerly`` in its front matter. A
page whose front matter says ``progress`` shows all of it, in the place of containers
(``progress-page.js``): it gets the titles of what there is to do.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from built_site.builders import is_site
from myst_doctest.page_store import PageStore
from myst_doctest.showing.exercise_cards import exercise_card, exercise_title
from myst_doctest.showing.predictions import predictions_of
from myst_doctest.static_files import publish
from tutorial_site.content.chapter_cards import about
from tutorial_site.contents import reading_order, tutorial_parts
from tutorial_site.page.assets import load_on_all_pages

LOGGER = logging.getLogger(__name__)
PAGE, STYLE = "progress-page.js", "progress-page.css"
LATER = ("record.js", "store.js", "words.js", "progress.js")
"""The scripts that ``progress-start.js`` loads."""
TASKS = PageStore[dict[str, list[dict[str, str]]]]("progress_tasks")
"""The predictions and exercises of each page: their anchors, titles and digests."""
BEFORE_PAINT = (
    'try{if(localStorage["tutorial-progress"])document.documentElement.dataset.progress=""}catch{}'
)
"""On the first page, reserves the room of the link with which a reader goes on."""


def _read(app: Sphinx, doctree: nodes.document) -> None:
    """``doctree-read``: keep what a page asks its reader to do."""
    TASKS.of(app.env)[app.env.docname] = {
        "predictions": [
            {"id": cell.node["ids"][0], "digest": asked["digest"], "title": asked["question"]}
            for asked, cell in predictions_of(doctree)
            if cell and cell.node["ids"]
        ],
        "exercises": [
            {"id": card["ids"][0], "digest": card["digest"], "title": title.astext()}
            for card in doctree.findall(exercise_card)
            for title in card.findall(exercise_title)
        ],
    }


def _former_names(env: BuildEnvironment) -> dict[str, str]:
    """The names of pages, by those that they had before."""
    metadata = {name: str(about.get("formerly", "")) for name, about in env.metadata.items()}
    return {former: name for name, said in metadata.items() for former in said.split()}


def _check(app: Sphinx, env: BuildEnvironment) -> None:
    """``env-check-consistency``: a former name is no page's name."""
    for former, name in _former_names(env).items():
        if former in env.found_docs:
            message = f"formerly: {former} is a page; remove it, or rename that page"
            LOGGER.warning(message, location=name, type="progress", subtype="formerly")


def _finish_page(
    app: Sphinx, name: str, template: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """``html-page-context``: former names of pages; what the first and the progress page need."""
    if not is_site(app.builder):
        return
    if former := _former_names(app.env):
        text = _block("renamed-pages", former)
        context["metatags"] = f"{context.get('metatags', '')}{text}"
    if name == app.config.root_doc:
        context["metatags"] = f"{context.get('metatags', '')}<script>{BEFORE_PAINT}</script>\n"
    if "progress" in app.env.metadata.get(name, {}):
        app.add_css_file(STYLE)  # during this event: for this page alone
        app.add_js_file(PAGE, type="module")
        context["body"] += _block("progress-data", {"pages": [*_pages(app, name)]})


def _pages(app: Sphinx, here: str) -> Iterator[dict[str, Any]]:
    """The pages with something to do, and the chapters, as ``progress-page.js`` reads them."""
    parts = {name: part.title for part in tutorial_parts(app.env) for name in part.names}
    for name in reading_order(app.env):
        takes, _ = about(app, name)
        tasks = TASKS.of(app.env).get(name, {})
        if takes or any(tasks.values()):
            yield {
                "name": name,
                "title": app.env.titles[name].astext(),
                "href": app.builder.get_relative_uri(here, name),
                "part": parts.get(name, ""),
                "minutes": takes.minutes if takes else 0,
                **tasks,
            }


def _block(name: str, data: object) -> str:
    """Data for a script, in a page."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{text}</script>\n'


def setup(app: Sphinx) -> dict[str, Any]:
    """Register what is kept of readers' progress."""
    TASKS.connect(app)
    app.connect("doctree-read", _read)
    app.connect("env-check-consistency", _check)
    app.connect("html-page-context", _finish_page)
    folder = Path(__file__).parent / "static"
    publish(app, folder, *LATER, PAGE, STYLE)
    load_on_all_pages(app, folder, "progress-start.js")
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
