"""A walk through a page by Tab; what is to be told of its stops says ``looks/walk.js``."""

from __future__ import annotations

from typing import Any

from tests.kit.look import look

MANY = 25  # keys between two looks at where the walk is
TAB = {"type": "rawKeyDown", "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}
"""Half of a press, and half as long as Playwright's: there are ten thousand."""
SHIFT = 8
END = 2_000  # keys; a page with more stops is no page for a keyboard
ENOUGH = 4  # faults on a page; each is waited for


def walked(page: Any, key: str) -> list[str]:
    """Press a key until the walk is where it began; what is to be told of it."""
    page.evaluate(look("walk"))
    devtools = page.context.new_cdp_session(page)
    for _ in range(END // MANY):
        for _ in range(MANY):
            devtools.send("Input.dispatchKeyEvent", TAB | {"modifiers": SHIFT * (key != "Tab")})
        if page.evaluate("walk.held()"):
            break
    wrong: list[str] = []
    for number in range(page.evaluate("walk.suspects.length")):
        wrong += page.evaluate("(number) => walk.again(number)", number)
        if len(wrong) == ENOUGH:
            break
    return wrong + page.evaluate("(backwards) => walk.end(backwards)", key != "Tab")
