"""A real nginx over a built site, as ``deploy/nginx.conf`` says, for as long as it is needed.

Tests and benchmarks use it; it is an ordinary process, with all its files in a folder of its own.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.full_site import ROOT

SAMPLE = ROOT / "deploy" / "nginx.conf"
HEADERS = ROOT / "deploy" / "headers.conf"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")
MAIN = """\
{user}
daemon off;
worker_processes 2;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include server.conf;
}}
"""


def program() -> str | None:
    """The program, what NGINX_PROGRAM says or where systems put it; none where it is not."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *PLACES))
    return shutil.which(os.environ.get("NGINX_PROGRAM", "nginx"), path=path)


@contextmanager
def hosted(folder: Path, headers: Path = HEADERS) -> Iterator[str]:
    """Serve a folder with these headers; gives the address, without a slash at its end.

    Raises FileNotFoundError where there is no nginx, RuntimeError where it refuses the sample.
    """
    with tempfile.TemporaryDirectory(prefix="nginx-") as prefix, socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(511)
        # Nginx takes it as it is: a worker that came too late for a connection must not wait.
        listening.setblocking(False)
        port = listening.getsockname()[1]
        command = configured(Path(prefix), folder, port, headers)
        done = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        with _running(command, listening):
            yield f"http://127.0.0.1:{port}"


def configured(prefix: Path, folder: Path, port: int, headers: Path = HEADERS) -> list[str]:
    """Write the sample and all that it needs into a folder; gives the command that runs it."""
    found = program()
    if found is None:
        raise FileNotFoundError("nginx (Debian: apt-get install nginx)")
    server = SAMPLE.read_text(encoding="utf-8")
    for sampled, here in (
        ("listen 80;", f"listen 127.0.0.1:{port};"),
        ("server_name tutorial.example.org;", "server_name localhost;"),
        ("root /srv/tutorial/html;", f'root "{folder.resolve()}";'),
        ("include /srv/tutorial/headers.conf;", f'include "{headers}";'),
    ):
        assert server.count(sampled) == 1, sampled
        server = server.replace(sampled, here)
    (prefix / "server.conf").write_text(server, encoding="utf-8")
    # A worker would give up root's rights, and could not read a folder that root alone may read.
    user = "user root;" if os.geteuid() == 0 else ""
    (prefix / "nginx.conf").write_text(MAIN.format(user=user), encoding="utf-8")
    return [found, "-p", str(prefix), "-c", str(prefix / "nginx.conf"), "-e", "error.log"]


@contextmanager
def _running(command: list[str], listening: socket.socket) -> Iterator[None]:
    """Nginx takes over the socket, so that nobody has to find a free port or wait for it."""
    number = listening.fileno()
    process = subprocess.Popen(
        command,
        env=os.environ | {"NGINX": f"{number};"},
        pass_fds=[number],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    listening.close()  # the last who holds it is nginx: once that has ended, nobody answers
    try:
        yield
    finally:
        process.terminate()
        process.wait()
