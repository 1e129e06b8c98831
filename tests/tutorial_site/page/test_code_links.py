"""Links from code to the documentation: which there are, and which Tab comes to."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.kit.small_site import Built, Site

CONF = """\
import sys
sys.path.insert(0, ".")
project = "A site"
extensions = ["myst_doctest", "tutorial_site.page.code_blocks", "sphinx.ext.autodoc"]
html_theme = "basic"
"""
MODULE = '''\
def one():
    """One."""


class Two:
    """Two."""

    def three(self) -> "Two":
        """Three."""
'''
PAGE = """\
# Page

```python
from things import one, Two
one()
print(one(), len([]), str.upper(""))
```

```python
one(), Two()
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


@pytest.fixture
def site(tmp_path: Path) -> Site:
    site = Site(tmp_path, CONF)
    site.write("things.py", MODULE)
    site.pages(page=PAGE, objects=OBJECTS)
    return site


def built(site: Site, *arguments: str) -> Built:
    done = site.build(*arguments)
    assert (done.status, done.said) == (0, "")
    return done


def links(done: Built, name: str = "page") -> list[tuple[str, str, object]]:
    """The links in a page's code, where they lead, and whether Tab leaves them out."""
    page = BeautifulSoup(done.page(f"{name}.html"), "html.parser")
    found = page.select("pre a")
    return [(each.get_text(), str(each["href"]), each.get("tabindex")) for each in found]


def test_builtins_are_no_links_and_a_name_is_one_stop(site: Site) -> None:
    """A name is a link once in each piece of code, and a stop of Tab once on the page."""
    assert links(built(site)) == [
        ("things", "objects.html#module-things", None),
        ("one", "objects.html#things.one", None),
        ("Two", "objects.html#things.Two", None),
        ("one", "objects.html#things.one", "-1"),
        ("Two", "objects.html#things.Two", "-1"),
    ]


def test_links_are_the_same_when_pages_are_read_and_written_in_parallel(site: Site) -> None:
    """A process that writes pages has all that it needs; six pages are enough to share work."""
    site.pages(**{f"page{number}": PAGE for number in range(6)})
    done = built(site, "-j", "2")
    assert [links(done, f"page{number}") for number in range(6)] == [links(done)] * 6


def test_code_is_found_in_whatever_form_it_stands(site: Site) -> None:
    """Prompts, names over lines, a name twice on a line, methods of what a call gives."""
    page = """\
```python
>>> from things import Two
>>> Two()
Two()
```

```python
from things import Two
Two, Two
(Two
  .three)
Two().three().three()
```
"""
    site.pages(page=f"# Page\n\n{page}")
    found = [(text.split(), address) for text, address, _ in links(built(site))]
    assert found == [
        (["things"], "objects.html#module-things"),
        (["Two"], "objects.html#things.Two"),
        (["things"], "objects.html#module-things"),
        (["Two"], "objects.html#things.Two"),
        (["Two", ".three"], "objects.html#things.Two.three"),
    ]
    code = BeautifulSoup((site.root / "_build/html/page.html").read_text(), "html.parser")
    assert [pre.get_text() for pre in code.select("pre")] == [
        block.removeprefix("python\n") for block in page.split("```")[1::2]
    ]


def test_code_that_cannot_be_parsed_has_no_links_and_breaks_no_others(site: Site) -> None:
    """A cell that shows a SyntaxError is an example too; so is code of another language."""
    broken = "```python\nfrom things import one; one(\n```\n"
    sql = "```sql\nSELECT one FROM things\n```\n"
    site.pages(page=PAGE.replace("```python\none()", f"{broken}\n{sql}\n```python\none()"))
    assert [text for text, _, _ in links(built(site))] == ["things", "one", "Two", "one", "Two"]


def test_a_link_within_the_page_and_to_another_folder(site: Site) -> None:
    """Addresses are seen from the page."""
    site.write("docs/deep/page.md", f"---\norphan: true\n---\n{PAGE}")
    site.write("docs/objects.md", f"{OBJECTS}\n```python\nimport things\n```\n")
    done = built(site)
    assert links(done, "objects")[-1][1] == "#module-things"
    assert links(done, "deep/page")[0][1] == "../objects.html#module-things"


@pytest.mark.parametrize(
    "code", ["sum([])", "import sum\nsum.one", "from sum import *", "import trap\ntrap.one()"]
)
def test_no_module_that_is_not_documented_is_imported(site: Site, code: str) -> None:
    """A file that is named as a builtin, or as an example's module, does not run in the build."""
    for name in ("sum", "trap"):
        site.write(f"{name}.py", "raise SystemExit('it ran')\n")
    site.write("docs/builtins.md", "# Builtins\n\n```{eval-rst}\n.. py:function:: sum\n```\n")
    site.pages(page=f"{PAGE}\n```python\n{code}\n```\n")
    assert [text for text, _, _ in links(built(site))] == ["things", "one", "Two", "one", "Two"]


def test_a_star_of_a_documented_module_gives_its_names(site: Site) -> None:
    """What ``import *`` brings is linked as what is imported by name."""
    site.pages(page="# Page\n\n```python\nfrom things import *\none()\n```\n")
    assert [text for text, _, _ in links(built(site))] == ["things", "one"]


def test_other_forms_of_the_site_are_built_without_links(site: Site) -> None:
    """An EPUB and a text have no use for them."""
    done = site.build(builder="text")
    assert (done.status, done.said) == (0, "")
