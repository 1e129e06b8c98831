"""psycopg and SQLAlchemy get from psycopg_wasm what they get from libpq."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from live_cells.pack.downloads_cache import DownloadError, npm_packages, wheels
from live_cells.pack.node import NodeError, node
from tests.kit import needs
from tests.kit.full_site import PARTS, ROOT
from tests.kit.postgres_server import postgres_server
from tests.psycopg_wasm.run_scenarios import OPTIONS
from tests.psycopg_wasm.scenarios import SCENARIOS

HERE = Path(__file__).parent
Outcomes = dict[str, Any]
WHEELS = ("psycopg", "sqlalchemy", "typing-extensions")


@pytest.fixture(scope="module")
def server() -> Iterator[Path]:
    with postgres_server() as folder:
        yield folder


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


@pytest.fixture(scope="module")
def pglite(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """psycopg_wasm in Pyodide, on PGlite."""
    try:
        modules = npm_packages(PARTS)
        packages = wheels(PARTS, WHEELS, ROOT / "requirements" / "dev.txt")
    except (NodeError, DownloadError) as error:
        needs.missing(f"PGlite or psycopg for the browser: {error}")
        raise
    script = tmp_path_factory.mktemp("pglite") / "script.py"
    script.write_text(
        f"from scenarios import outcomes\nprint(outcomes({OPTIONS!r}))\n", encoding="utf-8"
    )
    run = HERE / "run_in_pyodide.mjs"
    said = node(run, modules, script, *packages, ROOT / "src", HERE)
    found: Outcomes = json.loads(said.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("which", ["socket", "pglite"])
def test_each_call_gives_what_libpq_gives(
    request: pytest.FixtureRequest, libpq: Outcomes, name: str, which: str
) -> None:
    """Results, errors with all their fields, notices, states, and the order of them."""
    ours = request.getfixturevalue(which)[name]
    theirs = libpq[name]
    assert "gave" in theirs, theirs["raised"]
    assert "gave" in ours, ours["raised"]
    assert list(differences(ours["gave"], theirs["gave"])) == []


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
