"""A stranger's site: what README.md says, done in an empty folder."""

from __future__ import annotations

import difflib
import re
import sys
import venv
from dataclasses import fields
from pathlib import Path

import pytest
import yaml

from myst_doctest.running.page_process import FILE_LIMIT
from myst_doctest.settings import Settings
from tests.kit.other_pythons import other_pythons
from tests.kit.readme_site import FILES, README
from tests.kit.small_site import Site


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site that holds the files which README.md shows, and nothing else."""
    site = Site(tmp_path_factory.mktemp("stranger"), confdir="docs")
    for name, text in FILES.items():
        site.write(name, text)
    return site


def copied(stranger: Site, root: Path) -> Site:
    """The files of the site in another folder."""
    site = Site(root, confdir="docs")
    for path in stranger.root.rglob("*"):
        if path.suffix in (".md", ".py", ".toml"):
            site.write(str(path.relative_to(stranger.root)), path.read_bytes())
    return site


def test_the_readme_shows_the_files_of_a_site() -> None:
    """Two pages, a configuration, the tool's table and a module."""
    assert list(FILES) == [
        "docs/conf.py",
        "pyproject.toml",
        "docs/index.md",
        "src/numbers_log.py",
        "docs/shapes.md",
    ]


def test_a_strangers_pages_pass(stranger: Site) -> None:
    """Each cell is a test, by name or line, also where plugins do not load by themselves."""
    stranger.environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    status, said = stranger.pytest("-v", "docs")
    assert status == 0, said
    named = re.findall(r"pytest (docs/index\.md::\S+)", README)
    assert len(named) == 2
    for test in [*named, "docs/shapes.md::line-3"]:
        assert f"{test} PASSED" in said
    assert stranger.pytest(*named)[0] == 0


def test_a_strangers_site_is_built(stranger: Site) -> None:
    """It shows the recorded outputs and the log, and its links resolve."""
    built = stranger.build()
    assert (built.status, built.said) == (0, "")
    plain, _ = built.body("index").select(".cell_output")
    _, error = built.outputs("index")
    assert [part.get_text().strip() for part in plain.select("pre")] == ["2", "3"]
    assert error.split("\n") == ["IndexError: list index out of range", "Line 1: numbers[7]"]
    (log,) = built.body("shapes").select(".log")
    assert log.pre.get_text() == "SELECT shape"
    assert "<__main__.Shape object at 0x7f0000000001>" in built.outputs("shapes")[0]


def test_a_stranger_records_outputs(tmp_path: Path, stranger: Site) -> None:
    """Accepting brings back the blocks that README.md shows, byte for byte."""
    site = copied(stranger, tmp_path)
    page = site.root / "docs/index.md"
    recorded = page.read_text(encoding="utf-8")
    without = re.sub(r"\n```\{output\}\n.*?```\n", "", recorded, flags=re.DOTALL)
    assert without.count("{output}") == 0
    page.write_text(without, encoding="utf-8")
    assert site.pytest("docs")[0] == 1
    assert site.build().status == 1
    site.pytest("--accept", "docs")
    assert page.read_text(encoding="utf-8") == recorded
    assert site.pytest("docs")[0] == 0


def test_the_readme_has_ci_run_what_it_names() -> None:
    """The steps of the recipe are the commands of the text, which other tests here run."""
    (recipe,) = re.findall(r"^```yaml\n(name: Docs\n.*?)^```$", README, re.MULTILINE | re.DOTALL)
    steps = yaml.safe_load(recipe)["jobs"]["docs"]["steps"]
    install, *commands = [step["run"] for step in steps if "run" in step]
    assert install.startswith("pip install ")
    (named,) = re.findall(r"^On CI, .*?```console\n(.*?)```", README, re.MULTILINE | re.DOTALL)
    assert [f"$ {command}" for command in commands] == named.split("\n")[:-1]


def test_a_stranger_upgrades_a_library(tmp_path: Path, stranger: Site) -> None:
    """The diff is the one that README.md shows: an output, and no other byte."""
    site = copied(stranger, tmp_path)
    library = site.root / "src/numbers_log.py"
    library.write_text(library.read_text().replace('"sql", text', '"sql", f"{text};"'))
    before = {path: path.read_text() for path in site.root.glob("docs/*.md")}
    assert site.pytest("docs")[0] == 1
    status, said = site.pytest("--accept", "docs")
    assert status == 0, said
    (shown,) = re.findall(r"^````diff\n(.*?)^````$", README, re.MULTILINE | re.DOTALL)
    changed = {path: path.read_text() for path in before if path.read_text() != before[path]}
    ((path, after),) = changed.items()
    diff = difflib.unified_diff(before[path].split("\n"), after.split("\n"), lineterm="")
    lines = [line for line in diff if not line.startswith(("---", "+++", "@@"))]
    assert shown.rstrip("\n") in "\n".join(lines)
    assert [line for line in lines if line[0] in "+-"] == re.findall("^[+-].*", shown, re.MULTILINE)


VARIANT = re.compile(
    r"^```toml\n(\[tool\.myst_doctest\.variants\..*?)^```$", re.MULTILINE | re.DOTALL
)
VERSIONS = """
```{code-cell} python
import importlib.metadata, sys
found = [each.version for each in importlib.metadata.distributions(name="packaging")]
print(found == ["1.4"], sys.version_info[:2])
```
"""


def older_package(folder: Path) -> None:
    """A virtual environment with another version of a package that is installed here too."""
    venv.create(folder, with_pip=False)
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "packaging-1.4.dist-info").mkdir()
    metadata = "Metadata-Version: 2.1\nName: packaging\nVersion: 1.4\n"
    (packages / "packaging-1.4.dist-info/METADATA").write_text(metadata)


def test_a_stranger_adds_variants(tmp_path: Path, stranger: Site) -> None:
    """Another version of a package, and every other Python that is here, as README.md says."""
    site = copied(stranger, tmp_path)
    older_package(tmp_path / ".venv-1")
    (table,) = VARIANT.findall(README)
    others = {f"other-{number}": path for number, path in enumerate(other_pythons())}
    tables = [
        f'[tool.myst_doctest.variants.{n}]\ntitle = "{n}"\npython = "{path}"\n'
        for n, path in others.items()
    ]
    project = site.root / "pyproject.toml"
    project.write_text("\n".join([project.read_text(), table, *tables]))
    shapes = site.root / "docs/shapes.md"
    names = ", ".join(["numbers-1", *others])
    before = f"---\nvariants: [{names}]\n---\n\n{shapes.read_text()}"
    shapes.write_text(f"{before}{VERSIONS}")
    status, said = site.pytest("--accept", "docs")
    assert status == 0, said
    own = f"({sys.version_info[0]}, {sys.version_info[1]})"
    assert shapes.read_text().startswith(before)
    assert f"False {own}" in shapes.read_text()
    assert f"True {own}" in (site.root / "docs/shapes.numbers-1.md").read_text()
    seen = {own} | {
        re.findall(r"\(3, \d+\)", (site.root / f"docs/shapes.{name}.md").read_text())[0]
        for name in others
    }
    assert len(seen) == 1 + len(others)
    status, said = site.pytest("--variant", "numbers-1", "docs")
    assert status == 0, said
    built = site.build()
    assert (built.status, built.said) == (0, "")
    assert [fold["data-variant"] for fold in built.body("shapes").select("details.variant")] == [
        "numbers-1",
        *others,
    ]
    if not others:
        pytest.skip("the package was tried; no other Python than the one of this run is installed")


def test_the_exercise_that_the_readme_shows_passes(stranger: Site, tmp_path: Path) -> None:
    """All that is held of an exercise is held of the example."""
    part = README.partition("\n## Exercises\n")[2]
    example = re.findall(r"^`{5}markdown\n(.*?)^`{5}$", part, re.MULTILINE | re.DOTALL)[0]
    site = copied(stranger, tmp_path)
    site.write("docs/shapes.md", f"# Twice\n\n{example}")
    status, said = site.pytest("-v", "docs/shapes.md")
    assert (status, said.count("PASSED")) == (0, 4), said


def test_the_readme_names_every_key_with_its_default() -> None:
    """The table of keys is that of the code."""
    keys = README.partition("### The keys")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| `(.*?)` \|", keys, re.MULTILINE)
    defaults = {
        field.name: str(list(field.default) if isinstance(field.default, tuple) else field.default)
        for field in fields(Settings)
        if field.name not in ("root", "variants", "unchecked")
    }
    shown = {key: value.strip('"').replace('"', "'") for key, value in rows}
    assert shown == defaults


def test_the_readme_names_the_limit_of_a_file() -> None:
    """It is no setting, but stands in the table of limits."""
    assert f"| {FILE_LIMIT // 1024**2} MiB |" in README
