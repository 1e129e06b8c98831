"""A page's own time: what it does later, it does when a test lets the time pass."""

from __future__ import annotations

from typing import Any


def stop(page: Any) -> None:
    """From here on no time passes for the page, however long the machine takes."""
    page.clock.install(time=0)
    page.clock.pause_at(1)


def go_on(page: Any) -> None:
    """From here on time passes again."""
    page.clock.resume()


def wait(page: Any, milliseconds: int) -> None:
    """Let so much time pass for the page, at once."""
    page.clock.run_for(milliseconds)
