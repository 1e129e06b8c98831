"""Pages under pytest: what is collected, what runs, and what is said of wrong settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

NAMES = ":name: {}\n\n{}"


def test_items_are_named(site: Site) -> None:
    """A cell is named by its name, else by its line."""
    site.cells("page.md", "x = 1", NAMES.format("loop", "x = 2"), "x = 3")
    assert list(site.pytest().items) == ["page.md::line-3", "page.md::loop", "page.md::line-13"]


def test_name_used_twice(site: Site) -> None:
    """A second cell of the same name is named by its line, and the page fails."""
    site.cells("page.md", NAMES.format("loop", "x = 1"), NAMES.format("loop", "x = 2"))
    done = site.pytest()
    assert done.states("page.md") == {"page": "failed", "loop": "passed", "line-9": "passed"}
    assert done.items["page.md::page"].report.startswith("docs/page.md:9: ")


def test_pages_of_subfolders(site: Site) -> None:
    """Pages in folders are pages; what exclude_patterns names and what lies elsewhere is not."""
    (site.docs / "conf.py").write_text('exclude_patterns = ["drafts", "old-*"]\n')
    for name in ("page.md", "part/chapter.md", "drafts/page.md", "old-page.md"):
        site.cells(name, "x = 1")
    site.cells("../elsewhere.md", "1 / 0")
    (site.docs / "notes.txt").write_text("1 / 0")
    done = site.pytest(".")
    assert done.states() == {"page.md::line-3": "passed", "part.chapter.md::line-3": "passed"}


def test_collecting_executes_nothing(site: Site) -> None:
    """--collect-only lists the cells and runs none."""
    note = site.root / "note"
    site.cells("page.md", f"open({str(note)!r}, 'w').close()", NAMES.format("last", "x = 1"))
    done = site.pytest("--collect-only")
    assert "docs/page.md::line-3\ndocs/page.md::last\n" in done.output
    assert not note.exists()
    assert site.pytest().code == 0
    assert note.exists()


@pytest.mark.parametrize(
    "selection", [["-k", "last"], ["docs/page.md::last"], ["docs/page.md", "-k", "last"]]
)
def test_cells_above_a_selected_one_run(site: Site, selection: list[str]) -> None:
    """A selected cell finds what the cells above it did; those below it do not run."""
    note = site.root / "note"
    site.cells(
        "page.md",
        "x = 1",
        "x += 1",
        NAMES.format("last", "assert x == 2"),
        f"open({str(note)!r}, 'w').close()",
    )
    site.cells("other.md", f"open({str(note)!r}, 'w').close()")
    done = site.pytest(*selection)
    assert done.states() == {"page.md::last": "passed"}
    assert not note.exists()


def test_last_failed(site: Site) -> None:
    """--lf runs the failed cell again, after those above it, and it passes once mended."""
    site.cells("page.md", "x = [1]", "assert x == [2]", "x")
    assert site.pytest().code == 1
    again = site.pytest("--lf")
    assert again.states() == {"page.md::line-7": "failed", "page.md::line-11": "failed"}
    site.cells("page.md", "x = [2]", "assert x == [2]", "x = 3")
    mended = site.pytest("--lf")
    assert mended.states() == {"page.md::line-7": "passed", "page.md::line-11": "passed"}


def test_cell_below_a_failed_one(site: Site) -> None:
    """A selected cell is not run, and says why, where one that it needs fails."""
    site.cells("page.md", "x = 1 / 0", NAMES.format("last", "x + 1"))
    report = site.pytest("-k", "last").items["page.md::last"].report
    assert report == "docs/page.md:7: not run, since the cell at line 3 failed"


def test_difference_does_not_stop_a_page(site: Site) -> None:
    """The cells below one that differs run and pass."""
    site.cells("page.md", "x = 1\nx", "assert x == 1")
    assert site.pytest().states("page.md") == {"line-3": "failed", "line-8": "passed"}


# Bytes of a page, and what pytest says: the items' states, and a report.
PAGES: dict[str, tuple[bytes, dict[str, str], str]] = {
    "empty": (b"", {}, ""),
    "blank": (b"\n \n\n", {}, ""),
    "mark-alone": (b"\xef\xbb\xbf", {}, ""),
    "text": (b"# A page\n\nText.\n", {}, ""),
    "python-listing": (b"```python\n1 / 0\n```\n", {}, ""),
    "not-utf-8": (b"# A page\n\nna\xefve\n", {"page": "failed"}, ":3: not UTF-8 at byte 12: "),
    "front-matter": (
        b"---\na: [\n---\n\n```{code-cell} python\nx = 1\n```\n",
        {"page": "failed"},
        ":2: the front matter is broken: ",
    ),
    "front-matter-list": (
        b"---\n- a\n---\n\n```{code-cell} python\nx = 1\n```\n",
        {"page": "failed"},
        ":1: the front matter is broken: it must be a mapping",
    ),
    "front-matter-and-cell": (
        b"---\na: 1\n---\n```{code-cell} python\nx = 1\n```\n",
        {"line-4": "passed"},
        "",
    ),
    "line-separator": (
        "a\n\nb\u2028c\n".encode(),
        {"page": "failed"},
        ":3: holds U+2028, which some readers take for a line's end: remove it",
    ),
    "output-alone": (
        b"# A page\n\n```{output}\n1\n```\n",
        {"page": "failed"},
        ":3: an {output} without a cell right above it",
    ),
    "text-between": (
        b"```{code-cell} python\nx = 1\n```\n\ntext\n\n```{output}\n1\n```\n",
        {"page": "failed", "line-1": "passed"},
        ":7: an {output} without a cell right above it",
    ),
    "two-outputs": (
        b"```{code-cell} python\n1\n```\n\n```{output}\n1\n```\n\n```{output}\n1\n```\n",
        {"page": "failed", "line-1": "passed"},
        ":9: an {output} below another one",
    ),
}


def test_pages_of_any_form(site: Site) -> None:
    """A page without cells is a page; one that cannot be read fails, and keeps its bytes."""
    for name, (data, _, _) in PAGES.items():
        site.page(f"{name}.md", data)
    checked, accepted = site.pytest(), site.accept()
    assert checked.code == accepted.code == 1
    for name, (data, states, report) in PAGES.items():
        page = f"{name}.md"
        assert checked.states(page) == accepted.states(page) == states, name
        if report:
            assert checked.items[f"{page}::page"].report.startswith(f"docs/{page}{report}")
        assert site.read(page) == data


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("bogus = 1", "bogus: no such key"),
        ("timeout = 0", "timeout: must be a positive number, not 0"),
        ("memory = -1", "memory: must be 0 or a positive whole number, not -1"),
        ("memory = false", "memory: must be 0 or a positive whole number, not F"),
        ("memory = 0.5", "memory: must be 0 or a positive whole number, not 0.5"),
        ("max_output = inf", "max_output: must be a positive whole number, not i"),
        ('timeout = "1"', "timeout: must be a positive number, not '1'"),
        ('rich = ["DataFrame"]', "rich: 'DataFrame' names no type: write module.QualName"),
        ('pages = "docs"', "pages: must be a list of strings, not 'docs'"),
    ],
)
def test_wrong_settings(site: Site, line: str, message: str) -> None:
    """A wrong setting is named with its line, without a traceback, and nothing runs."""
    site.cells("page.md", "x = 1")
    settings = site.root / "pyproject.toml"
    settings.write_text(settings.read_text() + line + "\n")
    number = settings.read_text().count("\n")
    done = site.pytest()
    assert done.code == 2
    assert f"{settings}:{number}: tool.myst_doctest.{message}" in done.output
    assert "plugin.py" not in done.output


def test_wrong_conf_py(site: Site) -> None:
    """A conf.py that cannot be read is named, without a traceback of the tool."""
    site.cells("page.md", "x = 1")
    (site.docs / "conf.py").write_text("project = (\n")
    done = site.pytest()
    assert done.code == 2
    assert "There is a syntax error in your configuration file" in done.output
    assert "plugin.py" not in done.output


@pytest.mark.parametrize("mode", ["force", "auto", "cache", "inline", "lazy"])
def test_cells_that_jupyter_would_run_too(site: Site, mode: str) -> None:
    """Pytest refuses what a build refuses, and says what to write."""
    site.cells("page.md", "x = 1")
    (site.docs / "conf.py").write_text(f"nb_execution_mode = {mode!r}\n")
    done = site.pytest()
    assert done.code == 2
    assert f"nb_execution_mode = {mode!r}: myst_doctest runs the cells" in done.output
    assert 'set nb_execution_mode = "off"' in done.output
    (site.docs / "conf.py").write_text('nb_execution_mode = "off"\n')
    assert site.pytest().code == 0


def test_a_folder_without_a_page(site: Site) -> None:
    """It is named, in a build too: perhaps it was mistyped, or all its pages are left out."""
    site.settings(pages=["docs", "guide"])
    (site.root / "guide").mkdir()
    (site.root / "guide/conf.py").write_text("")
    site.cells("index.md", "x = 1")
    for done in (site.pytest(), site.build()):
        assert done.code == 2
        assert "tool.myst_doctest.pages: no page of the site in 'guide'" in done.output


def test_values_of_conf_py_that_do_nothing_here(site: Site) -> None:
    """What would hide what is wrong is an error, in a build too; what harms nothing is noted."""
    site.settings(compatibility="jupyter")
    site.cells("index.md", "x = 1")
    conf = (site.docs / "conf.py").read_text()
    (site.docs / "conf.py").write_text(f"{conf}nb_execution_timeout = 600\n")
    noted = site.pytest()
    assert noted.code == 0
    assert "docs/conf.py:3: nb_execution_timeout does nothing here: set timeout" in noted.output
    assert site.build().code == 0
    site.settings(compatibility="jupyter", timeout=600.0)
    assert "nb_execution_timeout" not in site.pytest().output  # the table grants as much
    (site.docs / "conf.py").write_text(f"{conf}nb_execution_allow_errors = True\n")
    wrong = "docs/conf.py:3: nb_execution_allow_errors does nothing here: tag the cells"
    for done in (site.pytest(), site.build()):
        assert done.code == 2
        assert wrong in done.output


def test_pages_of_a_project_without_a_table(site: Site) -> None:
    """Without [tool.myst_doctest] the defaults hold."""
    (site.root / "pyproject.toml").write_text("")
    site.cells("page.md", "x = 1")
    assert site.pytest("docs").states() == {"page.md::line-3": "passed"}


def test_missing_folders(site: Site) -> None:
    """A folder of pages or of conf.py that is not there is an error, and not another site."""
    site.cells("page.md", "x = 1")
    for key, value in {"pages": ["doc"], "confdir": "doc"}.items():
        site.settings(**{key: value})
        done = site.pytest("docs")
        assert done.code == 2
        assert f"{site.root}/pyproject.toml:5: tool.myst_doctest.{key}: no f" in done.output


def test_nearest_table(site: Site) -> None:
    """A page belongs to the nearest table above it, whatever pytest takes for its root."""
    inner = type(site)(site.root / "sites" / "inner")
    for each in (site, inner):
        each.cells("page.md", "import os\nassert os.environ['PLACE']\nimport mine\nmine.place")
        (each.root / "src").mkdir()
        (each.root / "src" / "mine.py").write_text(f"place = {each.root.name!r}\n")
        table = '[tool.myst_doctest]\npythonpath = ["src"]\n'
        (each.root / "pyproject.toml").write_text(table)
    (site.root / "pytest.ini").write_text("[pytest]\n")
    assert site.accept(".", env={"PLACE": "1"}).code == 0
    assert (site.recorded(), inner.recorded()) == (["'site'\n"], ["'inner'\n"])
    assert inner.pytest("docs", env={"PLACE": "1"}).code == 0


def test_pages_that_the_build_leaves_out(site: Site) -> None:
    """exclude_patterns count from Sphinx's source folder, also where pages lie deeper."""
    site.settings(pages=["docs/guide"])
    (site.docs / "conf.py").write_text('exclude_patterns = ["guide/draft.md", "other.md"]\n')
    site.page("index.md", "# Index\n")
    for name in ("guide/draft.md", "guide/other.md", "guide/page.md"):
        site.cells(name, "x = 1")
    assert set(site.pytest().states()) == {"guide.other.md::line-3", "guide.page.md::line-3"}


def test_recording_by_workers(site: Site) -> None:
    """Workers of xdist write to no page."""
    before = site.cells("page.md", "1").read_bytes()
    done = site.accept("-n", "2")
    assert done.code == 4
    assert "--accept writes to pages: run it in one process, with `-n 0`" in done.output
    assert site.read() == before


@pytest.mark.parametrize("arguments", [[], ["-n", "1"]], ids=["one-process", "worker"])
def test_pages_run_outside_tests(site: Site, arguments: list[str]) -> None:
    """A plugin that limits the time of each test limits no page."""
    note = site.root / "note"
    (site.root / "conftest.py").write_text(
        "import pathlib, pytest\n"
        "@pytest.hookimpl(wrapper=True)\n"
        "def pytest_runtest_protocol(item):\n"
        f"    pathlib.Path({str(note)!r}).touch()\n"
        "    return (yield)\n"
    )
    look = f"import os\nassert not os.path.exists({str(note)!r})"
    site.cells("page.md", look, "x = 1", look)
    assert site.pytest(*arguments).code == 0
    assert note.exists()
