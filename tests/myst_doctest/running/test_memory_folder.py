"""Pages and services write into memory where there is room, and else where temporary files are."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from myst_doctest.running import memory_folder
from myst_doctest.running.page_runs import ForkServer
from myst_doctest.settings import Settings

GIB = 1 << 30


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in memory, and nobody says where temporary files go."""
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr(memory_folder, "SHARED_MEMORY", str(tmp_path / "shm"))
    (tmp_path / "shm").mkdir()
    return tmp_path / "shm"


@pytest.mark.parametrize(("free", "flag", "used"), [(GIB, 0, True), (GIB - 1, 0, False),
                                                    (GIB, os.ST_NOEXEC, False)])  # fmt: skip
def test_memory_is_used_where_it_has_room_and_programs_may_run(
    shared: Path, monkeypatch: pytest.MonkeyPatch, *, free: int, flag: int, used: bool
) -> None:
    """Containers often give 64 MB, from which nothing may be started."""
    found = SimpleNamespace(f_bavail=free, f_frsize=1, f_flag=flag)
    monkeypatch.setattr(os, "statvfs", lambda _: found)
    server = ForkServer(Settings(shared.parent))
    try:
        assert (Path(server.folder.name).parent == shared) is used
    finally:
        server.end()
        server.close()
    assert not list(shared.iterdir())


def test_tmpdir_and_a_system_without_shared_memory_decide(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who names a folder means it."""
    shared.rmdir()
    assert memory_folder.memory_folder() is None
    whole = SimpleNamespace(f_bavail=GIB, f_frsize=1, f_flag=0)
    monkeypatch.setattr(os, "statvfs", lambda _: whole)
    shared.mkdir()
    assert memory_folder.memory_folder() == str(shared)
    monkeypatch.setenv("TMPDIR", str(shared.parent))
    assert memory_folder.memory_folder() is None
