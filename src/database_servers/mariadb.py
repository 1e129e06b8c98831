"""MariaDB, where Debian's packages mariadb-server-core and mariadb-client-core are installed.

A page connects with ``mariadb+pymysql:///shop?read_default_file=~/.my.cnf``: the home folder of
its process is the server's, where the clients of MariaDB look for the socket and the user.
"""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from database_servers.pages import Run, ServerError, call, failed, give, one_for_each, unprivileged

PROGRAMS = ("mariadb-install-db", "mariadbd", "mariadb", "my_print_defaults")
SEARCH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin"])
CLIENT = "[client]\nsocket={}/socket\nuser=root\n"
INSTALL = ("--skip-name-resolve", "--innodb-log-file-size=4M")
SETTINGS = (
    *("--skip-networking", "--skip-log-bin", *INSTALL),
    *("--innodb-flush-log-at-trx-commit=0", "--innodb-buffer-pool-size=32M"),
    *("--innodb-lock-wait-timeout=5", "--character-set-server=utf8mb4"),
    "--default-time-zone=+00:00",
)
LOOK = 0.02
"""Seconds between two looks whether the server has made its socket."""


def service(folder: Path) -> AbstractContextManager[Run]:
    """Servers for pages, in a new folder: the service of a variant."""
    return one_for_each(folder, running)


@dataclass(frozen=True)
class MariaDB:
    """A server that runs, by its folder."""

    folder: Path

    @contextlib.contextmanager
    def databases(self, *names: str) -> Iterator[dict[str, str]]:
        """New and empty databases, which are dropped afterwards; gives the home folder."""
        self._run("".join(f"CREATE DATABASE `{name}`;" for name in names))
        yield {"HOME": str(self.folder)}
        self._run("".join(f"DROP DATABASE `{name}`;" for name in names))

    def _run(self, statements: str) -> None:
        defaults = f"--defaults-file={self.folder}/.my.cnf"
        call(_program("mariadb"), defaults, "--skip-ssl", input=statements)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[MariaDB]:
    """Make the data in a folder, and run a server on it as long as the ``with`` block.

    Raises ServerError where a program is missing or fails.
    """
    give(folder)
    found = {name: _program(name) for name in PROGRAMS}
    (folder / ".my.cnf").write_text(CLIENT.format(folder), encoding="utf-8")
    user = unprivileged() | {"cwd": folder}
    # All in the folder: temporary tables too, else /tmp of a busy machine has to be writable.
    places = ("--no-defaults", f"--datadir={folder}/data", f"--tmpdir={folder}")
    options = ("--auth-root-authentication-method=normal", "--skip-test-db", *INSTALL)
    call(found["mariadb-install-db"], *places, *options, **user)
    command = [found["mariadbd"], *places, f"--socket={folder}/socket", *SETTINGS]
    with (folder / "log").open("w") as log, subprocess.Popen(command, stderr=log, **user) as server:
        try:
            while not (folder / "socket").exists():
                if server.poll() is not None:
                    raise failed("mariadbd failed:", folder / "log")
                time.sleep(LOOK)
            yield MariaDB(folder)
        finally:
            server.kill()


def _program(name: str) -> str:
    found = shutil.which(name, path=SEARCH)
    if found is None:
        raise ServerError(
            f"{name} is missing: apt-get install --no-install-recommends "
            "mariadb-server-core mariadb-client-core"
        )
    return found
