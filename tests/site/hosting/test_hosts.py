"""The files for hosts: right by their schemas, and run where they can be run here."""

from __future__ import annotations

import filecmp
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.kit import prerequisites
from tests.kit.contents import chapters
from tests.kit.full_site import ROOT, build, link_parts
from tests.kit.other_day import other_day

ADDRESS = "https://tutorial.readthedocs.io/en/latest/"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def configuration(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.readthedocs", [ROOT / ".readthedocs.yaml"]),
        ("vendor.github-workflows", WORKFLOWS),
        ("custom.github-workflows-require-timeout", WORKFLOWS),
    ],
)
def test_configuration_holds_to_its_schema(schema: str, files: list[Path]) -> None:
    """By the schemas that check-jsonschema brings along: no network is asked."""
    prerequisites.module("check_jsonschema")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def steps(name: str) -> Iterator[dict[str, Any]]:
    for job in configuration(f".github/workflows/{name}")["jobs"].values():
        yield from job["steps"]


def test_workflows_take_few_rights() -> None:
    """Reading by default; only the job that publishes may write, and only to Pages."""
    for file in WORKFLOWS:
        workflow = configuration(f".github/workflows/{file.name}")
        assert workflow["permissions"] == {"contents": "read"}
        for name, job in workflow["jobs"].items():
            writing = {k for k, v in job.get("permissions", {}).items() if v == "write"}
            assert writing == ({"pages", "id-token"} if name == "publish" else set())
        for step in steps(file.name):
            assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/a@v1"))


def test_commands_of_workflows_are_the_projects_own() -> None:
    """A build and the checks are run as anybody runs them; Pages says where site and source are."""
    assert [step["run"] for step in steps("ci.yml") if "run" in step] == [".ci/run"]
    nightly = [step["run"] for step in steps("nightly.yml") if "run" in step]
    assert nightly == [".ci/run test-all browsers", "make versions"]
    building = [step for step in steps("pages.yml") if "run" in step]
    assert [step["run"] for step in building] == ["make html"]
    assert building[0]["env"] == {
        "SITE_URL": "${{ steps.pages.outputs.base_url }}",
        "REPOSITORY_URL": "${{ github.server_url }}/${{ github.repository }}",
    }
    uploaded = [step["with"]["path"] for step in steps("pages.yml") if "upload" in str(step)]
    assert uploaded == [tomllib.loads((ROOT / "netlify.toml").read_text())["build"]["publish"]]


@pytest.fixture(scope="module")
def published(small_copy: Callable[[str], Path]) -> Path:
    """The site as Read the Docs builds it, by the commands of its configuration."""
    root = small_copy("published")
    make(root)
    # Without what a make above us, or somebody's shell, says to make.
    theirs = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "SITE_URL")
    environment = {name: os.environ[name] for name in os.environ if name not in theirs} | {
        "PYTHON": sys.executable,
        "READTHEDOCS_OUTPUT": "_readthedocs",
        "READTHEDOCS_CANONICAL_URL": ADDRESS,
    }
    for command in configuration(".readthedocs.yaml")["build"]["commands"]:
        done = subprocess.run(
            ["bash", "-ec", command],
            cwd=root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.endswith(f"\nIts pages give {ADDRESS} as their address\n")
    return root / "_readthedocs" / "html"


def make(root: Path) -> None:
    """All that make would set up, from what is there: the packages, and the pack."""
    (root / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (root / ".venv").mkdir()
    for name in ("bin", "lib", "pyvenv.cfg"):
        if (Path(sys.prefix) / name).exists():
            (root / ".venv" / name).symlink_to(Path(sys.prefix) / name)
    version = ".".join(map(str, sys.version_info[:3]))
    (root / ".venv" / f"ready-{version}").touch()
    (root / ".venv" / "place").write_text(f"{root.resolve()}\n")
    link_parts(root)


def test_published_pages_say_where_they_stand(published: Path) -> None:
    """Each page its own address; the picture is at its own; the 404 page has none.

    The page of an error's code may say that it is its class's page.
    """
    for file in published.rglob("*.html"):
        name = file.relative_to(published).as_posix()
        page = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        links = [str(link["href"]) for link in page.select("link[rel=canonical]")]
        if name in {"404.html", "search.html"}:
            assert links == []
            continue
        if re.fullmatch(r"e/[0-9a-z]{4}\.html", name):
            (of_class,) = (link.removeprefix(ADDRESS) for link in links)
            assert of_class.startswith("e/")
            assert (published / of_class).is_file()
            continue
        assert links == [ADDRESS + ("" if name == "index.html" else name)]
        picture = page.select_one("meta[property='og:image']")
        if picture:  # a page that has a source
            address = str(picture["content"])
            assert (published / address.removeprefix(ADDRESS)).is_file(), name
            assert len(page.select("meta[name=description]")) == 1, name
    lost = (published / "404.html").read_text(encoding="utf-8")
    first = next(name for name in chapters() if (published / f"{name}.html").exists())
    assert f'href="/en/latest/{first}.html"' in lost


def test_builds_a_day_apart_are_byte_identical(
    published: Path, small_copy: Callable[[str], Path]
) -> None:
    """The site does not change with the day: what is published is what was recorded."""
    status, printed, tomorrow = build(
        small_copy("tomorrow"), SITE_URL=ADDRESS, PYTHONHASHSEED="1", **other_day(1)
    )
    assert status == 0, printed
    sites = [published, tomorrow]
    names = [{str(f.relative_to(s)) for f in s.rglob("*") if f.is_file()} for s in sites]
    assert names[0] == names[1]
    _, differing, errors = filecmp.cmpfiles(*sites, names[0], shallow=False)
    assert (differing, errors) == ([], [])
