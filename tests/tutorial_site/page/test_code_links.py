"""Links from code to the documentation: which there are, and which Tab comes to."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.kit.small_site import Site

CONF = """\
import sys
sys.path.insert(0, ".")
project = "A site"
extensions = ["myst_doctest", "tutorial_site.page.code_links", "sphinx.ext.autodoc"]
html_theme = "basic"
templates_path = ["templates"]
codeautolink_concat_default = True
"""
MODULE = 'def one():\n    """One."""\n\n\ndef two():\n    """Two."""\n'
PAGE = """\
# Page

```python
from things import one, two
one()
print(one(), len([]), str.upper(""))
```

```python
one(), two()
```
"""
OBJECTS = """\
# Objects

```{eval-rst}
.. py:function:: print
.. py:function:: len
.. py:class:: str

   .. py:method:: upper

.. automodule:: things
   :members:
```
"""
STOPS = [("things", None), ("one", None), ("two", None), ("one", "-1"), ("two", "-1")]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path, CONF)
    site.write("things.py", MODULE)
    site.write("templates/layout.html", '{% extends "!layout.html" %}')
    site.pages(page=PAGE, objects=OBJECTS)
    return site


def links(site: Site) -> list[tuple[str, object]]:
    """The links in the page's code, and whether Tab leaves them out."""
    built = site.build()
    assert (built.status, built.said) == (0, "")
    page = BeautifulSoup(built.page("page.html"), "html.parser")
    return [(each.get_text(), each.get("tabindex")) for each in page.select("pre a")]


def test_builtins_are_no_links_and_a_name_is_one_stop(site: Site) -> None:
    """A name is a link once in each piece of code, and a stop of Tab once on the page."""
    assert links(site) == STOPS


def test_a_page_that_is_only_written_anew_keeps_its_links(site: Site) -> None:
    """Settings, a template or a lost environment have all pages written: with their links."""
    assert links(site) == STOPS
    site.write("templates/layout.html", '{% extends "!layout.html" %}{# changed #}')
    assert links(site) == STOPS
    site.write("conf.py", f'{CONF}html_theme_options = {{"body_max_width": "50em"}}\n')
    assert links(site) == STOPS
    (site.root / "_build" / "doctrees" / "environment.pickle").unlink()
    assert links(site) == STOPS


def test_nothing_is_linked_twice(site: Site) -> None:
    """A build in which nothing changed leaves the pages as they are."""
    assert links(site) == STOPS
    file = site.root / "_build" / "html" / "page.html"
    before = file.read_bytes()
    assert links(site) == STOPS
    assert file.read_bytes() == before


def test_a_build_that_fails_tells_its_own_reason(site: Site) -> None:
    """No page was written yet: that is not what the author has to mend."""
    fails = "def setup(app):\n    app.connect('html-page-context', lambda *given: 1 / 0)\n"
    site.write("conf.py", f"{CONF}{fails}")
    built = site.build()
    assert built.status != 0
    assert "division by zero" in built.said
    assert "No such file" not in built.said
