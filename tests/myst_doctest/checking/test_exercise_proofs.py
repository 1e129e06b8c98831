"""What is held of exercises, in pytest and in a build."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.kit.exercise_page import CHECK, STARTER, TWICE, exercise, page, part

if TYPE_CHECKING:
    from tests.kit.pytest_site import Done, Site

TOLD = part("verdict", "twice(2) is 2.")
NO_SUM = "def twice(n):\n    total = n\n    total += n\n    return n + n\n"
# What is wrong with an exercise: the proof that fails, its words, and whether a build says so too.
FAULTS = {
    "refused": (
        exercise(TOLD, solution=STARTER.replace("n\n", "n * 3\n")),
        ("solution", "the solution is refused: twice(2) is 6.", True),
    ),
    "passes": (exercise(starter=TWICE), ("starter", "the starter passes: have the check", True)),
    "wrong-passes": (
        exercise(TOLD, part("wrong", TWICE)),
        ("wrong-1", "the wrong answer passes: have the check refuse it", True),
    ),
    "unrecorded": (exercise(), ("starter", "the starter has no {verdict}", True)),
    "differs": (
        exercise(TOLD.replace("is 2", "is 3")),
        ("starter", "-twice(2) is 3.\n+twice(2) is 2.", True),
    ),
    "empty": (
        exercise(
            part("verdict", "No."),
            check='assert "twice" not in globals() or twice(2) == 4, "No."',
            options=(":kind: write",),
            starter="twice = print",
        ),
        ("check", "the check passes on an empty attempt", True),
    ),
    "unreached": (
        exercise(TOLD, check=f'{CHECK}assert twice(3) == 6, "It is wrong for 3."'),
        ("check", "no attempt is told this: list a {wrong} answer that is", True),
    ),
    "needless": (
        exercise(TOLD, solution=NO_SUM),
        ("check", "without `total += n`, the solution still passes", False),
    ),
    "constant": (
        exercise(TOLD, solution="def twice(n):\n    return n * 2 if n < 9 else n + n\n"),
        ("check", "with `10` for `9`, the solution still passes", False),
    ),
    "not-there": (
        exercise(TOLD).replace("{solution}\n", "{solution}\n:optional: x = 1\n"),
        ("check", ":optional: the solution has no line `x = 1`", True),
    ),
    "left-behind": (
        exercise(
            TOLD,
            part("wrong", "import builtins\nbuiltins.sum = None\ntwice = str"),
            part("verdict", "twice(2) is '2'."),
            check='assert twice(2) == sum([2, 2]), f"twice(2) is {twice(2)!r}."',
            starter="twice = float",
        ).replace("twice(2) is 2.", "twice(2) is 2.0."),
        ("check", "the solution", True),
    ),
    "endless": (
        exercise(TOLD, part("wrong", "while True: pass"), part("verdict", "x")),
        ("wrong-1", "the wrong answer: stopped after 1 s", True),
    ),
}  # fmt: skip


class Proofs(NamedTuple):
    site: Site
    tested: Done
    built: Done


@pytest.fixture(scope="module")
def proofs(new_site: Callable[[], Site]) -> Proofs:
    """A page for each fault, and a whole one, checked by pytest and built."""
    site = new_site()
    site.settings(timeout=1)
    for name, (text, _) in FAULTS.items():
        site.page(f"{name}.md", page(text))
    site.page("whole.md", page(exercise(TOLD)))
    names = "\n".join(["whole", *FAULTS])
    site.page("index.md", f"# Index\n\n```{{toctree}}\n{names}\n```\n")
    return Proofs(site, site.pytest(), site.build("--keep-going"))


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_reported_where_it_is(proofs: Proofs, name: str) -> None:
    """By pytest, at the proof that fails, and by a build, both with file and line."""
    label, message, is_built = FAULTS[name][1]
    failed = [key for key, state in proofs.tested.states(f"{name}.md").items() if state == "failed"]
    assert f"twice[{label}]" in failed
    report = proofs.tested.items[f"{name}.md::twice[{label}]"].report
    assert message in report
    place, words = report.split("\n")[0].split(": ", 1)
    assert place.startswith(f"docs/{name}.md:")
    assert (f"{place}: WARNING: {words}" in proofs.built.output) is is_built


def test_a_whole_exercise_passes(proofs: Proofs) -> None:
    """With an item for each listed attempt, and one for the check."""
    assert proofs.tested.states("whole.md") == {
        f"twice[{label}]": "passed" for label in ("starter", "solution", "check")
    }
    assert "whole.md" not in proofs.built.output


def test_a_statement_that_is_not_needed_may_be_named(site: Site) -> None:
    """``:optional:`` names its first line."""
    text = exercise(TOLD, solution=NO_SUM)
    option = "{solution}\n:optional: total += n; total = n\n"
    site.page("index.md", page(text.replace("{solution}\n", option)))
    assert site.pytest().code == 0


def test_changes_that_come_out_alike_are_tried_once(site: Site) -> None:
    """Without the first or the second of two equal arguments, a solution is the same."""
    solution = "def twice(n):\n    print(n, n)\n    return n + n\n"
    site.page("page.md", page(exercise(TOLD, solution=solution)))
    report = site.pytest().items["page.md::twice[check]"].report
    assert report.count("without the argument `n`, the solution still passes") == 1


def test_verdicts_are_recorded_and_nothing_else_changes(site: Site) -> None:
    """Added, changed or left; the page's other bytes, and those of a failed one, stay."""
    wrong = part("wrong", "twice = str")
    before = page(exercise(wrong)).replace("\n", "\r\n").encode()
    path = site.page("index.md", before)
    done = site.accept()
    after = path.read_bytes()
    verdict = "\n```{verdict}\ntwice(2) is 2.\n```\n".replace("\n", "\r\n").encode()
    assert done.code == 0
    assert after.count(b"{verdict}") == 2
    assert after.replace(verdict, b"") == before
    assert "docs/index.md:10: added what the attempt is told" in done.output
    path.write_bytes(after.replace(b"is 2.", b"is 3.", 1))
    assert "docs/index.md:10: changed what the attempt is told" in site.accept().output
    assert path.read_bytes() == after
    path.write_bytes(broken := after.replace(b"{check}", b"{hint}"))
    site.accept()
    assert path.read_bytes() == broken
