"""The tutorial's exercises, with the grader and all that it needs: ``exercises.pyz`` beside this.

The site's wheel has that archive. ``python -m orm_tutorial.exercises`` runs it; :func:`start` and
:func:`check` are for notebooks.
"""

import json
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

ARCHIVE = Path(__file__).with_name("exercises.pyz")
MISSING = "This copy of orm_tutorial has no exercises: take the wheel that the site offers."


def start(name: str) -> None:
    """Begin an exercise in a notebook: a new and empty folder, and what is given."""
    if not ARCHIVE.exists():
        raise FileNotFoundError(MISSING)
    with ZipFile(ARCHIVE) as archive:
        exercises = json.loads(archive.read("exercises.json"))["exercises"]
    assignments = {each["assignment"]["name"]: each["assignment"] for each in exercises}
    os.chdir(tempfile.mkdtemp())
    exec(assignments[name]["given"], vars(sys.modules["__main__"]))


def check(name: str) -> None:
    """Grade the answer that a notebook has run last, and print what its author is told.

    It is what that cell has below its call of :func:`start`.
    """
    inputs = getattr(sys.modules["__main__"], "In", [])
    begin = f'start("{name}")'
    cell = next((each for each in reversed(inputs) if begin in each), "")
    if not cell:
        print("Run the cell with your answer first.")  # noqa: T201  (a notebook shows it)
        return
    _, _, answer = cell.partition(begin)[2].partition("\n")
    done = subprocess.run(
        [sys.executable, ARCHIVE, "--answer", name],
        input=answer,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    print(f"{done.stdout}{done.stderr}".strip())  # noqa: T201


if __name__ == "__main__":
    if not ARCHIVE.exists():
        sys.exit(MISSING)
    sys.argv[0] = str(ARCHIVE)
    runpy.run_path(sys.argv[0], run_name="__main__")
