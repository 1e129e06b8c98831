"""The Sphinx extension: pages whose cells run in the reader's browser."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from html import escape
from itertools import chain
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from built_site.builders import is_site
from built_site.files import write
from live_cells.pack.build import MANIFEST, Extra, Pack, Recipe, build
from live_cells.pack.downloads_cache import digest
from live_cells.pack.node import NodeError
from live_cells.page_data import page_data
from myst_doctest.checking.verdicts import Verdict
from myst_doctest.page_store import PageStore
from myst_doctest.pages.page import Page
from myst_doctest.settings import Settings
from myst_doctest.showing.cells import cells_of
from myst_doctest.showing.exercise_cards import exercise_card, exercise_title
from myst_doctest.showing.output_nodes import shown_output
from myst_doctest.showing.variations import variation
from myst_doctest.sphinx_extension import CHECKED
from myst_doctest.static_files import publish

LOGGER = logging.getLogger(__name__)
STYLE = "live.css"
FOLDER = "_static/live"
EXTRAS = "live-extras"
"""The key in a page's front matter that names what it needs beyond the rest of the pack."""
KEYS = ("distributions", "packages", "preload", "make", "start")
"""What ``live_cells_extras`` may say of each."""
DATA = "live-cells"
PAGES = PageStore[dict[str, dict[str, Any]]]("live_pages")
"""What :func:`page_data` gives of each page with cells, by the variant; "" for the main run."""
WITHOUT_SCRIPTS = (
    "<noscript><p>Cells run by JavaScript, which is off here. All that they showed is on the page."
    "</p></noscript>\n"
)
RUN = "?run"
"""In an address, before the name of a cell: ``lazy_start.js`` runs it."""
BEFORE_PAINT = 'document.documentElement.dataset.live=""'
"""Reserves the room of the button at a page's head, which would move the page when it appears."""


class LiveCells:
    """The live cells of one build: the pack, and what each page brings into the browser."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.pack: Pack | None = None
        self.building: Future[Pack] | None = None
        self.folder = Path(app.outdir) / FOLDER
        """The folder of the built site with the pack and the pages' data."""
        self.differences_file: Path | None = None
        self.differences: dict[str, dict[str, str]] = {}
        """Why a cell rightly shows something else in the browser, by page and name of the cell."""

    def begin(self, app: Sphinx) -> None:
        """On ``builder-inited``: build the pack in a thread while Sphinx reads pages."""
        _check_settings(app.config, Path(app.confdir))
        if name := app.config.live_cells_differences:
            self.differences_file = Path(app.confdir) / name
            self.differences = _differences(self.differences_file)
        if is_site(app.builder):
            thread = ThreadPoolExecutor(1)
            recipe = pack_recipe(app.config, Path(app.confdir).resolve())
            self.building = thread.submit(build, recipe)
            thread.shutdown(wait=False)

    def note(
        self, app: Sphinx, docname: str, page: Page, verdicts: Sequence[Verdict], settings: Settings
    ) -> None:
        """On ``myst-doctest-checked``: keep what the page brings into the browser."""
        if self.differences_file:
            app.env.note_dependency(str(self.differences_file))
        if not page.cells or not page.notebook:
            self._known(docname, page, "")
            return
        own = self._extras(docname, page.notebook.metadata.get(EXTRAS, []))
        run_here = app.config.live_cells_variants
        for variant in ("", *(name for name in page.variants if name in run_here)):
            extras = dict.fromkeys([*own, *run_here.get(variant, ())])
            more = [app.config.live_cells_extras[name].get("preload", ()) for name in extras]
            known = self._known(docname, page, variant)
            PAGES.of(app.env).setdefault(docname, {})[variant] = {
                **page_data(page, verdicts, settings, known, variant),
                "preload": [*app.config.live_cells_preload, *chain.from_iterable(more)],
                "extras": [*extras],
                "title": settings.variants[variant].title if variant else "",
            }

    def _known(self, docname: str, page: Page, variant: str) -> dict[str, str]:
        """The known differences of a page; a cell that is not there is warned of."""
        name = f"{docname}@{variant}" if variant else docname
        known = self.differences.get(name, {})
        for label in sorted(known.keys() - {cell.label for cell in page.cells}):
            message = f"{self.differences_file}: {name} has no cell {label!r}: remove the line"
            LOGGER.warning(message, location=docname, type="live_cells", subtype="differences")
        return known

    def _extras(self, docname: str, wanted: object) -> list[str]:
        """The extras that a page asks for; a name that conf.py does not have is warned of."""
        known = self.app.config.live_cells_extras
        names = wanted if isinstance(wanted, list) else [wanted]
        for name in names:
            if name not in known:
                message = f"{EXTRAS}: live_cells_extras in conf.py has no {name!r}"
                LOGGER.warning(message, location=docname, type="live_cells", subtype="extras")
        return [name for name in known if name in names]

    def add_pack(self, app: Sphinx, env: BuildEnvironment) -> list[str]:
        """On ``env-updated``: wait for the pack, and add its script to all pages.

        Returns all pages where an earlier build of this environment had another pack, since each
        page names its files.
        """
        if self.building is None:
            return []
        pack = ""
        try:
            self.pack = self.building.result()
        except (NodeError, ImportError, OSError) as error:
            # Not raised: Sphinx would print its versions and a trace, and `make serve` no page.
            LOGGER.error("live cells: %s", error, type="live_cells", subtype="pack")  # noqa: TRY400
            app.statuscode = 1
        else:
            pack = self.pack.folder.name
            app.add_js_file(f"live/{self.pack.scripts['lazy_start']}", loading_method="defer")
        before, env.live_pack = getattr(env, "live_pack", ""), pack  # type: ignore[attr-defined]
        return [] if before == pack else sorted(env.found_docs)

    def copy(self, app: Sphinx, builder: Builder) -> None:
        """On ``write-started``: put the pack's files into the site."""
        if self.pack is not None:
            self.folder.mkdir(parents=True, exist_ok=True)
            for name in self.pack.files:
                # The manifest has no hash in its name, and hosts let browsers keep all of live/.
                place = self.folder.with_suffix(".json") if name == MANIFEST else self.folder / name
                write(place, (self.pack.folder / name).read_bytes())

    def finish_page(
        self, app: Sphinx, name: str, _: str, context: dict[str, Any], tree: nodes.document | None
    ) -> None:
        """On ``html-page-context``: give a page with cells its data."""
        page = PAGES.of(app.env).get(name)
        if tree is None or page is None or self.pack is None:
            return
        shown = next(iter(tree.findall(shown_output)), None)
        pages: dict[str, str] = shown.get("pages", {}) if shown is not None else {}
        main, *others = [
            self._told(variant, {**data, "pages": pages}, context["pathto"])
            for variant, data in page.items()
        ]
        formerly = str(app.env.metadata[name].get("formerly", "")).split()
        data = {
            "page": name,
            **({"formerly": formerly} if formerly else {}),
            **main,
            **{key: context["pathto"](f"{FOLDER}/{file}", 1)
               for key, file in self.pack.scripts.items() if key != "lazy_start"},
            **self._playground(name, context["pathto"]),
            "variants": {each["variant"]: each for each in others},
        }  # fmt: skip
        if not page[""]["reason"]:
            context["metatags"] = f"{context.get('metatags', '')}<script>{BEFORE_PAINT}</script>\n"
        block = _compact(data).replace("<", "\\u003c")  # no "</script>" in a page's own words
        context["body"] = (
            f'{WITHOUT_SCRIPTS}{context["body"]}<div class="live-scratch"></div>\n'
            f'<script type="application/json" id="{DATA}">{block}</script>\n'
        )

    def _playground(self, name: str, pathto: Any) -> dict[str, str]:
        """Where cells are taken to: ``live_cells_playground``, if it is there and another page."""
        playground = self.app.config.live_cells_playground
        is_there = playground in self.app.env.found_docs and playground != name
        return {"playground": pathto(playground)} if is_there else {}

    def _told(self, variant: str, data: dict[str, Any], pathto: Any) -> dict[str, Any]:
        """What a page says in itself of a run without a variant, or on one; the rest is a file."""
        assert self.pack is not None
        text = _compact(data)
        file = f"page-{digest(text)}.json"
        write(self.folder / file, text.encode())
        return {
            "variant": variant,
            "title": data["title"],
            "cells": pathto(f"{FOLDER}/{file}", 1),
            "extras": data["extras"],
            "bytes": self.pack.size + sum(self.pack.extras[name] for name in data["extras"]),
            "reason": data["reason"],
            "why": {
                why: [number for number, cell in enumerate(data["cells"]) if cell["why"] == why]
                for why in dict.fromkeys(cell["why"] for cell in data["cells"])
                if why not in {"", data["reason"]}
            },
        }


def runs_here(env: BuildEnvironment, docname: str, index: int) -> bool:
    """Whether a cell of a page runs in the browser, as in the main run."""
    page = PAGES.of(env).get(docname)
    return page is not None and not page[""]["cells"][index]["why"]


class Tools(SphinxPostTransform):
    """Put a strip above the code of each cell that shows it: the cell's name, room for buttons."""

    default_priority = 950
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Add the elements to one page."""
        if self.app.live_cells.pack is None:  # type: ignore[attr-defined]
            return
        page = PAGES.of(self.env).get(self.env.docname)
        if page is None:
            return
        cells = page[""]["cells"]
        running = set()
        for cell in cells_of(self.document):
            if code := cell.code:
                if not cells[cell.index]["why"]:
                    running.add(cell.index)
                text = _tools(cell.index, cells[cell.index])
                tools = nodes.raw("", text, format="html")
                code.parent.insert(code.parent.index(code), tools)
        for card in self.document.findall(exercise_card):
            boxes = card.findall(nodes.container)
            starters = (box for box in boxes if "exercise-starter" in box["classes"])
            title = next(iter(card.findall(exercise_title))).astext()
            for number, starter in enumerate([*starters], 1):
                text = _exercise_tools(card["name"], title, number)
                starter.insert(0, nodes.raw("", text, format="html"))
        for tried in self.document.findall(variation):
            if tried["cell"] in running:
                button = _try_button(tried["cell"], tried["number"], cells)
                tried.insert(0, nodes.raw("", button, format="html"))


def pack_recipe(config: Config | Mapping[str, Any], root: Path) -> Recipe:
    """What the pack of a site is made of, by its ``live_cells_*`` values in ``conf.py``.

    ``root`` is the folder of ``conf.py``.
    """
    return Recipe(
        cache=root / config["live_cells_cache"],
        distributions=tuple(config["live_cells_distributions"]),
        packages=tuple(root / package for package in config["live_cells_packages"]),
        leave_out=tuple(config["live_cells_leave_out"]),
        extras={name: _extra(root, keys) for name, keys in config["live_cells_extras"].items()},
    )


def _differences(file: Path) -> dict[str, dict[str, str]]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"live_cells_differences: {file}: {error}") from error


def _compact(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _tools(index: int, cell: dict[str, Any]) -> str:
    name = escape(cell["name"])
    link = f'<a class="live-name" href="#{name}">{name}</a>'
    label = link if name else f'<span class="live-name">cell {index + 1}</span>'
    return f'<div class="live-tools" data-cell="{index}">{label}</div>\n'


def _try_button(cell: int, number: int, cells: Sequence[dict[str, Any]]) -> str:
    name = escape(f"cell {cell + 1}" + f" ({cells[cell]['name']})" * bool(cells[cell]["name"]))
    return (
        '<button type="button" class="live-button try-it" data-act="try" '
        f'data-cell="{cell}" data-number="{number}" aria-label="Try it in {name}">Try it</button>\n'
    )


def _exercise_tools(name: str, title: str, number: int) -> str:
    """The strip of a starter; ``number`` is its own among the designs to choose from."""
    label = '<span class="live-name">your answer</span>'
    design = f' data-design="{number}"' if number > 1 else ""
    called = escape(f"{title}, design {number}" if number > 1 else title)
    about = f'data-exercise="{escape(name)}" data-title="{called}"{design}'
    return f'<div class="live-tools" {about}>{label}</div>\n'


def _check_settings(config: Config, root: Path) -> None:
    """Raise a ConfigError for what is wrong with extras and variants in ``conf.py``."""
    extras = config.live_cells_extras
    for name, keys in extras.items():
        for key in keys:
            if key not in KEYS:
                words = f"{key!r} is none of {', '.join(KEYS)}"
                raise ConfigError(f"live_cells_extras: {name}: {words}")
        named = [(key, keys[key]) for key in ("make", "start") if key in keys]
        for key, path in [*named, *(("packages", each) for each in keys.get("packages", ()))]:
            if not (root / path).exists():
                raise ConfigError(f"live_cells_extras: {name}: {key}: there is no {path}")
    known = Settings.find(root).variants
    for variant, names in config.live_cells_variants.items():
        if variant not in known:
            raise ConfigError(f"live_cells_variants: pyproject.toml has no variant {variant!r}")
        for name in names:
            if name not in extras:
                words = f"live_cells_extras in conf.py has no {name!r}"
                raise ConfigError(f"live_cells_variants: {variant}: {words}")


def _extra(root: Path, keys: dict[str, Any]) -> Extra:
    return Extra(
        tuple(keys.get("distributions", ())),
        tuple(root / package for package in keys.get("packages", ())),
        **{key: root / keys[key] for key in ("make", "start") if key in keys},
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the extension, which needs ``myst_doctest``."""
    app.setup_extension("myst_doctest")
    app.add_config_value("live_cells_cache", "_build/live-cells", "", str)
    app.add_config_value("live_cells_distributions", [], "", list)
    app.add_config_value("live_cells_packages", [], "", list)
    app.add_config_value("live_cells_leave_out", [], "", list)
    app.add_config_value("live_cells_preload", [], "env", list)
    app.add_config_value("live_cells_extras", {}, "env", dict)
    app.add_config_value("live_cells_variants", {}, "env", dict)
    app.add_config_value("live_cells_differences", "", "env", str)
    app.add_config_value("live_cells_playground", "", "env", str)
    cells = LiveCells(app)
    app.live_cells = cells  # type: ignore[attr-defined]
    app.connect("builder-inited", cells.begin)
    app.connect(CHECKED, cells.note)
    PAGES.connect(app)
    app.connect("env-updated", cells.add_pack)
    app.connect("write-started", cells.copy)
    app.connect("html-page-context", cells.finish_page)
    app.add_post_transform(Tools)
    publish(app, Path(__file__).parent / "static", STYLE)
    app.add_css_file(STYLE)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
