"""An exercise in a page's source: its parts, and what is wrong with its form."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any, ClassVar

from docutils.parsers.rst import Directive, directives
from markdown_it.token import Token
from myst_parser.parsers.directives import parse_directive_text

from myst_doctest.pages.fences import DIRECTIVE, Block, Outline, Problem, is_closed, span, tokens_of
from myst_doctest.running.grading import Assignment
from myst_doctest.variants import Variant

KINDS = {
    "fill": "Fill the gap",
    "repair": "Repair",
    "write": "Write",
    "improve": "Improve",
    "design": "Design",
}
"""What an exercise asks of its reader: ``:kind:``, and what readers see of it."""
PARTS = ("given", "starter", "hint", "solution", "wrong", "check", "verdict")
OPTIONS = {
    "exercise": ("name", "kind", "asks", "given", "also-on"),
    "starter": ("title",),
    "solution": ("title", "optional"),
}
MOST_HINTS = MOST_DESIGNS = 3


@dataclass(frozen=True)
class Prose:
    """Markdown, and the page's line, from 1, of its first line."""

    text: str
    line: int


@dataclass(frozen=True)
class Attempt:
    """Code that somebody may try: the starter, a solution, or a typical wrong answer."""

    kind: str
    code: str
    start: int
    """The line of its fence, from 0."""
    end: int
    """The line below it, from 0."""
    code_line: int
    """The line of its first line of code, from 1."""
    title: str = ""
    """What a solution or a design is called, where there are several."""
    optional: tuple[str, ...] = ()
    """Lines of a solution that may be changed or left out, and it is still right."""
    about: Prose | None = None
    """The explanation of a solution."""
    verdict: Block | None = None
    """What is recorded of what its author is told."""

    @property
    def line(self) -> int:
        """The line of the fence, from 1."""
        return self.start + 1


@dataclass(frozen=True)
class Exercise:
    """A task, what it starts from, and how an attempt at it is graded."""

    name: str
    title: str
    line: int
    """The line of its fence, from 1."""
    kind: str = ""
    task: Prose = Prose("", 0)
    given: str = ""
    """Code that runs before each attempt."""
    asks: tuple[str, ...] = ()
    """The names that an attempt must define."""
    check: str = ""
    check_line: int = 0
    """The line of the check's first line of code, from 1."""
    attempts: tuple[Attempt, ...] = ()
    hints: tuple[Prose, ...] = ()
    also_on: tuple[str, ...] = ()
    """The names of the variants on which it can be done, too."""

    def those(self, kind: str) -> list[Attempt]:
        """The attempts of a kind."""
        return [attempt for attempt in self.attempts if attempt.kind == kind]

    @property
    def starters(self) -> list[Attempt]:
        """What a reader starts from: one, or designs to choose from."""
        return self.those("starter")

    def assignment(self, variant: Variant | None = None) -> Assignment:
        """What grading needs to know, on a variant or without one."""
        given, check = (
            variant.code(each) if variant else each for each in (self.given, self.check)
        )
        return Assignment(self.name, given, self.asks, check)


class _Form(Directive):
    has_content = True


@dataclass
class _Fence:
    """A directive's options, and the rest of its content."""

    name: str
    argument: str
    start: int
    end: int
    options: dict[str, str]
    lines: list[str]
    line: int
    """The page's line, from 0, of the first of ``lines``."""
    problems: Sequence[Problem] = ()
    """What is wrong with the options."""
    is_closed: bool = True

    @classmethod
    def of(cls, token: Token, offset: int = 0, page: Sequence[str] = ()) -> _Fence | None:
        """The directive that a fence is, whose lines begin at ``offset`` of the page."""
        match = DIRECTIVE.match(token.info.strip())
        if token.type != "fence" or token.level or match is None:
            return None
        start, end = (line + offset for line in span(token))

        name, argument = match.groups()

        class Form(_Form):
            option_spec: ClassVar[Any] = dict.fromkeys(OPTIONS.get(name, ()), directives.unchanged)

        form = parse_directive_text(Form, "", token.content, line=start + 1)
        return cls(
            name,
            argument,
            start,
            end,
            form.options,
            form.body,
            start + 1 + form.body_offset,
            [
                Problem(each.lineno or start + 1, f"{{{name}}}: {each.msg}")
                for each in form.warnings
            ],
            is_closed(page, token),
        )

    @property
    def code(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    def block(self) -> Block:
        return Block(self.code, self.start, self.end, self.line + 1)


OF_OURS = frozenset({"starter", "solution", "check", "wrong"})
"""Parts, of which an exercise of ours has some."""
NOT_OURS = (
    "an {exercise} without :kind: and without parts: if it is sphinx-exercise's, name"
    " sphinx_exercise in extensions of conf.py"
)


def exercises_of(
    outline: Outline, used: Collection[str] = (), variants: Collection[str] = ()
) -> tuple[list[Exercise], list[Problem]]:
    """A page's whole exercises, and what is wrong with the others.

    ``used`` are the names that cells have, which are anchors as those of exercises are;
    ``variants`` are the names of those that the page asks for.
    """
    fences = [fence for token in outline.exercises if (fence := _Fence.of(token))]
    shared = {each.argument: each for each in fences if each.name == "given"}
    exercises: list[Exercise] = []
    problems: list[Problem] = []
    for fence in fences:
        if fence.name == "exercise":
            reader = _Reader(fence, outline, shared)
            exercise = reader.read()
            problems += reader.problems
            if exercise.name in [*used, *(each.name for each in exercises)]:
                message = f"the name {exercise.name} is used twice: exercises need their own"
                problems.append(Problem(exercise.line, message))
            problems += [
                Problem(exercise.line, f":also-on: the page does not ask for the variant {each!r}")
                for each in exercise.also_on
                if each not in variants
            ]
            if not reader.problems:
                exercises.append(exercise)
        elif not fence.argument:
            problems.append(Problem(fence.start + 1, "a {given} for several exercises has a name"))
    return exercises, problems


@dataclass
class _Reader:
    """Reads one exercise."""

    fence: _Fence
    outline: Outline
    shared: dict[str, _Fence]
    problems: list[Problem] = field(default_factory=list)

    def read(self) -> Exercise:
        fence, options = self.fence, self.fence.options
        self.problems += fence.problems
        exercise = Exercise(
            name=options.get("name", ""),
            title=fence.argument,
            line=fence.start + 1,
            kind=options.get("kind", ""),
            asks=tuple(options.get("asks", "").split()),
            also_on=tuple(options.get("also-on", "").replace(",", " ").strip(" []").split()),
            given="".join(self._shared()),
        )
        parts = list(self._parts())
        if not exercise.kind and not OF_OURS & {part.name for part in parts}:
            self.problems.clear()
            self._problem(fence.start, NOT_OURS)
            return exercise
        exercise = self._with_parts(exercise, parts)
        self._look_at(exercise, [part.name for part in parts])
        return exercise

    def _problem(self, line: int, message: str) -> None:
        """Note what is wrong at a line of the page, from 0."""
        self.problems.append(Problem(line + 1, message))

    def _shared(self) -> Iterator[str]:
        """The code of the page's ``{given}`` blocks that the exercise names."""
        for name in self.fence.options.get("given", "").split():
            if name in self.shared:
                yield self.shared[name].code
            else:
                near = get_close_matches(name, self.shared, 1)
                hint = f"perhaps {near[0]}?" if near else "write `{given} NAME` above the exercise"
                self._problem(self.fence.start, f"the page has no {{given}} {name!r}: {hint}")

    def _parts(self) -> Iterator[_Fence]:
        """The parts, in order; text between them comes as parts without a name."""
        lines = self.fence.lines
        done = 0
        for token in tokens_of("\n".join(lines), self.outline.config):
            part = _Fence.of(token, self.fence.line, lines)
            if part is None or part.name not in PARTS:
                continue
            yield from self._text(done, part.start - self.fence.line)
            done = part.end - self.fence.line
            self.problems += part.problems
            if not part.is_closed:
                self._problem(part.start, f"a {{{part.name}}} whose fence is never closed")
            yield part
        yield from self._text(done, len(lines))

    def _text(self, start: int, end: int) -> Iterator[_Fence]:
        while start < end and not self.fence.lines[start].strip():
            start += 1
        while start < end and not self.fence.lines[end - 1].strip():
            end -= 1
        if start < end:
            first = self.fence.line + start
            text = self.fence.lines[start:end]
            yield _Fence("", "", first, first + end - start, {}, text, first)

    def _with_parts(self, exercise: Exercise, parts: list[_Fence]) -> Exercise:
        attempts: list[Attempt] = []
        hints: list[Prose] = []
        above = ""
        for part in parts:
            code = part.code
            prose = Prose(code, part.line + 1)
            if part.name == "":
                if not above:
                    exercise = replace(exercise, task=prose)
                elif above == "solution":
                    attempts[-1] = replace(attempts[-1], about=prose)
                else:
                    message = "text that nobody reads: the task is above the first part, and"
                    self._problem(part.line, f"{message} an explanation is below a {{solution}}")
            elif part.name == "given":
                exercise = replace(exercise, given=exercise.given + code)
            elif part.name == "hint":
                hints.append(prose)
            elif part.name == "check":
                exercise = replace(exercise, check=code, check_line=part.line + 1)
            elif part.name == "verdict":
                if above in {"starter", "wrong"}:
                    attempts[-1] = replace(attempts[-1], verdict=part.block())
                else:
                    message = "a {verdict} without a {starter} or {wrong} right above it: remove it"
                    self._problem(part.start, message)
            else:
                attempts.append(_attempt(part))
            above = part.name or above
        return replace(exercise, attempts=tuple(attempts), hints=tuple(hints))

    def _look_at(self, exercise: Exercise, parts: Sequence[str]) -> None:
        line = exercise.line - 1
        starters, checks = parts.count("starter"), parts.count("check")
        is_choice = exercise.kind == "design" and 1 < starters <= MOST_DESIGNS
        for each in exercise.those("starter") if is_choice else ():
            if not each.title:
                self._problem(each.start, "a design from which readers choose has a :title:")
        near = get_close_matches(exercise.kind, KINDS, 1, 0.5)
        kinds = f"perhaps {near[0]}?" if near else f"one of {', '.join(KINDS)}"
        wrong = {
            "no title: write it behind {exercise}": not exercise.title,
            "no :name:, which is its anchor and the name of its tests": not exercise.name,
            f"the :kind: {exercise.kind!r}: {kinds}": exercise.kind not in KINDS,
            "no task: write it above the first part": not exercise.task.text,
            f"{starters} {{starter}} parts, and not one": starters != 1 and not is_choice,
            f"{checks} {{check}} parts, and not one": checks != 1,
            "no {solution}": "solution" not in parts,
            f"more than {MOST_HINTS} hints": len(exercise.hints) > MOST_HINTS,
        }
        for what in (what for what, is_so in wrong.items() if is_so):
            self._problem(line, f"the exercise {exercise.name or exercise.title} has {what}")
        for name in exercise.asks:
            if not name.isidentifier():
                self._problem(line, f":asks: {name!r} is no name")
        for number, message in wrong_lines(exercise.check):
            self._problem(exercise.check_line + number - 2, message)


def _attempt(part: _Fence) -> Attempt:
    optional = part.options.get("optional", "")
    return Attempt(
        part.name,
        part.code,
        part.start,
        part.end,
        part.line + 1,
        part.options.get("title", ""),
        tuple(line.strip() for line in optional.split(";") if line.strip()),
    )


def wrong_lines(check: str) -> Iterable[tuple[int, str]]:
    """The lines of a check, from 1, that could not tell a reader anything, and why."""
    try:
        tree = ast.parse(check)
    except SyntaxError as error:
        yield error.lineno or 1, f"the check is no Python: {error.msg}"
        return
    found = [each for each in ast.walk(tree) if isinstance(each, ast.Assert)]
    for each in found:
        if each.msg is None:
            yield each.lineno, "an assert without a message, which is what the reader is told"
    if not found:
        yield 1, "a check without an assert refuses nothing: write `assert CONDITION, MESSAGE`"
