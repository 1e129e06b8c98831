"""Cells run on the variant that the reader has chosen: here PostgreSQL, on PGlite."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.kit import own_pack
from tests.kit.contents import CELL, DOCS, chapters
from tests.kit.full_site import ROOT
from tests.kit.reader import Reader, expect
from tests.kit.serve import ask, served
from tests.kit.small_site import Built, Site, cell
from tests.kit.static_host import Host, server

HEAD = """\
project = "A site"
extensions = ["myst_doctest", "live_cells"]
html_theme = "basic"
"""
CONF = f"""\
{HEAD}
{own_pack.CONF}
live_cells_extras["greeting"] = {{"packages": ["greeting"]}}
live_cells_preload = ["sqlalchemy"]
live_cells_variants = {{"postgresql": ["postgresql"]}}
"""
TABLE = f"""\
title = "SQLite"
pythonpath = [{str(ROOT / "src")!r}, "."]
[tool.myst_doctest.variants.postgresql]
title = "PostgreSQL"
replace = {{ '"sqlite://"' = '"postgresql+psycopg:///tutorial"' }}
service = "database_servers.postgresql:service"
[tool.myst_doctest.variants.older]
title = "The older one"
replace = {{ "SELECT 7 / 2.0" = "SELECT 6 / 2.0" }}
"""
ENGINE = """\
from sqlalchemy import create_engine, text
engine = create_engine("sqlite://")
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE kept (id integer)"))
    print(connection.scalar(text("SELECT 7 / 2.0")))"""
POSTGRESQL = "```{output} postgresql\n%s\n```\n\n"
PAGE = f"""\
---
variants: [postgresql, older]
---
# One

{cell(ENGINE, "3.5", ":name: engine")}
{POSTGRESQL % "3.5000000000000000"}
```{{output}} older
3.0
```

{cell("engine.dialect.name", "'sqlite'", ":name: dialect")}
{POSTGRESQL % "'postgresql'"}
{cell("2 + 2", "4", ":build-only: {postgresql: needs two connections}")}
{cell("1 + 1", "2", ":not-on: {postgresql: SQLite's own}")}
"""
TWO = f"""\
---
variants: [postgresql]
build-only: {{postgresql: needs two processes}}
---
# Two

{cell("1 + 1", "2", ":name: sum")}
"""
THREE = f"""\
---
variants: [postgresql]
---
# Three

{cell(ENGINE, "3.5", ":name: engine")}
{POSTGRESQL % "3.5000000000000000"}
"""
CONNECT = """\
from sqlalchemy import create_engine, text
with create_engine("postgresql+psycopg:///own").begin() as connection:
    """
EXTRA = f"---\nlive-extras: [greeting]\n---\n# Extra\n\n{cell('import greeting', 'Hello')}"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Pages on SQLite and PostgreSQL, and one with an extra of its own."""
    site = Site(tmp_path_factory.mktemp("variants"), conf=CONF, table=TABLE)
    site.pages(one=PAGE, two=TWO, three=THREE, extra=EXTRA)
    site.write("greeting/__init__.py", "print('Hello')\n")
    return site.build()


@pytest.fixture(scope="module")
def host(built: Built) -> Iterator[Host]:
    assert (built.status, built.said) == (0, "")
    with Host.of(built.folder, isolated=True) as host:
        yield host


@pytest.fixture
def reader(browser: Any, host: Host) -> Iterator[Reader]:
    reader = Reader.of(browser, host)
    yield reader
    reader.leave()
    host.mend()


@pytest.fixture(scope="module")
def one(browser: Any, host: Host) -> Iterator[Reader]:
    """A reader of the first page, whose Python is kept from test to test."""
    with Reader.staying(browser, host, "one") as reader:
        yield reader


def choose(reader: Reader, title: str) -> None:
    """Choose at the page's top."""
    group = reader.page.get_by_role("radiogroup", name="Run on", exact=True)
    group.get_by_text(title, exact=True).click()


def megabytes(reader: Reader) -> float:
    """The size that a page says that its first run loads."""
    (said,) = re.findall(r"([\d.]+) MB", reader.status.text_content())
    return float(said)


def loaded(reader: Reader) -> float:
    """What was asked for of the pack since the page was opened, in MB."""
    paths = {path for path in reader.asked() if "/_static/live/" in path}
    paths = {path for path in paths if "lazy_start" not in path}  # the page's own
    with served(server.application(reader.host.folder)) as address:
        return sum(len(ask(address, path, accept_encoding="gzip").body) for path in paths) / 1e6


def test_cells_run_on_the_main_variant(one: Reader) -> None:
    """They are compared with the main record, and nothing of another variant is loaded."""
    one.run_all()
    expect(one.status).to_have_text("Ran 4 cells: all same as on the page.")
    assert [path for path in one.asked() if re.search("postgresql|pglite|database", path)] == []


def test_a_choice_while_cells_run_ends_them(one: Reader) -> None:
    """Nothing of what ran on the other variant is left, and the next run is on this one."""
    engine, dialect, *_ = one.cells()
    engine.run()
    dialect.write("while True: pass")
    dialect.button("Run").click()
    expect(dialect.mark).to_have_text("Running")
    choose(one, "PostgreSQL")
    expect(one.bar).to_have_attribute("data-state", "off")
    expect(one.status).to_contain_text("Python and PostgreSQL are not loaded")
    for each in (engine, dialect):
        expect(each.mark).to_have_text("")
        expect(each.output).to_have_count(0)
    expect(dialect.editor).to_have_count(0)


def test_cells_run_on_what_was_chosen(one: Reader) -> None:
    """They are compared with that variant's record; what PostgreSQL loads was said before."""
    choose(one, "PostgreSQL")
    _, dialect, two, other = one.cells()
    expect(two.mark).to_have_text("Not run here: needs two connections")
    expect(other.mark).to_have_text("Not run here: SQLite's own")
    said = megabytes(one)
    one.run_all()
    expect(one.status).to_have_text("Ran 2 cells: all same as on the page.")
    assert dialect.text() == "'postgresql'"
    assert loaded(one) == pytest.approx(said, rel=0.03)
    one.press("Options")
    expect(one.page.locator(".live-words")).to_contain_text("PostgreSQL 18.6")


def chapters_on_postgresql() -> list[str]:
    """The chapters that run on it, the shortest ones first."""
    texts = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in chapters()}
    asks = re.compile(r"^variants: \[.*\bpostgresql\b", re.MULTILINE)
    found = [name for name, text in texts.items() if asks.search(text)]
    return sorted(found, key=lambda name: texts[name].count(CELL))


def test_a_chapter_runs_on_postgresql(readers: Callable[..., Reader]) -> None:
    """Under the site's own headers; the choice goes with the reader from one to the next.

    Values are compared under Node (pack/test_build.py).

    A wrong statement, Stop and Restart do there what they do without a variant.
    """
    first, second, *_ = chapters_on_postgresql()
    reader = readers()
    reader.open(second)
    choose(reader, "PostgreSQL")
    reader.page.reload()
    expect(reader.status).to_contain_text("Python and PostgreSQL are not loaded")
    reader.open(first)
    reader.run_all()
    ran = re.compile(r"same as on the page(, \d known to differ here)?\.$")
    expect(reader.status).to_have_text(ran)
    begin = reader.cells()[0]
    own = reader.scratch(CONNECT + 'connection.execute(text("CREATE TABLE own ()"))')
    own.run(None)
    expect(own.output).to_have_count(0)
    own.write(CONNECT + 'connection.execute(text("SELECT nothing"))')
    own.run(None)
    expect(own.output).to_contain_text("UndefinedColumn")
    reader.run_for_ever(own)
    expect(own.mark).to_have_text("Running")
    reader.interrupt()
    expect(own.mark).to_have_text("Stopped")
    own.write(CONNECT + """print(connection.scalar(text("SELECT to_regclass('own')")))""")
    own.run(None)
    expect(own.output).to_have_text("own")
    reader.press("Restart Python")
    expect(begin.mark).to_have_text("From before the restart")
    own.run(None)
    expect(own.output).to_have_text("None")


def test_edits_of_variants_are_kept_apart(reader: Reader) -> None:
    """What was written on one variant is not the code of another, which is said; it comes back."""
    reader.open("one")
    dialect = reader.cell("dialect")
    own = dialect.box.locator(".live-source")
    dialect.write("1 / 1")
    choose(reader, "PostgreSQL")
    expect(dialect.editor).to_have_count(0)
    expect(own).to_have_count(0)
    kept = "Your changes are kept for SQLite."
    expect(reader.bar).to_contain_text(kept)
    choose(reader, "SQLite")
    expect(reader.bar).not_to_contain_text(kept)
    expect(own).to_have_text("1 / 1")
    reader.page.reload()
    expect(own).to_have_text("1 / 1")


@pytest.mark.parametrize("button", ["Run", "Edit"])
def test_a_variant_that_does_not_run_here_is_named(reader: Reader, button: str) -> None:
    """The page shows what runs in its place, and says so, until another one is chosen."""
    reader.page.goto(f"{reader.host.address}/one.html?on=older")
    first = reader.cells()[0]
    expect(first.box.locator(".variant:visible")).to_have_count(2)  # its code and its output
    first.button(button).click()
    words = "The older one doesn’t run in a browser, so cells run on SQLite."
    expect(reader.bar).to_contain_text(words)
    expect(first.box.locator(".variant:visible")).to_have_count(0)
    choose(reader, "PostgreSQL")
    expect(reader.bar).not_to_contain_text(words)


def test_a_page_of_which_no_cell_runs_on_the_variant_says_why(reader: Reader) -> None:
    """Nothing is loaded for it, and its cells run again where another variant is chosen."""
    reader.page.goto(f"{reader.host.address}/two.html?on=postgresql")
    words = "The cells of this page do not run on PostgreSQL here: needs two processes"
    expect(reader.status).to_have_text(words)
    first = reader.cell("sum")
    expect(first.mark).to_have_text("Not run here: needs two processes")
    reader.press("Run all cells")
    expect(reader.status).to_have_text(words)
    expect(reader.bar).to_have_attribute("data-state", "off")
    choose(reader, "SQLite")
    expect(reader.status).to_contain_text("Python is not loaded")
    expect(first.button("Run")).to_be_visible()


def test_a_file_that_is_missing_or_damaged_is_named(reader: Reader, host: Host) -> None:
    """As for all files of the pack: the page names it, and Restart tries again."""
    reader.expects("pglite|database", "Failed to fetch|WebAssembly|CompileError")
    names = [file.name for file in (host.folder / "_static" / "live").iterdir()]
    database, wasm = (
        next(name for name in names if re.fullmatch(form, name))
        for form in ("database-.+", "pglite-.+wasm")
    )
    host.missing.add(database)
    reader.page.goto(f"{host.address}/three.html?on=postgresql")
    engine = reader.cell("engine")
    engine.button("Run").click()
    expect(reader.status).to_contain_text(f"Python couldn’t be loaded: {database}")
    host.mend()
    host.damaged.add(wasm)
    reader.press("Restart Python")
    expect(reader.status).to_contain_text(f"Python couldn’t be loaded: {wasm}")


def test_an_extra_is_there_for_the_page_that_names_it(reader: Reader) -> None:
    """A package of its own, of which other pages load nothing."""
    reader.open("three")
    light = megabytes(reader)
    reader.open("extra")
    assert megabytes(reader) == pytest.approx(light, abs=0.1)
    reader.cells()[0].run("Same as on the page")
    assert [path for path in reader.asked() if "greeting" in path]


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        (
            'live_cells_variants = {"postgresql": ["postgresql"]}',
            "live_cells_variants: postgresql: live_cells_extras in conf.py has no 'postgresql'",
        ),
        (
            'live_cells_extras = {"one": {"distribution": ["alembic"]}}',
            "live_cells_extras: one: 'distribution' is none of distributions, packages",
        ),
        (
            'live_cells_extras = {"one": {"start": "start.js"}}',
            "live_cells_extras: one: start: there is no start.js",
        ),
        (
            'live_cells_variants = {"two": []}',
            "live_cells_variants: pyproject.toml has no variant 'two'",
        ),
    ],
)
def test_wrong_settings_are_named(tmp_path: Any, settings: str, complaint: str) -> None:
    """The build ends before it has begun, and says what to look at."""
    site = Site(tmp_path, conf=f"{HEAD}{settings}\n", table=TABLE)
    site.pages(one="# One\n")
    built = site.build()
    assert built.status == 2
    assert complaint in built.said.replace("\n", " ")


def test_an_extra_that_there_is_not_is_warned_of(tmp_path: Any) -> None:
    """The warning names the page and the place to look at."""
    site = Site(tmp_path, conf=HEAD + own_pack.CONF)
    site.pages(one=f"---\nlive-extras: [sqlite]\n---\n# One\n\n{cell('6 * 7', '42')}")
    built = site.build()
    (line,) = built.warnings
    assert line.startswith("docs/one.md: WARNING: live-extras: live_cells_extras in conf.py has no")
