"""The services of variants: what pages have of them, and what is said where they fail."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from myst_doctest.running.service import Service, ServiceError
from tests.kit.variants_site import cell, page, variants

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

SLOW = """\
import contextlib

@contextlib.contextmanager
def start(folder):
    @contextlib.contextmanager
    def page(code):
        if code:
            open(code).close()
        yield {}

    yield page
"""

SERVICES = """\
import contextlib, os
from pathlib import Path

@contextlib.contextmanager
def start(folder):
    (folder / "data").write_text("here")
    numbers = iter(range(1, 100))

    @contextlib.contextmanager
    def page(code):
        yield {
            "SERVED": f"database {next(numbers)}",
            "FOLDER": str(folder),
            "CELLS": str("served" in code),
        }

    yield page

@contextlib.contextmanager
def taken(folder):
    import socket
    with socket.socket() as server:
        server.bind(("127.0.0.1", int(Path("port").read_text())))
        yield {}

@contextlib.contextmanager
def dies(folder):
    def page(code):
        if not Path("begun").exists():
            Path("begun").touch()
            return contextlib.nullcontext({})
        raise ConnectionError("the server is gone")

    yield page

@contextlib.contextmanager
def killed(folder):
    yield lambda code: os._exit(3)

@contextlib.contextmanager
def held(folder):
    import subprocess
    open("held", "w")  # this process and the next hold it as long as they live
    stay = ["sh", "-c", "trap '' TERM; sleep 1000 & wait"]
    subprocess.Popen(stay, pass_fds=[], start_new_session=True)
    globals()["file"] = os.open("held", os.O_WRONLY)
    os.set_inheritable(globals()["file"], True)
    Path("folder").write_text(str(folder))
    yield {}
"""


def served(site: Site, service: object, **more: object) -> None:
    """Have a variant of a site run beside a service."""
    (site.root / "src").mkdir()
    (site.root / "src/serve.py").write_text(SERVICES)
    variants(site, served={"title": "Served", "service": service, **more})


def test_after_a_page_without_an_answer_the_service_is_gone(tmp_path: Path) -> None:
    """Each page says so in its own words, and the service can be closed."""
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    held = tmp_path / "held"
    os.mkfifo(held)
    service = Service("slow:start", tmp_path, [str(tmp_path)])
    with service.page():
        pass
    service.channel.settimeout(0.05)
    with pytest.raises(ServiceError, match="no answer within"), service.page(str(held)):
        pass
    with pytest.raises(ServiceError, match="its process is gone"), service.page():
        pass
    held.open("w").close()
    service.close()
    assert service.process is not None
    assert service.process.returncode is not None


def test_a_service(site: Site) -> None:
    """It is started once, each page has what is its own, and its folder is gone afterwards."""
    served(site, "serve:start")
    code = 'import os, pathlib  # served\nos.environ.get("SERVED", "")[:8], os.environ.get("CELLS")'
    look = (
        'folder = os.environ.get("FOLDER")\nfolder and (pathlib.Path(folder) / "data").read_text()'
    )
    write = 'folder and print(folder, file=open(os.environ["NOTE"], "a")) or None'
    for name in ("a.md", "b.md"):
        site.page(name, page(cell(code), cell(look), cell(write), names="served"))
    note = site.root / "note"
    done = site.accept(env={"NOTE": str(note)})
    assert done.code == 0, done.output
    assert "\n('database', 'True')\n" in site.read("a.served.md").decode()
    assert "\n'here'\n" in site.read("a.served.md").decode()
    (folder,) = set(note.read_text().split())
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("serve:taken", "Address already in use"),
        ("serve:killed", "the service of Served failed: its process is gone"),
        ("serve:dies", "the service of Served failed: ConnectionError: the server is gone"),
        ("no_module:start", "No module named 'no_module'"),
        (["sh", "-c", "exit 3"], "sh ended with status 3"),
        (["sh", "-c", "echo A=1; echo ready; echo no >&2"], "sh ended with status 0"),
    ],
    ids=["port", "killed", "dies", "no-module", "no-start", "command-ends"],
)
def test_a_service_that_fails(site: Site, service: object, said: str) -> None:
    """The report has the reason and a line of the page; pages keep their bytes."""
    served(site, service, required=True)
    for name in ("a.md", "b.md"):
        site.page(name, page(cell("import time\n1"), names="served"))
    before = site.read("a.md")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        (site.root / "port").write_text(str(busy.getsockname()[1]))
        done = site.pytest("-n0")
    assert done.code == 1
    assert said in done.output
    assert re.search(r"docs/[ab]\.md:7: ", done.output)
    assert site.read("a.md") == before


def test_a_command_as_a_service(site: Site) -> None:
    """It says its variables, then ``ready``; it gets a folder, and SIGTERM at the end."""
    command = [
        *("sh", "-c"),
        (
            'echo "PLACE=$MYST_DOCTEST_FOLDER"; trap "touch ended; exit" TERM; echo ready;'
            " while :; do sleep 0.05; done"
        ),
    ]
    served(site, command)
    site.page("a.md", page(cell('import os\nbool(os.environ.get("PLACE"))'), names="served"))
    assert site.accept().code == 0
    assert "\nTrue\n" in site.read("a.served.md").decode()
    assert (site.root / "ended").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_no_service_outlives_a_killed_build(site: Site, how: signal.Signals) -> None:
    """Nor its folder: its process ends with the build, also where the build cannot clean up."""
    served(site, "serve:held")
    os.mkfifo(site.root / "held")
    os.mkfifo(site.root / "runs")
    wait = f"import time\nopen({str(site.root / 'runs')!r}, 'w').close()\ntime.sleep(1000)"
    site.page("index.md", page(cell(":only-on: {served: it waits}\n" + wait), names="served"))
    build = site.start("sphinx", "-q", "docs", "_build/html")
    try:
        with (site.root / "held").open() as held:
            (site.root / "runs").open().close()  # the page runs
            build.send_signal(how)
            assert held.read() == ""  # all who held the other end are gone
    finally:
        build.kill()
        build.communicate()
    folder = Path((site.root / "folder").read_text())
    end = time.monotonic() + 60
    while folder.exists():  # it goes when those who could write to it are gone
        assert time.monotonic() < end
        time.sleep(0.05)
