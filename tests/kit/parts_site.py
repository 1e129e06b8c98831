"""A site of a few pages in parts, with what tutorial_site and built_site tell others of it."""

from __future__ import annotations

from pathlib import Path

from bs4 import BeautifulSoup

from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Built, Site

ADDRESS = "https://a.example/orm/"
CONF = f"""\
import os
project = "A & B"
extensions = [
    "myst_parser",
    *("tutorial_site.page.meta_tags", "built_site.robots", "tutorial_site.page.not_found"),
]
html_theme = "furo"
html_baseurl = os.environ.get("ADDRESS", "")
templates_path = [{str(TEMPLATES)!r}]
"""
INDEX = """\
# A site

A site with *two*  parts, and
a page more: "quoted" & <so on>.

- No part of it.

```{toctree}
:caption: Get & go

one
deep/two
```

```{toctree}
:caption: Reference

words
```

```{toctree}
:hidden:

more
100% c#
```
"""
ONE = """\
# Page one

After this page you can:

- read {doc}`words`,
- write `"words"`;
- and more.

A second paragraph.
"""
LONG = f"# Words\n\n## At once a section\n\n- A list.\n\nAt length: {'word after word, ' * 30}\n"
OWN = "---\nmyst:\n  html_meta:\n    description: Our own words.\n---\n# More\n\nOther words:\n"


def parts_site(root: Path, address: str = ADDRESS) -> Site:
    """The site, not yet built; no address where it is empty."""
    made = Site(root, CONF, environment={"ADDRESS": address})
    made.write("docs/index.md", INDEX)
    made.write("docs/one.md", ONE)
    made.write("docs/deep/two.md", "# Two: <b>\n")
    made.write("docs/words.md", LONG)
    made.write("docs/more.md", OWN)
    made.write("docs/100% c#.md", "# Signs\n")
    return made


def built_whole(site: Site) -> Built:
    """The site, built without a word."""
    built = site.build()
    assert (built.status, built.said) == (0, "")
    return built


def page_of(built: Built, name: str) -> BeautifulSoup:
    """A page as it was published."""
    return BeautifulSoup(built.page(f"{name}.html"), "html.parser")


def canonical(built: Built, name: str) -> list[str]:
    """Where a page says that it is."""
    return [str(link["href"]) for link in page_of(built, name).select("link[rel=canonical]")]
