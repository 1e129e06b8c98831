"""Style sheets and scripts that all pages of the site load."""

from pathlib import Path

from sphinx.application import Sphinx

from built_site.builders import is_site
from myst_doctest.static_files import publish


def load_on_all_pages(app: Sphinx, folder: Path, *names: str) -> None:
    """Publish these files of a folder, and add them to each page at ``builder-inited``."""

    def add(app: Sphinx) -> None:
        for name in names if is_site(app.builder) else ():
            if name.endswith(".css"):
                app.add_css_file(name)
            else:
                app.add_js_file(name, loading_method="defer")

    publish(app, folder, *names)
    app.connect("builder-inited", add)
