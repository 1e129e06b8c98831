"""A page with exercises, put together from their parts."""

from __future__ import annotations

TWICE = "def twice(n):\n    return n + n\n"
STARTER = "def twice(n):\n    return n\n"
CHECK = 'assert twice(2) == 4, f"twice(2) is {twice(2)}."\n'


def part(name: str, content: str, *options: str) -> str:
    """One part: a fence with its options."""
    lines = [f"```{{{name}}}", *options, content.rstrip("\n"), "```", ""]
    return "\n".join(line for line in lines if line or content)


def exercise(
    *more: str,
    name: str = "twice",
    starter: str = STARTER,
    solution: str = TWICE,
    check: str = CHECK,
    options: tuple[str, ...] = (":kind: write", ":asks: twice"),
    title: str = "Twice",
    task: str = "Write `twice`.",
) -> str:
    """An exercise; ``more`` are parts between the starter and the solution."""
    parts = [
        part("starter", starter),
        *more,
        part("solution", solution),
        part("check", check),
    ]
    head = [f"`````{{exercise}} {title}".rstrip(), f":name: {name}", *options, ""]
    return "\n".join([*head, task, "", *parts]) + "`````\n"


def page(*exercises: str) -> str:
    """A page of exercises."""
    return "\n".join(["# A page", "", *exercises])
