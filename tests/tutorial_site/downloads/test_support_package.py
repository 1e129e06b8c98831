"""The support package as a wheel."""

from __future__ import annotations

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from sphinx.errors import ConfigError

from tests.kit.full_site import ROOT
from tutorial_site.downloads.support_package import build_wheel

PACKAGE = ROOT / "src" / "orm_tutorial"


def test_wheel_holds_the_package_and_is_the_same_each_time(tmp_path: Path) -> None:
    """All its modules and nothing else; another folder, umask and time give the same bytes."""
    wheel = build_wheel(PACKAGE)
    assert wheel.package == "orm_tutorial"
    assert [each.partition("==")[0] for each in wheel.requires] == ["sqlalchemy"]
    (tmp_path / wheel.file).write_bytes(wheel.data)
    with zipfile.ZipFile(tmp_path / wheel.file) as archive:
        members = {name for name in archive.namelist() if ".dist-info/" not in name}
    modules = {file.relative_to(PACKAGE.parent).as_posix() for file in PACKAGE.rglob("*.py")}
    assert members == modules | {"orm_tutorial/py.typed"}
    copy = shutil.copytree(PACKAGE, tmp_path / "other" / PACKAGE.name)
    for file in copy.rglob("*.py"):
        os.utime(file, (1e9, 1e9))
    before = os.umask(0o077)
    try:
        assert build_wheel(copy) == wheel
    finally:
        os.umask(before)
    assert not [each for each in copy.iterdir() if each.name in {"build", "orm_tutorial.egg-info"}]


def test_no_two_distributions_of_the_project_share_a_name() -> None:
    """The project around it is another one; both want the same SQLAlchemy."""
    import tomllib

    tables = [
        tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        for folder in (ROOT, PACKAGE)
    ]
    whole, package = tables
    assert whole["name"] != package["name"]
    assert set(package["dependencies"]) <= set(whole["dependencies"])


@pytest.mark.parametrize(
    ("project", "told"),
    [
        (None, "FileNotFoundError"),
        ("[build-system", "TOMLDecodeError"),
        ("[project]\nname = 'a'\n", "KeyError"),
        ("[build-system]\nbuild-backend = 'setuptools.build_meta'\n[project]\nname = 'a'\n",
         "setuptools.build_meta cannot build"),
        ("[build-system]\nbuild-backend = 'no_such_backend'\n", "No module named 'no_such_back"),
    ],
)  # fmt: skip
def test_package_that_cannot_be_built_is_named(
    tmp_path: Path, project: str | None, told: str
) -> None:
    """The setting, the folder, and what the backend said."""
    if project is not None:
        (tmp_path / "pyproject.toml").write_text(project)
    with pytest.raises(ConfigError, match="downloads_package: ") as raised:
        build_wheel(tmp_path)
    assert told in str(raised.value)
    assert str(tmp_path) in str(raised.value)
