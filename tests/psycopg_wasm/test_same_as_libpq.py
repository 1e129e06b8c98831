"""psycopg and SQLAlchemy get from psycopg_wasm what they get from libpq."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from live_cells.pack.archives import compiled, installed, own_packages, pygments_part
from live_cells.pack.build import made_by
from live_cells.pack.downloads_cache import npm_packages
from live_cells.pack.node import NodeError, node
from tests.kit import own_pack, prerequisites
from tests.kit.full_site import PARTS
from tests.psycopg_wasm.run_scenarios import OPTIONS
from tests.psycopg_wasm.scenarios import SCENARIOS

HERE = Path(__file__).parent
Outcomes = dict[str, Any]
OURS = own_pack.SETTINGS
EXTRA = OURS["live_cells_extras"]["postgresql"]


def ran(which: str, server: Path) -> Outcomes:
    """What the scenarios gave in a process of their own."""
    done = subprocess.run(
        [sys.executable, HERE / "run_scenarios.py", which, server],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert not done.returncode, done.stderr
    found: Outcomes = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def libpq(server: Path) -> Outcomes:
    return ran("libpq", server)


@pytest.fixture(scope="module")
def socket(server: Path) -> Outcomes:
    """psycopg_wasm in CPython, over the socket of the same server."""
    return ran("socket", server)


ENDS_PGLITE = "encodings"
"""PGlite ends where a text is to be converted for a client of another encoding than UTF-8."""
SCRIPT = f"""
import json
from scenarios import SCENARIOS, outcomes, psycopg
print(outcomes({OPTIONS!r}, without={ENDS_PGLITE!r}))
said = []
for function in (SCENARIOS[{ENDS_PGLITE!r}], psycopg.connect):
    try:
        function({OPTIONS!r})
    except psycopg.OperationalError as error:
        said.append(str(error))
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def in_pyodide(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the script says of psycopg_wasm in Pyodide, on PGlite: with parts of the site's pack."""
    try:
        modules = npm_packages(PARTS)
    except NodeError as error:
        prerequisites.missing(f"PGlite: {error}")
        raise
    distributions, leave_out = OURS["live_cells_distributions"], OURS["live_cells_leave_out"]
    parts = {
        "packages": chain(installed(distributions, leave_out), pygments_part()),
        "postgresql": chain(
            installed(EXTRA["distributions"]),
            own_packages([Path(package) for package in EXTRA["packages"]]),
        ),
    }
    made = {name: compiled(PARTS, name, modules, part) for name, part in parts.items()}
    archives = [folder / f"{name}.zip" for name, folder in made.items()]
    script = tmp_path_factory.mktemp("pglite") / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    database = made_by(Path(EXTRA["make"]), PARTS, "postgresql", modules) / "database.tar"
    run = HERE / "run_in_pyodide.mjs"
    said = node(run, modules, database, script, *archives, HERE)
    return [json.loads(line) for line in said.splitlines()]


@pytest.fixture(scope="module")
def pglite(in_pyodide: list[Any]) -> Outcomes:
    """What the scenarios gave in Pyodide, on PGlite."""
    found: Outcomes = in_pyodide[0]
    return found


RUNS = [(which, name) for which in ("socket", "pglite") for name in SCENARIOS]
RUNS.remove(("pglite", ENDS_PGLITE))


@pytest.mark.parametrize(("which", "name"), RUNS)
def test_each_call_gives_what_libpq_gives(
    request: pytest.FixtureRequest, libpq: Outcomes, name: str, which: str
) -> None:
    """Results, errors with all their fields, notices, states, and the order of them."""
    ours = request.getfixturevalue(which)[name]
    theirs = libpq[name]
    assert "gave" in theirs, theirs["raised"]
    assert "gave" in ours, ours["raised"]
    assert list(differences(ours["gave"], theirs["gave"])) == []


def test_what_ends_pglite_ends_the_connection_and_nothing_hangs(in_pyodide: list[Any]) -> None:
    """PGlite would not return from a call after that; so it is not called, and one is told."""
    ended, after = in_pyodide[1]
    assert "no connection to the server" in ended
    assert "PostgreSQL has to be started again" in after


def differences(ours: Any, theirs: Any, place: str = "") -> Iterator[str]:
    """Where two outcomes differ, one line each."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        for key in ours:
            yield from differences(ours[key], theirs[key], f"{place}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, pair in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(*pair, f"{place}[{number}]")
    elif ours != theirs:
        yield f"{place}: {ours!r}, and by libpq {theirs!r}"
