"""Tests of :mod:`myst_doctest.sphinx_extension`, through ``sphinx-build -W -n``."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from tests.kit.small_site import CONF, Built, Site, cell

RAISES = ":tags: [raises-exception]"
ABOVE = "# Title\n\ntext\n\n"  # the cell below it is at line 5

BAD = {
    "syntax": (cell("x = = 1") + cell("x", "1"), 6, "SyntaxError: invalid syntax"),
    "raises": (cell("x = 1\nx.y") + cell("x", "1"), 7, "AttributeError"),
    "raises-not": (cell("1", "", RAISES), 5, "raised nothing"),
    "differs": (cell("print(1)\nprint(2)", "1\n3"), 12, "differs from the recorded one"),
    "missing": (cell("1"), 5, "no {output} block records it"),
    "unneeded": (cell("x = 1", "1"), 10, "the cell shows none"),
    "stray": ("```{output}\n1\n```\n", 5, "without a cell"),
    "two-blocks": (cell("1", "1") + "\n```{output}\n1\n```\n", 13, "below another one"),
    "endless": (
        cell("1", "1") + cell("while True:\n    pass", "", ":tags: [timeout-1]"),
        12,
        "stopped after 1 s",
    ),
    "child": (
        cell("import subprocess\nsubprocess.run(['sleep', '60'])", "", ":tags: [timeout-0.5]"),
        5,
        "stopped after 0.5 s",
    ),
    "exits": (cell("1", "1") + cell("import os\nos._exit(1)"), 12, "ended itself with status 1"),
    "leaves": (cell("import sys\nsys.exit()", "", RAISES), 8, "SystemExit"),
    "segfault": (cell("import os\nos.kill(os.getpid(), 11)"), 5, "SIGSEGV"),
    "memory": (cell("x = bytes(4 << 30)", "", RAISES), 7, "memory limit"),
    "megabytes": (cell("print('x' * 3_000_000)", "x"), 5, "max_output"),
    "magic": (cell("%time 1"), 6, "plain Python"),
    "display": (cell("display(1)"), 6, "plain Python"),
    "input": (cell("input()"), 6, "plain Python"),
    "glue": (cell("from myst_nb import glue"), 6, "plain Python"),
    "nasty": (
        cell(r"print('\x1b[1m\ud800\x00\x1b]\u2028\u202e<b>```:::%s')"),
        5,
        "no {output} block records it",
    ),
    "nasty-error": (cell(r"raise ValueError('\ud800\x00\x1b[1m%s<b>\nmore')"), 6, "ValueError"),
    "front-matter": ("---\na: [\n---\n", 2, "front matter is broken"),
    "kernelspec": ("---\nkernelspec: a\n---\n", 2, "kernelspec must be a mapping"),
    "tags": (cell("1", "1", ":tags: a"), 5, "option 'tags'"),
    "twice-named": (
        cell("x = 1", "", ":name: a") + cell("x = 1", "", ":name: a"),
        9,
        "the same :name:",
    ),
    "forced": (
        "---\nkernelspec: {name: no-such-kernel}\nmystnb: {execution_mode: force}\n---\n"
        "# Title\n\n" + cell("import sys\n'ipykernel' in sys.modules", "False"),
        3,
        "remove execution_mode",
    ),
    "nested": ("> text\n>\n> ```{code-cell}\n> 1\n> ```\n", 7, "top level"),
    "not-utf-8": ("caf\udce9\n", 5, "not UTF-8"),
}


def bad_source(name: str) -> bytes:
    body = BAD[name][0]
    text = body if body.startswith("---") else ABOVE + body
    return text.encode(errors="surrogateescape")


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, Built, Built]:
    """A site of bad pages and good ones, built twice."""
    site = Site(tmp_path_factory.mktemp("bad"), table="timeout = 20")
    for name in BAD:
        site.write(f"docs/{name}.md", bad_source(name))
    site.write("docs/included.txt", "text\n\n" + cell("1", "1"))
    site.pages(
        good=ABOVE + cell("print('good')", "good"),
        includes="# Title\n\n```{include} included.txt\n```\n",
        part="# Title\n\n```{include} included.txt\n:start-line: 0\n```\n",
        empty="",
        blank="\n  \n",
    )
    return site, site.build(), site.build()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_page_is_reported_by_file_and_line_in_each_build(
    bad: tuple[Site, Built, Built], name: str
) -> None:
    """A second build without a mend says the same as the first."""
    _, line, message = BAD[name]
    for built in bad[1:]:
        warnings = [each for each in built.warnings if each.startswith(f"docs/{name}.md:")]
        assert any(
            each.startswith(f"docs/{name}.md:{line}: ") and message in each for each in warnings
        ), warnings or built.said


def test_no_page_has_its_cells_executed_by_others(bad: tuple[Site, Built, Built]) -> None:
    """A page that asks for a kernel shows what was compared."""
    assert bad[1].outputs("forced") == ["False"]


def test_cells_in_an_included_file_are_reported_in_each_build(
    bad: tuple[Site, Built, Built],
) -> None:
    """Nothing would run them, or check their output."""
    for built in bad[1:]:
        assert built.places("{include} of included.txt, whose cell") == ["docs/includes.md:3"]
        places = built.places("in an included file")
        lines = [int(place.removeprefix("docs/included.txt:")) for place in places]
        assert lines in ([3, 7], [4, 8])  # MyST-Parser before version 5 says one more


def test_bad_pages_fail_each_build_and_stay_as_they_are(bad: tuple[Site, Built, Built]) -> None:
    """A build that reported a page has a status that says so, and wrote to no page."""
    site, first, second = bad
    assert (first.status, second.status) == (1, 1), first.said
    for name in BAD:
        assert (site.root / f"docs/{name}.md").read_bytes() == bad_source(name)


def test_other_pages_go_on(bad: tuple[Site, Built, Built]) -> None:
    """Every page that Sphinx can read is published, good ones among bad ones."""
    _, first, _ = bad
    names = {path.stem for path in first.folder.glob("*.html")}
    assert {"good", "empty", "blank", *BAD} - names == {"not-utf-8"}
    assert first.outputs("good") == ["good"]
    assert [each for each in first.warnings if each.startswith("docs/good.md")] == []


def test_later_cells_are_reported_as_not_run(bad: tuple[Site, Built, Built]) -> None:
    """A cell below one that failed names the one that failed."""
    assert bad[1].places("not run, since the cell at line 5 failed") == [
        "docs/raises.md:9",
        "docs/syntax.md:8",
    ]


def test_a_report_holds_the_diff_and_the_lines_of_the_cell(bad: tuple[Site, Built, Built]) -> None:
    """The report is enough to mend the page."""
    said = bad[1].said
    assert "--- docs/differs.md:12 (recorded)\n+++ this run\n@@ -1,2 +1,2 @@\n 1\n-3\n+2" in said
    assert "     6 x = 1\n>    7 x.y\n" in said
    assert "%s" in said


def test_reports_hold_no_control_character(bad: tuple[Site, Built, Built]) -> None:
    """What a page prints reaches the terminal of who builds it as text."""
    assert "\0" not in bad[1].said
    assert "\x1b" not in bad[1].said


def test_a_differing_page_shows_what_the_run_gave(bad: tuple[Site, Built, Built]) -> None:
    """It is marked, and the recorded output is nowhere."""
    assert len(bad[1].body("differs").select(".executed.differs")) == 1
    (said,) = bad[1].outputs("differs")
    assert said.split("\n") == ["This output differs from the recorded one.", "1", "2"]


def test_what_a_failed_cell_showed_is_published_as_text(bad: tuple[Site, Built, Built]) -> None:
    """Characters that a page cannot hold stand there as their escapes."""
    (output,) = bad[1].outputs("nasty")
    note, shown = output.split("\n")[:2]
    assert note == "This output differs from the recorded one."
    assert shown == r"\ud800\x00\x1b]\u2028\u202e<b>```:::%s"


OTHER_SOURCES = """
source_suffix = {".rst": "restructuredtext", ".md": "myst-nb", ".markdown": "myst-nb"}
myst_enable_extensions = ["substitution"]
myst_substitutions = {"cell": "```{code-cell}\\n1\\n```"}
"""
NOTEBOOK = """{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {},
"outputs": [], "source": "1"}], "metadata": {"mystnb": {"execution_mode": "force"}},
"nbformat": 4, "nbformat_minor": 5}"""


def test_cells_elsewhere_are_run_or_reported(tmp_path: Path) -> None:
    """In what a substitution brings, in other formats, under other suffixes, in a notebook."""
    site = Site(tmp_path, conf=CONF + OTHER_SOURCES)
    site.write("docs/text.rst", "Title\n=====\n\n.. code-cell:: python\n\n   1\n")
    site.write("docs/other.markdown", "---\nfile_format: mystnb\n---\n# T\n\n" + cell("1", "2"))
    site.write("docs/book.ipynb", NOTEBOOK)
    rst = "```{eval-rst}\ntext\n\n.. code-cell:: python\n\n   1\n```\n"
    site.pages(uses="# T\n\n{{ cell }}\n", part=f"# T\n\n{rst}")
    site.write("docs/index.md", "# T\n\n```{toctree}\ntext\nother\nbook\nuses\npart\n```\n")
    built = site.build()
    # MyST counts the lines of a substitution from the line below it.
    misplaced = ["docs/part.md:6", "docs/text.rst:4", "docs/uses.md:4"]
    assert built.places("that nothing runs or checks") == misplaced
    assert built.places("differs") == ["docs/other.markdown:11"]
    _, said = site.pytest("-q", "docs")
    assert "docs/other.markdown:11: the output differs" in said


def test_a_mended_page_is_green_again(tmp_path: Path) -> None:
    """Without a clean build, also where the mend is in a module, imported for all pages or not."""
    site = Site(tmp_path, table='pythonpath = ["src"]\npreload = ["mine"]')
    site.write("src/mine.py", "value = 20\n")  # Python sees another size, or another second
    bad = ABOVE + cell("print(1)", "2")
    site.pages(page=bad, other=ABOVE + cell("import mine\nmine.value", "1"))
    assert site.build().places("differs") == ["docs/other.md:11", "docs/page.md:10"]
    site.pages(page=bad.replace("2", "1"))
    assert site.build().places("differs") == ["docs/other.md:11"]
    site.write("src/mine.py", "value = 1\n")
    built = site.build()
    assert (built.status, built.warnings) == (0, [])
    assert built.outputs("other") == ["1"]


COUNT = """import os
with open(os.environ["TALLY"], "a", encoding="utf-8") as file:
    _ = file.write("{} ")
"""
USES = {
    "imports": "import package.deep",
    "opens": "_ = open(os.environ['ROOT'] + '/data.txt').read()",
    "updates": "_ = open(os.environ['ROOT'] + '/both.txt', 'r+').read()",
    "database": "import sqlite3\n_ = sqlite3.connect(os.environ['ROOT'] + '/shop.db')",
    "address": "import sqlite3\n"
    "_ = sqlite3.connect('file:' + os.environ['ROOT'] + '/lib.db?mode=ro', uri=True)",
    "lists": "_ = os.listdir(os.environ['ROOT'] + '/folder')",
    "scans": "import pathlib\n_ = list(pathlib.Path(os.environ['ROOT'], 'folder').glob('*'))",
    "misses": "os.path.exists('x')\n"
    "try:\n    open(os.environ['ROOT'] + '/later.txt')\nexcept OSError:\n    pass",
    "plain": "",
}


def test_only_what_changed_runs_again(tmp_path: Path) -> None:
    """A page runs when what it uses holds something else, or the table does; else not at all."""
    tally = tmp_path / "tally"
    site = Site(tmp_path / "site")
    site.environment |= {"TALLY": str(tally), "ROOT": str(site.root)}
    table = 'pythonpath = ["src"]\n'
    site.settings(table)
    files = ("src/package/__init__.py", "both.txt", "shop.db", "lib.db", "folder/a", "other.txt")
    for name in files:
        site.write(name, "")
    site.write("src/package/deep.py", "import package.deeper\n")
    deeper = site.write("src/package/deeper.py", "x = 1\n")
    data = site.write("data.txt", "data\n")
    site.pages(**{name: ABOVE + cell(COUNT.format(name) + code) for name, code in USES.items()})

    def ran() -> list[str]:
        tally.write_text("", encoding="utf-8")
        built = site.build()
        assert built.status == 0, built.said
        return sorted(tally.read_text(encoding="utf-8").split())

    assert ran() == sorted(USES)
    data.write_text("data\n", encoding="utf-8")
    site.write("other.txt", "changed")
    assert ran() == []
    before = deeper.stat()
    deeper.write_text("x = 2\n", encoding="utf-8")
    os.utime(deeper, ns=(before.st_atime_ns, before.st_mtime_ns))
    data.write_text("older\n", encoding="utf-8")
    os.utime(data, (1, 1))
    assert ran() == ["imports", "opens"]
    for name in ("both.txt", "shop.db", "lib.db"):
        site.write(name, "x")
    assert ran() == ["address", "database", "updates"]
    site.write("folder/b", "")
    site.write("later.txt", "")
    assert ran() == ["lists", "misses", "scans"]
    page = site.root / "docs/plain.md"
    page.write_text(page.read_text(encoding="utf-8") + "text\n", encoding="utf-8")
    os.utime(page, (1, 1))
    assert ran() == ["plain"]
    site.settings(f"{table}memory = 512\n")
    assert ran() == sorted(USES)


def test_a_file_saved_while_its_page_runs_is_read_again(tmp_path: Path) -> None:
    """What was read is no more there when the page has run."""
    site = Site(tmp_path, environment={"DATA": str(tmp_path / "data.txt")})
    data = site.write("data.txt", "1")
    code = (
        "import os\ntext = open(os.environ['DATA']).read()\n"
        "if text == '1':\n    _ = open(os.environ['DATA'], 'w').write('2')\n"
        "print('read', text)"
    )
    site.pages(page="# T\n\n" + cell(code, "read 1"))
    assert site.build().status == 0
    assert data.read_text(encoding="utf-8") == "2"
    assert site.build().places("differs") == ["docs/page.md:12"]


APPEND = """import os
if not os.path.exists(os.environ["MARK"]):
    open(os.environ["MARK"], "w").close()
    with open(os.environ["PAGE"], "a") as file:
        _ = file.write("\\nsaved meanwhile\\n".upper())
"""


def test_a_page_saved_while_its_cells_run_is_read_again(tmp_path: Path) -> None:
    """A build publishes the page that it ran; the next one has the newer page."""
    page, mark = tmp_path / "docs/page.md", tmp_path / "mark"
    site = Site(tmp_path, environment={"PAGE": str(page), "MARK": str(mark)})
    site.pages(page="# T\n\n" + cell(APPEND.rstrip()))
    assert "SAVED MEANWHILE" not in site.build().body("page").get_text()
    assert "SAVED MEANWHILE" in page.read_text(encoding="utf-8")
    assert "SAVED MEANWHILE" in site.build().body("page").get_text()


NORMAL = {
    "one": "---\ntitle: T\ndate: 2024-01-01\n1: 2\n---\n\n# One\n\n"
    + cell("print('one')", "one", ":name: Cell-One"),
    "two": "# Two\n\n[there](#cell-one) {ref}`that cell <cell-one>`\n\n"
    + cell("class A: pass\nA()", "<__main__.A object at 0x7f0000000001>"),
    "three": "# Three\n\n"
    + cell("x = 1\nx / 0", "ZeroDivisionError: division by zero", RAISES, ":name: here")
    + "\n[text](#here)\n",
}


def contents(folder: Path) -> dict[str, str]:
    """A digest of each file in a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def normal(tmp_path_factory: pytest.TempPathFactory) -> tuple[Built, Built]:
    """A good site, built serially and, from nothing, in parallel."""
    site = Site(tmp_path_factory.mktemp("normal"))
    pages = [f"# Page {number}\n\n" + cell(f"print({number})", f"{number}") for number in range(9)]
    site.pages(**NORMAL, **{f"page{number}": page for number, page in enumerate(pages)})
    return site.build(), site.build("-j", "2", out="_again")


def test_a_good_site_builds_without_a_warning(normal: tuple[Built, Built]) -> None:
    """Links to a cell's name resolve on its page and on others."""
    assert [(built.status, built.said) for built in normal] == [(0, ""), (0, "")]


def test_two_builds_are_the_same_byte_for_byte(normal: tuple[Built, Built]) -> None:
    """In parallel or not, and whatever addresses the runs had."""
    first, second = (contents(built.folder) for built in normal)
    assert first == second


def test_a_matching_page_publishes_what_is_recorded(normal: tuple[Built, Built]) -> None:
    """The recorded address, not the run's."""
    assert normal[0].outputs("two") == ["<__main__.A object at 0x7f0000000001>"]


def test_names_of_cells_are_anchors(normal: tuple[Built, Built]) -> None:
    """A link with text leads to a cell, from its page and from others."""
    built = normal[0]
    assert len(built.body("one").select(".cell#cell-one")) == 1
    assert [link["href"] for link in built.body("three").select("p a.internal")] == ["#here"]
    links = [link["href"] for link in built.body("two").select("p a.internal")]
    assert links == ["one.html#cell-one"] * 2


def test_an_exception_shows_its_line_and_no_traceback(normal: tuple[Built, Built]) -> None:
    """The block's text stands above the failing line."""
    (output,) = normal[0].outputs("three")
    assert output.split("\n") == ["ZeroDivisionError: division by zero", "Line 2: x / 0"]


def test_blocks_are_not_published_twice(normal: tuple[Built, Built]) -> None:
    """A block stands under its cell as the cell's output, and nowhere else."""
    assert normal[0].body("one").get_text().count("one\n") == 1


PROSE = {
    "plain": "# T\n\n{nope}`1`\n\n" + cell("1", "1") + "\n{nope}`2`\n",
    "matter": "---\na: 1\n---\n# T\n\n{nope}`1`\n\n" + cell("1", "1") + "\n\n\n{nope}`2`\n",
    "blank": "\n\n# T\n\n" + cell("1", "1") + "   \n\n{nope}`1`\n" + cell("x = 1") + "{nope}`2`\n",
    "crlf": ("---\na: 1\n---\n\n# T\n\n" + cell("1", "1") + "\n{nope}`1`\n").replace("\n", "\r\n"),
    "directive": "# T\n\n" + cell("1", "1") + "\n```{note}\ntext\n\n{nope}`1`\n```\n",
    "reference": "# T\n\n" + cell("1", "1") + "\ntext\n\n[nope](#nope)\n",
    "option": "# T\n\n" + cell("1", "1") + "\ntext\n\n```{note}\n:nope: 1\n\ntext\n```\n",
    "block-break": "# T\n\n" + cell("1", "1") + "\n+++\n\n{nope}`1`\n",
    "raw": "# T\n\n```{raw-cell}\n:format: html\n<b>\n```\n\n{nope}`1`\n",
    "twice": "# T\n\n[a]: x\n\n" + cell("1", "1") + "\ntext\n\n[a]: nope\n",
}


ON_CELLS = {
    "option": "# T\n\ntext\n\n" + cell("x = 1", "", ":mystnb: 3"),
    "format": "# T\n\ntext\n\n```{raw-cell}\n:format: nope\n<b>\n```\n",
    "lexer": "---\na: 1\n---\n# T\n" + cell("x = $"),
}


def test_warnings_of_others_on_a_cell_name_its_fence(tmp_path: Path) -> None:
    """What MyST-NB and the highlighter say of a cell is said of its first line."""
    site = Site(tmp_path)
    site.pages(**ON_CELLS)
    built = site.build()
    said = {"metadata invalid", "unknown output mime type", "Lexing literal_block"}
    found = {place for word in said for place in built.places(word)}
    assert found == {"docs/option.md:5", "docs/format.md:5", "docs/lexer.md:5"}


def test_warnings_of_the_prose_name_the_right_line(tmp_path: Path) -> None:
    """With front matter and without, and below cells, blocks and blank lines."""
    site = Site(tmp_path)
    site.pages(**PROSE)
    built = site.build()
    for name, text in PROSE.items():
        lines = [number for number, line in enumerate(text.split("\n"), 1) if "nope" in line]
        expected, above = ([f"docs/{name}.md:{n - up}" for n in lines] for up in (0, 1))
        places = built.places("nope") + built.places("Duplicate")
        places = [place.replace(".md.rst:", ".md:") for place in places]  # Sphinx before 8.2
        found = [place for place in places if place.startswith(f"docs/{name}.md")]
        # MyST-Parser 3 says the line above, where the role is in a directive with options.
        assert found in ([expected, above] if name == "option" else [expected]), name


TAGS = {
    "hide-input": (True, True, True),
    "hide-output": (True, True, True),
    "hide-cell": (True, True, True),
    "remove-input": (False, False, True),
    "remove-output": (False, True, False),
    "remove-cell": (False, False, False),
}


def test_display_tags_change_the_display_alone(tmp_path: Path) -> None:
    """A cell that is hidden or removed is run and checked as any other."""
    site = Site(tmp_path)
    code = "print('shown')"
    good = {tag: "# T\n\n" + cell(code, "shown", f":tags: [{tag}]") for tag in TAGS}
    bad = {f"{tag}-bad": text.replace("\nshown", "\nrecorded") for tag, text in good.items()}
    site.pages(**good, **bad)
    built = site.build()
    assert sorted(built.places("differs")) == sorted(f"docs/{tag}-bad.md:9" for tag in TAGS)
    for tag, (fold, source, output) in TAGS.items():
        page = built.body(tag)
        shown = [bool(page.select(part)) for part in ("details", ".cell_input", ".cell_output")]
        assert (tag, shown) == (tag, [fold, source, output])


@pytest.mark.parametrize(
    ("conf", "table", "message"),
    [
        ('nb_execution_mode = "force"', "", 'set nb_execution_mode = "off"'),
        ("", "nope = 1", "pyproject.toml:4: tool.myst_doctest.nope: no such key"),
        ("", 'preload = ["no_such_module"]', "No module named 'no_such_module'"),
        ("", 'setup = "no_such_module:f"', "setup 'no_such_module:f' failed"),
    ],
)
def test_wrong_settings_stop_a_build_with_a_reason(
    tmp_path: Path, conf: str, table: str, message: str
) -> None:
    """The message says what to set."""
    site = Site(tmp_path, conf=f"{CONF}{conf}\n", table=table)
    site.pages(page="# T\n\n" + cell("1", "1"))
    built = site.build()
    assert built.status != 0
    assert message in built.said


def test_conf_py_may_lie_beside_the_pages(tmp_path: Path) -> None:
    """The project's root is then still the folder of pyproject.toml."""
    site = Site(tmp_path, confdir="docs", table='pythonpath = ["src"]')
    module = site.write("src/mine.py", "value = 1\n")
    site.pages(page="# T\n\n" + cell("import mine\nmine.value", "1"))
    assert site.build().said == ""
    module.write_text("value = 20\n", encoding="utf-8")
    assert site.build().places("differs") == ["docs/page.md:9"]
    assert site.pytest("-q", "docs")[0] == 1


@pytest.mark.parametrize("builder", ["text", "dummy", "xml"])
def test_other_builders_work(tmp_path: Path, builder: str) -> None:
    """They show outputs where they show anything."""
    site = Site(tmp_path)
    error = cell("1 / 0", "ZeroDivisionError: division by zero", RAISES)
    site.pages(page="# T\n\n" + cell("print('shown')", "shown") + error)
    built = site.build(builder=builder)
    assert (built.status, built.said) == (0, "")
    if builder != "dummy":
        page = built.page({"text": "page.txt", "xml": "page.xml"}[builder])
        assert "shown" in page.replace("print('shown')", "")
        assert "ZeroDivisionError: division by zero" in page
