"""Files at the site's root for those who are no readers: hosts, search engines, other robots.

``_headers`` for Netlify and Cloudflare Pages, ``robots.txt``, and ``sitemap.xml`` where the site's
address is known.

The site map is made here, since sphinx-sitemap lists the pages that a build wrote, and an
incremental build writes few.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from built_site.builders import is_site
from built_site.files import write
from built_site.host_files import HostError, headers_file

__all__ = ["setup"]

LAST = 900
"""After all other parts, whose files the headers are for."""
MAP = "sitemap.xml"


def _finish(app: Sphinx, exception: Exception | None) -> None:
    if exception is not None or not is_site(app.builder):
        return
    folder = Path(app.outdir)
    write(folder / "robots.txt", _robots(app.config.html_baseurl).encode())
    if app.config.html_baseurl:
        write(folder / MAP, "".join(_site_map(app)).encode())
    else:
        (folder / MAP).unlink(missing_ok=True)  # of a build that knew one
    try:
        write(folder / "_headers", headers_file(folder).encode())
    except HostError as error:
        raise ExtensionError(str(error)) from error


def _robots(address: str) -> str:
    """Everything may be read; robotstxt.org, sitemaps.org."""
    lines = ["User-agent: *", "Allow: /"]
    if address:
        lines += ["", f"Sitemap: {address}{MAP}"]
    return "\n".join(lines) + "\n"


def _site_map(app: Sphinx) -> Iterator[str]:
    """All pages that have a text; without dates, which would be those of the build."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for name in sorted(app.env.found_docs):
        link = "" if name == app.config.root_doc else app.builder.get_target_uri(name)
        yield f"<url><loc>{escape(app.config.html_baseurl + link)}</loc></url>\n"
    yield "</urlset>\n"


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the files once all others are there."""
    app.connect("build-finished", _finish, priority=LAST)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
