"""A small site in a temporary folder, built as its author would build it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from bs4 import BeautifulSoup, Tag

from tests.kit.warm_process import PYTEST, QUICK, SPHINX, Finished, Nursery

CONF = """\
project = "A site"
extensions = ["myst_nb", "myst_doctest"]
html_theme = "basic"
show_warning_types = True
"""


@dataclass
class Built:
    """How a build ended, what it said, and where it put the pages."""

    status: int
    said: str
    folder: Path

    @property
    def warnings(self) -> list[str]:
        """The first line of each warning and error, its file relative to the site."""
        root = f"{self.folder.parent.parent}{os.sep}"
        lines = [line.replace(root, "") for line in self.said.splitlines()]
        return [line for line in lines if re.search(r"\b(WARNING|ERROR): ", line)]

    def places(self, word: str) -> list[str]:
        """``file:line`` of each warning that holds a word."""
        return [line.split(": ")[0] for line in self.warnings if word in line]

    def page(self, name: str) -> str:
        """A page as it was published."""
        return (self.folder / name).read_text(encoding="utf-8")

    def body(self, name: str) -> Tag:
        """The part of an HTML page that comes from its source."""
        body = BeautifulSoup(self.page(f"{name}.html"), "html.parser").select_one(".body")
        assert body is not None
        return body

    def outputs(self, name: str) -> list[str]:
        """The text of each cell's output, a line or more for each paragraph and block of it."""
        shown = [each.select("p, pre") for each in self.body(name).select(".cell_output")]
        return ["\n".join(block.get_text() for block in blocks) for blocks in shown]


@dataclass
class Site:
    """A project: pyproject.toml, conf.py and pages in ``docs``."""

    root: Path
    conf: str = CONF
    table: str = ""
    confdir: str = "."
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.write(f"{self.confdir}/conf.py", self.conf)
        self.settings(self.table)

    def settings(self, table: str) -> None:
        """Write the tool's table."""
        head = f'[tool.myst_doctest]\nconfdir = "{self.confdir}"\n'
        head += "" if "timeout" in table else "timeout = 60\n"
        self.write("pyproject.toml", f"{head}{table}\n")

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file of the project."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def pages(self, **texts: str) -> None:
        """Write pages, and an index that lists them."""
        for name, text in texts.items():
            self.write(f"docs/{name}.md", text)
        found = {path.stem for path in (self.root / "docs").glob("*.md")}
        names = "\n".join(sorted(found - {"index"}))
        self.write("docs/index.md", f"# Index\n\n```{{toctree}}\n{names}\n```\n")

    def build(self, *arguments: str, builder: str = "html", out: str = "_build") -> Built:
        """Build the site in a process of its own, warnings being errors."""
        folder = self.root / out / builder
        command = ["sphinx", "-q", "-W", "--keep-going", "-n", "-b", builder]
        command += ["-c", self.confdir, "-d", f"{out}/doctrees", *arguments, "docs", str(folder)]
        done = self._run(SPHINX, command)
        return Built(done.code, done.stdout + done.stderr, folder)

    def pytest(self, *arguments: str) -> tuple[int, str]:
        """Check the site; pytest's status and what it said."""
        done = self._run(PYTEST, [*QUICK, "-p", "no:cacheprovider", *arguments])
        return done.code, done.stdout + done.stderr

    def _run(self, nursery: Nursery, command: list[str]) -> Finished:
        kept = {name: value for name, value in os.environ.items() if name != "CI"}
        return nursery.run(command, self.root, kept | {"NO_COLOR": "1"} | self.environment)


def cell(code: str, output: str = "", *options: str) -> str:
    """The source of a cell and of the block that records its output."""
    head = "".join(f"{option}\n" for option in options)
    block = f"\n```{{output}}\n{output}\n```\n" if output else ""
    return f"```{{code-cell}} python\n{head}{code}\n```\n{block}"
