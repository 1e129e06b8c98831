"""Cells run on the variant that the reader has chosen: here PostgreSQL, on PGlite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.kit.reader import Reader, expect
from tests.kit.small_site import Built, Site, cell
from tests.kit.static_host import Host
from tests.live_cells.test_extras import CONF, SRC

TABLE = f"""\
title = "SQLite"
pythonpath = [{str(SRC)!r}]
[tool.myst_doctest.variants.postgresql]
title = "PostgreSQL"
replace = {{ '"sqlite://"' = '"postgresql+psycopg:///tutorial"' }}
service = "database_servers.postgresql:service"
"""
ENGINE = """\
from sqlalchemy import create_engine, text
engine = create_engine("sqlite://")
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE kept (id integer)"))
    print(connection.scalar(text("SELECT 7 / 2.0")))"""
PAGE = f"""\
---
variants: [postgresql]
---
# One

{cell(ENGINE, "3.5", ":name: engine")}
```{{output}} postgresql
3.5000000000000000
```

{cell("engine.dialect.name", "'sqlite'", ":name: dialect")}
```{{output}} postgresql
'postgresql'
```

{cell("2 + 2", "4", ":build-only: {postgresql: needs two connections}")}
{cell("1 + 1", "2", ":not-on: {postgresql: SQLite's own}")}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A page on SQLite and on PostgreSQL."""
    conf = CONF + 'live_cells_variants = {"postgresql": ["postgresql"]}\n'
    site = Site(tmp_path_factory.mktemp("variants"), conf=conf, table=TABLE)
    site.pages(one=PAGE)
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


def choose(reader: Reader, title: str) -> None:
    """Choose at the page's top."""
    group = reader.page.get_by_role("radiogroup", name="Run on", exact=True)
    group.get_by_text(title, exact=True).click()


def test_cells_run_on_what_was_chosen(reader: Reader) -> None:
    """Each variant has a Python and a database of its own, and is compared with its own record."""
    reader.open("one")
    choose(reader, "PostgreSQL")
    expect(reader.status).to_contain_text("Python and PostgreSQL are not loaded")
    engine, dialect, two, other = reader.cells()
    expect(two.mark).to_have_text("Not run here: needs two connections")
    expect(other.mark).to_have_text("Not run here: SQLite's own")
    reader.run_all()
    expect(reader.status).to_have_text("Ran 2 cells: all as in the book.")
    assert dialect.text() == "'postgresql'"
    choose(reader, "SQLite")
    expect(reader.status).to_contain_text("Python is not loaded")
    expect(engine.mark).to_have_text("")
    expect(dialect.output).to_have_count(0)
    reader.run_all()
    expect(reader.status).to_have_text("Ran 4 cells: all as in the book.")
    assert dialect.text() == "'sqlite'"


def test_restart_gives_an_empty_database(reader: Reader) -> None:
    """The choice is kept, and a table can be created again."""
    reader.page.goto(f"{reader.host.address}/one.html?on=postgresql")
    engine = reader.cells()[0]
    engine.run("As in the book")
    reader.press("Restart Python")
    expect(engine.mark).to_have_text("From a Python that has ended")
    engine.run("As in the book")


def test_edits_of_variants_are_kept_apart(reader: Reader) -> None:
    """What was written on one variant is not the code of another, and comes back with it."""
    reader.open("one")
    dialect = reader.cell("dialect")
    dialect.write("1 / 1")
    choose(reader, "PostgreSQL")
    expect(dialect.editor).to_have_count(0)
    expect(dialect.box.locator(".live-source")).to_have_count(0)
    dialect.run("As in the book")
    choose(reader, "SQLite")
    expect(dialect.box.locator(".live-source")).to_have_text("1 / 1")
