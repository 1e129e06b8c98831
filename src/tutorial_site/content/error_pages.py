"""A page for each class of exception, and for each code of SQLAlchemy's, that cells show.

``e/detached-instance-error`` and ``e/bhk3`` begin with the cause and the cure. Then comes each
message, with what chapters say: the failing cell, why and how it is put right, copied from the
doctrees of the chapters, so that they can't say anything else.
"""

from collections.abc import Iterable
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from docutils import nodes
from sphinx.addnodes import seealso
from sphinx.application import Sphinx
from sphinx.environment.adapters.toctree import global_toctree_for_doc
from sphinx.util.osutil import relative_uri
from sphinx.util.parallel import ParallelTasks, SerialTasks, make_chunks, parallel_available

from built_site.builders import is_site, made_pages
from live_cells.sphinx_extension import RUN, runs_here
from myst_doctest.showing.cells import cell_of
from myst_doctest.showing.output_nodes import page_explanations, shown_output
from myst_doctest.showing.predictions import revealed
from myst_doctest.showing.variants import own_ids, variant_choice, variant_fold
from tutorial_site.content.cell_places import PLACES
from tutorial_site.content.error_causes import ErrorCauses, as_html
from tutorial_site.content.error_messages import (
    Found,
    Message,
    canonical_page,
    errors,
    is_class,
    messages_of,
    page_of,
)
from tutorial_site.content.message_list import LISTS, SCRIPT, STYLE
from tutorial_site.content.raised_errors import RAISED
from tutorial_site.contents import entries
from tutorial_site.page.accessibility import breakable

TEMPLATE, MOVED = "error.html", "error-moved.html"
EXPLAINED = "https://sqlalche.me/e/{}{}/".format(*version("sqlalchemy").split("."))
"""Where SQLAlchemy explains its codes, for the version whose cells the site shows."""
MANY = 3
"""How many messages a page shows unfolded."""


class ErrorPages:
    """The pages of one build, and the doctrees of chapters from which they are made."""

    def __init__(self, causes: ErrorCauses) -> None:
        self.causes = causes
        self.doctrees: dict[str, nodes.document] = {}

    def resolved(self, app: Sphinx, doctree: nodes.document, docname: str) -> None:
        """``doctree-resolved``, in the main process: keep a chapter, add links."""
        if RAISED.of(app.env).get(docname):
            self.doctrees[docname] = doctree
        if is_site(app.builder):
            _link(app, doctree, docname)

    def write(self, app: Sphinx) -> Iterable[Any]:
        """``html-collect-pages``: write the pages, in processes of their own as Sphinx does."""
        if not is_site(app.builder):
            return ()
        found = errors(app.env)
        # For the search and the site map, to which the page of a code is that of its class again.
        made_pages(app).update(page_of(name) for name in found if is_class(name))

        @cache
        def toctree(**options: Any) -> str:
            """The sidebar's contents, in which these pages, all of one folder, are not."""
            env, builder, tags = app.env, app.builder, app.tags
            tree = global_toctree_for_doc(env, page_of(""), builder, tags=tags, **options)
            return builder.render_partial(tree)["fragment"]  # type: ignore[attr-defined,no-any-return]

        def write_pages(names: list[str]) -> None:
            for name in names:
                there = canonical_page(name, found)
                if there == page_of(name):
                    context, template = self._context(app, name, found), TEMPLATE
                else:
                    context, template = self._moved_to(app, name, found[name][0].raised.name), MOVED
                context["toctree"] = toctree
                app.builder.handle_page(page_of(name), context, template)  # type: ignore[attr-defined]

        parallel = parallel_available and app.parallel > 1
        tasks = ParallelTasks(app.parallel) if parallel else SerialTasks()
        names = [name for name, places in found.items() if self._is_due(app, name, places)]
        for chunk in make_chunks(names, app.parallel):
            tasks.add_task(write_pages, chunk)
        tasks.join()
        return ()

    def _is_due(self, app: Sphinx, name: str, places: list[Found]) -> bool:
        """Whether a page is to be written: an increment leaves those of the chapters it leaves."""
        file = Path(app.builder.get_outfilename(page_of(name)))  # type: ignore[attr-defined]
        is_old = not file.is_file() or file.stat().st_mtime < self.causes.changed
        return is_old or any(place.page in self.doctrees for place in places)

    def _moved_to(self, app: Sphinx, code: str, error: str) -> dict[str, Any]:
        """What the template shows of a code that is that of one class."""
        base, there = app.config.html_baseurl, page_of(error)
        address = urljoin(base, app.builder.get_target_uri(there)) if base else None
        return {"title": code, "error": error, "there": there, "pageurl": address}

    def _context(self, app: Sphinx, name: str, found: dict[str, list[Found]]) -> dict[str, Any]:
        places, here = found[name], page_of(name)
        classes = sorted({each.raised.name for each in places})
        codes = sorted({each.raised.code for each in places} - {""})
        others = (
            classes
            if not is_class(name)
            else [each for each in codes if canonical_page(each, found) != here]
        )
        title = name if is_class(name) else f"{name}: {', '.join(classes)}"
        if is_class(name) and len(codes) == 1:
            title = f"{name} ({codes[0]})"
        about = self.causes.known.get(name) or self.causes.known.get(classes[0])
        example = about.raises if about else ""
        messages = sorted(
            messages_of(places),
            key=lambda each: (example not in each.cells, each.short.casefold().lstrip("(<")),
        )
        parts = [
            self._part(app, number, here, message, example)
            for number, message in enumerate(messages, 1)
        ]
        excerpts = (each for part in parts for each in part["excerpts"])
        lines = (line for each in excerpts for line in each.pop("abouts").splitlines())
        abouts = {line.partition(">")[0]: line for line in lines}  # by the tag, which has an id
        base = app.config.html_baseurl
        code = name if not is_class(name) else "".join(codes) if not others else ""
        return {
            "pageurl": urljoin(base, app.builder.get_target_uri(here)) if base else None,
            "title": title,
            "heading": breakable(escape(title)),
            "code": code,
            "explained": EXPLAINED + code,
            "related": [(each, page_of(each)) for each in others],
            "about": about and [_proof(app, about.cause, about.raises, "Cause"),
                                _proof(app, about.cure, about.cured, "Cure")],
            "description": about.plain if about else "",
            "parts": parts,
            "folds": len(parts) > MANY,
            "toc": entries(title, [(part["anchor"], part["short"]) for part in parts]),
            "lists": next(iter(LISTS.of(app.env)), ""),
            "abouts": "\n".join(abouts.values()),
        }  # fmt: skip

    def _part(
        self, app: Sphinx, number: int, here: str, message: Message, example: str
    ) -> dict[str, Any]:
        """What the template shows of a message: that with the example, or with a cure, first."""
        sections: dict[tuple[str, str], list[Found]] = {}
        for place in message.places:
            section = PLACES.of(app.env)[place.page][place.raised.cell].section
            sections.setdefault((place.page, section), []).append(place)
        excerpts = [
            self._excerpt(app, f"part-{number}-{count}", here, shown)
            for count, shown in enumerate(sections.values(), 1)
        ]
        excerpts.sort(key=lambda each: (example not in each["cells"], not each["has_cure"]))
        texts = [text for text in message.texts if text]
        return {
            "anchor": message.anchor,
            "short": message.short,
            "texts": texts,
            "has_example": example in excerpts[0]["cells"],
            "excerpts": excerpts,
        }

    def _excerpt(self, app: Sphinx, prefix: str, here: str, shown: list[Found]) -> dict[str, Any]:
        page, cell = shown[0].page, shown[0].raised.cell
        if page not in self.doctrees:  # an increment resolves only the pages that it writes
            self.doctrees[page] = app.env.get_and_resolve_doctree(page, app.builder)
        place = PLACES.of(app.env)[page][cell]
        failing = {each.cell for each in RAISED.of(app.env)[page]}
        content = _copied(self.doctrees[page], {each.raised.cell for each in shown}, failing)
        box = nodes.container("", *content)
        revealed(box)
        abouts = page_explanations(box)  # type: ignore[arg-type]  # any element does
        _moved(box, app.builder.get_target_uri(page), app.builder.get_target_uri(here))
        cells = _opened(app, box, here, page, {each.raised.variant for each in shown})
        _link(app, box, here)
        # Links of names in code are made while the code is written, from this page.
        app.builder.current_docname = here  # type: ignore[attr-defined]
        html = app.builder.render_partial(box)["fragment"]  # type: ignore[attr-defined]
        return {
            "cells": [f"{page}#{each}" for each in cells],
            "has_cure": not failing.issuperset(cells),
            "page": page,
            "section": f"#{place.section}" if place.section else "",
            "heading": escape(place.title or app.env.titles[page].astext()),
            "chapter": app.env.titles[page].astext(),
            "html": own_ids(html, prefix),
            "abouts": abouts,
        }

    def finish_page(
        self, app: Sphinx, name: str, template: str, context: dict[str, Any], _: Any
    ) -> None:
        """``html-page-context``: an error's page is one of those below the list of messages.

        It has contents of its own, which the theme, for a page without a source, hides.
        """
        if template != TEMPLATE:
            return
        app.add_css_file(STYLE)  # during this event: for this page alone
        app.add_js_file(SCRIPT, loading_method="defer")
        context["furo_hide_toc"] = len(context["parts"]) < 2
        address = app.builder.get_relative_uri(name, context["lists"])
        entry = f'<li class="toctree-l1"><a class="reference internal" href="{address}">'
        current = entry.replace("l1", "l1 current current-page").replace(
            "<a ", '<a aria-current="true" '
        )
        tree = context.get("furo_navigation_tree", "")
        context["furo_navigation_tree"] = tree.replace(entry, current)


def _proof(app: Sphinx, text: str, place: str, title: str) -> dict[str, str]:
    """A cause or a cure, and the cell that shows it."""
    page, _, cell = place.partition("#")
    return {"title": title, "html": as_html(text), "page": page, "cell": f"#{nodes.make_id(cell)}"}


def _copied(doctree: nodes.document, cells: set[str], failing: set[str]) -> list[nodes.Node]:
    """Copies of a section's nodes from the first of these cells to the first that doesn't fail."""
    copied: list[nodes.Node] = []
    left = set(cells)
    for node in doctree.findall(nodes.container):
        cell = cell_of(node)
        if cell is None or cell.name not in cells:
            continue
        siblings = list(node.parent.children)
        for each in siblings[siblings.index(node) :]:
            if isinstance(each, nodes.section | seealso):
                break
            copied.append(each.deepcopy())
            name = (cell_of(each) or cell).name
            left.discard(name)
            if not left and name not in failing:
                break
        break
    return copied


def _moved(box: nodes.Element, page: str, here: str) -> None:
    """Make links of a page lead to the same places from ``here``; leave out what needs its page."""
    for node in [*box.findall(variant_choice), *box.findall(nodes.raw)]:  # choices, and buttons
        node.parent.remove(node)
    for node in box.findall(nodes.reference):
        address = f"#{node['refid']}" if "refid" in node else node["refuri"]
        if "//" not in address:
            path, mark, fragment = urljoin(page, address).partition("#")
            node.attributes.pop("refid", None)
            node["refuri"] = f"{relative_uri(here, path)}{mark}{fragment}"


def _opened(app: Sphinx, box: nodes.Element, here: str, page: str, variants: set[str]) -> list[str]:
    """Give each cell a link to where it runs, and open the folds of these variants; their names."""
    names = []
    chapter = app.env.titles[page].astext()
    address = app.builder.get_relative_uri(here, page)
    for node in list(box.findall(nodes.container)):
        cell = cell_of(node)
        if cell is None or not cell.name:
            continue
        names.append(cell.name)
        runs = runs_here(app.env, page, cell.index)
        words = "Run this cell" if runs else "Open this cell"
        where = escape(f"{address}{RUN * runs}#{nodes.make_id(cell.name)}")
        label = escape(f"{words}: {cell.name} in {chapter}")
        rel = ' rel="nofollow"' * runs
        link = f'<a class="open-cell" href="{where}" aria-label="{label}"{rel}>{words}</a>'
        row = f'<div class="live-tools open-cells">{link}</div>\n'
        node.insert(0, nodes.raw("", row, format="html"))
    for fold in box.findall(variant_fold):
        fold["open"] = fold["name"] in variants
    return names


def _link(app: Sphinx, doctree: nodes.Element, here: str) -> None:
    """Have the exceptions that cells show lead to their pages, but for that which is ``here``."""
    names = [name for name in errors(app.env) if is_class(name) and page_of(name) != here]
    pages = {name: app.builder.get_relative_uri(here, page_of(name)) for name in names}
    for node in doctree.findall(shown_output):
        node["pages"] = pages


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the pages, and what they are made of."""
    app.setup_extension("tutorial_site.content.cell_places")
    app.setup_extension("tutorial_site.content.raised_errors")
    app.setup_extension("tutorial_site.content.message_list")
    app.add_config_value("error_causes", "", "env", str)
    causes = ErrorCauses()
    pages = ErrorPages(causes)
    app.connect("builder-inited", causes.load)
    app.connect("env-check-consistency", causes.check)
    # After the tables have been put into their boxes.
    app.connect("doctree-resolved", pages.resolved, priority=950)
    app.connect("html-collect-pages", pages.write)
    app.connect("html-page-context", pages.finish_page, priority=650)  # after accessibility.py
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
