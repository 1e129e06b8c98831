"""The exercises of all pages as a program, for readers who prefer their own editor.

The archive is a zip file that Python runs: https://docs.python.org/3/library/zipapp.html.
"""

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import myst_doctest
from myst_doctest.pages.exercises import Attempt, Exercise
from myst_doctest.running.exercise_folder import DATA
from myst_doctest.settings import Settings

NAME = "exercises.pyz"
MODULES = (
    "__init__",
    "running/__init__",
    "running/exercise_folder",
    "running/grading",
    "running/runner",
)
"""The modules of ``myst_doctest`` that it needs."""
MAIN = """\
import sys

from myst_doctest.running.exercise_folder import main

sys.exit(main(sys.argv[1:]))
"""
ROLE = re.compile(r"\{[\w:+-]+\}`([^`<]*?)(?: ?<[^`]*>)?`")
LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")


def exercises_archive(
    exercises: Sequence[tuple[str, str, Exercise]], settings: Settings, install: str
) -> bytes:
    """The archive's bytes, the same for the same exercises.

    ``exercises`` are pages' names, their addresses, and exercises on them; ``install`` is the
    command that installs what they import.
    """
    book = {
        "exercises": [_about(*each) for each in exercises],
        "setup": settings.setup,
        "watch": settings.watch,
        "install": install,
    }
    root = Path(myst_doctest.__file__).parent
    files = {
        f"myst_doctest/{name}.py": (root / f"{name}.py").read_text("utf-8") for name in MODULES
    }
    files |= {"__main__.py": MAIN, DATA: json.dumps(book, ensure_ascii=False, indent=1)}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _about(page: str, address: str, exercise: Exercise) -> Mapping[str, Any]:
    return {
        "page": page,
        "address": f"{address}#{exercise.name}",
        "title": exercise.title,
        "task": plain(exercise.task.text),
        "starters": [{"title": each.title, "code": each.code} for each in exercise.starters],
        "hints": [plain(each.text) for each in exercise.hints],
        "solutions": [_solution(each) for each in exercise.those("solution")],
        "assignment": asdict(exercise.assignment()),
    }


def _solution(solution: Attempt) -> Mapping[str, str]:
    about = plain(solution.about.text) if solution.about else ""
    return {"title": solution.title, "code": solution.code, "about": about}


def plain(text: str) -> str:
    """Markdown for a terminal: its roles and links are words.

    >>> plain("A {term}`flush`, {py:meth}`merge() <sqlalchemy.orm.Session.merge>`, [that](#x).")
    'A flush, merge(), that.'
    """
    return LINK.sub(r"\1", ROLE.sub(r"\1", text))
