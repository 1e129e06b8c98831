"""myst-doctest as a distribution of its own: what its wheel and its sdist hold, and need.

Nothing is downloaded: what it needs is lent by this environment. `make versions` asks an index.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import venv
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.kit.jupyter_env import clean, link, needed
from tests.kit.readme_site import FILES

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "packages" / "myst-doctest"
KIT = re.compile(r"^ *from tests\.kit(?:\.(\w+) import| import (\w+))", re.MULTILINE)
TABLE = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ELSEWHERE = ("furo", "PIL", "pagefind", "orm_tutorial", "tutorial_site", "live_cells", "bs4")
"""What the rest of this repository brings; SQLAlchemy itself comes with MyST-NB's cache."""


def run(*command: str | Path, folder: Path = ROOT) -> str:
    """What a command prints, which must not fail."""
    done = subprocess.run(
        command, cwd=folder, env=clean(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was made from it."""
    folder = tmp_path_factory.mktemp("packed")
    command = [sys.executable, "-m", "uv", "build", "-q", "--offline", "--no-build-isolation"]
    run(*command, "--out-dir", folder, PROJECT)
    return folder


@pytest.fixture(scope="module")
def alone(packed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of an environment with the wheel and what it says that it needs."""
    folder = tmp_path_factory.mktemp("alone")
    venv.create(folder)
    (packages,) = folder.glob("lib/*/site-packages")
    for distribution in needed(Requirement(line).name for line in TABLE["dependencies"]):
        link(distribution, packages)
    python = folder / "bin" / "python"
    install = ["pip", "install", "-q", "--offline", "--no-cache", "--no-index", "--python", python]
    (wheel,) = packed.glob("*.whl")
    run(sys.executable, "-m", "uv", *install, wheel)
    return python


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site that its README shows."""
    folder = tmp_path_factory.mktemp("site")
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def test_the_site_of_the_readme_needs_the_wheel_alone(alone: Path, site: Path) -> None:
    """It is checked and built where nothing of ours is, but the checker."""
    code = f"import importlib.util as u; print([n for n in {ELSEWHERE} if u.find_spec(n)])"
    assert run(alone, "-c", code, folder=site) == "[]\n"
    said = run(alone, "-m", "pytest", "docs", folder=site)
    assert re.search(r"^plugins: myst-doctest-\d", said, re.MULTILINE), said
    assert "3 passed" in said
    assert run(alone, "-m", "sphinx", "-q", "-W", "-n", "docs", "out", folder=site) == ""
    shown = (site / "out/shapes.html").read_text(encoding="utf-8")
    assert "SELECT" in shown
    assert "__main__.Shape object at 0x7f0000000001" in shown
    assert (site / "out/_static/variants.js").is_file()


def test_the_sdist_has_what_its_tests_import(packed: Path) -> None:
    """Licence, changelog, tests, and of the kit what they import."""
    (sdist,) = packed.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
        tests = [name for name in archive.getnames() if re.search(r"/tests/.*\.py$", name)]
        texts = [archive.extractfile(name).read().decode() for name in tests]  # type: ignore[union-attr]
    wanted = KIT.findall("\n".join(texts))
    assert {f"tests/kit/{a or b}.py" for a, b in wanted} <= names
    assert {"LICENSE", "CHANGELOG.md", "README.md", "environments.toml"} <= names
    assert "tests/myst_doctest/checking/cases/nasty/page.md" in names
    assert not any("orm_tutorial" in name or "tutorial_site" in name for name in names)
    ours = {path.relative_to(ROOT).as_posix() for path in (ROOT / "src/myst_doctest").rglob("*")}
    assert {name for name in ours if "__pycache__" not in name} <= names


def test_the_plugin_is_registered_once() -> None:
    """By the checker's own distribution, here too."""
    from importlib.metadata import entry_points

    found = [each.dist.name for each in entry_points(group="pytest11", name="myst_doctest")]  # type: ignore[union-attr]
    assert found == ["myst-doctest"]
