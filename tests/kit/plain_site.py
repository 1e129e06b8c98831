"""A few plain pages, built by ``python -m built_site.fresh_build``, and stopped at any step."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.warm_process import SPHINX

CONF = """\
import os
import time

project = copyright = "A site"
extensions = ["built_site.build_errors"]
html_theme = "basic"


def setup(app):
    def stop(*_):
        if number := os.environ.get("SIGNAL"):
            os.killpg(0, int(number))
            time.sleep(60)  # it may come a moment later
        open("ready", "w").close()  # two FIFOs: here the other build is started
        open("go").close()

    if step := os.environ.get("STEP"):
        app.connect(step, stop, priority=2000)
"""


class PlainSite:
    """Eight pages, which Sphinx reads and writes in parallel, and the site made of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "_build" / "html"
        names = [f"page{number}" for number in range(7)]
        self.write("conf.py", CONF)
        contents = "".join(f"   {name}\n" for name in names)
        self.write("docs/index.rst", f"Index\n=====\n\n.. toctree::\n\n{contents}")
        for name in names:
            self.write(f"docs/{name}.rst", f"{name}\n=====\n\nOld words.\n")

    def write(self, name: str, text: str) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def start(
        self, out: str = "_build/html", prefix: tuple[str, ...] = (), **environment: str
    ) -> subprocess.Popen[str]:
        """A build, in a process group of its own."""
        return subprocess.Popen(
            [*prefix, sys.executable, "-m", "built_site.fresh_build", out],
            cwd=self.root,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def build(
        self, out: str = "_build/html", prefix: tuple[str, ...] = (), **environment: str
    ) -> tuple[int, str]:
        """The exit status, and what was written to stderr."""
        if not prefix and not environment:
            done = SPHINX.run(["built_site.fresh_build", out], self.root, os.environ)
            return done.code, done.stderr
        building = self.start(out, prefix, **environment)
        _, complaints = building.communicate(timeout=60)
        return building.returncode, complaints

    def beside(self) -> list[str]:
        """What is in the site's parent folder: the site, and nothing else that a build left."""
        return sorted(path.name for path in self.out.parent.iterdir())

    def change(self) -> None:
        """New words on one page."""
        self.write("docs/page1.rst", "page1\n=====\n\nNew words.\n")


def files(folder: Path) -> dict[str, bytes]:
    """The content of each file in a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def plain_site(tmp_path: Path) -> PlainSite:
    """Pages of which no site was built yet."""
    return PlainSite(tmp_path / "project")


@pytest.fixture(scope="session")
def plain_site_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the unchanged pages."""
    made = PlainSite(tmp_path_factory.mktemp("before"))
    assert made.build() == (0, "")
    return made.out


@pytest.fixture
def changed_site(plain_site: PlainSite, plain_site_before: Path) -> PlainSite:
    """Pages of which one has changed since their site was built."""
    shutil.copytree(plain_site_before, plain_site.out)
    plain_site.change()
    return plain_site


@pytest.fixture(scope="session")
def right_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of the site after the change."""
    made = PlainSite(tmp_path_factory.mktemp("right"))
    made.change()
    assert made.build() == (0, "")
    return files(made.out)
