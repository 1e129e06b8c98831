"""MariaDB for pages, where its two Debian packages are installed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pymysql
import pytest

from database_servers import mariadb
from database_servers.mariadb import running, service
from database_servers.pages import ServerError

MISSING = [name for name in mariadb.PROGRAMS if not shutil.which(name, path=mariadb.SEARCH)]
installed = pytest.mark.skipif(bool(MISSING), reason=f"MariaDB's programs are missing: {MISSING}")


@installed
def test_a_page_finds_its_databases_by_its_home_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client's settings lead to the databases that the page's code names, which are new.

    A server that starts removes all temporary tables that it finds: there are none of others.
    """
    shared = folder.parent / "tmp"
    shared.mkdir()
    shared.chmod(0o777)
    another = shared / "#sql-temptable-1.MAI"
    another.touch()
    monkeypatch.setenv("TMPDIR", str(shared))
    with service(folder) as run:
        for _ in range(2):
            with run(
                'create_engine("mariadb+pymysql:///shop?read_default_file=~/.my.cnf")'
            ) as found:
                settings = Path(found["HOME"]) / ".my.cnf"
                with pymysql.connect(
                    read_default_file=str(settings), database="shop"
                ) as connection:
                    cursor = connection.cursor()
                    cursor.execute("CREATE TABLE user_account (id INTEGER PRIMARY KEY)")
                    cursor.execute("SELECT @@time_zone, @@character_set_server")
                    assert cursor.fetchone() == ("+00:00", "utf8mb4")
    assert another.exists()


def test_missing_programs_are_said(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Where it is not installed, the message says what to install."""
    monkeypatch.setattr(mariadb, "SEARCH", "/nowhere")
    with pytest.raises(ServerError, match="mariadb-server-core"), running(folder):
        pass


@installed
def test_a_server_that_does_not_start_says_why(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    """The message is what the server wrote to its log."""
    monkeypatch.setattr(mariadb, "SETTINGS", ("--no-such-setting",))
    with pytest.raises(ServerError, match="unknown option '--no-such-setting'"), running(folder):
        pass
