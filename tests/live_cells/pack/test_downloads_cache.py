"""Parts of the pack: kept in a cache, made once, and the same each time."""

from __future__ import annotations

import gzip
import os
import threading
import zipfile
from pathlib import Path

import pytest

from live_cells.pack import downloads_cache
from live_cells.pack.archives import compiled
from live_cells.pack.build import HERE
from live_cells.pack.downloads_cache import cached_folder, digest, npm_packages
from live_cells.pack.node import NodeError, node
from tests.kit.full_site import PARTS


def test_part_is_made_once_by_many(tmp_path: Path) -> None:
    """Of builds that want a part at once, one makes it and the others wait."""
    made: list[int] = []
    together = threading.Barrier(4)

    def make(folder: Path) -> None:
        made.append(1)
        (folder / "whole").write_text("")

    def want() -> None:
        together.wait()
        assert (cached_folder(tmp_path, "part", make) / "whole").exists()

    threads = [threading.Thread(target=want) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [1]


def test_part_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """A build that is interrupted while it makes a part leaves no half of it."""

    def make(folder: Path) -> None:
        (folder / "half").write_text("")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cached_folder(tmp_path, "part", make)
    assert [path.name for path in tmp_path.iterdir()] == ["lock"]


def test_folders_that_nobody_used_for_long_are_removed(tmp_path: Path) -> None:
    """When something new is made; what was asked for meanwhile stays."""

    def make(folder: Path) -> None:
        (folder / "whole").write_text("")

    for name in ("used", "unused"):
        os.utime(cached_folder(tmp_path, name, make), (0, 0))
    cached_folder(tmp_path, "used", make)
    cached_folder(tmp_path, "new", make)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "new", "used"]


def test_digest_tells_parts_apart() -> None:
    """The same bytes, cut elsewhere, are another whole."""
    assert digest("ab", "c") != digest("a", "bc")


def test_lock_file_names_no_host_and_has_a_hash_for_each_package() -> None:
    """What npm installs is known by content, wherever it comes from."""
    text = (HERE / "package-lock.json").read_text(encoding="utf-8")
    assert "resolved" not in text
    assert "registry" not in text
    assert text.count('"integrity"') == text.count('"node_modules/')


def test_a_download_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It takes minutes on a slow line; later builds ask no network, and say nothing."""
    monkeypatch.setattr(downloads_cache, "install", lambda folder: (folder / "made").touch())
    for _ in range(2):
        npm_packages(tmp_path)
    assert capsys.readouterr().err == f"Downloading npm packages into {tmp_path}, once\n"


def test_compiled_archive_is_the_same_each_time(tmp_path: Path) -> None:
    """Two packs of the same sources are byte for byte the same, and hold no source of modules.

    What readers are sent is beside it, and is made once.
    """
    sources = [
        ("words.py", b'WORDS = frozenset({"a", "b", "c", "d"})\n'),
        ("broken.py", b"def:\n"),
        ("data.txt", b"as it is"),
    ]
    modules, archives = npm_packages(PARTS), []
    for name in ("first", "second"):
        file = compiled(tmp_path / name, "project", modules, sources) / "project.zip"
        packed = file.with_name(f"{file.name}.pack").read_bytes()
        assert gzip.decompress(packed) == file.read_bytes()
        archives.append(packed)
        with zipfile.ZipFile(file) as archive:
            assert archive.namelist() == ["broken.py", "data.txt", "words.pyc"]
    assert archives[0] == archives[1]


def test_script_that_fails_is_told_in_one_line(tmp_path: Path) -> None:
    """Whoever builds reads what went wrong, not a stack."""
    script = tmp_path / "broken.mjs"
    script.write_text("throw new Error('no such thing')")
    with pytest.raises(NodeError, match=r"^broken.mjs failed \(1\): Error: no such thing$"):
        node(script)
