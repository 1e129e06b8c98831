"""``robots.txt`` and ``sitemap.xml`` at the site's root (robotstxt.org, sitemaps.org).

The site map is made here, since sphinx-sitemap lists the pages that a build wrote, and an
incremental build writes few.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from sphinx.application import Sphinx

from built_site.builders import is_site, page_names
from built_site.files import write

MAP = "sitemap.xml"


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Write both files, the map where the site's address is known (``build-finished``)."""
    if exception is not None or not is_site(app.builder):
        return
    folder, address = Path(app.outdir), app.config.html_baseurl
    lines = ["User-agent: *", "Allow: /"]
    if address:
        lines += ["", f"Sitemap: {address}{MAP}"]
        write(folder / MAP, "".join(_site_map(app)).encode())
    write(folder / "robots.txt", "".join(f"{line}\n" for line in lines).encode())


def _site_map(app: Sphinx) -> Iterator[str]:
    """The address of each page; no dates, which would be those of the build."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    for name in sorted(page_names(app)):
        link = "" if name == app.config.root_doc else app.builder.get_target_uri(name)
        yield f"<url><loc>{escape(app.config.html_baseurl + link)}</loc></url>\n"
    yield "</urlset>\n"


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this part."""
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
