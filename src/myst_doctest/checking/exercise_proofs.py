"""What is held of an exercise: each attempt that its page lists is graded, and a few more.

A solution passes, also after all other attempts; the starter and the typical wrong answers do not,
and are told what the page records; an empty attempt does not pass. Each message of the check is
what a listed attempt is told. A check does not raise anything else than its asserts. Where more
is asked for than a build has time for, each solution is refused with anything changed in it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from myst_doctest.checking.compare import difference, matches, merged, normalise
from myst_doctest.checking.mutants import Mutant, mutants
from myst_doctest.pages.exercises import Attempt, Exercise
from myst_doctest.pages.fences import Problem
from myst_doctest.running.grading import Grade
from myst_doctest.running.page_runs import PageRun, Server
from myst_doctest.variants import Variant

RECORD = "if it is right, record it with `pytest --accept`"
SAME = "have the check say the same there"
CHECK = "check"


@dataclass(frozen=True)
class Trial:
    """An attempt that is graded, and what it shall prove."""

    label: str
    """The proof that it belongs to."""
    code: str
    attempt: Attempt | None = None
    """The listed attempt that it is."""
    again: bool = False
    """Whether it is a solution that was graded before."""
    mutant: Mutant | None = None
    """What was changed in ``attempt``, a solution."""


@dataclass
class Proof:
    """What came of some trials: those of one listed attempt, or of the check."""

    label: str
    attempt: Attempt | None = None
    problems: list[Problem] = field(default_factory=list)
    record: str = ""
    """What to record of what the attempt's author is told; empty where that is recorded."""


def labels(exercise: Exercise) -> dict[str, int]:
    """The names of an exercise's proofs, and their lines in the page, from 1."""
    listed = {trial.label: trial.attempt.line for trial in _listed(exercise) if trial.attempt}
    return {**listed, CHECK: exercise.check_line}


class Grading:
    """The attempts at an exercise that are graded, on a variant or without one, all at once.

    ``thorough`` asks for more of them than a build has time for.
    """

    def __init__(
        self,
        exercise: Exercise,
        server: Server,
        variant: Variant | None = None,
        *,
        thorough: bool = False,
    ) -> None:
        self.variant = variant
        self.thorough = thorough and variant is None
        codes = [trial.code for trial in self._trials(exercise)]
        if variant:
            codes = [variant.code(code) for code in codes]
        self.run: Future[PageRun] = server.grade(exercise.assignment(variant), codes, variant)

    def _trials(self, exercise: Exercise) -> list[Trial]:
        mutated = _mutated(exercise) if self.thorough else ()
        return [*_listed(exercise), *_of_check(exercise), *mutated]

    def proofs(self, exercise: Exercise, run: PageRun) -> list[Proof]:
        """What came of it, in ``run``; a proof for each of the labels.

        ``exercise`` is the same one, and may have other verdicts recorded by now.
        """
        proofs = _prove(exercise, self._trials(exercise), run)
        return [_there(proof, self.variant) for proof in proofs] if self.variant else proofs


def _listed(exercise: Exercise) -> Iterator[Trial]:
    for kind in ("starter", "solution", "wrong"):
        for number, attempt in enumerate(exercise.those(kind), 1):
            is_first = number == 1 and kind != "wrong"
            label = kind if is_first else f"{kind}-{number}"
            yield Trial(label, attempt.code, attempt)


def _of_check(exercise: Exercise) -> Iterator[Trial]:
    first = exercise.those("solution")[0]
    yield Trial(CHECK, first.code, first, again=True)
    yield Trial(CHECK, "")


def _mutated(exercise: Exercise) -> Iterator[Trial]:
    seen = set()
    for solution in exercise.those("solution"):
        for mutant in mutants(solution.code):
            if mutant.code not in seen and _line_of(solution, mutant) not in solution.optional:
                seen.add(mutant.code)
                yield Trial(CHECK, mutant.code, solution, mutant=mutant)


def _line_of(solution: Attempt, mutant: Mutant) -> str:
    return solution.code.split("\n")[mutant.line - 1].strip()


def _there(proof: Proof, variant: Variant) -> Proof:
    """A proof on a variant, whose words are those that are recorded without one."""
    on = f"on {variant.title}, "
    problems = [
        replace(each, message=on + each.message.replace(RECORD, SAME)) for each in proof.problems
    ]
    return Proof(proof.label, problems=problems)


def _prove(exercise: Exercise, tried: Sequence[Trial], run: PageRun) -> list[Proof]:
    ran = datetime.fromtimestamp(run.ran, UTC)
    proofs = {label: Proof(label) for label in labels(exercise)}
    for trial, grade in zip(tried, run.grades, strict=False):
        proof = proofs[trial.label]
        if trial.label == CHECK:
            proof.problems += _wrong_with_check(exercise, trial, grade)
        else:
            _judge(exercise, proof, trial, grade, ran)
    if len(run.grades) < len(tried):
        stopped = tried[len(run.grades)]
        line = stopped.attempt.line if stopped.attempt else exercise.line
        why = run.stopped or "not graded, for no reason known"
        for trial in tried[len(run.grades) :]:
            proofs[trial.label].problems = [Problem(line, f"{_what(stopped)}: {why}")]
    else:
        proofs[CHECK].problems += _unreached(exercise, tried, run.grades)
        proofs[CHECK].problems += _not_there(exercise)
    return list(proofs.values())


def _what(trial: Trial) -> str:
    """A trial in words."""
    if trial.attempt is None:
        return "an empty attempt"
    if trial.mutant:
        return f"{trial.mutant.change}, the solution"
    name = {"starter": "the starter", "solution": "the solution", "wrong": "the wrong answer"}
    return name[trial.attempt.kind]


def _fault(exercise: Exercise, trial: Trial, grade: Grade) -> Problem:
    """The exercise is at fault: at the check's line, or where it is given."""
    line = exercise.check_line + grade.check_line - 1 if grade.check_line else exercise.line
    what = f"{_what(trial)} cannot be graded: {grade.fault}"
    return Problem(line, f"{what}; have the check say by an assert what that means")


def _judge(exercise: Exercise, proof: Proof, trial: Trial, grade: Grade, ran: datetime) -> None:
    """Look at the grade of a listed attempt."""
    attempt = proof.attempt = trial.attempt
    assert attempt is not None
    if grade.fault:
        proof.problems.append(_fault(exercise, trial, grade))
    elif attempt.kind == "solution":
        if not grade.passed:
            line = attempt.code_line + grade.line - 1 if grade.line else attempt.line
            proof.problems.append(Problem(line, f"the solution is refused: {grade.words}"))
    elif grade.passed:
        what = f"{_what(trial)} passes: have the check refuse it"
        proof.problems.append(Problem(attempt.line, what))
    else:
        _compare(proof, trial, grade, ran)


def _compare(proof: Proof, trial: Trial, grade: Grade, ran: datetime) -> None:
    """Compare what an attempt's author is told with what the page records."""
    attempt = trial.attempt
    assert attempt is not None
    block = attempt.verdict
    old = block.text if block else ""
    got = f"{normalise(grade.words).strip()}\n"
    if not matches(old, got, ran):
        proof.record = merged(old, got, ran)
        what = "is told something else than is recorded" if block else "has no {verdict}"
        line = block.line if block else attempt.line
        diff = difference(old, got, ran, f"line {line}")
        proof.problems.append(Problem(line, f"{_what(trial)} {what}; {RECORD}\n{diff}"))


def _wrong_with_check(exercise: Exercise, trial: Trial, grade: Grade) -> Iterator[Problem]:
    """What a trial of the check itself finds."""
    attempt = trial.attempt
    if grade.fault:
        yield _fault(exercise, trial, grade)
    elif attempt is None:
        if grade.passed:
            yield Problem(exercise.check_line, "the check passes on an empty attempt")
    elif trial.again:
        if not grade.passed:
            what = "after the wrong answers the solution is refused: one of them left something"
            yield Problem(attempt.line, f"{what} behind: {grade.words}")
    elif grade.passed and trial.mutant:
        line = attempt.code_line + trial.mutant.line - 1
        what = f"{_what(trial)} still passes"
        why = "check what that is for, or name the line in the option :optional:"
        yield Problem(line, f"{what}: {why}")


def _unreached(
    exercise: Exercise, tried: Sequence[Trial], grades: Sequence[Grade]
) -> Iterator[Problem]:
    """The messages of the check that no listed attempt is told."""
    reached = {
        grade.check_line
        for trial, grade in zip(tried, grades, strict=True)
        if trial.label != CHECK or trial.attempt is None
    }
    for each in ast.walk(ast.parse(exercise.check)):
        if isinstance(each, ast.Assert) and each.lineno not in reached:
            line = exercise.check_line + each.lineno - 1
            message = "no attempt is told this: list a {wrong} answer that is, or remove the assert"
            yield Problem(line, message)


def _not_there(exercise: Exercise) -> Iterator[Problem]:
    """What ``:optional:`` names and a solution does not have."""
    for solution in exercise.those("solution"):
        found = {line.strip() for line in solution.code.split("\n")}
        for name in solution.optional:
            if name not in found:
                yield Problem(solution.line, f":optional: the solution has no line `{name}`")
