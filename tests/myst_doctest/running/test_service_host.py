"""What is left of a service when a process of its own, or of ours, is killed: nothing."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from myst_doctest.running.service import Service, ServiceError

SERVE = """\
import contextlib, os, signal, subprocess
from pathlib import Path

@contextlib.contextmanager
def start(folder):
    held = os.open("held", os.O_WRONLY)  # as long as this process and the next two live
    daemon = "sleep 1000 & wait"
    subprocess.Popen(["sh", "-c", daemon], pass_fds=[held], start_new_session=True)
    (folder / "data").touch()
    yield lambda code: contextlib.nullcontext({"FOLDER": str(folder), "PID": str(os.getpid())})
    if Path("fails").exists():
        raise ValueError("it cannot end")
    if Path("hangs").exists():
        (folder / "0").mkdir()
        (folder / "0" / "log").write_text("begun\\nno space left\\n")
        signal.pause()

@contextlib.contextmanager
def wrong(folder):
    yield lambda code: contextlib.nullcontext({code: "x"})
"""


IMPATIENT = """\
#!/bin/sh
exec {} -P -c 'import sys
from myst_doctest.running import service_host
service_host.GRACE = 0.01
service_host.main(sys.argv[-1:])' "$@"
"""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service whose processes hold a FIFO open."""
    (tmp_path / "serve.py").write_text(SERVE, encoding="utf-8")
    os.mkfifo(tmp_path / "held")
    made = Service("serve:start", tmp_path, [str(tmp_path)])
    yield made
    made.close()


def opened(service: Service) -> int:
    """The FIFO's end for reading, which does not wait for who writes."""
    return os.open(service.root / "held", os.O_RDONLY | os.O_NONBLOCK)


def wait_until_gone(held: int) -> None:
    """Wait until nobody holds the FIFO's other end."""
    os.set_blocking(held, True)
    assert os.read(held, 1) == b""
    os.close(held)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGABRT])
def test_a_killed_host_leaves_no_server_and_no_folder(
    service: Service, how: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    """The page says by what it went; its daemons are killed, and its folder is removed."""
    held = opened(service)

    def kill() -> None:
        with service.page() as variables:
            found.append(variables["FOLDER"])
            os.kill(int(variables["PID"]), how)
            wait_until_gone(held)

    found: list[str] = []
    said = rf"its process is gone\n  ended by (signal {how.value}|{how.name})"
    with pytest.raises(ServiceError, match=said):
        kill()
    service.close()
    assert not Path(found[0]).exists()
    assert capsys.readouterr().err == ""


def test_a_service_outlives_a_killed_parent_of_its_host(service: Service) -> None:
    """Pages have it as long as they want, and it is gone when they do not."""
    held = opened(service)
    with service.page() as variables:
        assert service.process
        service.process.kill()
        service.process.wait()
    with service.page() as again:
        assert again == variables
    service.close()
    wait_until_gone(held)


def test_a_service_that_cannot_end_is_said(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what it said, when no page can fail any more."""
    held = opened(service)
    with service.page():
        (service.root / "fails").touch()
    service.close()
    wait_until_gone(held)
    said = capsys.readouterr().err
    assert said.startswith("the service serve:start failed at its end\n")
    assert said.endswith("ValueError: it cannot end\n")


def test_a_service_that_does_not_end_says_what_its_log_says(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """It is killed, and its folder goes, so that nobody could look there afterwards."""
    python = tmp_path / "impatient"
    python.write_text(IMPATIENT.format(shlex.quote(sys.executable)))
    python.chmod(0o755)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", str(python))
        held = opened(service)
        with service.page() as variables:
            (service.root / "hangs").touch()
    service.close()
    wait_until_gone(held)
    log = Path(variables["FOLDER"]) / "0" / "log"
    assert capsys.readouterr().err.splitlines() == [
        "the service serve:start failed at its end",
        "  it did not end within 0.01 s, and was killed",
        f"  {log}: begun",
        f"  {log}: no space left",
    ]
    assert not Path(variables["FOLDER"]).exists()


@pytest.mark.parametrize("name", ["", "A=B", "A\0"])
def test_what_is_no_variable_is_named(service: Service, name: str) -> None:
    """A page's process could not have it, and would say something else."""
    service.service = "serve:wrong"
    said = "TypeError: no mapping of environment variables"
    with pytest.raises(ServiceError, match=said), service.page(name):
        pass
