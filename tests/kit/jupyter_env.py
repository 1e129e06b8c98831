"""An environment with SQLAlchemy and the support package alone, and what runs in it.

Nothing is downloaded: the distributions are those of this environment, which the lock file gives
it, and the support package is the wheel that the site offers.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from tests.kit import prerequisites
from tests.kit.warm_process import Finished, Nursery

KERNEL = "apart"
QUIET = ["--HistoryManager.enabled=False", "--log-level=ERROR"]
AT_ONCE = 2
UNBUFFERED = ("-u",)
"""What is written comes in the order in which a terminal shows it."""


@dataclass(frozen=True)
class Apart:
    """The environment, and a folder for what runs in it."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, wheel: Path) -> Apart:
        apart = cls(folder)
        venv.create(folder / "env")
        (packages,) = (folder / "env").glob("lib/*/site-packages")
        # A notebook's kernel beside what the notebook's note tells to install.
        for distribution in needed(["sqlalchemy", "ipykernel"]):
            link(distribution, packages)
        pip = [sys.executable, "-m", "uv", "pip", "install", "--python", apart.python, "--offline"]
        command = [*pip, "--no-cache", "--no-index", wheel]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        kernel = folder / "jupyter" / "kernels" / KERNEL / "kernel.json"
        kernel.parent.mkdir(parents=True)
        command = [str(apart.python), "-m", "ipykernel_launcher", "-f", "{connection_file}", *QUIET]
        kernel.write_text(
            json.dumps({"argv": command, "display_name": KERNEL, "language": "python"})
        )
        return apart

    @property
    def python(self) -> Path:
        return self.folder / "env" / "bin" / "python"

    def run(self, script: Path) -> Finished:
        """A script's run, in an empty folder, as a reader starts it."""
        done = subprocess.run(
            [self.python, *UNBUFFERED, script],
            cwd=self.empty(script),
            env=clean(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())

    def run_all(self, scripts: Iterable[Path], encoding: str) -> Iterator[tuple[Path, Finished]]:
        """Runs of scripts, in forks of a process that has imported SQLAlchemy.

        The encoding is that of Python's standard streams.
        """
        variables = clean() | {"PYTHONIOENCODING": encoding}
        interpreter = (str(self.python), *UNBUFFERED)
        warm = Nursery("sqlalchemy.orm", interpreter=interpreter, environment=variables)
        for script in scripts:
            folder = self.empty(script, encoding)
            yield script, warm.start([str(script)], folder, variables).finish(60)
        warm.close()

    def execute(self, notebooks: Iterable[Path]) -> dict[Path, Any]:
        """Notebooks as a run leaves them, or the exception that ended it."""
        kept = dict(os.environ)
        os.environ.clear()
        os.environ.update(clean())
        os.environ["JUPYTER_PATH"] = str(self.folder / "jupyter")
        os.environ["IPYTHONDIR"] = str(self.folder / "ipython")
        try:
            with ThreadPoolExecutor(1) as apart:  # this thread's loop may be a browser's
                return apart.submit(asyncio.run, self._execute(list(notebooks))).result()
        finally:
            os.environ.clear()
            os.environ.update(kept)

    async def _execute(self, notebooks: list[Path]) -> dict[Path, Any]:
        room = asyncio.Semaphore(AT_ONCE)
        ran = await asyncio.gather(*(self._one(path, room) for path in notebooks))
        return dict(zip(notebooks, ran, strict=True))

    async def _one(self, path: Path, room: asyncio.Semaphore) -> Any:
        client, nbformat = prerequisites.module("nbclient"), prerequisites.module("nbformat")
        notebook = nbformat.read(path, as_version=4)
        where = {"metadata": {"path": str(self.empty(path))}}
        running = client.NotebookClient(
            notebook, kernel_name=KERNEL, resources=where, timeout=60, startup_timeout=120
        )
        async with room:
            try:
                return await running.async_execute()
            except client.exceptions.CellExecutionError as error:
                return error

    def empty(self, path: Path, run: str = "") -> Path:
        """A folder of its own for each run of a file."""
        folder = self.folder / f"runs{run}" / path.suffix[1:] / path.parent.name / path.stem
        folder.mkdir(parents=True)
        return folder


def clean() -> dict[str, str]:
    """The environment's variables without those that lead Python elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "JUPYTER", "IPYTHON"))
    }


def needed(names: Iterable[str]) -> list[metadata.Distribution]:
    """Distributions of these names and all that they need."""
    found: dict[str, metadata.Distribution] = {}
    waiting = list(names)
    while waiting:
        distribution = metadata.distribution(waiting.pop())
        name = re.sub(r"[-_.]+", "-", distribution.metadata["Name"]).lower()
        if name in found:
            continue
        found[name] = distribution
        for line in distribution.requires or []:
            requirement = Requirement(line)
            if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
                waiting.append(requirement.name)
    return list(found.values())


def link(distribution: metadata.Distribution, packages: Path) -> None:
    """Lend the environment a distribution: its packages, and what it says of itself."""
    names = {file.parts[0] for file in distribution.files or []} - {"..", "__pycache__"}
    for name in names:
        if name.endswith(".dist-info"):  # uv follows no link to one
            shutil.copytree(str(distribution.locate_file(name)), packages / name)
        elif not (packages / name).exists():  # some share a namespace, which is one folder
            (packages / name).symlink_to(str(distribution.locate_file(name)))
