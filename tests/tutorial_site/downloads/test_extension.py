"""Downloads of pages, on small sites: what is written, and when."""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Built, Site, cell
from tutorial_site.downloads.notebook import notebook
from tutorial_site.downloads.page_export import Document, Output, TakenCell
from tutorial_site.downloads.script import script

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


@pytest.mark.parametrize(
    ("builder", "html", "slash"), [("html", ".html", ""), ("dirhtml", "/", "/")]
)
def test_links_are_absolute_where_the_sites_address_is_known(
    tmp_path: Path, builder: str, html: str, slash: str
) -> None:
    """In all files, as the builder names pages."""
    home = "https://docs.example.org/en"
    site = small_site(tmp_path, f'html_baseurl = "{home}{slash}"\n')
    built = right(site.build(builder=builder))
    assert built.page("page.md") == SHEET.format(base=f"{home}/", html=html)
    cells = json.loads(built.page("page.ipynb"))["cells"]
    assert f"[the other]({home}/deep/other{html}#there)" in cells[1]["source"]
    name = f"**[A page & \\*more\\*]({home}/page{html})**, a page of *A \\<site>*"
    assert cells[0]["source"].startswith(name)
    assert "pip install" not in cells[0]["source"]
    assert built.page("llms.txt").startswith("# A \\<site>\n")
    assert f"- [A page & \\*more\\*]({home}/page.md): " in built.page("llms.txt")
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
    assert codes[1]["metadata"] == {"tags": ["raises-exception"]}
    assert codes[2]["source"] == "left_out = 1"


def test_notebook_shows_outputs_as_jupyter_has_them() -> None:
    """Streams with their line ends, the log behind its gutter, values with their pictures."""
    shown = [
        Output("stdout", "one"),
        Output("sql", "BEGIN\n\nSELECT 1\n"),
        Output("warning", "UserWarning: ä"),
        Output("result", "<A picture>", {"image/svg+xml": "<svg/>"}),
        Output("error", "KeyError: a: b"),
    ]
    cell = TakenCell("code", "", [], shown)
    text = notebook(Document("page", "Page", "", ["a", 0, "b"], [cell]), "Note", lambda path: "")
    assert text.endswith("}\n")
    assert "UserWarning: ä" in text
    cells = json.loads(text)["cells"]
    assert [each["id"] for each in cells] == ["note", "text-1", "cell-1", "text-3"]
    out, err, value, error = cells[2]["outputs"]
    assert (out["name"], out["text"]) == ("stdout", "one\n│ BEGIN\n│\n│ SELECT 1\n")
    assert (err["name"], err["text"]) == ("stderr", "UserWarning: ä\n")
    assert value["data"] == {"image/svg+xml": "<svg/>", "text/plain": "<A picture>"}
    assert (error["ename"], error["evalue"]) == ("KeyError", "a: b")
    assert error["traceback"] == ["KeyError: a: b"]


def test_menu_offers_what_there_is(site: Site) -> None:
    """Links that need no script; a page without cells has Markdown alone."""
    site.pages(**{"r&d": WORDS})
    built = right(site.build())
    odd = built.page("r&d.html")
    assert odd.count('href="r&amp;d.md"') == 2  # in the menu, and in the page's head
    assert 'content="our words"' in odd
    assert "(r&d.md): We say so.\n" in built.page("llms.txt")
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
    (built.folder / "gone.md").write_text("of somebody else, now")
    (site.root / "docs/come.md").unlink()
    site.write("docs/come.rst", ":orphan:\n\nCome\n====\n\nNothing runs in another form.\n")
    site.pages()
    right(site.build())
    assert not {"come.ipynb", "page-come.py"} & files(built).keys()
    assert built.page("gone.md") == "of somebody else, now"


def test_files_that_the_author_brings_stay(tmp_path: Path) -> None:
    """By html_extra_path, beside a page that has no cells: in a folder, and by itself."""
    site = small_site(tmp_path, 'html_extra_path = ["extra", "page-less.py"]\n')
    own = ("extra/less.ipynb", "extra/_downloads/own.whl", "page-less.py")
    for name in own:
        site.write(name, "of the author")
    site.pages(less="# Less\n\nNothing runs.\n")
    built = right(site.build())
    assert {built.page(name.removeprefix("extra/")) for name in own} == {"of the author"}


def test_builders_that_share_doctrees_keep_their_addresses(site: Site) -> None:
    """A build of the one leaves nothing to the other: each names pages in its own way."""
    before = right(site.build()).page("page.md")
    right(site.build(builder="dirhtml"))
    assert right(site.build()).page("page.md") == before


def test_files_for_models_keep_the_order_of_reading(tmp_path: Path) -> None:
    """By the captions of the first page, a chapter before its neighbour, each page once."""
    site = small_site(tmp_path)
    tree = "\n```{{toctree}}\n{0}\n```\n"
    site.write("docs/a.md", "# A\n" + tree.format("deep/a1\nb"))
    site.write("docs/deep/a1.md", "# A1\n")
    site.write("docs/b.md", "# B\n")
    site.write("docs/z.md", "# Z\n")
    trees = (tree.format("a\nb"), tree.format(":caption: Last\n\nb\nz\npage"))
    site.write("docs/index.md", "# Index\n" + "".join(trees))
    built = right(site.build())
    listed = re.findall(r"(?m)^(?:## (.*)|- \[(.*?)\]\()", built.page("llms.txt"))
    assert [section or title for section, title in listed] == [
        *("About", "Index"),
        *("Last", "Z", "A page & \\*more\\*"),
        *("More", "A", "A1", "B", "Other"),
    ]
    pages = re.findall(r"(?m)^---\n\n# (\w+)", built.page("llms-full.txt"))
    assert pages == ["Index", "A", "A1", "B", "Z", "A", "Other"]


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
license = "MIT"
dependencies = ["Sphinx>=8", "SQLAlchemy==2.1.9"]
"""


METADATA = """\
Metadata-Version: 2.4
Name: things
Version: 1.2
License-Expression: MIT
Requires-Python: >=3.11
Requires-Dist: SQLAlchemy==2.1.9
"""


def with_package(root: Path, project: str = PROJECT, more: str = "") -> Site:
    taken = 'downloads_package = "things"\ndownloads_requirements = ["sqlalchemy"]\n'
    site = small_site(root, taken + more)
    site.settings(f'pythonpath = ["."]\n{project}')
    site.write("things/__init__.py", "thing = 1\n")
    site.write("things/deep/more.py", "more = 2\n")
    site.write("things/py.typed", "")
    site.write("things/static/big.css", "")
    site.pages(uses="# Uses\n\n" + cell("from things import thing\n\nthing", "1"))
    site.pages(other="# Other\n\n" + cell("somethings = 1"))
    return site


def test_wheel_holds_the_package_and_is_the_same_each_time(tmp_path: Path) -> None:
    """As installers want it: names, hashes, requirements; the bytes of two builds are one."""
    name = "_downloads/things-1.2-py3-none-any.whl"
    built = right(with_package(tmp_path / "a").build())
    with zipfile.ZipFile(built.folder / name) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
        assert {each.external_attr >> 16 for each in archive.infolist()} == {0o100644}
    assert list(members) == [
        *("things/__init__.py", "things/deep/more.py", "things/py.typed"),
        *(f"things-1.2.dist-info/{each}" for each in ("METADATA", "WHEEL", "RECORD")),
    ]
    assert members["things-1.2.dist-info/METADATA"].decode() == METADATA
    assert members["things-1.2.dist-info/RECORD"].endswith(b"\nthings-1.2.dist-info/RECORD,,\n")
    for line in members["things-1.2.dist-info/RECORD"].decode().splitlines():
        member, digest, _ = line.split(",")
        if digest:
            found = base64.urlsafe_b64encode(hashlib.sha256(members[member]).digest())
            assert digest == f"sha256={found.decode().rstrip('=')}"
    other = with_package(tmp_path / "b", more='html_baseurl = "https://example.org/"\n')
    again = right(other.build())
    assert files(again)[name] == files(built)[name]
    note = json.loads(built.page("uses.ipynb"))["cells"][0]["source"]
    assert 'pip install "SQLAlchemy==2.1.9" "./things-1.2-py3-none-any.whl"' in note
    assert f'href="{name}"' in built.page("uses.html")
    for page in ("page", "other"):
        assert ".whl" not in built.page(f"{page}.html") + built.page(f"{page}.ipynb")
    assert "was run when the site was built with SQLAlchemy==2.1.9." in built.page("llms.txt")
    note = json.loads(again.page("uses.ipynb"))["cells"][0]["source"]
    assert "To run it, install what it imports:" in note
    assert f'pip install "SQLAlchemy==2.1.9" "https://example.org/{name}"' in note
    newer = PROJECT.replace("1.2", "1.3").replace('"MIT"', '{text = "MIT"}')
    other.settings(f'pythonpath = ["."]\n{newer}')
    right(other.build())
    name = name.replace("1.2", "1.3")
    assert {each for each in files(again) if "whl" in each} == {name}
    with zipfile.ZipFile(again.folder / name) as archive:
        assert b"License" not in archive.read("things-1.3.dist-info/METADATA")


def test_folder_that_is_no_package_stops_the_build(tmp_path: Path) -> None:
    """Nothing of it could be imported."""
    site = with_package(tmp_path)
    (site.root / "things/__init__.py").unlink()
    built = site.build()
    assert built.status != 0
    assert "things is no package" in built.said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("SQLAlchemy==2.1.9", "other", "does not require each of sqlalchemy once"),
        ("==2.1.9", '", "sqlalchemy', "does not require each of sqlalchemy once"),
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


def test_script_takes_no_name_from_the_page() -> None:
    """What a page calls `error` is there after a cell that raises."""
    named = TakenCell("error = 1", "", [], [])
    value = TakenCell("error", "", [], [Output("result", "1")])
    assert run_script(named, raising("raise KeyError", "KeyError"), value) == "KeyError\n1\n"


def test_script_is_python_that_editors_read_as_cells(site: Site) -> None:
    """It parses, and each cell has its marker."""
    text = right(site.build()).page("page-page.py")
    ast.parse(text)
    assert not re.search(r"(?m)[ \t]$", text)
    heads = [line for line in text.split("\n") if line.startswith("# %%")]
    marked = "# %% [markdown]"
    assert heads == [marked, marked, "# %%", marked, "# %%", "# %%"]
