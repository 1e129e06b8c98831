"""The fork server itself, as a process of its own."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
from pathlib import Path

from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.page import Page
from myst_doctest.running.page_runs import request
from myst_doctest.settings import Settings
from tests.kit.small_site import cell


def start(control: socket.socket, folder: Path, code: str) -> socket.socket:
    """Have the server run a page; the socket on which the page's process reports."""
    folder.mkdir()
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(control, [b"p"], [theirs.fileno()])
    page = Page.parse(cell(code), Path("page.md"), MdParserConfig())
    ours.sendall(request(page.cells, Settings(folder), str(folder)).dumps())
    return ours


def test_pages_end_when_the_parent_is_killed_with_reports_unread(tmp_path: Path) -> None:
    """Its socket then is not closed but reset; an endless cell would run for ever."""
    control, theirs = socket.socketpair()
    command = [sys.executable, "-P", "-m", "myst_doctest.running.fork_server"]
    with theirs:
        server = subprocess.Popen([*command, str(theirs.fileno())], pass_fds=[theirs.fileno()])
    try:
        with (
            start(control, tmp_path / "endless", "while True: pass") as endless,
            endless.makefile() as reports,
        ):
            while json.loads(reports.readline()).get("cell") != 0:
                pass
            with start(control, tmp_path / "short", "1"):
                select.select([control], [], [])  # it has ended: a report is there, unread
            control.close()
            endless.settimeout(60)
            assert reports.read() == ""
        assert server.wait() == 0
    finally:
        server.kill()
