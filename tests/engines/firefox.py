"""The system's Firefox, driven by Playwright over the protocol that Firefox itself speaks."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.kit import prerequisites

PROGRAMS = ("firefox", "firefox-esr")
RELAY = str(Path(__file__).with_name("relay.py"))


def program() -> str | None:
    """What FIREFOX says, else what is on PATH; none where there is none."""
    names = (os.environ.get("FIREFOX"), *PROGRAMS)
    return next(filter(None, (shutil.which(name) for name in names if name)), None)


class Window:
    """One window, with a profile of its own."""

    def __init__(self, page: Any, errors: type[Exception]) -> None:
        self.page = page
        self.errors = errors
        self.heard: list[str] = []
        page.on("console", lambda said: said.type == "error" and self.heard.append(said.text))
        page.on("pageerror", lambda error: self.heard.append(str(error)))

    def open(self, address: str) -> None:
        self.page.goto(address)

    def address(self) -> str:
        try:  # Playwright's own `url` does not always learn of a page that a script opened
            return str(self.page.evaluate("location.href"))
        except self.errors:  # the page has just been left
            return ""

    def reload(self) -> None:
        self.page.reload()

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def value(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def click(self, selector: str) -> None:
        self.page.locator(selector).first.click()

    def press(self, chord: str) -> None:
        self.page.keyboard.press(chord)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def complaints(self, address: str) -> list[str]:
        self.heard.clear()
        self.page.goto(address, wait_until="networkidle")
        return self.heard


@contextmanager
def window(folder: Path) -> Iterator[Window]:
    """A window of a Firefox of its own; the folder is for what starts it."""
    starter = folder / "firefox"
    starter.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(RELAY)} "$@"\n')
    starter.chmod(0o755)
    environment = os.environ | {"FIREFOX_PROGRAM": program() or ""}
    playwright = prerequisites.module("playwright.sync_api")
    with playwright.sync_playwright() as started:
        # This channel is Firefox as it is published, not the one that Playwright builds.
        firefox = started.firefox.launch(
            executable_path=starter, channel="moz-firefox", env=environment
        )
        yield Window(firefox.new_page(), playwright.Error)
        firefox.close()
