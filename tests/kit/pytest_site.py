"""A small project of pages in a temporary folder, and the commands that its author would type."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.kit.warm_process import PYTEST, QUICK, SPHINX, Finished, Nursery, Running

CELL = re.compile(
    r"^```\{code-cell\} python\n(?P<code>.*?)^```\n"
    r"(\n(?P<fence>`{3,})\{output\}\n(?P<output>.*?)^(?P=fence)\n)?",
    re.DOTALL | re.MULTILINE,
)
LIMIT = 300
"""Seconds after which a command hangs, and its test fails."""


@dataclass(frozen=True)
class Outcome:
    """What pytest said of one item: passed, failed or error, and the report."""

    state: str
    report: str


@dataclass(frozen=True)
class Done:
    """A command that came to its end.

    ``items`` maps ``page.md::name`` to what became of the item, where pytest ran.
    """

    code: int
    output: str
    items: Mapping[str, Outcome]

    def states(self, page: str = "") -> dict[str, str]:
        """The items' states, by id; those of one page, by name, where it is given."""
        prefix = f"{page}::" if page else ""
        return {
            key.removeprefix(prefix): item.state
            for key, item in self.items.items()
            if key.startswith(prefix)
        }


class Site:
    """A project: pyproject.toml with ``[tool.myst_doctest]``, and conf.py and pages in docs/."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.docs = root / "docs"
        self.docs.mkdir(parents=True)
        self.settings()
        (self.docs / "conf.py").write_text(
            'extensions = ["myst_nb", "myst_doctest"]\nproject = "site"\n', encoding="utf-8"
        )

    def settings(self, *, ini: str = "", **table: object) -> None:
        """Write pyproject.toml with these keys, and ``ini`` below pytest's table."""
        lines = [f"{key} = {json.dumps(value)}\n" for key, value in table.items()]
        text = (
            f'[tool.pytest.ini_options]\ntestpaths = ["docs"]\n{ini}\n'
            f"[tool.myst_doctest]\n{''.join(lines)}"
        )
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")

    def page(self, name: str, content: str | bytes) -> Path:
        """Write a page; a name without folder, as ``page.md``."""
        path = self.docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def cells(self, name: str, *sources: str) -> Path:
        """Write a page of these cells; a source may begin with its options."""
        parts = [f"```{{code-cell}} python\n{source}\n```\n" for source in sources]
        return self.page(name, "\n".join(["# A page\n", *parts]))

    def read(self, name: str = "page.md") -> bytes:
        return (self.docs / name).read_bytes()

    def recorded(self, name: str = "page.md") -> list[str]:
        """What a page written by ``cells`` records, a text a cell."""
        text = self.read(name).decode()
        return [
            (match["output"] or "").removeprefix("\n")  # a blank line ends the options
            for match in CELL.finditer(text)
        ]

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
        """Start ``python -m ARGUMENTS`` in the project's folder and do not wait for its end."""
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=self.root,
            env=_environment() | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        )

    def begin(self, *arguments: str, env: Mapping[str, str] | None = None) -> Running:
        """Start ``pytest ARGUMENTS`` and do not wait for its end."""
        return PYTEST.start([*QUICK, *arguments], self.root, _environment() | dict(env or {}))

    def pytest(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        """Run ``pytest ARGUMENTS``."""
        results = self.root / "results.xml"
        results.unlink(missing_ok=True)
        done = self._run(PYTEST, *QUICK, "-q", f"--junitxml={results}", *arguments, env=env)
        items = dict(_items(results)) if results.exists() else {}
        return Done(done.code, done.stdout + done.stderr, items)

    def accept(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        """Run ``pytest --accept``."""
        return self.pytest("--accept", *arguments, env=env)

    def build(self, *arguments: str, env: Mapping[str, str] | None = None) -> Done:
        """Run ``sphinx-build`` into _build/html; a warning fails it."""
        output = str(self.root / "_build" / "html")
        where = ["-d", str(self.root / "_build" / "doctrees"), str(self.docs), output]
        done = self._run(SPHINX, "sphinx", "-q", "-W", "--keep-going", *arguments, *where, env=env)
        return Done(done.code, done.stdout + done.stderr, {})

    def _run(self, nursery: Nursery, *command: str, env: Mapping[str, str] | None) -> Finished:
        return nursery.run([*command], self.root, _environment() | dict(env or {}), LIMIT)


def _environment() -> dict[str, str]:
    """This process's environment without what changes a command's behaviour."""
    unwanted = ("CI", "COLUMNS", "FORCE_COLOR", "PY_COLORS", "PYTHONWARNINGS")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in unwanted and not name.startswith("PYTEST")
    }
    return kept | {"COLUMNS": "200", "NO_COLOR": "1"}


def _items(results: Path) -> Iterator[tuple[str, Outcome]]:
    for case in ET.parse(results).iter("testcase"):
        page = case.get("classname", "").removeprefix("docs.")
        bad = next((child for child in case if child.tag in ("failure", "error")), None)
        state = "passed" if bad is None else bad.tag.replace("failure", "failed")
        text = "" if bad is None else bad.text or ""
        yield f"{page}::{case.get('name')}", Outcome(state, text)
