"""Downloads of pages, on small sites: what is written, and when."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.myst_doctest.building import Built, Site, cell
from tests.site.building import ROOT
from tutorial_site.document import Document, Output, TakenCell
from tutorial_site.script import script

CONF = f"""\
project = copyright = "A site"
extensions = ["myst_nb", "myst_doctest", "tutorial_site.downloads"]
html_theme = "furo"
templates_path = [{str(ROOT / "templates")!r}]  # the menu's place
myst_enable_extensions = ["colon_fence"]
"""
PAGE = (
    """\
# A *page* & more

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
SHEET = """\
# A *page* & more

After this page you can:

- read `code`;
- cost \\$5.

See [the other]({base}deep/other{html}#there), [it]({base}deep/other{html}#there), \
[flush]({base}deep/other{html}#term-flush), [https://example.org/a\\_(b)](https://example.org/a_%28b%29)
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


def small_site(root: Path, more: str = "") -> Site:
    site = Site(root, CONF + more)
    site.write("docs/code.py", "code = 1\n")
    site.write("docs/deep/other.md", f"---\norphan: true\n---\n{OTHER}")
    site.pages(page=PAGE)
    return site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return small_site(tmp_path)


def right(built: Built) -> Built:
    assert (built.status, built.said) == (0, "")
    return built


def files(built: Built) -> dict[str, bytes]:
    """The downloads and the two files for models."""
    return {
        file.relative_to(built.folder).as_posix(): file.read_bytes()
        for pattern in ("*.md", "*.ipynb", "*.py", "*.txt", "*.whl")
        for file in sorted(built.folder.rglob(pattern))
    }


def test_page_is_written_as_plain_markdown(site: Site) -> None:
    """Roles, directives and comments are gone, links lead on from the file, outputs are there."""
    built = right(site.build())
    assert built.page("page.md") == SHEET.format(base="", html=".html")


@pytest.mark.parametrize(("builder", "html"), [("html", ".html"), ("dirhtml", "/")])
def test_links_are_absolute_where_the_sites_address_is_known(
    tmp_path: Path, builder: str, html: str
) -> None:
    """In all files, as the builder names pages."""
    home = "https://docs.example.org/en"
    built = right(small_site(tmp_path, f'html_baseurl = "{home}"\n').build(builder=builder))
    assert built.page("page.md") == SHEET.format(base=f"{home}/", html=html)
    cells = json.loads(built.page("page.ipynb"))["cells"]
    assert f"[the other]({home}/deep/other{html}#there)" in cells[1]["source"]
    assert f"# See [the other]({home}/deep/other{html}#there)" in built.page("page-page.py")
    assert f"]({home}/page.md): After this page you can: read code; cost $5.".replace(
        "$", "\\$"
    ) in built.page("llms.txt")
    assert f"[the other]({home}/deep/other{html}#there)" in built.page("llms-full.txt")


def test_without_an_address_what_travels_alone_has_words(site: Site) -> None:
    """A link from a notebook to nowhere is none."""
    built = right(site.build())
    cells = json.loads(built.page("page.ipynb"))["cells"]
    assert "See the other, it, flush, [https" in cells[1]["source"]
    assert "See the other, it, flush, [https" in built.page("llms-full.txt")


def test_notebook_holds_every_cell(site: Site) -> None:
    """Also one that the page does not show; ids are counters, tags and names are kept."""
    cells = json.loads(right(site.build()).page("page.ipynb"))["cells"]
    codes = [each for each in cells if each["cell_type"] == "code"]
    assert [each["id"] for each in codes] == ["cell-1", "cell-2", "cell-3"]
    assert codes[0]["metadata"] == {"name": "sum", "tags": ["hide-output"]}
    assert [each["output_type"] for each in codes[0]["outputs"]] == ["stream", "execute_result"]
    (error,) = codes[1]["outputs"]
    assert (error["ename"], error["evalue"]) == ("ZeroDivisionError", "division by zero")
    assert error["traceback"][0] == "----> 1 / 0"
    assert codes[2]["source"] == "left_out = 1"


def test_menu_offers_what_there_is(site: Site) -> None:
    """Links that need no script; a page without cells has Markdown alone."""
    built = right(site.build())
    page, other = built.page("page.html"), built.page("deep/other.html")
    for link in ('href="page.ipynb" download', 'href="page-page.py" download', 'href="page.md"'):
        assert link in page
    assert ".ipynb" not in other
    assert 'href="other.md"' in other
    assert '<link rel="alternate" type="text/markdown" href="other.md">' in other
    assert "page-menu" not in built.page("genindex.html")


def test_unknown_node_is_a_warning(site: Site) -> None:
    """What the Markdown would lack is said, with its place."""
    site.pages(page="# Page\n\n<b>raw</b>\n\n```{raw} html\n<i>raw</i>\n```\n")
    built = site.build()
    assert built.status == 1
    assert "page.md" in built.warnings[0]
    assert "cannot hold <raw>" in built.said


def test_downloads_go_where_their_page_goes(site: Site) -> None:
    """A page that is renamed, deleted or without cells now leaves nothing; others' files stay."""
    built = right(site.build())
    site.pages(gone="# Gone\n\n" + cell("1", "1"))
    site.pages(less="# Less\n\n" + cell("1", "1"))
    right(site.build())
    site.pages(less="# Less\n\nNothing runs.\n")
    (built.folder / "mine.md").write_text("of somebody else")
    assert {"gone.md", "gone.ipynb", "page-gone.py"} <= files(built).keys()
    (site.root / "docs/gone.md").rename(site.root / "docs/come.md")
    (site.root / "docs/deep/other.md").rename(site.root / "docs/other.md")
    site.pages(page=PAGE.replace("deep/other", "other"))
    right(site.build())
    names = files(built).keys()
    assert not {"gone.md", "gone.ipynb", "page-gone.py", "deep/other.md"} & names
    assert not {"less.ipynb", "page-less.py"} & names
    assert {"come.md", "come.ipynb", "page-come.py", "other.md", "mine.md"} <= names
    assert "gone" not in built.page("llms.txt")


def test_incremental_build_gives_what_a_clean_one_gives(site: Site, tmp_path: Path) -> None:
    """After a change, a lost file, a damaged one, and a lost document; in parallel too."""
    built = right(site.build())
    (built.folder / "page.md").unlink()
    (built.folder / "index.md").write_text("damaged")
    kept = site.root / "_build/doctrees/downloads/html/deep/other.json"
    kept.unlink()
    site.write("docs/page.md", PAGE.replace("Between", "Changed"))
    right(site.build())
    assert "Changed." in built.page("page.md")
    clean = right(site.build("-j", "2", out="again"))
    assert files(built) == files(clean)


def test_other_builders_write_none(site: Site) -> None:
    """The text builder has pages, and no downloads."""
    built = site.build(builder="text")
    assert built.status == 0, built.said
    assert {name for name in files(built) if not name.endswith(".txt")} == set()
    assert not (built.folder / "llms.txt").exists()


PROJECT = """
[project]
name = "things"
version = "1.2"
requires-python = ">=3.11"
dependencies = ["Sphinx>=8", "SQLAlchemy==2.1.9"]
"""


def with_package(root: Path, project: str = PROJECT) -> Site:
    site = small_site(
        root, 'downloads_package = "things"\ndownloads_requirements = ["sqlalchemy"]\n'
    )
    site.settings(f'pythonpath = ["."]\n{project}')
    site.write("things/__init__.py", "thing = 1\n")
    site.write("things/deep/more.py", "more = 2\n")
    site.write("things/static/big.css", "")
    site.pages(uses="# Uses\n\n" + cell("from things import thing\n\nthing", "1"))
    return site


def test_wheel_holds_the_package_and_is_the_same_each_time(tmp_path: Path) -> None:
    """As installers want it: names, hashes, requirements; the bytes of two builds are one."""
    name = "_downloads/things-1.2-py3-none-any.whl"
    built = right(with_package(tmp_path / "a").build())
    with zipfile.ZipFile(built.folder / name) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    assert sorted(members) == [
        *(f"things-1.2.dist-info/{each}" for each in ("METADATA", "RECORD", "WHEEL")),
        "things/__init__.py",
        "things/deep/more.py",
    ]
    assert b"Requires-Dist: SQLAlchemy==2.1.9\n" in members["things-1.2.dist-info/METADATA"]
    assert b"Sphinx" not in members["things-1.2.dist-info/METADATA"]
    for line in members["things-1.2.dist-info/RECORD"].decode().splitlines():
        member, digest, _ = line.split(",")
        if digest:
            found = base64.urlsafe_b64encode(hashlib.sha256(members[member]).digest())
            assert digest == f"sha256={found.decode().rstrip('=')}"
    again = right(with_package(tmp_path / "b").build())
    assert files(again)[name] == files(built)[name]
    note = json.loads(built.page("uses.ipynb"))["cells"][0]["source"]
    assert 'pip install "SQLAlchemy==2.1.9" "./things-1.2-py3-none-any.whl"' in note
    assert f'href="{name}"' in built.page("uses.html")
    assert ".whl" not in built.page("page.html") + built.page("page.ipynb")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SQLAlchemy==2.1.9", "other", "does not require each of sqlalchemy once"),
        ('version = "1.2"', "", "KeyError('version')"),
    ],
)
def test_wheel_that_cannot_be_made_stops_the_build(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """The configuration is named, and why."""
    built = with_package(tmp_path, PROJECT.replace(old, new)).build()
    assert built.status != 0
    assert "downloads_package" in built.said
    assert said in built.said


def run_script(*cells: TakenCell) -> str:
    """What a script of these cells prints."""
    page = Document("page", "Page", "", list(range(len(cells))), list(cells))
    done = subprocess.run(
        [sys.executable, "-c", script(page, "Note", lambda path: "")],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def raising(source: str, text: str) -> TakenCell:
    return TakenCell(source, "", ["raises-exception"], [Output("error", text)])


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("error = '''a\n  b'''\nraise LookupError(error)", "LookupError: a\n  b"),
        ("f'''{\n1}\n  x'''.lost", "AttributeError: 'str' object has no attribute 'lost'"),
        ("raise LookupError", "LookupError"),
        ("raise KeyboardInterrupt('stop')", "KeyboardInterrupt: stop"),
        ("total = (1 +", "SyntaxError: '(' was never closed"),
        ("if True:\n    1 / 0", "ZeroDivisionError: division by zero"),
    ],
)  # fmt: skip
def test_script_goes_on_after_a_cell_that_raises(source: str, text: str) -> None:
    """Whatever it raises and however it is written; the message is the page's."""
    after = TakenCell("error = 'ä'; error, 1", "", [], [Output("result", "('ä', 1)")])
    assert run_script(raising(source, text), after) == f"{text}\n('ä', 1)\n"


def test_script_is_python_that_editors_read_as_cells(site: Site) -> None:
    """It parses, and each cell has its marker."""
    text = right(site.build()).page("page-page.py")
    ast.parse(text)
    heads = [line for line in text.split("\n") if line.startswith("# %%")]
    marked = "# %% [markdown]"
    assert heads == [marked, marked, "# %%", marked, "# %%", "# %%"]
