"""Downloads of pages, on two small sites that are built once: what is written, and where."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote, urljoin

import pytest
from bs4 import BeautifulSoup

from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Built, Site, cell

CONF = f"""\
project = copyright = "A <site>"
extensions = ["myst_nb", "myst_doctest", "tutorial_site.downloads.extension"]
html_theme = "furo"
templates_path = [{str(TEMPLATES)!r}]  # the menu's place
myst_enable_extensions = ["colon_fence"]
"""
PAGE = (
    """\
# A *page* & \\*more\\*

After this page you can:

- read `code`;
- cost $5.

% a comment
See [the other](deep/other.md#there), {ref}`it <there>`, {term}`flush`, <https://example.org/a_(b)>
and [nowhere else](#below). 1 < 2, a_b, \\_c\\_, \\*not\\*.

(below)=
## Below

1. one
2. two

   - inner

:::{note}
Mind *this*.
:::

| a | b |
|---|---|
| x | `p\\|q` |

```{literalinclude} code.py
```

> quoted

"""
    + cell("print('out')\n6 * 7", "out\n42", ":name: sum", ":tags: [hide-output]")
    + "\nBetween.\n\n"
    + cell("1 / 0", "ZeroDivisionError: division by zero", ":tags: [raises-exception]")
    + cell("left_out = 1", "", ":tags: [remove-cell]")
)
OTHER = """\
# Other

(there)=
## There

```{glossary}
flush
  To send it.
```
"""
WORDS = """\
---
myst:
  html_meta:
    keywords: our words
    description: We say so.
---
# Words

Other words.
"""
SHEET = """\
# A *page* & \\*more\\*

After this page you can:

- read `code`;
- cost \\$5.

See {other} [https://example.org/a\\_(b)](https://example.org/a_%28b%29)
and [nowhere else]({base}page{html}#below). 1 \\< 2, a_b, \\_c\\_, \\*not\\*.

## Below

1. one
2. two
   - inner

> **Note**
>
> Mind *this*.

| a | b |
| --- | --- |
| x | `p\\|q` |

```python
code = 1
```

> quoted

```python
print('out')
6 * 7
```

Output:

```text
out
42
```

Between.

```python
1 / 0
```

Output:

```text
ZeroDivisionError: division by zero
```
"""


LINKS = """\
[the other]({0}#there), [it]({0}#there), \\
[flush]({0}#term-flush),"""
SIGNS = ("c#", "what?", "größe 100%25 (1)", "r&d")
"""Names that stand for something else in an address unless they are quoted."""
HOME = "https://docs.example.org/en"


def small_site(root: Path, more: str, signs: Sequence[str]) -> Site:
    site = Site(root, CONF + more)
    site.write("docs/code.py", "code = 1\n")
    site.write("docs/deep/other.md", f"---\norphan: true\n---\n{OTHER}")
    for name in signs:
        site.write(f"docs/deep/{name}.md", f"# Sign\n\nSign {name[:1]}.\n\n{cell('1', '1')}")
    site.pages(page=PAGE, words=WORDS)
    listed = "\n".join(["page", "words", *(f"deep/{name}" for name in signs)])
    site.write("docs/index.md", f"# Index\n\n```{{toctree}}\n:caption: All\n\n{listed}\n```\n")
    return site


def right(built: Built) -> Built:
    assert (built.status, built.said) == (0, "")
    return built


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A site without an address or a support package, in which the author has files of theirs."""
    brought = 'html_extra_path = ["extra", "page-words.py"]\n'
    site = small_site(tmp_path_factory.mktemp("plain"), brought, SIGNS)
    site.write("extra/words.ipynb", "of the author")
    site.write("page-words.py", "of the author")
    return right(site.build())


def with_package(root: Path) -> Site:
    """With an address."""
    more = f'html_baseurl = "{HOME}/"\ndownloads_package = "things"\n'
    site = small_site(root, more, ["sign"])  # dirhtml serves pages of ordinary names
    site.settings('pythonpath = ["."]')
    site.write("things/pyproject.toml", PROJECT)
    site.write("things/__init__.py", "thing = 1\n")
    site.write("docs/uses.md", "# Uses\n\n" + cell("from things import thing\n\nthing", "1"))
    site.write("docs/near.md", "# Near\n\n" + cell("somethings = 1"))
    index = (root / "docs" / "index.md").read_text(encoding="utf-8")
    site.write("docs/index.md", index.replace("page\n", "page\nuses\nnear\n"))
    return site


PROJECT = """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "some-things"
version = "1.2"
dependencies = ["SQLAlchemy==2.1.9"]
[tool.setuptools]
packages = ["things"]
package-dir = { things = "." }
"""
WHEEL = "_downloads/some_things-1.2-py3-none-any.whl"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A site with an address and a support package, written by several processes."""
    site = with_package(tmp_path_factory.mktemp("known"))
    return right(site.build("-j", "2", builder="dirhtml"))


def files(built: Built) -> dict[str, bytes]:
    """The downloads and the two files for models."""
    return {
        file.relative_to(built.folder).as_posix(): file.read_bytes()
        for pattern in ("*.md", "*.ipynb", "*.py", "*.txt", "*.whl")
        for file in sorted(built.folder.rglob(pattern))
    }


def downloads(built: Built) -> Iterator[tuple[str, str, str]]:
    """Each page's file, and the addresses of its menu and its head, with their words."""
    for file in sorted(built.folder.rglob("*.html")):
        page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        name = file.relative_to(built.folder).as_posix()
        for link in page.select(".page-menu a, link[rel=alternate]"):
            yield name, str(link["href"]), link.get_text()


def test_page_is_written_as_plain_markdown(plain: Built) -> None:
    """Roles, directives and comments are gone, outputs are there; no address, no links."""
    words = "the other, it, flush,"
    text = SHEET.replace("[nowhere else]({base}page{html}#below)", "nowhere else")
    assert plain.page("page.md") == text.format(other=words)


def test_links_are_absolute_where_the_sites_address_is_known(known: Built) -> None:
    """In all files, as the builder names pages, in whichever process they were written."""
    links = LINKS.replace("\\\n", "").format(f"{HOME}/deep/other/")
    assert known.page("page.md") == SHEET.format(other=links, base=f"{HOME}/", html="/")
    cells = json.loads(known.page("page.ipynb"))["cells"]
    assert f"[the other]({HOME}/deep/other/#there)" in cells[1]["source"]
    name = f"**[A page & \\*more\\*]({HOME}/page/)**, a page of *A \\<site>*"
    assert cells[0]["source"].startswith(name)
    assert f"# See [the other]({HOME}/deep/other/#there)" in known.page("page-page.py")
    assert f"[the other]({HOME}/deep/other/#there)" in known.page("llms-full.txt")


def test_without_an_address_what_is_kept_elsewhere_has_words(plain: Built) -> None:
    """A link from a notebook or a clipboard to nowhere is none."""
    cells = json.loads(plain.page("page.ipynb"))["cells"]
    assert "See the other, it, flush, [https" in cells[1]["source"]
    assert "See the other, it, flush, [https" in plain.page("llms-full.txt")
    assert "pip install" not in cells[0]["source"]


def test_menu_offers_what_there_is(plain: Built) -> None:
    """Links that need no script; a page without cells has Markdown alone, others none."""
    found = list(downloads(plain))
    menus = {name: [words for each, _, words in found if each == name] for name, _, _ in found}
    assert menus["page.html"] == ["", "Notebook (.ipynb)", "Script (.py)", "Markdown (.md)"]
    assert menus["deep/other.html"] == ["", "Markdown (.md)"]
    assert "genindex.html" not in menus
    assert 'content="our words"' in plain.page("words.html")
    assert 'href="page.ipynb" download' in plain.page("page.html")
    assert '<link rel="alternate" type="text/markdown" href="page.md">' in plain.page("page.html")


@pytest.mark.parametrize("fixture", ["plain", "known"])
def test_each_link_leads_to_its_file(request: pytest.FixtureRequest, fixture: str) -> None:
    """Whatever signs a page's name has; in menus, in heads and in llms.txt."""
    built: Built = request.getfixturevalue(fixture)
    names = files(built).keys()
    links = [urljoin(quote(name), address) for name, address, _ in downloads(built)]
    entries = re.findall(r"(?m)^- \[[^]]*\]\(([^\s()<>]+)\)", built.page("llms.txt"))
    assert len(entries) == len(names & {name for name in names if name.endswith(".md")})
    links += [entry.removeprefix(f"{HOME}/") for entry in entries]
    assert {unquote(link.partition("#")[0].partition("?")[0]) for link in links} == {
        name for name in names if not re.search(r"\.txt$|^(words.ipynb|page-words.py)$", name)
    }


def test_files_that_the_author_brings_stay(plain: Built) -> None:
    """By html_extra_path, beside a page that has no cells: in a folder, and by itself."""
    assert {plain.page(name) for name in ("words.ipynb", "page-words.py")} == {"of the author"}


def test_files_for_models_hold_the_pages_in_the_order_of_reading(known: Built) -> None:
    """By the parts of the tutorial, each page once, with a word on each."""
    text = known.page("llms.txt")
    assert text.startswith("# A \\<site>\n")
    assert "was run when the site was built with SQLAlchemy==2.1.9." in text
    listed = re.findall(r"(?m)^(?:## (.*)|- \[(.*?)\]\()", text)
    order = ["Index", "A page & \\*more\\*", "Uses", "Near", "Words", "Sign", "Other"]
    assert [title for _, title in listed if title] == order
    assert [section for section, _ in listed if section] == ["About", "All", "More"]
    assert f"{HOME}/page.md): After this page you can: read code; cost \\$5.\n" in text
    assert "words.md): We say so.\n" in text
    assert (
        re.findall(r"(?m)^---\n\n# (.+)", known.page("llms-full.txt").replace("*page*", "page"))
        == order
    )


def test_page_that_imports_the_support_package_offers_it(known: Built) -> None:
    """In its menu, and with a line for pip; no other page does."""
    with_it = {name for name, address, _ in downloads(known) if address.endswith(WHEEL)}
    assert with_it == {"uses/index.html"}
    note = json.loads(known.page("uses.ipynb"))["cells"][0]["source"]
    assert "To run it, install what it imports:" in note
    assert f'pip install "SQLAlchemy==2.1.9" "{HOME}/{WHEEL}"' in note
    assert ".whl" not in known.page("near.ipynb") + known.page("page-near.py")


def test_next_version_of_the_package_and_an_edited_page(tmp_path: Path) -> None:
    """A build afresh links to the new wheel and has no other; an increment has the new text."""
    site = with_package(tmp_path)
    site.write("conf.py", site.conf.replace(f'"{HOME}/"', '""'))
    first = right(site.build())
    note = json.loads(first.page("uses.ipynb"))["cells"][0]["source"]
    name = WHEEL.removeprefix("_downloads/")
    assert "put the support package, a download of the page, beside this file" in note
    assert f'"SQLAlchemy==2.1.9" "./{name}"' in note
    site.write("docs/page.md", PAGE.replace("Between", "Changed"))
    right(site.build())
    assert "Changed." in first.page("page.md")
    assert "Changed." in first.page("llms-full.txt")
    site.write("things/pyproject.toml", PROJECT.replace("1.2", "1.3"))
    again = right(site.build(out="again"))
    links = {
        urljoin(quote(name), address) for name, address, _ in downloads(again) if ".whl" in address
    }
    assert links == {WHEEL.replace("1.2", "1.3")} == {n for n in files(again) if ".whl" in n}


def test_package_that_cannot_be_built_stops_the_build(tmp_path: Path) -> None:
    """The setting is named, and why."""
    site = with_package(tmp_path)
    (tmp_path / "things" / "pyproject.toml").unlink()
    built = site.build()
    assert built.status == 2
    assert "downloads_package: " in built.said
    assert "things/pyproject.toml: FileNotFoundError" in built.said
