"""Exercises in a folder: a file for each, which is graded whenever it is saved.

Standard library alone. It is the program of an archive that ``python exercises.pyz`` runs, beside
``exercises.json``: the exercises in the order of their pages, ``setup`` and ``watch`` of
``[tool.myst_doctest]``, and ``install``, which says how to get what they import.
Each attempt is graded in a process of its own, since it may never end.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from myst_doctest.running.grading import Assignment, Grade, Grader
from myst_doctest.running.runner import Runner

DATA = "exercises.json"
PASSED = "passed.json"
"""The file in the folder that has the texts with which exercises were passed, by their names."""
PATIENCE = 30
"""Seconds that an attempt may take."""
PAUSE = 0.3
"""Seconds between two looks at the files."""
USAGE = """\
Write a file for each exercise into a folder, and grade each one whenever it is saved.
A file that is there already stays as it is.
"""


@dataclass(frozen=True)
class Task:
    """An exercise and its file."""

    about: Mapping[str, Any]
    file: Path

    @property
    def name(self) -> str:
        """The exercise's name."""
        return str(self.about["assignment"]["name"])

    def text(self) -> str:
        """What the file holds at first: the task, what is given, and the starter."""
        about, given = self.about, self.about["assignment"]["given"]
        head = [about["title"], about["address"], "", *about["task"].strip().split("\n")]
        if given:
            lines = (f"    {line}" for line in given.strip().split("\n"))
            head += ["", "What is there already, and need not be written:", "", *lines]
        first, *others = about["starters"]
        for design in others:
            head += ["", f"Another design: {design['title']}", "", *design["code"].split("\n")]
        comment = "\n".join(f"# {line}".rstrip() for line in head)
        title = f"# Design: {first['title']}\n" if others else ""
        return f"{comment}\n\n{title}{first['code']}"


class Folder:
    """The files of the exercises, and which of them have passed."""

    def __init__(self, folder: Path, book: Mapping[str, Any]) -> None:
        self.folder = folder
        self.tasks = [
            Task(each, folder / each["page"] / f"{each['assignment']['name']}.py")
            for each in book["exercises"]
        ]

    def write(self) -> None:
        """Write the files that are not there."""
        for task in self.tasks:
            if not task.file.exists():
                task.file.parent.mkdir(parents=True, exist_ok=True)
                task.file.write_text(task.text(), encoding="utf-8")

    @property
    def passed(self) -> dict[str, str]:
        """The texts with which exercises were passed."""
        try:
            found = json.loads((self.folder / PASSED).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def check(self, task: Task) -> bool:
        """Grade a file, say how it is, and note whether it passed."""
        try:
            code = task.file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            _say(f"{task.file}: cannot be read: {error}")
            return False
        grade = _graded(task.name, code)
        passed = self.passed
        passed.pop(task.name, None)
        if grade.passed:
            passed[task.name] = code
        (self.folder / PASSED).write_text(json.dumps(passed, indent=1), encoding="utf-8")
        _say(f"\n{task.file}: {'right' if grade.passed else 'not yet'}")
        for line in _told(grade):
            _say(f"    {line}".rstrip())
        return grade.passed

    def say_next(self) -> None:
        """Say how many have passed, and which is next."""
        passed = self.passed
        left = [task for task in self.tasks if task.name not in passed]
        next_one = f" Next: {left[0].file}" if left else " That is all."
        _say(f"{len(self.tasks) - len(left)} of {len(self.tasks)} passed.{next_one}")

    def watch(self) -> None:
        """Grade each file that is saved, until Ctrl+C."""
        before = self._times()
        _say("Waiting for you to save a file. Ctrl+C ends.")
        while True:
            time.sleep(PAUSE)
            now = self._times()
            for task in self.tasks:
                if now.get(task.name) not in {None, before.get(task.name)}:
                    self.check(task)
                    self.say_next()
            before = now

    def _times(self) -> dict[str, int]:
        return {
            task.name: task.file.stat().st_mtime_ns for task in self.tasks if task.file.is_file()
        }


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  (a program for a terminal)


def _log(grade: Grade) -> Iterator[str]:
    """What the attempt sent and printed, line by line."""
    for segment in grade.run.segments:
        mark = "│ " if segment.kind == "sql" else ""
        if segment.kind != "error":
            yield from (f"{mark}{line}" for line in segment.text.rstrip("\n").split("\n"))


def _told(grade: Grade) -> list[str]:
    """What the author of an attempt reads: what it sent and printed, and why it is refused."""
    return [*_log(grade), *grade.words.split("\n")]


def _graded(name: str, code: str) -> Grade:
    """Grade an attempt in another process."""
    command = [sys.executable, sys.argv[0], "--grade", name]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        try:
            done = subprocess.run(
                [*command[:1], os.path.realpath(command[1]), *command[2:]],
                cwd=folder,
                input=code.encode(),
                capture_output=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            words = f"It was stopped after {PATIENCE} s. Is there a loop that never ends?"
            return Grade(False, words)
    try:
        return Grade.of(json.loads(done.stdout))
    except ValueError:
        said = done.stderr.decode(errors="replace").strip().split("\n")[-1]
        return Grade(False, f"Its Python ended with status {done.returncode}. {said}".strip())


def _grade(book: Mapping[str, Any], name: str) -> None:
    """Grade the attempt that standard input holds, and write the grade to standard output."""
    source = sys.stdin.buffer.read().decode()
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)  # what a child process of the attempt prints is no grade
        runner = Runner()
        runner.install()
        runner.set_up(book["setup"])
        found = (each["assignment"] for each in book["exercises"])
        assignment = Assignment(**next(each for each in found if each["name"] == name))
        grade = Grader(runner, book["watch"]).attempt(assignment, source)
        out.write(json.dumps(grade.data()))


def _missing(book: Mapping[str, Any]) -> str:
    """The package that the exercises import and is not installed."""
    names = {str(book[key]).partition(":")[0].partition(".")[0] for key in ("setup", "watch")}
    return next((name for name in sorted(names - {""}) if find_spec(name) is None), "")


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; 1 where an exercise that was to be checked has not passed."""
    with zipfile.ZipFile(sys.argv[0]) as archive:
        book = json.loads(archive.read(DATA))
    parser = argparse.ArgumentParser(prog=Path(sys.argv[0]).name, description=USAGE)
    parser.add_argument("folder", nargs="?", default="exercises", type=Path)
    parser.add_argument("--check", action="store_true", help="grade all files once, and end")
    parser.add_argument("--hints", metavar="NAME", help="show the hints of an exercise")
    parser.add_argument("--solutions", metavar="NAME", help="show its solutions")
    parser.add_argument("--answer", metavar="NAME", help="grade what standard input holds")
    parser.add_argument("--grade", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if package := _missing(book):
        _say(f"{package} is not installed for {sys.executable}. Install it:\n{book['install']}")
        return 2
    if asked.grade:
        _grade(book, asked.grade)
        return 0
    for key in ("hints", "solutions", "answer"):
        if name := getattr(asked, key):
            return _show(book, key, name)
    folder = Folder(asked.folder, book)
    folder.write()
    if asked.check:
        passed = [folder.check(task) for task in folder.tasks]
        return int(not all(passed))
    folder.say_next()
    try:
        folder.watch()
    except KeyboardInterrupt:
        _say("")
    return 0


def _show(book: Mapping[str, Any], key: str, name: str) -> int:
    names = [each["assignment"]["name"] for each in book["exercises"]]
    if name not in names:
        _say(f"There is no exercise {name!r}. There are: {', '.join(names)}")
        return 2
    if key == "answer":
        grade = _graded(name, sys.stdin.buffer.read().decode())
        _say("\n".join([*_told(grade), "Right." * grade.passed]).strip("\n"))
        return int(not grade.passed)
    found = book["exercises"][names.index(name)][key]
    _say("\n".join(found if key == "hints" else map(_solution, found)))
    return 0


def _solution(solution: Mapping[str, str]) -> str:
    title = f"# {solution['title']}\n" if solution["title"] else ""
    return f"{title}{solution['code']}\n{solution['about']}"
