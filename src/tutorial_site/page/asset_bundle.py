"""One style sheet and one script for all pages, instead of a file from each extension.

``asset_bundle_styles`` and ``asset_bundle_scripts`` in conf.py list files of ``_static``, or
patterns of their names, which esbuild puts into ``first-HASH.css`` and ``first-HASH.js`` in this
order. What a page alone loads, or an extension registers and nobody lists, stays apart.

Left out of pages are MyST-NB's style sheet, 43 KB of colours for terminals and widgets, Furo's for
extensions, of cards, tabs and advertisements, and that of Pygments: ``cells.css`` and
``tokens.css`` are in their place. Of Furo's own style sheet, what no page uses is left out, by the
names that ``asset_bundle_unused`` lists and the selectors of ``asset_bundle_unused_selectors``, and
each custom property that nothing reads, or that ``tokens.css`` has in its place. Furo's script asks
where things are once the page has been painted: before, the browser would lay out the page for it,
and again after the scripts that add buttons. Sphinx's own scripts do nothing on a page from a
document.
"""

import fnmatch
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import SphinxError

from built_site.builders import is_site
from live_cells.pack.downloads_cache import digest, npm_packages
from live_cells.pack.node import NodeError, node
from tutorial_site.page.assets import load_on_all_pages

HERE = Path(__file__).parent
FOR_LISTS = frozenset({"documentation_options.js", "doctools.js", "sphinx_highlight.js"})
"""Sphinx's scripts, which only its indexes need."""
UNUSED = ("mystnb.*", "styles/furo-extensions.css", "pygments.css")
"""Style sheets that no page loads."""
RULE = re.compile(r"([^{}]+)(\{[^{}]*\})")
COMMA = re.compile(r",(?![^(]*\))")
NOT = re.compile(r":not\([^)]*\)")
PROPERTY = re.compile(r"""(?<=[{;])(--[\w-]+):(?:[^;{}"']|"[^"]*"|'[^']*')*;?""")
"""A custom property and its value."""
READ = re.compile(r"--[\w-]+(?![\w-]*\s*:)")
AFTER_PAINT = {
    "document.documentElement.scrollTop;": "0;",  # nothing is told of it before the page scrolls
    'document.addEventListener("DOMContentLoaded",': (
        "((name,act)=>document.addEventListener(name,"
        '()=>requestAnimationFrame(()=>setTimeout(act))))("DOMContentLoaded",'
    ),
}
"""What is another in the theme's script."""
OWN = re.compile(r"html:root body \{([^}]*)\}")
"""Where ``tokens.css`` has what is stronger than the theme's, in the dark too."""


class AssetBundle:
    """The bundled files of one build: their names, and the files of ``_static`` in them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.members: set[str] = set()

    def finish_page(
        self, app: Sphinx, name: str, _: str, context: dict[str, Any], tree: nodes.document | None
    ) -> None:
        """At ``html-page-context``, load the bundle in place of the files it holds."""
        if not is_site(app.builder):
            return
        if not self.names:
            # The first page: Sphinx has copied all static files by now, and processes that write
            # the other pages are started afterwards, with what is noted here.
            self._make(app, _paths(context["css_files"]), _paths(context["script_files"]))
        style, script = self.names
        app.add_css_file(style, priority=200)  # during this event: for this page alone
        app.add_js_file(script, priority=200)
        left_out = self.members | (FOR_LISTS if tree is not None else set())
        for kind in ("css_files", "script_files"):
            context[kind] = [
                asset
                for asset, path in zip(context[kind], _paths(context[kind]), strict=True)
                if path not in left_out and not _is_unused(path)
            ]

    def _make(self, app: Sphinx, styles: list[str], scripts: list[str]) -> None:
        """Bundle those registered files that conf.py lists."""
        static, config = Path(app.outdir, "_static"), app.config
        lists = [
            [path for pattern in patterns for path in fnmatch.filter(registered, pattern)]
            for patterns, registered in (
                (config.asset_bundle_styles, styles),
                (config.asset_bundle_scripts, scripts),
            )
        ]
        if unused := config.asset_bundle_unused.split():
            theme = static / "styles" / "furo.css"
            selectors = re.split(r"[,\n]\s*", config.asset_bundle_unused_selectors)
            used = _without(theme.read_text(encoding="utf-8"), unused, selectors)
            theme.write_text(_without_properties(used, _others(static)), encoding="utf-8")
        if "scripts/furo.js" in lists[1]:
            script = static / "scripts" / "furo.js"
            text = script.read_text(encoding="utf-8")
            for was, is_now in AFTER_PAINT.items():
                text = text.replace(was, is_now)
            script.write_text(text, encoding="utf-8")
        try:
            modules = npm_packages(Path(app.confdir).resolve() / config.live_cells_cache)
            made = node(HERE / "bundle_assets.mjs", modules, static, *map(json.dumps, lists))
        except NodeError as error:
            raise SphinxError(f"asset_bundle: {error}") from error
        for kind, text in json.loads(made).items():
            # `make serve` keeps pages that did not change: they name the file that does.
            hashed = f"-{digest(text)}" if config.asset_bundle_hash else ""
            self.names.append(f"first{hashed}.{kind}")
            (static / self.names[-1]).write_text(text, encoding="utf-8")
        self.members.update(*lists)


def _without(sheet: str, unused: Sequence[str], others: Sequence[str] = ()) -> str:
    """A style sheet without what it says of elements of these classes or ids, and by ``others``.

    >>> _without("a,.b{c:d}.b:not(.x){e:f}@media g{.h .b{i:j}p{k:l}}", ["b"])
    'a{c:d}@media g{p{k:l}}'
    >>> _without("hr,p{c:d}a:not(.x) b{e:f}", ["y"], ["hr", "a b"])
    'p{c:d}'
    """
    named = re.compile(rf"[.#](?:{'|'.join(map(re.escape, unused))})(?![\w-])")

    def rule(found: re.Match[str]) -> str:
        selectors = [(each, NOT.sub("", each)) for each in COMMA.split(found[1])]
        kept = [each for each, bare in selectors if bare not in others and not named.search(bare)]
        return ",".join(kept) + found[2] if kept else ""

    return RULE.sub(rule, sheet)


def _without_properties(sheet: str, others: str) -> str:
    """A style sheet without the custom properties that ``others`` have, or that nobody reads.

    >>> _without_properties("a{--b:1;--c:var(--b);--d:';}';--e:url(';');f:var(--g)}", "h:var(--d)")
    "a{--d:';}';f:var(--g)}"
    """
    own = {name for rule in OWN.findall(others) for name in re.findall(r"--[\w-]+(?=:)", rule)}
    read = set(READ.findall(others))

    def less(names: set[str]) -> str:
        return PROPERTY.sub(lambda found: "" if found[1] in names else found[0], sheet)

    sheet = less(own)
    while (
        unread := {found[1] for found in PROPERTY.finditer(sheet)} - set(READ.findall(sheet)) - read
    ):
        sheet = less(unread)
    return re.sub(r"[^{};]+\{\}", "", sheet)


def _others(static: Path) -> str:
    """What a page may load besides the theme's style sheet, as one text."""
    files = {*static.rglob("*.css"), *static.rglob("*.js")} - {static / "styles" / "furo.css"}
    read = [each for each in files if not _is_unused(each.relative_to(static).as_posix())]
    return "".join(file.read_text(encoding="utf-8") for file in read)


def _is_unused(path: str) -> bool:
    return any(fnmatch.fnmatch(path, name) for name in UNUSED)


def _paths(assets: list[Any]) -> list[str]:
    """The paths of registered files, seen from ``_static``; of others, their addresses."""
    return [str(asset.filename).removeprefix("_static/") for asset in assets]


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the bundle, its configuration and its hooks."""
    bundle = AssetBundle()
    app.add_config_value("asset_bundle_styles", [], "html", types=list)
    app.add_config_value("asset_bundle_scripts", [], "html", types=list)
    app.add_config_value("asset_bundle_hash", True, "html", types=bool)
    app.add_config_value("asset_bundle_unused", "", "html", types=str)
    app.add_config_value("asset_bundle_unused_selectors", "", "html", types=str)
    if "live_cells_cache" not in app.config:  # where npm packages are kept, esbuild among them
        app.add_config_value("live_cells_cache", "_build/live-cells", "", types=str)
    sheets = ("tokens.css", "layout.css", "cells.css", "furniture.css")
    load_on_all_pages(app, HERE / "static", *sheets)
    # After all that add assets to a page, whose priority is 500.
    app.connect("html-page-context", bundle.finish_page, priority=900)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
