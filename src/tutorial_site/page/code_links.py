"""Links from code to the documentation, as many as help.

sphinx-codeautolink links each name at each place: up to three hundred on a page, a third of them
to ``print`` and the like, and each one a stop of the Tab key.
Here a builtin is no link, a name is one where a cell first has it, and of a page's links to one
place only the first is a stop of Tab: to the others a pointer comes, and no key is lost.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx_codeautolink.extension import SphinxCodeAutoLink

from built_site.builders import is_site
from built_site.files import write
from myst_doctest.static_files import publish

__all__ = ["setup", "stops"]

STYLE = "code-links.css"
LINK = re.compile(r'<a class="sphinx-codeautolink-a" href="([^"]*)"(?: title="[^"]*")?>')


def remember(app: Sphinx) -> None:
    """Have the names of the pages that are not read in this build, but may be written.

    sphinx-codeautolink keeps them for pages in ``.rst`` files alone.
    """
    _found(app.env).update(getattr(app.env, "code_links", {}))


def _found(env: BuildEnvironment) -> dict[str, list[Any]]:
    """Code and the names in it, by page: sphinx-codeautolink's own, empty where it does nothing."""
    found: dict[str, list[Any]] = getattr(env, "sphinx_codeautolink_transforms", {})
    return found


def thin_out(app: Sphinx, env: BuildEnvironment) -> None:
    """Leave builtins out, and a name's second place in the same code.

    Done when sphinx-codeautolink has found what each name is, and before it writes links.
    """
    found = env.code_links = _found(env)  # type: ignore[attr-defined]  # kept with the environment
    for transforms in found.values():
        for code in transforms:
            code.names = list(_first(name for name in code.names if not _is_builtin(name)))


def _first(names: Iterable[Any]) -> Iterable[Any]:
    places = set()
    for name in names:
        if name.resolved_location not in places:
            places.add(name.resolved_location)
            yield name


def _is_builtin(name: Any) -> bool:
    """``print``, and ``str.upper`` too."""
    return hasattr(builtins, name.resolved_location.split(".")[0])


def note_unlinked(app: Sphinx, exception: Exception | None) -> None:
    """Have all pages linked that have no links yet.

    sphinx-codeautolink puts them into the pages whose source is newer than their HTML, but a page
    is also written anew when the build's settings, templates or doctrees are others.
    """
    for listener in app.events.listeners.get("build-finished", ()):
        links = getattr(listener.handler, "__self__", None)
        if isinstance(links, SphinxCodeAutoLink) and links.cache is not None:
            found = _found(app.env).items()
            named = (name for name, codes in found if any(code.names for code in codes))
            links.outdated_docs = {
                str(Path(name)) for name in named if not LINK.search(_page(app, name)[1])
            }


def _page(app: Sphinx, docname: str) -> tuple[Path, str]:
    """A page's file, and what is in it: nothing where it was not written."""
    file = Path(app.builder.get_outfilename(docname))  # type: ignore[attr-defined]  # of HTML's
    return file, file.read_text(encoding="utf-8") if file.exists() else ""


def stops(page: str) -> str:
    """The page, in which one link to each place is a stop of the Tab key.

    >>> link = '<a class="sphinx-codeautolink-a" href="a.html">a</a>'
    >>> print(stops(link + link))  # doctest: +NORMALIZE_WHITESPACE
    <a class="sphinx-codeautolink-a" href="a.html">a</a><a class="sphinx-codeautolink-a"
    href="a.html" tabindex="-1">a</a>
    """
    known = set()

    def stop(match: re.Match[str]) -> str:
        if match[1] in known:
            return f'{match[0][:-1]} tabindex="-1">'
        known.add(match[1])
        return match[0]

    return LINK.sub(stop, page)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Choose the stops of the pages in which sphinx-codeautolink has just put its links."""
    if not is_site(app.builder):
        return
    for docname in sorted(app.env.found_docs):
        file, text = _page(app, docname)
        finished = stops(text)
        if finished != text:
            write(file, finished.encode())


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part, which needs sphinx-codeautolink."""
    publish(app, Path(__file__).parent / "static", STYLE)
    app.add_css_file(STYLE)
    app.setup_extension("sphinx_codeautolink")
    app.connect("builder-inited", remember, priority=600)
    app.connect("env-updated", thin_out, priority=600)  # after sphinx-codeautolink's
    app.connect("build-finished", note_unlinked, priority=400)
    app.connect("build-finished", finish, priority=600)
    return {"version": "0.1.0", "parallel_read_safe": True, "parallel_write_safe": True}
