"""What contributors and hosts read beside the code: forms, licences, the commands they name."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.kit import prerequisites

ROOT = Path(__file__).resolve().parent.parent
FORMS = ROOT / ".github" / "ISSUE_TEMPLATE"
CONFIGURED = {
    "CITATION.cff": "citation-file-format",
    **{f".github/ISSUE_TEMPLATE/{name}.yml": "github-issue-forms"
       for name in ("page", "tool", "chapter")},
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
}  # fmt: skip
FILES = [
    *sorted(ROOT.glob("*.md")),
    ROOT / ".pre-commit-config.yaml",
    *sorted((ROOT / ".github").rglob("*.*")),
    *sorted((ROOT / "src").glob("*/README.md")),
    ROOT / "deploy" / "README.md",
]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("file", CONFIGURED)
def test_each_form_keeps_to_its_schema(file: str) -> None:
    """What a host reads is as the host's published schema wants it."""
    prerequisites.module("check_jsonschema")
    schema = f"vendor.{CONFIGURED[file]}"
    checked = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_form_is_left_out_of_the_check() -> None:
    """A new form is checked too."""
    assert {name(form) for form in FORMS.iterdir()} == {
        file for file in CONFIGURED if file.startswith(".github/")
    }


def test_configuration_of_pre_commit_is_valid() -> None:
    """pre-commit itself takes its configuration."""
    prerequisites.module("pre_commit")
    command = [sys.executable, "-m", "pre_commit", "validate-config"]
    checked = subprocess.run(
        [*command, str(ROOT / ".pre-commit-config.yaml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.parametrize("file", FILES, ids=name)
def test_commands_that_files_name_exist(file: Path) -> None:
    """Each `make ...` in a file is a command of the Makefile."""
    rules = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = file.read_text("utf-8")
    named = set(re.findall(r"(?:`|^|entry: |run: )make ([a-z]+)", text, re.MULTILINE))
    assert named <= rules


@pytest.mark.parametrize("file", [file for file in FILES if file.suffix == ".md"], ids=name)
def test_links_of_files_lead_somewhere(file: Path) -> None:
    """Each relative link names a file of the repository, and each fragment a heading of it."""
    text = re.sub(r"^(`{3,}).*?^\1$", "", file.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = file.parent / unquote(parts.path) if parts.path else file
        assert target.exists(), link
        if parts.fragment and target.suffix == ".md":
            headings = re.findall(r"^#+ (.+)$", target.read_text("utf-8"), re.MULTILINE)
            anchors = {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}
            assert parts.fragment in anchors, link


def test_licences_are_whole_and_named_where_they_are_looked_for() -> None:
    """Code is under the MIT licence, text under CC BY 4.0; package and citation say the same."""
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License\n")
    text = (ROOT / "LICENSE-CC-BY-4.0.txt").read_text("utf-8")
    assert text.startswith("Creative Commons Attribution 4.0 International\n")
    assert re.findall(r"^Section (\d)", text, re.MULTILINE) == list("12345678")
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert "- MIT\n" in citation
    assert "- CC-BY-4.0\n" in citation
    assert 'license = "MIT"' in (ROOT / "pyproject.toml").read_text("utf-8")
