"""``myst-doctest adopt`` on a site of many pages, good and bad."""

from __future__ import annotations

import io
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbformat import v4

from myst_doctest.adopting.command import main
from myst_doctest.adopting.recording import Adopted as Recorded
from myst_doctest.adopting.recording import Recorder
from myst_doctest.pages.page import Page
from myst_doctest.pages.rules import Rules
from myst_doctest.settings import Settings
from myst_doctest.sphinx_config import parser_config, read

FRONT = "---\nfile_format: mystnb\n---\n"
HEAD = f"{FRONT}# A page\n\n"
PROJECT = '# mine\n[project]  # x\nname = "x"\n\n[tool.ruff]\nline-length = 99\n'


def cell(code: str) -> str:
    return f"```{{code-cell}} python\n{code}\n```\n"


PAGES = {
    "index.md": "# Site\n\n```{toctree}\n:glob:\n\n*\n```\n",
    "odd.md": f"{HEAD}````{{unheard-of}}\n{cell('13')}````\n\n{cell('14')}",
    "good.md": f"{HEAD}{cell('1 + 1')}\nText.\n\n{cell(':tags: [hide-input]' + chr(10) + 'x = 1')}",
    "random.md": HEAD
    + cell("import random; random.random()")
    + cell("1 + 2")
    + cell("print({*'ab cd ef gh ij kl'.split()})"),
    "fails.md": f"{HEAD}{cell('nothing')}\n{cell('2 + 2')}\n{cell('3 + 3')}",
    "module.md": f"{HEAD}{cell('import missing_here')}\n{cell('missing_here.x')}",
    "network.md": f"{HEAD}{cell('raise ConnectionError(1)')}",
    "endless.md": f"{HEAD}{cell(':tags: [timeout-2]' + chr(10) + 'while True: pass')}",
    "windows.md": f"{HEAD}{cell('5')}".replace("\n", "\r\n"),
    "julia.md": "---\nkernelspec:\n  name: julia-1.9\nfile_format: mystnb\n---\n# J\n\n"
    + cell("1"),
    "plain.md": f"# Shown alone\n\n{cell('6')}",
    "magic.md": f"{HEAD}{cell('%unheard_of')}\n{cell('%time 7')}\n{cell('8')}",
    "own.md": f"---\nfile_format: mystnb\nunchecked: mine\n---\n# O\n\n{cell('9')}",
    "read_only.md": f"{HEAD}{cell('10')}",
}


@dataclass
class Adopted:
    """A site, and what adoption said."""

    root: Path
    before: dict[str, bytes]
    said: str = ""
    code: int = -1

    @property
    def docs(self) -> Path:
        return self.root / "docs"

    def adopt(self, *arguments: str) -> str:
        out = io.StringIO()
        self.code = main([str(self.docs), *arguments], out)
        self.said = out.getvalue()
        return self.said

    def files(self) -> dict[str, bytes]:
        found = (each for each in self.root.rglob("*") if each.is_file())
        return {
            each.relative_to(self.root).as_posix(): each.read_bytes()
            for each in found
            if "__pycache__" not in each.parts and ".git" not in each.parts
        }

    def page(self, name: str) -> str:
        return (self.docs / name).read_bytes().decode()


def site_of(root: Path, pages: dict[str, str], conf: str = 'extensions = ["myst_nb"]\n') -> Adopted:
    (root / "docs").mkdir(parents=True)
    (root / ".git").mkdir()
    (root / "pyproject.toml").write_text(PROJECT, "utf-8")
    (root / "docs/conf.py").write_text(conf, "utf-8")
    for name, text in pages.items():
        (root / "docs" / name).write_bytes(text.encode())
    site = Adopted(root, {})
    site.before = site.files()
    return site


@pytest.fixture(scope="module", autouse=True)
def desk() -> Iterator[None]:
    """No CI, which is no place to adopt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        yield


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Adopted:
    """A site, once adopted."""
    conf = 'extensions = ["myst_nb"]  # é\nnb_execution_mode = "cache"\n'
    site = site_of(tmp_path_factory.mktemp("site"), PAGES, conf)
    cells = [v4.new_code_cell("11"), v4.new_code_cell("import random; random.random()")]
    book = nbformat.writes(v4.new_notebook(cells=[v4.new_markdown_cell("# B"), *cells]))
    (site.docs / "book.ipynb").write_text(f"{book}\n", "utf-8")
    (site.docs / "latin.md").write_bytes(f"{HEAD}é\n\n{cell('12')}".encode("latin-1"))
    (site.docs / "read_only.md").chmod(0o444)
    site.before = site.files()
    site.adopt()
    return site


def test_good_pages_are_recorded_and_nothing_else_of_them_changes(site: Adopted) -> None:
    """An output block for each cell that shows something."""
    block = "\n```{output}\n2\n```\n"
    assert site.page("good.md") == PAGES["good.md"].replace("1 + 1\n```\n", f"1 + 1\n```\n{block}")
    assert site.page("windows.md").endswith("5\r\n```\r\n\r\n```{output}\r\n5\r\n```\r\n")
    assert site.page("windows.md").count("\n") == site.page("windows.md").count("\r\n")
    assert site.code == 0


def test_nothing_is_left_beside_the_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No picture of what differs between runs by which nobody but adoption goes."""
    pytest.importorskip("PIL")
    code = (
        "import random\nfrom PIL import Image\n"
        "Image.new('RGB', (30, 30), tuple(random.randbytes(3)))"
    )
    site = site_of(tmp_path / "site", {"page.md": f"{HEAD}{cell(code)}"})
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    site.adopt()
    assert ":varies: another" in site.page("page.md")
    assert not [*(tmp_path / "empty").iterdir()]


def test_outputs_that_vary_are_marked_with_the_reason(site: Adopted) -> None:
    """The rest of the page is compared; sets come in another order with another hash seed."""
    page = site.page("random.md")
    assert ":varies: numbers\nimport random" in page
    assert ":varies: the same in another order, as of a set or a folder\nprint" in page
    assert "```{code-cell} python\n1 + 2" in page
    book = nbformat.reads(site.page("book.ipynb"), as_version=4)
    assert book.cells[2].metadata == {"varies": "numbers"}
    assert book.cells[1].outputs[0]["data"]["text/plain"] == "11"


def test_a_cell_that_fails_stays_unchecked_beside_others(site: Adopted) -> None:
    """No error of it is recorded; its reason is said."""
    page = site.page("fails.md")
    assert page.count(":unchecked:") == 1
    assert ":unchecked: NameError; name nothing is not defined\nnothing\n```\n\n```{code" in page
    assert "```{output}\n6\n```" in page
    assert ":unchecked: no magic unheard_of works here" in site.page("magic.md")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("module.md", "needs the module missing_here (pip install missing_here) (line 6)"),
        ("network.md", "needs the network (ConnectionError) (line 6)"),
        ("endless.md", "the cell at line 6 takes longer than 2 s"),
        ("julia.md", "a page of julia-1.9: pages are Python"),
        ("plain.md", "MyST-NB does not run it; no notebook to MyST-NB"),
        ("latin.md", "not UTF-8 at byte"),
        ("odd.md", "code-cell inside unheard-of; put it at the top level"),
    ],
)
def test_pages_that_cannot_pass_are_left_as_they_are(site: Adopted, name: str, reason: str) -> None:
    """With the reason, in the table and in the report; the author's own reasons stay."""
    assert site.files()[f"docs/{name}"] == site.before[f"docs/{name}"]
    table = site.files()["pyproject.toml"].decode()
    assert f'"docs/{name}" = "adopt: {reason}' in table
    assert f"docs/{name}: adopt: {reason}" in site.said


def test_configuration_is_added_and_nothing_lost(site: Adopted) -> None:
    """The project's file begins as it did."""
    table = site.files()["pyproject.toml"].decode()
    assert table.startswith(f'{PROJECT}\n[tool.myst_doctest]\npages = ["docs"]\nconfdir = "docs"\n')
    assert site.files()["docs/conf.py"].decode() == (
        'extensions = ["myst_nb", "myst_doctest"]  # é\nnb_execution_mode = "off"\n'
    )
    assert "not yet" not in table
    assert "own.md" not in table
    assert "pip install missing_here" in site.said


def test_a_file_that_cannot_be_written_is_left(site: Adopted) -> None:
    """With that reason."""
    assert site.page("read_only.md") == PAGES["read_only.md"]
    assert (
        '"docs/read_only.md" = "adopt: the file is read-only"'
        in site.files()["pyproject.toml"].decode()
    )


def test_the_check_is_green_and_a_second_time_changes_nothing(site: Adopted) -> None:
    """Neither pytest nor adoption itself; what was recorded before is checked."""
    before = site.files()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "docs"]
    done = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "unchecked" in done.stdout
    said = site.adopt()
    assert site.code == 0
    assert site.files() == before
    assert "pass" in said


def test_the_site_builds(site: Adopted) -> None:
    """Pages that are unchecked are on it; the one that is no text is named."""
    out = site.root / "_build"
    command = [sys.executable, "-m", "sphinx", "-q", str(site.docs), str(out)]
    done = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    warnings = [line for line in done.stderr.splitlines() if "WARNING" in line]
    assert all("latin" in line or "unheard-of" in line for line in warnings), done.stderr
    assert "output" in (out / "good.html").read_text("utf-8")
    assert "julia" not in done.stderr
    shutil.rmtree(out)


def test_pytests_own_folder_is_no_part_of_the_site(tmp_path: Path) -> None:
    """Where the table is beside the pages, it is there too, with a README in it."""
    site = site_of(tmp_path, {"index.md": f"{HEAD}{cell('1')}"})
    (tmp_path / "pyproject.toml").unlink()
    site.adopt()
    for folder in (site.docs, site.docs / "deep"):  # older versions of pytest have it elsewhere
        (folder / ".pytest_cache").mkdir(parents=True)
        (folder / ".pytest_cache/README.md").write_text("# No page\n", "utf-8")
    for command in (["pytest", "docs"], ["sphinx", "-q", "-W", "docs", "_build"]):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def one_page(root: Path, **options: str) -> Adopted:
    return site_of(root, {"page.md": f"{HEAD}{cell('1')}"}, **options)


def test_a_dry_run_writes_nothing_and_says_what_it_would(tmp_path: Path) -> None:
    """The lines that files would get, and what is known of each page."""
    site = site_of(tmp_path, {"page.md": f"{HEAD}{cell('import missing_here')}"})
    said = site.adopt("--dry-run")
    assert site.files() == site.before
    assert site.code == 0
    assert "page.md:7: imports missing_here, which is not installed: pip install" in said
    assert 'extensions = ["myst_nb", "myst_doctest"]' in said
    assert '"docs/page.md" = "adopt: not yet"' in said
    assert "would run 1 page, " in said


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"docs/page.md": "# No cell\n"}, "no page has a code cell"),
        ({"docs/conf.py": None}, "neither conf.py nor _config.yml is in it"),
        ({"docs/conf.py": 'extensions = ["nbsphinx"]\n'}, "does not use MyST-NB"),
        ({"docs/conf.py": "import missing_here\n"}, "missing_here"),
        ({"pyproject.toml": "[tool\n"}, "pyproject.toml: no TOML"),
        ({"docs/conf.py": None, "docs/myst.yml": "version: 1\n"}, "mystmd (Jupyter Book 2)"),
    ],
)
def test_what_cannot_begin_changes_nothing(
    tmp_path: Path, change: dict[str, str | None], why: str
) -> None:
    """And says what to do, with a status of its own."""
    site = one_page(tmp_path)
    for name, text in change.items():
        if text is None:
            (tmp_path / name).unlink()
        else:
            (tmp_path / name).write_text(text, "utf-8")
    site.before = site.files()
    assert why in site.adopt()
    assert site.code == 2
    assert site.files() == site.before


def test_ci_is_no_place_to_adopt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody reads the diff there."""
    site = one_page(tmp_path)
    monkeypatch.setenv("CI", "true")
    assert "not for CI" in site.adopt()
    assert site.files() == site.before


def test_what_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that were not reached are counted as unchecked meanwhile, and unchanged."""
    site = site_of(tmp_path, {f"{each}.md": f"{HEAD}{cell(each)}" for each in "123"})
    real, seen = Recorder.record, []

    def interrupted(self: Recorder, page: Page) -> Recorded:
        seen.append(page)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return real(self, page)

    monkeypatch.setattr(Recorder, "record", interrupted)
    assert "goes on" in site.adopt("--jobs", "1")
    assert site.code == 130
    table = site.files()["pyproject.toml"].decode()
    assert table.count("adopt: not yet") == 2
    assert [site.page(f"{each}.md").count("{output}") for each in "123"] == [1, 0, 0]
    site.adopt()
    assert site.code == 0
    assert "not yet" not in site.files()["pyproject.toml"].decode()
    assert [site.page(f"{each}.md").count("{output}") for each in "123"] == [1, 1, 1]


def test_a_page_that_was_settled_stays_so_until_it_is_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Named once more, and interrupted: it is checked as before, or has its reason as before."""
    site = site_of(tmp_path, {"good.md": f"{HEAD}{cell('1')}", "bad.md": f"{HEAD}{cell('no')}"})
    site.adopt()
    before = site.files()

    def interrupted(*_: object) -> Recorded:
        raise KeyboardInterrupt

    monkeypatch.setattr(Recorder, "record", interrupted)
    site.adopt(str(site.docs / "good.md"), str(site.docs / "bad.md"))
    assert site.code == 130
    site.adopt("--again")
    assert site.files() == before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_it_is_met_as_ctrl_c_is(tmp_path: Path, number: signal.Signals) -> None:
    """With a word, at once, whatever runs; pages are whole, and the next run goes on."""
    slow = cell("import time; time.sleep(90)")
    site = site_of(tmp_path, {"1.md": f"{HEAD}{cell('1')}", "2.md": f"{HEAD}{cell('2')}{slow}"})
    command = [sys.executable, "-m", "myst_doctest", "adopt", "--jobs", "1", str(site.docs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout
        assert any("1.md: recorded" in line for line in iter(running.stdout.readline, ""))
        running.send_signal(number)
        said, _ = running.communicate(timeout=30)
    assert running.returncode == 128 + number
    assert said.endswith("the same command goes on with the others\n")
    assert "{output}\n1\n" in site.page("1.md")
    assert site.page("2.md").encode() == site.before["docs/2.md"]
    table = site.files()["pyproject.toml"].decode()
    assert '"docs/2.md" = "adopt: not yet"' in table
    assert "docs/1.md" not in table


def test_nothing_begins_to_run_once_it_is_interrupted(tmp_path: Path) -> None:
    """A page between two of its runs, say, for which nobody waits."""
    site = one_page(tmp_path)
    site.adopt()
    recorder, page = recorder_of(site)
    recorder.close()
    assert recorder.record(page).reason == "interrupted"


def recorder_of(site: Adopted) -> tuple[Recorder, Page]:
    """What records a site, and its page."""
    settings = Settings.find(site.root)
    parser, rules = parser_config(read(site.docs)), Rules(settings.root)
    page = Page.read(site.docs / "page.md", parser, settings.variants, rules)
    return Recorder(settings, parser, rules, 60), page


@pytest.mark.parametrize(("code", "turns"), [("len({'a', 'b'})", 5), ("{'a': 'b'}", 1)])
def test_a_page_that_makes_sets_runs_under_more_hash_seeds(
    tmp_path: Path, code: str, turns: int
) -> None:
    """Two of them give a list of two strings the same order, every second time."""
    site = site_of(tmp_path, {"page.md": f"{HEAD}{cell(code)}"})
    site.adopt()
    recorder, page = recorder_of(site)
    try:
        assert recorder.record(page).turns == turns
    finally:
        recorder.close()


def test_each_turn_has_a_hash_seed_of_its_own(tmp_path: Path) -> None:
    """What differs by it differs in the first turn or in a later one."""
    site = site_of(tmp_path, {"page.md": f"{HEAD}{cell('hash(str())')}{cell('hash(chr(97))')}"})
    site.adopt()
    recorder, page = recorder_of(site)
    try:
        runs = [recorder.run(page, turn, 4) for turn in range(4)]
    finally:
        recorder.close()
    assert len({str(run.cells[1]) for run in runs}) == len(runs)


def test_a_cell_that_was_not_run_names_the_one_that_failed(tmp_path: Path) -> None:
    """By its line as it is in the page then; what stands in the page has no line to grow stale."""
    pages = [cell("x = 1 / 0"), cell("x"), *(cell(str(each)) for each in range(4))]
    site = site_of(tmp_path, {"page.md": f"{HEAD}{''.join(pages)}"})
    said = site.adopt()
    lines = site.page("page.md").splitlines()
    first, second = (n for n, line in enumerate(lines, 1) if ":unchecked:" in line)
    given = "uses what a cell above that fails should have given"
    assert lines[second - 1] == f":unchecked: {given}"
    assert f"page.md:{second - 1}: unchecked: {given} (line {first - 1})\n" in said


def test_a_cell_that_was_given_up_is_tried_again(tmp_path: Path) -> None:
    """When its module is there, with those that were not run for it; reasons of others stay."""
    pages = [cell("import later_here"), cell("later_here.x"), *(cell(each) for each in "1234")]
    pages += [cell(":unchecked: on Fridays\n1 / 0"), cell("nothing")]
    site = site_of(tmp_path, {"page.md": f"{HEAD}{''.join(pages)}"})
    assert "pip install later_here; then adopt --again" in site.adopt()
    before = site.files()
    site.adopt("--again")
    assert site.files() == before
    (site.docs / "later_here.py").write_text("x = 99\n", "utf-8")
    site.adopt()
    assert site.page("page.md") == before["docs/page.md"].decode()
    assert "page.md: recorded\n" in site.adopt("--again")
    page = site.page("page.md")
    assert "```{code-cell} python\nimport later_here\n" in page
    assert "```{code-cell} python\nlater_here.x\n```\n\n```{output}\n99\n" in page
    assert page.count(":unchecked:") == 2


@pytest.mark.parametrize("below", ["", cell("3")])
def test_a_page_that_is_given_up_has_a_line_of_its_file(tmp_path: Path, below: str) -> None:
    """Cells of it were marked first, in memory; the file stays as it is."""
    odd = f"````{{unheard-of}}\n{cell('13')}````\n"
    text = f"{HEAD}{cell('%unheard_of')}{cell('2')}{odd}{below}"
    site = site_of(tmp_path, {"page.md": text})
    line = text.split("\n").index("````{unheard-of}") + 2
    assert f"page.md:{line}: unchecked: code-cell inside unheard-of" in site.adopt()
    assert site.page("page.md") == text


def test_a_page_in_another_format_is_named(tmp_path: Path) -> None:
    """With its reason, in the table and the sum; a build has nothing more to say of it."""
    conf = (
        'extensions = ["myst_nb"]\n'
        'nb_custom_formats = {".nbx": ["nbformat.reads", {"as_version": 4}]}\n'
    )
    site = site_of(tmp_path, {"index.md": f"{HEAD}{cell('1')}"}, conf)
    book = v4.new_notebook(cells=[v4.new_markdown_cell("# B"), v4.new_code_cell("1")])
    (site.docs / "page.nbx").write_text(nbformat.writes(book), "utf-8")
    reason = "adopt: a page in another format (.nbx), which nothing here reads"
    assert f"page.nbx: not checked: {reason}\n" in site.adopt("--dry-run")
    assert f"  {site.docs}/page.nbx: not checked: {reason}\n" in site.adopt()
    assert "1 page with cells: 1 checked, 0 unchecked; 1 page in other formats\n" in site.said
    assert f'"docs/page.nbx" = "{reason}"' in site.files()["pyproject.toml"].decode()
    before = site.files()
    site.adopt("--again")
    assert (site.code, site.files()) == (0, before)
    command = [sys.executable, "-m", "sphinx", "-q", str(site.docs), str(site.root / "_build")]
    done = subprocess.run(command, cwd=site.root, capture_output=True, text=True, check=False)
    assert "nothing runs" not in done.stderr
    assert "1 page in another format is published without being run\n" in done.stderr


def test_a_cell_whose_kind_of_output_varies_has_one_reason(tmp_path: Path) -> None:
    """It varied first, and is then found to show a picture in one run and none in another."""
    code = f"""import pathlib
place = pathlib.Path({str(tmp_path / "runs")!r})
place.write_text((place.read_text() if place.exists() else "") + "x")
class Shown:
    def __repr__(self): return f"run {{len(place.read_text())}}"
shown = Shown()
if len(place.read_text()) > 2: Shown._repr_html_ = lambda self: "<b>x</b>"
shown"""
    site = site_of(tmp_path / "site", {"page.md": f"{HEAD}{cell(code)}{cell('1')}{cell('2')}"})
    assert "unchecked: shows another kind of output in each run" in site.adopt()
    page = site.page("page.md")
    assert ":unchecked: shows another kind of output in each run\nimport" in page
    assert ":varies:" not in page


def test_a_page_that_is_checked_stays_so_where_its_cells_cannot_be_tried_again(
    tmp_path: Path,
) -> None:
    """Elsewhere more may be lacking than was."""
    pages = [cell("import no_such_module"), *(cell(each) for each in "123")]
    site = site_of(tmp_path, {"page.md": f"{HEAD}{''.join(pages)}"})
    site.adopt()
    text = site.page("page.md").replace("\n1\n```\n\n```{out", "\nwhile True: pass\n```\n\n```{out")
    (site.docs / "page.md").write_text(text, "utf-8")
    (tmp_path / "pyproject.toml").write_text(
        (tmp_path / "pyproject.toml").read_text("utf-8").replace("timeout = 60.0", "timeout = 2.0")
    )
    before = site.files()
    said = site.adopt("--again")
    assert "page.md:10: stays as it was: the cell at line 10 takes longer than 2 s" in said
    assert site.files() == before


def test_adoption_can_begin_with_one_page(tmp_path: Path) -> None:
    """The others wait; what an output became later is reported, and not recorded."""
    site = site_of(tmp_path, {f"{each}.md": f"{HEAD}{cell(each)}" for each in "12"})
    site.adopt(str(site.docs / "1.md"))
    assert '"docs/2.md" = "adopt: not yet"' in site.files()["pyproject.toml"].decode()
    assert "2 pages with cells: 1 checked, 1 unchecked" in site.said
    text = site.page("1.md").replace("{output}\n1", "{output}\n3")
    (site.docs / "1.md").write_text(text, "utf-8")
    assert "1.md:11: the output differs" in site.adopt()
    assert site.code == 1
    assert site.page("1.md") == text
    assert "{output}\n2" in site.page("2.md")
    (site.docs / "new.md").write_text(cell("7"), "utf-8")
    site.adopt()
    assert "{output}\n7" in site.page("new.md")


def test_pages_that_were_recorded_are_checked_side_by_side(tmp_path: Path) -> None:
    """As many as run at a time: each of the two waits for the other."""
    code = (
        "import pathlib, time\nhere = pathlib.Path(%r)\n(here / '%s').touch()\n"
        "end = time.time() + 20\n"
        "while not (here / '%s').exists() and time.time() < end:\n    time.sleep(0.01)\n"
        "(here / '%s').exists()"
    )
    (here := tmp_path / "here").mkdir()
    pages = {
        f"{one}.md": f"{HEAD}{cell(code % (str(here), one, other, other))}"
        for one, other in ("12", "21")
    }
    site = site_of(tmp_path / "site", pages)
    site.adopt("--jobs", "2")
    assert "{output}\nTrue" in site.page("1.md")
    for each in here.iterdir():
        each.unlink()
    assert "2 pages were recorded before; 2 of them pass" in site.adopt("--jobs", "2")


def test_what_was_given_up_is_tried_again(tmp_path: Path) -> None:
    """Once a module is there, say."""
    site = site_of(tmp_path, {"page.md": f"{HEAD}{cell('import beside; beside.x')}"})
    site.adopt()
    assert "needs the module beside" in site.said
    (site.docs / "beside.py").write_text("x = 5\n", "utf-8")
    before = site.files()
    site.adopt()
    assert site.files() == before
    site.adopt("--again")
    assert "{output}\n5" in site.page("page.md")
    assert "adopt: " not in site.files()["pyproject.toml"].decode()


def test_a_site_that_allows_errors_keeps_what_they_show(tmp_path: Path) -> None:
    """The cell that raises is marked, and its page shows the exception, as it did."""
    conf = 'extensions = ["myst_nb"]\nnb_execution_allow_errors = True\n'
    site = site_of(tmp_path, {"page.md": f"{HEAD}{cell('1 / 0')}\n{cell('4')}"}, conf)
    site.adopt()
    assert "nb_execution_allow_errors = False" in site.page("conf.py")
    shown = "1 / 0\n```\n\n```{output}\nZeroDivisionError: division by zero\n```"
    assert f":unchecked: ZeroDivisionError; division by zero\n{shown}" in site.page("page.md")
    before = site.files()
    site.adopt()
    assert site.code == 0
    assert site.files() == before
