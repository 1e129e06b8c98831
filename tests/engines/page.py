"""What a test does with a page, the same in each browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

PATIENCE = 120.0
"""Seconds that a condition may take on a busy machine; none is waited for in vain."""


class Window(Protocol):
    """A window of a browser, as its driver gives it."""

    def open(self, address: str) -> None: ...

    def address(self) -> str:
        """Where the window is, also while it is on its way to another page."""

    def reload(self) -> None: ...

    def resize(self, width: int, height: int) -> None: ...

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript gives, in this page."""

    def click(self, selector: str) -> None: ...

    def press(self, chord: str) -> None:
        """Press a key, or several at once: ``Enter``, ``Control+k``."""

    def type(self, text: str) -> None:
        """Press the keys that write this."""

    def complaints(self, address: str) -> list[str]:
        """The errors that the browser tells of while it opens a page."""


class Page:
    """A window with a page of the site, and the questions that tests ask of it."""

    def __init__(self, window: Window, address: str) -> None:
        self.window = window
        self.address = address

    def open(self, name: str, *, width: int = 1280) -> None:
        """Open a page by its path without ``.html``, as for the first time."""
        self.window.resize(width, 800)
        self.window.open(f"{self.address}/{name}.html")
        if self.window.value("localStorage.length + sessionStorage.length"):
            self.window.value("[localStorage, sessionStorage].forEach((kept) => kept.clear())")
            self.window.reload()

    def text(self, selector: str) -> str:
        """What is written in the first element that is there, empty where none is."""
        return str(self.window.value(f"document.querySelector({selector!r})?.textContent ?? ''"))

    def has(self, selector: str) -> bool:
        return bool(self.window.value(f"document.querySelector({selector!r}) !== null"))

    def focused(self, selector: str) -> bool:
        """Whether the focus is there."""
        return bool(self.window.value(f"document.activeElement.matches({selector!r})"))

    def tab_to(self, selector: str, presses: int = 40) -> None:
        """Press Tab until the focus is there."""
        for _ in range(presses):
            self.window.press("Tab")
            if self.focused(selector):
                return
        raise AssertionError(f"Tab never came to {selector}")

    def until(self, holds: Callable[[], Any], what: str) -> None:
        """Wait until something holds."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"waited in vain: {what}; {self.text('.live-status')}"
            time.sleep(0.1)

    def until_shown(self, selector: str, words: str = "") -> None:
        """Wait until an element is there and holds these words."""
        self.until(
            lambda: self.has(selector) and words in self.text(selector), f"{selector}: {words}"
        )
