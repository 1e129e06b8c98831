"""The system's WebKit, driven by the program that comes with it, on a screen that nobody sees."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE = 60.0  # seconds
KEYS = {
    "Tab": "\ue004",
    "Enter": "\ue007",
    "Shift": "\ue008",
    "Control": "\ue009",
    "Escape": "\ue00c",
    "ArrowDown": "\ue015",
    "Space": " ",
    "\n": "\ue007",
}
# The driver looks for what it clicks at once: a page that scrolls smoothly is still on its way.
TO_SIGHT = """const [found] = arguments;
    found.scrollIntoView({block: "center", behavior: "instant"});"""


def programs() -> dict[str, str | None]:
    """What it takes, by the packages of Debian that bring it; none where one is not there."""
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    return {
        "webkit2gtk-driver": shutil.which("WebKitWebDriver") and next(map(str, browsers), None),
        "xvfb": shutil.which("Xvfb"),
    }


class Driver:
    """WebDriver's commands, each a request to the program that drives the browser."""

    def __init__(self, address: str) -> None:
        self.address = address
        browser = programs()["webkit2gtk-driver"]
        options = {"binary": browser, "args": ["--automation"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.until_there()
        session = self.ask("POST", "/session", {"capabilities": wanted})["sessionId"]
        self.address = f"{address}/session/{session}"

    def ask(self, method: str, command: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            self.address + command,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{command}: {error.read().decode()}") from error

    def until_there(self) -> None:
        """Wait for the driver, which has just been started."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.ask("GET", "/status")
            except urllib.error.URLError:
                assert time.monotonic() < end, "the driver never answered"
                time.sleep(0.05)
            else:
                return


class Window:
    """One window, with a profile of its own that is never written."""

    def __init__(self, driver: Driver, environment: dict[str, str]) -> None:
        self.driver = driver
        self.environment = environment

    def open(self, address: str) -> None:
        self.driver.ask("POST", "/url", {"url": address})

    def address(self) -> str:
        return str(self.driver.ask("GET", "/url"))

    def reload(self) -> None:
        self.driver.ask("POST", "/refresh", {})

    def resize(self, width: int, height: int) -> None:
        self.driver.ask("POST", "/window/rect", {"width": width, "height": height})

    def value(self, expression: str) -> Any:
        return self._do(f"return ({expression});")

    def _do(self, script: str, *given: Any) -> Any:
        return self.driver.ask("POST", "/execute/sync", {"script": script, "args": list(given)})

    def click(self, selector: str) -> None:
        wanted = {"using": "css selector", "value": selector}
        found = self.driver.ask("POST", "/element", wanted)
        self._do(TO_SIGHT, found)
        (number,) = found.values()
        self.driver.ask("POST", f"/element/{number}/click", {})

    def press(self, chord: str) -> None:
        keys = [KEYS.get(key, key) for key in chord.split("+")]
        down = [{"type": "keyDown", "value": key} for key in keys]
        self._keys([*down, *({"type": "keyUp", "value": key} for key in reversed(keys))])

    def type(self, text: str) -> None:
        keys = [KEYS.get(key, key) for key in text]
        self._keys([{"type": way, "value": key} for key in keys for way in ("keyDown", "keyUp")])

    def _keys(self, actions: list[dict[str, str]]) -> None:
        typed = {"type": "key", "id": "keyboard", "actions": actions}
        self.driver.ask("POST", "/actions", {"actions": [typed]})

    def complaints(self, address: str) -> list[str]:
        """Told by another window: the driver hears nothing of the console."""
        with tempfile.TemporaryFile("w+") as said:
            browser = subprocess.Popen(
                [
                    programs()["webkit2gtk-driver"] or "",
                    "--private",
                    "--enable-write-console-messages-to-stdout=true",
                    address,
                ],
                env=self.environment,
                stdout=said,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(5)  # nothing tells that a page which does not complain is there
            browser.terminate()
            browser.wait()
            said.seek(0)
            return [line for line in said if "CONSOLE" in line and "ERROR" in line]


@contextmanager
def window(folder: Path) -> Iterator[Window]:
    """A window of a WebKit of its own; the folder is its home."""
    with screen() as display, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        # Drawn without a graphics card.
        mine = {"DISPLAY": display, "HOME": str(folder), "LIBGL_ALWAYS_SOFTWARE": "1"}
        environment = os.environ | mine
        driving = subprocess.Popen(
            ["WebKitWebDriver", f"--port={port}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            driver = Driver(f"http://127.0.0.1:{port}")
            yield Window(driver, environment)
            driver.ask("DELETE", "")
        finally:
            driving.terminate()
            driving.wait()


@contextmanager
def screen() -> Iterator[str]:
    """A screen in memory, under a number that the server chooses."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="ascii") as said:
            yield f":{said.readline().strip()}"
    finally:
        server.terminate()
        server.wait()
