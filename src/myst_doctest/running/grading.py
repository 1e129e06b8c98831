"""Grade an attempt at an exercise: the one grader of build, pytest, browser and terminal.

Standard library alone, since this module also travels into the browser.
An attempt has a module ``__main__`` and an empty folder of its own. What is given runs first, then
the attempt, then the check, in a namespace of its own: the attempt's names, but what was given as
it was before the attempt, except for the names that the exercise asks for; and ``printed``,
``raised``, and what the project's watch saw.
"""

from __future__ import annotations

import ast
import contextlib
import gc
import importlib
import linecache
import os
import sys
import tempfile
import traceback
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from myst_doctest.running.runner import CellRun, Raised, Runner, describe, line_of

ANSWER = "<answer>"
"""The file name of an attempt in tracebacks."""
Watch = AbstractContextManager[Callable[[], Mapping[str, Any]]]


@dataclass(frozen=True)
class Assignment:
    """What an attempt at an exercise is graded by."""

    name: str
    given: str
    """Code that runs before the attempt."""
    asks: Sequence[str]
    """The names that the attempt must define."""
    check: str
    """Code whose first failing assert says what is wrong with the attempt."""


@dataclass
class Grade:
    """What became of an attempt."""

    passed: bool
    words: str = ""
    """What its author is told where it did not pass."""
    line: int = 0
    """The attempt's line that raised, from 1; 0 where none did."""
    check_line: int = 0
    """The check's line, from 1, at which it ended early; 0 where it did not."""
    fault: str = ""
    """Where the exercise itself is at fault: its check or what is given raised this."""
    run: CellRun = field(default_factory=CellRun)
    """What the attempt showed."""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Grade:
        """A grade that came from another process as plain data."""
        return cls(**{**data, "run": CellRun.of(data["run"])})

    def data(self) -> dict[str, Any]:
        """The grade as plain data."""
        return asdict(self)


class Grader:
    """Grades attempts with a page's runner, whose own state stays as it is.

    ``watch`` names a function ``module:function``. Called once for each attempt, it gives a
    context manager, which is entered before what is given runs and left after the check; its value
    is called when the attempt begins, and maps the names that it brings for the check to objects.
    ``begun`` is called once what is given has run, right before the attempt does.
    """

    def __init__(
        self, runner: Runner, watch: str = "", begun: Callable[[], object] = lambda: None
    ) -> None:
        self.runner = runner
        self.watch = watch
        self.begun = begun

    def attempt(self, assignment: Assignment, code: str) -> Grade:
        """Grade an attempt. Never raises: an exception of whatever ran is in the grade."""
        with self._own_state() as folder:
            with self._watched() as begin:
                given = self.runner.run(assignment.given, "<given>").raised
                if given:
                    fault = f"what is given raised {given.text}"
                    grade = Grade(False, _at_fault(fault), fault=fault)
                else:
                    grade = self._graded(assignment, code, begin())
            grade.run.hide(folder)
            grade.words = grade.words.replace(folder, ".")
            return grade

    def _graded(self, assignment: Assignment, code: str, seen: Mapping[str, Any]) -> Grade:
        """Run the attempt and the check; what is given has run."""
        names = dict(vars(self.runner.module))
        self.begun()
        run = self.runner.run(code, ANSWER)
        now = vars(self.runner.module)
        asked = {name: now[name] for name in assignment.asks if name in now}
        printed = "".join(each.text for each in run.segments if each.kind == "stdout")
        names = {**now, **names, **seen, "printed": printed, "raised": run.raised, **asked}
        grade = _stopped(run.raised) or _unnamed(assignment, now, code)
        if grade is None:
            grade = self._checked(assignment, names, code)
        elif run.raised and not run.raised.fatal:
            told = self._checked(assignment, names, code)
            if _is_about(told, assignment.check, "raised"):
                grade = told
        if self.runner.run_now is not run:  # what the check called may have shown something, too
            run.segments += [each for each in self.runner.run_now.segments if each.line]
        grade.run = run
        return grade

    @contextlib.contextmanager
    def _own_state(self) -> Iterator[str]:
        """A new module and an empty folder; afterwards the page's own are back."""
        runner, here = self.runner, Path.cwd()
        before = runner.module, runner.future
        runner.module, runner.future = types.ModuleType("__main__"), 0
        sys.modules["__main__"] = runner.module
        with tempfile.TemporaryDirectory(dir=here, ignore_cleanup_errors=True) as name:
            folder = os.path.realpath(name)
            os.chdir(folder)
            try:
                yield folder
            finally:
                os.chdir(here)
                runner.module, runner.future = before
                sys.modules["__main__"] = runner.module
                _forget_types()

    def _watched(self) -> Watch:
        if not self.watch:
            return contextlib.nullcontext(dict)
        module, _, function = self.watch.partition(":")
        watch: Watch = getattr(importlib.import_module(module), function)()
        return watch

    def _checked(self, assignment: Assignment, names: dict[str, Any], code: str) -> Grade:
        """Run the check; its first failing assert is what the attempt's author is told."""
        name = f"<check of {assignment.name}>"
        check = assignment.check
        linecache.cache[name] = (len(check), None, check.splitlines(keepends=True), name)
        self.runner.run_now = CellRun()
        gc.collect()
        try:
            exec(compile(check, name, "exec", dont_inherit=True), names)
        except BaseException as error:
            return self._told(error, name, check, code)
        return Grade(True)

    def _told(self, error: BaseException, name: str, check: str, code: str) -> Grade:
        """The grade that an exception in the check means: the check's, or the attempt's own."""
        raised = describe(error, check, name, self.runner.max_output)
        frames = list(traceback.walk_tb(error.__traceback__))
        files = [frame.f_code.co_filename for frame, _ in frames]
        if isinstance(error, AssertionError) and files[-1] == name:
            failed = _assert_at(check, frames[-1][1])
            return Grade(False, raised.message, check_line=failed.lineno)
        if ANSWER in files or raised.fatal:
            own = describe(error, code, ANSWER, self.runner.max_output)
            return Grade(False, _exception(own), own.line if ANSWER in files else 0)
        at = line_of(check, raised.line)
        fault = f"the check raised {raised.text}, at `{at}`"
        return Grade(False, _at_fault(fault), check_line=raised.line, fault=fault)


def _forget_types() -> None:
    """Have ``typing`` forget what it was given: its caches would keep an attempt's classes.

    Those of some dozens of attempts make each garbage collection longer than the attempt.
    """
    clear: Callable[[], None]
    for clear in getattr(typing, "_cleanups", ()):
        clear()


def _stopped(raised: Raised | None) -> Grade | None:
    """The grade of an attempt that raised: its exception, unless the check says it better.

    It never passes.
    """
    return Grade(False, _exception(raised), raised.line) if raised else None


def _assert_at(check: str, line: int) -> ast.Assert:
    """The check's assert that has this line."""
    found = [each for each in ast.walk(ast.parse(check)) if isinstance(each, ast.Assert)]
    there = [each for each in found if each.lineno <= line <= (each.end_lineno or line)]
    return max(there, key=lambda each: each.lineno)


def _is_about(grade: Grade, check: str, name: str) -> bool:
    """Whether an attempt was refused by an assert whose condition has this name in it."""
    if not grade.check_line or grade.fault:
        return False
    condition = _assert_at(check, grade.check_line).test
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(condition))


def _unnamed(assignment: Assignment, names: Mapping[str, Any], code: str) -> Grade | None:
    """The grade of an attempt that lacks a name which the exercise asks for."""
    missing = next((name for name in assignment.asks if name not in names), "")
    if not missing:
        return None
    if not code.strip():
        return Grade(False, f"There is nothing here yet. Define `{missing}`.")
    return Grade(False, f"`{missing}` isn't defined. Use that name, so that it can be checked.")


def _exception(raised: Raised) -> str:
    """What the author of an attempt that raised is told."""
    line = f"Line {raised.line}"
    match raised.name:
        case "SyntaxError" | "IndentationError" | "TabError":
            return f"{line} isn't Python yet: {raised.message}"
        case "SystemExit":
            return f"{line} ends the program, so nothing could be checked. Leave that out."
        case "KeyboardInterrupt":
            return "It was stopped before its end. Is there a loop that never ends?"
        case "MemoryError":
            return f"{line} needs more memory than there is."
        case "PlainPythonError":
            return f"{line}: {raised.message}, which an exercise can't use."
    return f"{line} raised {raised.text}"


def _at_fault(fault: str) -> str:
    return (
        f"This couldn't be checked: {fault}. Perhaps your answer led there;"
        " if you think that it's right, the exercise is at fault."
    )
