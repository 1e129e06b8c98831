"""The fork server itself, as a process of its own."""

from __future__ import annotations

import os
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
    folder.mkdir(parents=True)
    ours, theirs = socket.socketpair()
    with theirs:
        socket.send_fds(control, [b"p"], [theirs.fileno()])
    page = Page.parse(cell(code), Path("page.md"), MdParserConfig())
    ours.sendall(request(page.cells, Settings(folder), str(folder)).dumps())
    return ours


def test_page_ends_when_its_parent_is_gone_with_reports_unread(tmp_path: Path) -> None:
    """Its socket then is not closed but reset; an endless cell would run for ever.

    The server ends too, and removes the folders of pages.
    """
    control, theirs = socket.socketpair()
    command = [sys.executable, "-P", "-m", "myst_doctest.running.fork_server"]
    with theirs:
        command += [str(theirs.fileno()), str(tmp_path / "pages"), ""]
        server = subprocess.Popen(command, pass_fds=[theirs.fileno()])
    os.mkfifo(tmp_path / "held")
    code = f"held = open({str(tmp_path / 'held')!r}, 'w')\nwhile True: pass"
    try:
        with start(control, tmp_path / "pages/a", code) as page, (tmp_path / "held").open() as held:
            page.close()
            assert held.read() == ""  # the process that held the other end is gone
        control.close()
        assert server.wait() == 0
        assert not (tmp_path / "pages").exists()
    finally:
        server.kill()
