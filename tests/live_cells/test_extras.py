"""What is loaded for some pages alone: packages, and a PostgreSQL that starts beside Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.kit.full_site import PARTS, ROOT
from tests.kit.reader import Reader, expect
from tests.kit.serve import ask, served
from tests.kit.small_site import Built, Site, cell
from tests.kit.static_host import Host, server

SRC = ROOT / "src"
CONF = f"""\
project = "A site"
extensions = ["myst_doctest", "live_cells"]
html_theme = "basic"
live_cells_cache = {str(PARTS)!r}
live_cells_distributions = ["sqlalchemy", "typing-extensions"]
live_cells_extras = {{
    "postgresql": {{
        "distributions": ["psycopg"],
        "packages": [{str(SRC / "psycopg_wasm")!r}],
        "make": {str(SRC / "psycopg_wasm" / "pack_files.mjs")!r},
        "start": {str(SRC / "psycopg_wasm" / "start_in_worker.js")!r},
        "preload": ["sqlalchemy.dialects.postgresql.psycopg"],
    }},
}}
live_cells_preload = ["sqlalchemy"]
"""
# The build has no server: what is tested is what runs in the browser.
ENGINE = """\
import sys
from sqlalchemy import create_engine, text
live = sys.platform == "emscripten"
engine = create_engine("postgresql+psycopg:///tutorial" if live else "sqlite://")
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE kept (id integer)"))
    print(connection.scalar(text("SELECT 6 * 7")))"""
BACKEND = """\
with engine.connect() as connection:
    version = "version()" if live else "'PostgreSQL'"
    print(connection.scalar(text(f"SELECT {version}"))[:10])"""
HEAD = "---\nlive-extras: [postgresql]\n---\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A page with an extra, and one without."""
    site = Site(tmp_path_factory.mktemp("extras"), conf=CONF)
    site.pages(
        one=f"{HEAD}# One\n\n{cell(ENGINE, '42')}{cell(BACKEND, 'PostgreSQL')}",
        plain=f"# Plain\n\n{cell('6 * 7', '42')}",
    )
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


def megabytes(reader: Reader) -> float:
    """The size that a page says that its first run loads."""
    return float(re.search(r"([\d.]+) MB", reader.status.text_content())[1])


def loaded(reader: Reader) -> float:
    """What was asked for of the pack since the page was opened, in MB."""
    paths = {path for path in reader.asked() if "/_static/live/" in path}
    paths = {path for path in paths if "lazy_start" not in path}  # the page's own
    with served(server.application(reader.host.folder)) as address:
        return sum(len(ask(address, path, accept_encoding="gzip").body) for path in paths) / 1e6


def test_cells_run_on_a_postgresql_beside_python(reader: Reader) -> None:
    """What an extra starts is there for cells; the page said what it weighs, and its version."""
    reader.open("one")
    said = megabytes(reader)
    reader.run_all()
    expect(reader.status).to_have_text("Ran 2 cells: all as in the book.")
    assert loaded(reader) == pytest.approx(said, rel=0.03)
    reader.press("Options")
    expect(reader.page.locator(".live-words")).to_contain_text("PostgreSQL 18.6")


def test_restart_gives_an_empty_database(reader: Reader) -> None:
    """A cell that creates a table can do so again in another Python."""
    reader.open("one")
    first = reader.cells()[0]
    first.run("As in the book")
    reader.press("Restart Python")
    expect(first.mark).to_have_text("From a Python that has ended")
    first.run("As in the book")


def test_other_pages_load_nothing_of_it(reader: Reader) -> None:
    """A page that asks for no extra is as light as before."""
    reader.open("one")
    heavy = megabytes(reader)
    reader.open("plain")
    assert heavy - megabytes(reader) > 5
    reader.recorder.requests.clear()
    reader.cells()[0].run("As in the book")
    assert [path for path in reader.asked() if re.search("postgresql|pglite|database", path)] == []


@pytest.mark.parametrize("fault", ["missing", "damaged"])
@pytest.mark.parametrize(
    "name",
    ["postgresql-[0-9a-f]+.pack", "database-.+", "pglite-.+wasm", "start_in_worker-.+"],
)
def test_a_file_that_is_missing_or_damaged_is_named(
    reader: Reader, host: Host, name: str, fault: str
) -> None:
    """As for all files of the pack: the page names it, and Restart tries again."""
    files = (host.folder / "_static" / "live").iterdir()
    file = next(file.name for file in files if re.fullmatch(name, file.name))
    reader.expects(
        re.escape(file), "Failed to fetch|integrity|SyntaxError|WebAssembly|CompileError"
    )
    getattr(host, fault).add(file)
    reader.open("one")
    first = reader.cells()[0]
    first.button("Run").click()
    expect(reader.status).to_contain_text("Python could not be loaded")
    expect(reader.status).to_contain_text(file)
    host.mend()
    reader.press("Restart Python")
    expect(reader.bar).to_have_attribute("data-state", "ready")
    first.run("As in the book")


def test_an_extra_that_there_is_not_is_warned_of(tmp_path: Path) -> None:
    """The warning names the page and the place to look at."""
    site = Site(tmp_path, conf=CONF.partition("live_cells_distributions")[0])
    site.pages(one=f"---\nlive-extras: [sqlite]\n---\n# One\n\n{cell('6 * 7', '42')}")
    built = site.build()
    (line,) = built.warnings
    assert line.startswith("docs/one.md: WARNING: live-extras: live_cells_extras in conf.py has no")
