"""What an older SQLAlchemy shows: how a page publishes it, and the script that records it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy
from bs4 import Tag

from tests.kit.small_site import Built, Site, cell
from tutorial_site.content.version_contrast import VERSION, messages

ROOT = Path(__file__).resolve().parents[3]
CONF = """\
project = "A site"
extensions = ["myst_doctest", "tutorial_site.content.version_contrast"]
html_theme = "basic"
"""
NEWER = sqlalchemy.__version__


def block(name: str, text: str = "", fence: str = "```") -> str:
    return f"\n{fence}{{contrast}} {name}\n{text}{fence}\n"


# ---------- Published ----------

SQL = """\
from sqlalchemy import create_engine, text
with create_engine("sqlite://", echo=True).connect() as conn:
    print(conn.execute(text("SELECT 1")).scalar())"""
LOG = "│ BEGIN (implicit)\n│ SELECT 1\n│ [generated] ()\n1\n│ ROLLBACK\n"
OLDER_LOG = """\
│ BEGIN (implicit)
│ SELECT 1,
│        2
│ [cached] (1,)
│ INSERT INTO a
│ [generated] [(1,), (2,)]
│ COMMIT
one
\\│ printed
│ ROLLBACK
"""
NASTY = (
    "<b>&amp;</aside> %s {ref}`x`\n:a: 1\n---\n<script>1</script>\x1b[1m\u202e\n```{code-cell}\n"
)
PAGES = {
    "log": cell(SQL, LOG.rstrip(), ":name: A-cell") + block("A-cell", OLDER_LOG),
    "nothing": cell("print(1)", "1", ":name: one") + block("one", ":shows-nothing:\n"),
    "nasty": cell("print(1)", "1", ":name: one") + block("one", f"\n:b:\n{NASTY}", "````"),
    "unknown": cell("print(1)", "1", ":name: one") + "\ntext\n" + block("two", "2\n"),
    "empty": cell("print(1)", "1", ":name: one") + "\ntext\n" + block("one"),
    "both": cell("print(1)", "1", ":name: one") + block("one", ":shows-nothing:\n\n2\n"),
}
BAD = {
    "unknown": (14, "no cell on this page is named 'two'"),
    "empty": (14, "nothing is recorded of 'one': run `make contrast`"),
    "both": (12, "nothing and something are recorded of 'one': run `make contrast`"),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A site with good pages and bad ones."""
    root = tmp_path_factory.mktemp("published")
    site = Site(root, conf=CONF, table='setup = "orm_tutorial.sql_log:install"')
    site.pages(**{name: f"# T\n\n{text}" for name, text in PAGES.items()})
    return site.build()


def aside(built: Built, name: str) -> Tag:
    (found,) = built.body(name).select("aside.contrast")
    return found


def test_a_contrast_says_what_it_is_and_leads_to_its_cell(built: Built) -> None:
    """Title and sentence name the version; the link's anchor is the cell."""
    box = aside(built, "log")
    title, says = (p.get_text() for p in box.select("p"))
    assert title == f"SQLAlchemy {VERSION}"
    assert says == "The same cell, run on the older version, shows:"
    (link,) = box.select("p a")
    assert (link.get_text(), link["href"]) == ("The same cell", "#a-cell")
    assert len(built.body("log").select(".cell#a-cell")) == 1


def test_a_contrast_has_the_form_of_a_cells_output(built: Built) -> None:
    """Panels of statements and parameters, without lanes, and text between them."""
    box = aside(built, "log")
    assert [each.get_text() for each in box.select("details.log > summary")] == [
        "SQL: BEGIN, 2 statements, COMMIT",
        "SQL: ROLLBACK",
    ]
    statements = [each.get_text() for each in box.select(".log-statement pre")]
    assert statements == [
        "BEGIN (implicit)",
        "SELECT 1,\n       2",
        "INSERT INTO a",
        "COMMIT",
        "ROLLBACK",
    ]
    parameters = [each.get_text() for each in box.select(".log-parameters pre")]
    assert parameters == ["(1,)", "(1,)\n(2,)"]
    assert [pre.get_text() for pre in box.select(".executed pre.stdout")] == ["one\n│ printed"]
    assert box.select(".lane") == []


def test_words_are_explained_once_a_page(built: Built) -> None:
    """Those of the page's own panels stay explained below a contrast, and the contrast's are."""
    page = built.body("log")
    explained = {each["id"] for each in page.select("[popover]")}
    asked = [each["popovertarget"] for each in page.select("button.log-word")]
    assert asked == ["word-generated", "word-cached", "word-generated"]
    assert explained == set(asked)


def test_a_cell_that_shows_nothing_there_is_said_to(built: Built) -> None:
    """The sentence ends the aside."""
    text = aside(built, "nothing").get_text("\n").split("\n")
    assert "".join(text).endswith("run on the older version, shows nothing.")
    assert aside(built, "nothing").select(".executed") == []


def test_recorded_text_is_published_as_text(built: Built) -> None:
    """Markup, roles, options and cells in it are shown; control characters are escaped."""
    (pre,) = aside(built, "nasty").select("pre")
    shown = NASTY.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")
    assert pre.get_text() == f":b:\n{shown}".removesuffix("\n")
    assert aside(built, "nasty").select("b, script") == []


@pytest.mark.parametrize("name", BAD)
def test_a_bad_contrast_is_reported_by_file_and_line(built: Built, name: str) -> None:
    """An unknown cell, and a block that records nothing, or two things at once."""
    line, message = BAD[name]
    assert built.status == 1
    (warning,) = [said for said in built.warnings if said.startswith(f"docs/{name}.md")]
    assert warning.startswith(f"docs/{name}.md:{line}: WARNING: {message}")


def test_good_contrasts_cause_no_warning(built: Built) -> None:
    """The bad pages are all that is reported."""
    assert {said.split(".md")[0] for said in built.warnings} == {f"docs/{name}" for name in BAD}


def test_other_builders_show_contrasts(tmp_path: Path) -> None:
    """As text, where they know no asides; several sets of parameters as they were logged."""
    site = Site(tmp_path, conf=CONF)
    site.pages(page=f"# T\n\n{PAGES['nothing']}" + block("one", OLDER_LOG))
    built = site.build(builder="text")
    assert (built.status, built.said) == (0, "")
    assert "INSERT INTO a\n   [generated] [(1,), (2,)]\n" in built.page("page.txt")


def test_messages_of_a_log_are_told_apart() -> None:
    """Each line after parameters, and each end of a transaction, begins a message."""
    text = "BEGIN (implicit)\nCREATE TRIGGER a\nBEGIN\nEND\n[no key] ()\nSAVEPOINT a\n[raw sql] ()"
    assert [message.meta["part"] for message in messages(text)] == [
        "begin",
        "statement",
        "parameters",
        "statement",
        "parameters",
    ]


# ---------- Recorded ----------


class Project(Site):
    """A site, and an interpreter that stands for the one with the older version."""

    def older(self, version: str = VERSION) -> Path:
        self.write("older/sqlalchemy.py", f"__version__ = {version!r}\n")
        text = f'#!/bin/sh\nPYTHONPATH={self.root}/older exec {sys.executable} "$@"\n'
        python = self.write("older/python", text)
        python.chmod(0o755)
        return python

    def record(self, *arguments: str, python: str = "") -> tuple[int, str]:
        """Run the script; its status and what it said."""
        older = python or str(self.older())
        command = [sys.executable, str(ROOT / "tools/contrast/make.py"), older, *arguments]
        done = subprocess.run(
            command,
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr


SHOW = "import sqlalchemy\nsqlalchemy.__version__"
GOOD = "# T\n\n" + cell(SHOW, f"'{NEWER}'", ":name: version") + block("version")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path, conf=CONF)


def recorded(path: Path) -> str:
    """The content of a page's last contrast."""
    matches = re.findall(
        r"^(`{3,})\{contrast\}.*?\n(.*?)^\1\r?$",
        path.read_bytes().decode(),
        re.DOTALL | re.MULTILINE,
    )
    return str(matches[-1][1])


def test_a_block_is_written_and_every_other_byte_stays(project: Project) -> None:
    """With CRLF, a byte order mark and no newline at the end; again, there is nothing to do."""
    text = "\ufeff" + GOOD.replace("version\n```\n", "version\n```").replace("\n", "\r\n")
    page = project.write("docs/page.md", text)
    assert project.record() == (0, "docs/page.md:13: recorded version\n")
    new = text.replace("{contrast} version\r\n", f"{{contrast}} version\r\n'{VERSION}'\r\n")
    assert page.read_bytes().decode() == new
    said = f"Nothing to record: blocks that hold what SQLAlchemy {VERSION} shows: 1.\n"
    assert project.record() == (0, said)
    assert page.read_bytes().decode() == new


def test_a_check_writes_nothing_and_fails_where_a_block_is_wrong(project: Project) -> None:
    """The status is 1, the line names the cell, and the page keeps its bytes."""
    text = GOOD.replace("} version\n", "} version\n'NOBODY'\n")
    page = project.write("docs/page.md", text)
    assert project.record("--check") == (1, "docs/page.md:13: differs in version\n")
    assert page.read_text() == text
    project.record()
    assert project.record("--check")[0] == 0


def test_what_the_pages_say_of_the_older_version_is_what_it_shows() -> None:
    """Each contrast of this site is compared with a run on that version."""
    command = ["make", "contrast", "CHECK=--check", f"PYTHON={sys.executable}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if "needs a package index" in done.stderr and not os.environ.get("CI"):
        pytest.skip(done.stderr.strip())
    assert done.returncode == 0, done.stdout + done.stderr


def test_volatile_values_are_those_that_the_page_has(project: Project) -> None:
    """Of the block where it has one, of the cell's own output where it is empty."""
    code = f"print(object())\n{SHOW}"
    sample = "<object object at 0x7f0000000001>"
    page = project.write(
        "docs/page.md", cell(code, f"{sample}\n'{NEWER}'", ":name: a") + block("a")
    )
    project.record()
    assert recorded(page) == f"{sample}\n'{VERSION}'\n"
    other = sample.replace("1>", "2>")
    page.write_text(page.read_text().replace(f"{sample}\n'{VERSION}'", f"{other}\nstale"))
    project.record()
    assert recorded(page) == f"{other}\n'{VERSION}'\n"


def test_a_cell_that_shows_nothing_there_is_recorded(project: Project) -> None:
    """The block says so, and an outdated text goes."""
    code = f"import sqlalchemy\nif sqlalchemy.__version__ != {VERSION!r}:\n    print(1)"
    page = project.write("docs/page.md", cell(code, "1", ":name: a") + block("a", "stale\n"))
    assert project.record()[0] == 0
    assert recorded(page) == ":shows-nothing:\n"
    assert project.record()[1].startswith("Nothing to record")


def test_where_both_show_the_same_there_is_no_contrast(project: Project) -> None:
    """It is said, nothing is written for it, and other blocks are."""
    text = GOOD + cell("print(1)", "1", ":name: same") + block("same", "kept\n")
    page = project.write("docs/page.md", text)
    status, said = project.record()
    assert status == 1
    assert f"docs/page.md:25: same shows the same on SQLAlchemy {VERSION}: no contrast" in said
    assert page.read_text() == text.replace("} version\n", f"}} version\n'{VERSION}'\n")


def test_a_cell_that_fails_there_does_not_end_the_page(project: Project) -> None:
    """It is told, since what is below it may differ for that reason."""
    fails = f"import sqlalchemy\nassert sqlalchemy.__version__ != {VERSION!r}"
    page = project.write("docs/page.md", cell(fails, "", ":name: fails") + GOOD)
    status, said = project.record()
    assert status == 0
    assert f"docs/page.md:1: fails fails on SQLAlchemy {VERSION}: AssertionError" in said
    assert recorded(page) == f"'{VERSION}'\n"


def test_an_exception_is_recorded_as_a_page_records_it(project: Project) -> None:
    """Its class and its message."""
    code = f"import sqlalchemy\nassert sqlalchemy.__version__ != {VERSION!r}, 'old'\n1"
    page = project.write("docs/page.md", cell(code, "1", ":name: a") + block("a"))
    assert project.record()[0] == 0
    assert recorded(page) == "AssertionError: old\n"


ODD = {
    "option": "print(':a: 1')",
    "dashes": "print('---')",
    "blank": "print()",
    "fences": "print('````')",
    "gutter": "print('│ x')",
    "indented": "print('   :a:\\n```{contrast} b')",
}


def test_odd_outputs_stand_in_a_page_as_they_are(project: Project) -> None:
    """The build shows what was recorded."""
    for name, code in ODD.items():
        source = f"{code}\nimport sqlalchemy\nprint(sqlalchemy.__version__)"
        project.write(f"docs/{name}.md", f"# T\n\n{cell(source, '', ':name: a')}{block('a')}")
    assert project.record()[0] == 0
    project.pages()
    assert project.pytest("--accept", "-q", "docs")[0] == 0
    built = project.build()
    assert (built.status, built.said) == (0, "")
    for name in ODD:
        cells = built.body(name)
        (own,), (older,) = cells.select(".cell_output pre"), cells.select(".contrast pre")
        assert older.get_text().replace(VERSION, NEWER) == own.get_text()


WRONG = {
    "unknown": (GOOD.replace("} version", "} nope"), 13, "no cell on this page is named 'nope'"),
    "twice": (GOOD + block("version"), 16, "a second {contrast} of 'version'"),
    "not-utf-8": (GOOD + "caf\udce9\n", 15, "not UTF-8"),
    "in-note": (GOOD + f"\n````{{note}}\ntext\n{block('a')}````\n", 19, "inside {note}"),
    "in-list": (GOOD + "\n- text\n\n  ```{contrast} a\n  ```\n", 18, "inside a list"),
    "open": (GOOD + "\n```{contrast} a\ntext\n", 16, "never closed"),
    "colons": (GOOD + "\n:::{contrast} a\n:::\n", 16, "between colons"),
    "stray-output": (GOOD + "\n```{output}\n1\n```\n", 16, "without a cell"),
    "hangs": (
        cell("while True:\n    pass", "", ":name: b", ":tags: [timeout-1]") + GOOD,
        1,
        "b: stopped after 1 s",
    ),
    "leaves": (cell("import sys\nsys.exit()", "", ":name: b") + GOOD, 1, "b: SystemExit"),
    "exits": (
        cell("import os\nos._exit(0)", "", ":name: b") + GOOD,
        1,
        "b: the page's process ended",
    ),
    "too-much": (GOOD.replace(SHOW, "print('x' * 200_000)"), 3, "max_output"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_input_is_one_line_and_nothing_is_written(project: Project, name: str) -> None:
    """Neither to that page nor to a good one of the same run."""
    text, line, message = WRONG[name]
    conf = CONF + 'myst_enable_extensions = ["colon_fence"]\n'
    project.write("conf.py", conf)
    source = text.encode(errors="surrogateescape")
    good, page = project.write("docs/a.md", GOOD), project.write("docs/page.md", source)
    status, said = project.record()
    assert status == 1
    assert said.startswith(f"docs/page.md:{line}: ")
    assert message in said
    assert said.count("\n") == 1
    assert (good.read_text(), page.read_bytes()) == (GOOD, source)


def test_a_block_that_is_an_example_is_left_alone(project: Project) -> None:
    """In a block of code, and in another contrast's output."""
    text = f"# T\n\n````{{code-block}} md\n{block('a')}````\n\n````\n{block('b')}````\n"
    page = project.write("docs/page.md", text)
    assert project.record()[0] == 0
    assert page.read_text() == text


def test_pages_can_be_named(project: Project) -> None:
    """Others are not looked at, and one that is not there is a line."""
    first, second = project.write("docs/a.md", GOOD), project.write("docs/b.md", GOOD)
    assert project.record("docs/b.md")[0] == 0
    assert (first.read_text(), recorded(second)) == (GOOD, f"'{VERSION}'\n")
    assert project.record("docs/c.md") == (
        1,
        "docs/c.md:1: cannot be read: No such file or directory\n",
    )


def test_another_version_records_nothing(project: Project) -> None:
    """The page names the version, so that no other may speak for it."""
    page = project.write("docs/page.md", GOOD)
    status, said = project.record(python=str(project.older("2.0.1")))
    assert (status, said.count("\n")) == (1, 1)
    assert f"has 2.0.1, not {VERSION}" in said
    assert project.record(python="/no/such/python")[0] == 1
    assert page.read_text() == GOOD


def test_the_pinned_version_is_the_one_that_pages_name() -> None:
    """Each package is locked by hashes, and no index is named."""
    pinned = (ROOT / "tools/contrast/requirements.in").read_text(encoding="utf-8")
    locked = (ROOT / "tools/contrast/requirements.txt").read_text(encoding="utf-8")
    assert pinned == f"sqlalchemy=={VERSION}\n"
    assert f"\n{pinned.strip()} \\\n    --hash=sha256:" in locked
    assert re.findall(r"^[\w-]+==.*[^\\]$", locked, re.MULTILINE) == []
    assert "://" not in locked
