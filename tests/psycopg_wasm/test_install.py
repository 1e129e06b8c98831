"""psycopg uses this package once it is installed, and says so where it came too late."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import psycopg_wasm

ROOM = Path(psycopg_wasm.__file__).parent


def ran(code: str) -> str:
    """What Python prints, in a process in which psycopg was not imported yet."""
    command = [sys.executable, "-c", f"import sys\nimport psycopg_wasm\n{code}"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert not done.returncode, done.stderr
    return done.stdout


def test_psycopg_uses_it_where_libpq_is_there_too() -> None:
    """psycopg[binary] may be installed beside it."""
    said = ran("""
psycopg_wasm.install(lambda sent: b"")
import psycopg
print(psycopg.pq.__impl__, psycopg.pq.PGconn.__module__, psycopg.pq.version())
try:
    psycopg.connect()
except psycopg.OperationalError as error:
    print(error)
""")
    assert said.splitlines() == [
        "python psycopg_wasm.connection 130000",
        "connection is bad: server closed the connection unexpectedly",
    ]


def test_it_is_an_error_to_install_it_after_psycopg_has_found_libpq() -> None:
    """The connections that were made would be of another kind."""
    said = ran("""
import psycopg
try:
    psycopg_wasm.install(lambda sent: b"")
except RuntimeError as error:
    print(error)
""")
    assert "call install() first" in said


def test_another_backend_may_be_installed_later() -> None:
    """A page that starts again has another PGlite."""
    said = ran("""
asked = []
psycopg_wasm.install(lambda sent: asked.append(1) or b"")
import psycopg
psycopg_wasm.install(lambda sent: asked.append(2) or b"")
try:
    psycopg.connect()
except psycopg.OperationalError:
    print(asked)
""")
    assert said == "[2]\n"


def test_it_imports_psycopg_and_the_standard_library_alone() -> None:
    """It goes into a browser, and to whoever wants it."""
    names = set()
    for file in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert not node.level, file
                names.add((node.module or "").split(".")[0])
    assert names <= sys.stdlib_module_names | {"psycopg", "psycopg_wasm"}
