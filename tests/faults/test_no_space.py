"""A folder beside the site that the build writes to is full, or read-only."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.faults.project import RIGHT, Done, Project, differences
from tests.kit.machine import read_only, script, small


def test_full_temporary_folder_is_named(project: Project, tmp_path: Path) -> None:
    """Cells and the build write into it: the last line says where no room is left."""
    temporary = tmp_path / "temporary"
    done = project.run(*script(small(temporary, 1 << 16), "make html"), TMPDIR=str(temporary))
    assert done.status == 2
    assert f"\nbuild: no space is left in {temporary}" in done.said
    assert not project.html.exists()


def test_full_cache_is_named(project: Project, tmp_path: Path) -> None:
    """The pack did not fit: the build fails with one line that names the folder."""
    project.keep_own_parts(pack=False)
    parts = project.cache.rename(tmp_path / "parts")
    size = sum(path.stat().st_size + 4096 for path in parts.rglob("*") if path.is_file())
    fill = f"cp -R {parts}/. {project.cache}"
    done = project.run(*script(small(project.cache, size + (1 << 20)), fill, "make html"))
    assert done.status == 2
    assert "ERROR: live cells: [Errno 28] No space left on device: " in done.said
    assert str(project.cache) in done.said
    assert "Traceback" not in done.said
    assert not project.html.exists()


def test_sources_and_home_may_be_read_only(project: Project, right: Path, tmp_path: Path) -> None:
    """Nothing is written but into _build: not beside the pages, and by npm not into the home."""
    project.keep_own_parts(pack=False)
    for part in project.cache.glob("npm-*"):
        shutil.rmtree(part)
    home = tmp_path / "home"
    home.mkdir()
    folders = (home, *(project.root / name for name in ("docs", "src", "tools")))
    lines = [read_only(folder) for folder in folders]
    done = project.run(*script(*lines, "exec make html"), HOME=str(home))
    first = f"Downloading npm packages into {project.cache.resolve()}, once\n"
    assert done == Done(0, f"{first}{RIGHT.said}")
    assert differences(project.html, right) == []
