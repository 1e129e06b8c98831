"""A machine that fails: full or read-only folders, no network, another clock."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.kit import prerequisites

ENOUGH = "size=400m"


@cache
def apart(options: str) -> tuple[str, ...]:
    """The command that runs another one in namespaces of its own: ``m`` mounts, ``n`` network."""
    for command in (("unshare", f"-{options}"), ("unshare", f"-r{options}")):
        if shutil.which("unshare") and _runs(*command, "true"):
            return command
    prerequisites.missing("unshare that may make namespaces (Linux; util-linux)")
    return ()


def _runs(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def script(*lines: str) -> tuple[str, ...]:
    """The command that runs lines of shell where mounts are its own, ending at the first error."""
    return (*apart("m"), "sh", "-euc", "\n".join(lines))


def small(folder: Path, size: int) -> str:
    """Make a folder one that holds so many bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    return f"mount -t tmpfs -o size={size} tmpfs {shlex.quote(str(folder))}"


def enlarge(folder: Path) -> str:
    """Make room in such a folder."""
    return f"mount -o remount,{ENOUGH} {shlex.quote(str(folder))}"


def read_only(folder: Path) -> str:
    """Make a folder one in which root too writes nothing."""
    place = shlex.quote(str(folder))
    return f"mount --bind {place} {place}\nmount -o remount,ro,bind {place}"


def clock(date: str) -> tuple[str, ...]:
    """The command that runs another one on that day."""
    program = shutil.which("faketime")
    if program is None:
        prerequisites.missing("faketime (Debian: apt-get install faketime)")
    return (str(program), "-f", f"@{date}")


def processes(mark: str) -> set[int]:
    """The processes in whose environment a word stands."""
    if sys.platform != "linux":
        pytest.skip("only Linux tells the environment of a process")
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                found.add(int(process.name))
        except OSError:
            continue  # it has ended, or is another user's
    return found


def left_alive(mark: str, seconds: float = 30) -> set[int]:
    """The processes with this mark that do not end by themselves."""
    end = time.monotonic() + seconds
    while (found := processes(mark)) and time.monotonic() < end:
        time.sleep(0.05)
    return found


@contextmanager
def ended(*processes: int) -> Iterator[Callable[[], None]]:
    """What waits until these processes, which are there now and need not be ours, have ended."""
    with ExitStack() as files:
        waiting = [os.pidfd_open(process) for process in processes]
        for each in waiting:
            files.callback(os.close, each)

        def wait() -> None:
            for descriptor in waiting:
                select.select([descriptor], [], [])

        yield wait


def flip(file: Path) -> None:
    """Change one bit in the middle of a file, in a copy that takes its place."""
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    new = file.with_name(f"{file.name}.flipped")
    new.write_bytes(data)
    new.replace(file)


def cut(file: Path) -> None:
    """Leave the first half of a file."""
    data = file.read_bytes()
    new = file.with_name(f"{file.name}.cut")
    new.write_bytes(data[: len(data) // 2])
    new.replace(file)
