"""A page's first view: one style sheet and one script, instead of a file from each extension.

What is registered for all pages goes into ``_static/first-HASH.css`` and ``.js``, in its order and
minified; what a page adds for itself stays apart, after them. Each script becomes a function, so
that one which fails takes no other with it: a name that it declares is no global one.

Two things are left out of the pages that come from a document. Of MyST-NB's style sheet, 43 KB of
colours for terminals and widgets, ``notebook.css`` has the rules that pages of this site use; and
Sphinx's own scripts do nothing there but mark the words of a search, for which ``found-words.js``
loads them.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import rcssmin
import rjsmin
from docutils import nodes
from furo import get_pygments_stylesheet
from sphinx.application import Sphinx

from built_site.builders import is_site
from built_site.files import write
from myst_doctest.static_files import publish

__all__ = ["FirstView", "bundled_script", "bundled_style", "setup"]

STATIC = "_static"
OURS = ("notebook.css", "found-words.js")
REPLACED = re.compile(r"_static/mystnb\.[0-9a-f]+\.css")
SPHINX = frozenset(
    f"{STATIC}/{name}"
    for name in ("documentation_options.js", "doctools.js", "sphinx_highlight.js")
)
BUNDLE = re.compile(r"\bfirst-[0-9a-f]{12}\.(css|js)\b")
# What a sheet may begin with, and none may have that stands behind another.
AT_THE_BEGINNING = re.compile(r"@(charset|import|namespace)\b", re.IGNORECASE)
URL = re.compile(r"""url\(\s*(["']?)([^"')]+)\1\s*\)""")


class FirstView:
    """The bundles of one build."""

    def __init__(self, app: Sphinx) -> None:
        self.app = app
        self.names: dict[str, str] = {}
        self.shared: dict[str, list[str]] = {}

    @property
    def static(self) -> Path:
        return Path(self.app.outdir) / STATIC

    def finish_page(
        self,
        app: Sphinx,
        name: str,
        template: str,
        context: dict[str, Any],
        doctree: nodes.document | None,
    ) -> None:
        """Name the bundles in a page. All assets are in their place by now."""
        if not is_site(app.builder):
            return
        self._bundle(app.builder)
        styles, scripts = map(_in_order, (context["css_files"], context["script_files"]))
        context["css_files"] = self._page(styles, "css")
        if doctree is not None:
            scripts = [asset for asset in scripts if asset.filename not in SPHINX]
        context["script_files"] = self._page(scripts, "js")

    def _page(self, assets: Sequence[Any], kind: str) -> list[Any]:
        """The bundle where the first of what it holds stood; a plain name gets no ``?v=``."""
        bundle, rest = f"{STATIC}/{self.names[kind]}", []
        for asset in assets:
            if asset.filename not in self.shared[kind]:
                if not REPLACED.fullmatch(asset.filename):
                    rest.append(asset)
            elif bundle not in rest:
                rest.append(bundle)
        return rest

    def _bundle(self, builder: Any) -> None:
        """Make the bundles, once in each process that writes pages; each makes the same."""
        if self.names:
            return
        # Sphinx keeps them apart from what a single page adds, under a name of its own.
        shared = {"css": builder._orig_css_files, "js": builder._orig_js_files}
        make: dict[str, Callable[[list[Any]], str]] = {"css": self._styles, "js": self._scripts}
        for kind, assets in shared.items():
            fitting = [asset for asset in _in_order(assets) if self._fits(asset, kind)]
            self.shared[kind] = [asset.filename for asset in fitting]
            text = make[kind](fitting)
            digest = hashlib.sha256(text.encode()).hexdigest()[:12]
            self.names[kind] = f"first-{digest}.{kind}"
            write(self.static / self.names[kind], text.encode())

    def _fits(self, asset: Any, kind: str) -> bool:
        """Whether it is a file of ours that is loaded as all are, in the page's first view."""
        here = asset.filename and Path(self.app.outdir, asset.filename).is_file()
        if not here or asset.filename in SPHINX or REPLACED.fullmatch(asset.filename):
            return False
        if kind == "js":
            return set(asset.attributes) <= {"defer"}
        attributes = dict(asset.attributes)
        attributes.pop("media", None)
        fits = attributes == {"rel": "stylesheet", "type": "text/css"}
        return fits and not AT_THE_BEGINNING.search(rcssmin.cssmin(self._text(asset)))

    def _text(self, asset: Any) -> str:
        if asset.filename == f"{STATIC}/pygments.css":
            return str(get_pygments_stylesheet())  # which the theme writes there in the end
        return Path(self.app.outdir, asset.filename).read_text(encoding="utf-8")

    def _styles(self, assets: list[Any]) -> str:
        sheets = [
            bundled_style(self._text(asset), asset.filename, asset.attributes.get("media"))
            for asset in assets
        ]
        return "\n".join(sheets)

    def _scripts(self, assets: list[Any]) -> str:
        return "\n".join(bundled_script(self._text(asset)) for asset in assets)

    def finish(self, app: Sphinx, exception: Exception | None) -> None:
        """Have pages of earlier builds name this one's bundles, and remove the others.

        A page is written anew where its document has changed, not where a style sheet has.
        """
        if exception is not None or not self.names:
            return
        for page in sorted(Path(app.outdir).rglob("*.html")):
            text = page.read_text(encoding="utf-8")
            named = BUNDLE.sub(lambda found: self.names[found[1]], text)
            if named != text:
                write(page, named.encode())
        for file in self.static.glob("first-*"):
            if file.name not in self.names.values():
                file.unlink()


def bundled_style(text: str, name: str, media: str | None = None) -> str:
    """A style sheet as a part of the bundle: small, its addresses seen from ``_static``.

    ``name`` is its own path, seen from the site's root.
    """
    folder = posixpath.dirname(name)

    def seen(found: re.Match[str]) -> str:
        quote, address = found.groups()
        if urlsplit(address).scheme or address.startswith(("/", "#")):
            return found[0]
        path = posixpath.relpath(posixpath.join(folder, address), STATIC)
        return f"url({quote}{path}{quote})"

    small = URL.sub(seen, rcssmin.cssmin(text))
    return f"@media {media}{{{small}}}" if media else small


def bundled_script(text: str) -> str:
    """A script as a part of the bundle: small, and no more than itself where it fails."""
    return f"try{{(function(){{{rjsmin.jsmin(text)}}})()}}catch(e){{reportError(e)}}"


def _in_order(assets: Sequence[Any]) -> list[Any]:
    """As Sphinx sorts them when it renders a page."""
    return sorted(assets, key=lambda asset: asset.priority)


def _add_assets(app: Sphinx) -> None:
    if is_site(app.builder):
        app.add_css_file("notebook.css", priority=400)  # as MyST-NB's: others build upon it
        app.add_js_file("found-words.js", loading_method="defer")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part; it stands alone too, as ``tutorial_site.page.asset_bundle``."""
    view = FirstView(app)
    publish(app, Path(__file__).parent / "static", *OURS)
    app.connect("builder-inited", _add_assets)
    app.connect("html-page-context", view.finish_page, priority=900)  # what others add is there
    app.connect("build-finished", view.finish, priority=400)  # before whoever reads the pages
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
