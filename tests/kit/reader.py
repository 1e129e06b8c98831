"""A reader of the site: a browser with a profile of its own, and all that it complained of."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.kit import clock, prerequisites
from tests.kit.static_host import Host

sync_api = prerequisites.module("playwright.sync_api")
expect = sync_api.expect

ONLY = """(id) => {
  const part = document.getElementById(id);
  for (const each of document.querySelectorAll("article section section")) {
    if (!each.contains(part) && !part.contains(each)) each.remove();
  }
}"""
"""Removes the sections of a page in which something is not."""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
"""Ends after what the theme's script does once a page is painted: it looks for all sections."""
SAYS_SO = "import js\njs.console.log('in the loop')\n"
ENDLESS = f"{SAYS_SO}while True:\n    pass"
PATIENCE = 60_000
"""Milliseconds that a condition may take on a busy machine; none is waited for in vain."""

expect.set_options(timeout=PATIENCE)


class Recorder:
    """What a browser asked for and complained of; what a test expects of it is said there."""

    def __init__(self, context: Any, address: str) -> None:
        self.home = urlsplit(address).netloc
        self.requests: list[Any] = []
        self.complaints: list[str] = []
        self.expected: list[str] = []
        context.on("request", self._note)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(f"raised: {error.error}"))
        context.on("dialog", self._close)
        # The console tells of most of what the policy refused; the event tells of all.
        context.add_init_script(
            """addEventListener("securitypolicyviolation", (event) => console.error(
                 `refused: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));"""
        )

    def _note(self, request: Any) -> None:
        self.requests.append(request)

    def _hear(self, message: Any) -> None:
        address = (message.location or {}).get("url", "")
        if message.type == "error" and not address.endswith("/favicon.ico"):
            self.complaints.append(f"{message.text} ({address})")

    def _close(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    @property
    def foreign(self) -> list[str]:
        """Requests to any other host, but for those that the policy kept from being sent."""
        sent = (request for request in self.requests if request.failure != "csp")
        return [each.url for each in sent if urlsplit(each.url).netloc not in {self.home, ""}]

    @property
    def unexpected(self) -> list[str]:
        return [
            complaint
            for complaint in self.complaints
            if not any(re.search(pattern, complaint) for pattern in self.expected)
        ]


class Reader:
    """One reader, with one page open."""

    def __init__(self, context: Any, host: Host) -> None:
        self.context = context
        self.host = host
        self.recorder = Recorder(context, host.address)
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE)

    @classmethod
    def of(cls, browser: Any, host: Host, **options: Any) -> Reader:
        """A reader with an empty profile; options are those of a browser's context."""
        return cls(browser.new_context(**options), host)

    @classmethod
    @contextmanager
    def staying(cls, browser: Any, host: Host, name: str, **options: Any) -> Iterator[Reader]:
        """A reader of one page whom several tests share, and who leaves after the last of them."""
        reader = cls.of(browser, host, **options)
        reader.open(name)
        yield reader
        reader.leave()

    def leave(self) -> None:
        """Close the browser's profile; nothing may have asked another host or complained."""
        self.context.close()
        found = [*self.recorder.foreign, *self.recorder.unexpected]
        assert not found, found

    def expects(self, *patterns: str) -> None:
        """Says which complaints are a part of what is tested."""
        self.recorder.expected += patterns

    def open(self, name: str, page: Any = None) -> Any:
        """Open a page of the site, by its path without ``.html``."""
        page = page or self.page
        page.goto(f"{self.host.address}/{name}.html")
        return page

    def open_part(self, name: str, part: str) -> Any:
        """Open a page, and leave of its sections that one in which something has this id."""
        page = self.open(name)
        self.leave_out_all_but(part)
        return page

    def leave_out_all_but(self, part: str) -> None:
        """Remove other sections: axe reads all that is on a page."""
        self.page.evaluate(PAINTED)
        self.page.evaluate(ONLY, part)

    @property
    def bar(self) -> Any:
        """The bar of Python's state."""
        return self.page.get_by_role("region", name="Python on this page")

    @property
    def status(self) -> Any:
        """What the page tells by its bar."""
        return self.bar.get_by_role("status")

    def press(self, name: str) -> None:
        """Press a button of the bar."""
        self.bar.get_by_role("button", name=name, exact=True).click()

    def in_the_loop(self) -> Any:
        """While this context lasts, code with ``ENDLESS`` is started; at its end it is in the loop.

        A cell that is marked as running may not have begun: a busy machine has yet to come to it.
        """
        return self.page.expect_console_message(lambda said: said.text == "in the loop")

    def run_for_ever(self, cell: LiveCell, name: str = "Run") -> None:
        """Have the cell, or an exercise, run what never ends; it does when this returns."""
        cell.write(ENDLESS)
        with self.in_the_loop():
            cell.button(name).click()

    def interrupt(self) -> None:
        """Press Stop; what runs has all the time that it needs to end by the interrupt."""
        clock.stop(self.page)
        self.press("Stop Python")
        expect(self.bar).to_have_attribute("data-state", "ready")
        clock.go_on(self.page)

    def run_all(self) -> None:
        """Run all cells, to their end."""
        self.press("Run all cells")
        expect(self.status).to_contain_text("Ran ")

    def start_over(self) -> None:
        """Have all cells as in the book and none run; the pack comes from the browser's cache."""
        self.page.evaluate("localStorage.clear()")
        self.page.reload()

    def run_again(self) -> None:
        """Have all cells run as in the book, in the Python that there is, or in a first one."""
        if self.bar.get_attribute("data-state") != "ready":
            return self.run_all()
        self.forget()
        self.close_editors()
        return self.run_from_first()

    def run_from_first(self) -> None:
        """Run all cells in the Python that there is, to their end."""
        self.cells()[0].choose("Run from here")
        expect(self.status).to_contain_text("Ran ")

    def forget(self) -> None:
        """Forget all edits, where there are some."""
        self.press("Options")
        button = self.page.get_by_role("button", name="Forget edits on the whole site")
        if button.is_enabled():
            button.click()
        else:
            self.page.keyboard.press("Escape")

    def close_editors(self) -> None:
        """Close all editors."""
        for close in self.page.get_by_role("button", name=re.compile("^Close the editor of")).all():
            close.click()

    def scratch(self, source: str) -> LiveCell:
        """The scratch cell, opened where it is not open, with this code."""
        opening = self.page.get_by_role("button", name=re.compile("^Open (a|your) scratch cell$"))
        if opening.count():
            opening.click()
        cell = LiveCell(self, self.page.locator(".live-scratch .cell"))
        cell.write(source)
        return cell

    def cell(self, name: str) -> LiveCell:
        """The cell of a name."""
        return LiveCell(self, self.page.locator(f"[id='{name}']"))

    @property
    def boxes(self) -> Any:
        """All cells that show their code, in the page's order."""
        return self.page.locator("div.cell:has(.live-tools[data-cell])")

    def cells(self) -> list[LiveCell]:
        """All cells that show their code, in the page's order."""
        return [LiveCell(self, self.boxes.nth(number)) for number in range(self.boxes.count())]

    def asked(self) -> list[str]:
        """The paths of this reader's requests, in their order."""
        self.context.cookies()  # Playwright hears of requests only while it waits for an answer
        return [urlsplit(request.url).path for request in self.recorder.requests]


class LiveCell:
    """A cell of the page that is open."""

    def __init__(self, reader: Reader, box: Any) -> None:
        self.reader = reader
        self.box = box
        self.tools = box.locator(".live-tools")
        self.mark = self.tools.locator(".live-mark")
        self.menu = box.locator(".live-cell-menu")
        self.output = box.locator(".cell_output[data-live]")
        self.printed = box.locator(".cell_output:not([data-live], .variant *)")

    @property
    def name(self) -> str:
        """How the page calls the cell: ``Cell session-new``."""
        return str(self.tools.get_attribute("aria-label"))

    def button(self, words: str) -> Any:
        """A button of the cell, by the words that it shows."""
        return self.tools.get_by_role("button").filter(has_text=re.compile(f"^{words}$"))

    def choose(self, words: str) -> None:
        """Press a button of the cell's menu."""
        self.tools.get_by_role("button", name="More for").click()
        self.menu.get_by_role("button").filter(has_text=re.compile(f"^{words}$")).click()

    def offers(self, *words: str) -> None:
        """The cell's menu has these words, besides those that lead to the playground."""
        expect(self.menu.locator('button:not([hidden], [data-act="play"])')).to_have_text(words)

    def run(self, mark: str | None = "") -> None:
        """Press Run, and wait for the mark of the run; None: for no mark."""
        self.button("Run").click()
        self.has_run(mark)

    def has_run(self, mark: str | None = "") -> None:
        """Wait for the end of a run, and for its mark."""
        expect(self.reader.bar).to_have_attribute("data-state", "ready")
        if mark:
            expect(self.mark).to_have_text(mark)

    @property
    def editor(self) -> Any:
        """Where the code is written, while the editor is open."""
        return self.box.get_by_role("textbox")

    def write(self, source: str) -> None:
        """Open the editor where it is not open, and put this code into it."""
        if self.button("Edit").is_visible():
            self.button("Edit").click()
            expect(self.editor).to_be_focused()
        self.editor.focus()
        self.box.page.keyboard.press("ControlOrMeta+a")
        self.box.page.keyboard.insert_text(source)

    def text(self) -> str:
        """What the live output shows, as text."""
        return "\n".join(self.output.locator("pre").all_text_contents())


def until(holds: Callable[[], Any], seconds: float = PATIENCE / 1000) -> Any:
    """Wait until something holds: a page's policy forbids Playwright's own way to wait for it."""
    end = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return found


def pages(site: Path) -> Iterable[str]:
    """The names of the site's pages."""
    for file in sorted(site.rglob("*.html")):
        yield file.relative_to(site).as_posix().removesuffix(".html")
