"""Try myst-doctest's wheel in environments of its own: ``python -m tools.versions [NAME...]``.

They are the tables of packages/myst-doctest/environments.toml, made in _build/versions.
Each gets the wheel and what it needs, in which the site that its README shows is checked and built;
then what its tests need, which run from the unpacked sdist, away from this checkout.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "packages" / "myst-doctest"
FOLDER = ROOT / "_build" / "versions"
FILE = re.compile(r"^`([\w/]+\.\w+)`:\n\n(`{3,})\w+\n(.*?)^\2$", re.MULTILINE | re.DOTALL)
README = (PROJECT / "README.md").read_text(encoding="utf-8")
README_FILES = {name: text for name, _, text in FILE.findall(README)}
"""The files of the site that the README shows."""
SHOWN = ("sphinx", "myst-nb", "myst-parser", "pytest", "docutils")
LEADING = ("PYTHON", "PYTEST", "VIRTUAL_ENV", "CI")
"""How variables begin that would lead an environment back here, or change what it does."""


class FailedError(Exception):
    """A step failed; what it printed was shown."""


class MissingError(Exception):
    """There is no such interpreter here, and none to be had."""


@dataclass(frozen=True)
class Environment:
    """A table: an interpreter, constraints, and packages that are there beside the wheel."""

    name: str
    python: str
    constraints: Sequence[str] = ()
    packages: Sequence[str] = ()

    @property
    def folder(self) -> Path:
        """Where all of it is."""
        return FOLDER / self.name

    @property
    def program(self) -> Path:
        """The interpreter."""
        return self.folder / "env" / "bin" / "python"

    def make(self, wheel: Path) -> None:
        """An environment with the wheel, and nothing that it does not need."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        (self.folder / "constraints.txt").write_text("\n".join(self.constraints))
        run(["uv", "venv", "-q", "--python", interpreter(self.python), str(self.folder / "env")])
        self.install(str(wheel), *self.packages)

    def install(self, *packages: str) -> None:
        """Install packages within the constraints."""
        limits = ["--constraint", str(self.folder / "constraints.txt")]
        run(["uv", "pip", "install", "-q", "--python", str(self.program), *limits, *packages])

    def versions(self) -> str:
        """What was installed, of what matters."""
        done = run(["uv", "pip", "freeze", "--python", str(self.program)])
        found = dict(line.split("==") for line in done.stdout.split("\n") if "==" in line)
        return ", ".join(f"{name} {found[name]}" for name in SHOWN)

    def try_site(self) -> None:
        """Check and build the site that the README shows, as its reader does."""
        site = self.folder / "site"
        for name, text in README_FILES.items():
            path = site / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        run([str(self.program), "-m", "pytest", "-q", "docs"], site)
        run([str(self.program), "-m", "sphinx", "-q", "-W", "-n", "docs", "_build/html"], site)
        if "jupyter-book" in " ".join(self.packages):
            self.try_book(site)

    def try_book(self, site: Path) -> None:
        """Build the same pages as a Jupyter Book."""
        (site / "docs/_config.yml").write_text(BOOK, encoding="utf-8")
        (site / "docs/_toc.yml").write_text(CONTENTS, encoding="utf-8")
        (site / "docs/conf.py").unlink()
        index = site / "docs/index.md"
        index.write_text(index.read_text(encoding="utf-8").partition("\n```{toctree}")[0])
        program = str(self.program.parent / "jupyter-book")
        run([program, "config", "sphinx", "docs"], site)
        run([str(self.program), "-m", "pytest", "-q", "docs"], site)
        run([program, "build", "-q", "-W", "-n", "--keep-going", "docs"], site)

    def run_tests(self, sdist: Path, arguments: Sequence[str]) -> str:
        """Run the tests of the sdist on the installed wheel; pytest's last line."""
        with tarfile.open(sdist) as packed:
            packed.extractall(self.folder, filter="data")
        (unpacked,) = self.folder.glob("myst_doctest-*/")
        shutil.rmtree(unpacked / "src")
        (wheel,) = FOLDER.glob("*.whl")
        self.install(f"{wheel}[test]", *self.packages)
        command = [str(self.program), "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
        done = run([*command, *arguments], unpacked)
        return done.stdout.strip().rpartition("\n")[2]


BOOK = """\
title: Numbers
sphinx:
  extra_extensions: [myst_doctest]
execute:
  execute_notebooks: "off"
"""
CONTENTS = "format: jb-book\nroot: index\nchapters:\n- file: shapes\n"


def run(
    command: Sequence[str], folder: Path = ROOT, *, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command; where it fails, show what it printed, and raise FailedError."""
    if command[0] == "uv":
        command = [sys.executable, "-m", *command]
    done = subprocess.run(
        command,
        cwd=folder,
        env=variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if check and done.returncode:
        print(done.stdout)
        raise FailedError(f"{' '.join(command)}: status {done.returncode}")
    return done


def variables() -> Mapping[str, str]:
    """The environment variables that an environment gets."""
    return {name: text for name, text in os.environ.items() if not name.startswith(LEADING)}


def interpreter(version: str) -> str:
    """A Python of this version, which uv finds or brings, or pyenv has. Raises MissingError."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [*pyenv.glob(f"{version}.*/bin/python")]
    if found:  # uv looks at pyenv's shims alone, which need not work
        return str(found[-1])
    for command in (["find"], ["install", "-q"], ["find"]):
        done = run(["uv", "python", *command, version], check=False)
        if command == ["find"] and not done.returncode:
            return done.stdout.strip().rpartition("\n")[2]
    raise MissingError


def packed() -> tuple[Path, Path]:
    """The wheel and the sdist, the wheel made from the sdist."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    run(["uv", "build", "-q", "--out-dir", str(FOLDER), str(PROJECT)])
    (wheel,), (sdist,) = FOLDER.glob("*.whl"), FOLDER.glob("*.tar.gz")
    return wheel, sdist


def environments() -> dict[str, Environment]:
    """The tables, by their names."""
    tables = tomllib.loads((PROJECT / "environments.toml").read_text(encoding="utf-8"))
    return {name: Environment(name, **table) for name, table in tables.items()}


def tried(environment: Environment, wheel: Path, sdist: Path, options: argparse.Namespace) -> str:
    """What came of an environment, in a line."""
    try:
        environment.make(wheel)
        said = [environment.versions()]
        environment.try_site()
        said.append("the README's site is checked and built")
        if not options.site:
            said.append(environment.run_tests(sdist, options.pytest))
    except MissingError:
        return f"not tried: there is no Python {environment.python} here"
    except FailedError as error:
        return f"FAILED: {error}"
    return "; ".join(said)


def main() -> None:
    """Try the environments that the command line names, or all."""
    known = environments()
    parser = argparse.ArgumentParser(prog="make versions")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--site", action="store_true", help="the README's site alone, no tests")
    parser.add_argument("--pytest", action="append", default=[], help="one more argument of pytest")
    options = parser.parse_args()
    wheel, sdist = packed()
    results = {}
    for name in options.names or known:
        results[name] = tried(known[name], wheel, sdist, options)
        print(f"{name} (Python {known[name].python}): {results[name]}", flush=True)
    bad = ("FAILED", "not tried") if os.environ.get("CI") else ("FAILED",)
    sys.exit(any(each.startswith(bad) for each in results.values()))


if __name__ == "__main__":
    main()
