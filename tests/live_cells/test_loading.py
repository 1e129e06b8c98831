"""Loading Python: not before it is asked for, in stages, and with words when it fails."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.kit.reader import Reader, expect, until
from tests.kit.serve import ask, served
from tests.kit.static_host import Host, server
from tests.kit.traffic import Traffic

SINK = "reference/kitchen-sink"
# The files that the first presses need.
NAMES = {
    "controller": "controller-[0-9a-f]+.js",
    "page": "page-[0-9a-f]+.json",
    "render": "render-[0-9a-f]+.js",
    "worker": "worker-[0-9a-f]+.js",
    "editor": "editor-[0-9a-f]+.js",
    "stdlib": "stdlib-[0-9a-f]+.pack",
    "packages": "packages-[0-9a-f]+.pack",
    "project": "project-[0-9a-f]+.pack",
    "core": "pyodide.asm-[0-9a-f]+.mjs",
    "wasm": "pyodide.asm-[0-9a-f]+.wasm",
}
OF_WORKER = tuple(kind for kind in NAMES if kind not in {"controller", "page", "render", "editor"})


@pytest.fixture
def hosts(plain_cells: dict[bool, Host]) -> dict[bool, Host]:
    """Those of the small site."""
    return plain_cells


def file_of(host: Host, kind: str) -> str:
    """The name of the pack's file of a kind, or of the kitchen sink's data."""
    if kind == "page":
        html = (host.folder / f"{SINK}.html").read_text(encoding="utf-8")
        return re.search(NAMES[kind], html)[0]
    files = (host.folder / "_static" / "live").iterdir()
    return next(file.name for file in files if re.fullmatch(NAMES[kind], file.name))


def ours(reader: Reader) -> list[str]:
    """What was asked for of the pack, without hashes."""
    found = [path for path in reader.asked() if "/_static/live/" in path]
    return [re.sub("-[0-9a-f]+", "", path.split("/")[-1]) for path in found]


def test_nothing_is_loaded_before_the_first_press(readers: Callable[..., Reader]) -> None:
    """A page that is only read draws its buttons and asks for nothing of the pack."""
    reader = readers()
    traffic = Traffic(reader.context)
    traffic.settle(reader.open(SINK))
    expect(reader.status).to_contain_text("Python is not loaded. The first run loads it:")
    expect(reader.cell("sink-nothing").button("Run")).to_be_visible()
    assert ours(reader) == []


@pytest.mark.parametrize("way", ["hover", "focus"])
def test_script_is_loaded_when_a_reader_comes_to_a_button(
    readers: Callable[..., Reader], way: str
) -> None:
    """Who points at a button or comes to it by keyboard need not wait for it after the press."""
    reader = readers()
    reader.open(SINK)
    getattr(reader.cell("sink-nothing").button("Run"), way)()
    until(lambda: ours(reader) == ["controller.js"])


def test_presses_are_done_once_their_script_is_there(
    readers: Callable[..., Reader], host: Host
) -> None:
    """In their order, by mouse and by keyboard; until then the page says what it waits for."""
    reader = readers()
    reader.open(SINK)
    host.slow["/controller-"] = 1.0
    first, second = reader.cell("sink-nothing"), reader.cell("sink-print-and-value")
    first.button("Run").click()
    expect(reader.status).to_contain_text("Loading Python")
    second.button("Run").focus()
    reader.page.keyboard.press("Shift+Enter")
    first.has_run("Same as on the page")
    second.has_run("Same as on the page")
    expect(second.button("Run")).not_to_be_focused()  # it went on to the next
    assert ours(reader).count("controller.js") == 1


@pytest.mark.parametrize("way", ["press", "key"])
def test_code_opens_once_its_script_is_there(
    readers: Callable[..., Reader], host: Host, way: str
) -> None:
    """At the place that was pressed, though the page was scrolled meanwhile; or by Enter."""
    reader = readers(viewport={"width": 500, "height": 500})  # the code scrolls: it takes the focus
    page = reader.open(SINK)
    cell = reader.cell("sink-long")
    code = cell.box.locator(".cell_input pre").first
    code.scroll_into_view_if_needed()
    host.slow["/controller-"] = 1.0
    if way == "press":
        code.click(position={"x": 60, "y": 18})
        page.mouse.wheel(0, 60)
    else:
        code.focus()
        page.keyboard.press("Enter")
    expect(cell.editor).to_be_focused()
    page.keyboard.type("#")
    first = cell.editor.inner_text().split("\n")[0]
    assert first.startswith("#") == (way == "key"), first
    assert "#" in first


@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_without_the_buttons_script_a_press_says_so(
    readers: Callable[..., Reader], host: Host, fault: str
) -> None:
    """The file is named in words; once it is back, another press does what it says."""
    reader = readers()
    name = file_of(host, "controller")
    reader.expects(re.escape(name), "SyntaxError|Invalid or unexpected token")
    getattr(host, fault).add(name)
    reader.open(SINK)
    cell = reader.cell("sink-nothing")
    cell.button("Run").click()
    told = f"{name} is missing or damaged, or there’s no network. Press again to try again."
    expect(reader.status).to_have_text(told)
    host.mend()
    cell.button("Edit").click()
    expect(cell.editor).to_be_focused()


def loaded_bytes(reader: Reader, since: int) -> int:
    """The size of what was asked for of the pack, as hosts send it."""
    paths = {path for path in reader.asked()[since:] if "/_static/live/" in path}
    with served(server.application(reader.host.folder)) as address:
        return sum(len(ask(address, path, accept_encoding="gzip").body) for path in paths)


def test_first_load_is_told_on_a_slow_network(readers: Callable[..., Reader], host: Host) -> None:
    """Its size as it is; what is waited for, a few times and not more; and how far it is."""
    reader = readers()
    reader.open(SINK)
    megabytes = float(re.search(r"([\d.]+) MB", reader.status.text_content())[1])
    before = len(reader.asked())
    reader.status.evaluate(
        """(status) => {
          globalThis.said = [];
          new MutationObserver(() => said.push(status.textContent))
            .observe(status, {childList: true, characterData: true, subtree: true});
        }"""
    )
    host.slow[file_of(host, "packages")] = 1.0
    host.slow[file_of(host, "wasm")] = 2.0
    cell = reader.cell("sink-nothing")
    cell.button("Run").click()
    expect(reader.status).to_contain_text("Loading Python")
    progress = reader.bar.get_by_role("progressbar")
    expect(progress).to_be_visible()
    expect(cell.box).to_have_attribute("aria-busy", "true")
    expect(cell.mark).to_have_text(re.compile(r"^1/3 Loading \d+\.\d of \d+\.\d MB$"))
    cell.has_run("Same as on the page")
    expect(progress).to_be_hidden()
    expect(cell.box).not_to_have_attribute("aria-busy", "true")
    said = reader.page.evaluate("said")
    assert said[:3] == ["1/3 Loading Python", "2/3 Starting Python", "3/3 Importing the libraries"]
    assert len(said) <= 6, said
    assert loaded_bytes(reader, before) == pytest.approx(megabytes * 1e6, rel=0.03)


# One after the other: a Restart asks anew for what was lost, and for all that Python needs.
LOST = {
    "of the page": [("render", "missing"), ("render", "damaged")],
    "of Python": [
        ("page", "missing"),
        ("page", "damaged"),
        *((kind, "missing") for kind in OF_WORKER),
        *((kind, "damaged") for kind in ("worker", "packages", "core", "wasm")),
    ],
}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_a_file_that_is_missing_or_damaged_is_named(
    readers: Callable[..., Reader], host: Host, lost: list[tuple[str, str]]
) -> None:
    """The page names the file that it cannot load; once it is back, Restart works, then Run."""
    reader = readers()
    reader.expects("Failed to fetch|integrity|SyntaxError|WebAssembly|CompileError")
    reader.open(SINK)
    cell = reader.cell("sink-nothing")
    for kind, fault in lost:
        name = file_of(host, kind)
        reader.expects(re.escape(name))
        getattr(host, fault).add(name)
        host.asked.clear()
        if (kind, fault) == lost[0]:
            cell.button("Run").click()
        else:
            reader.press("Restart Python")
        until(lambda name=name: any(name in path for path in host.asked))
        expect(reader.status).to_contain_text("Python couldn’t be loaded")
        expect(reader.status).to_contain_text(name)
        expect(reader.status).to_contain_text("Restart tries again.")
        expect(reader.bar).to_have_attribute("data-state", "ended")
        expect(cell.mark).to_have_text("")
        host.mend()
    reader.press("Restart Python")
    expect(reader.bar).to_have_attribute("data-state", "ready")
    cell.run("Same as on the page")


@pytest.mark.parametrize("fault", ["missing", "damaged"])
def test_without_the_editors_file_edit_says_so(
    readers: Callable[..., Reader], host: Host, fault: str
) -> None:
    """The file is named in words, the focus stays; once it is back, another press opens it."""
    reader = readers()
    name = file_of(host, "editor")
    reader.expects(re.escape(name), "SyntaxError")
    getattr(host, fault).add(name)
    reader.open(SINK)
    cell = reader.cell("sink-nothing")
    cell.button("Edit").click()
    said = f"{name} is missing or damaged, or there’s no network. Press again to try again."
    expect(reader.status).to_have_text(said)
    expect(cell.button("Edit")).to_be_focused()
    host.mend()
    cell.write("number = 8")
    expect(cell.editor).to_be_focused()


def test_loading_can_be_stopped(readers: Callable[..., Reader], host: Host) -> None:
    """Stop while Python loads leaves the page as before the first press; Run begins anew."""
    reader = readers()
    reader.open(SINK)
    host.slow["pyodide.asm"] = 2.0
    cell = reader.cell("sink-nothing")
    cell.button("Run").click()
    expect(reader.status).to_contain_text("Loading Python")
    reader.press("Stop Python")
    expect(reader.status).to_have_text("Loading stopped.")
    expect(reader.bar).to_have_attribute("data-state", "off")
    expect(cell.mark).to_have_text("")
    host.mend()
    cell.run("Same as on the page")


@pytest.fixture(scope="module")
def loaded(browser: Any, plain_cells: dict[bool, Host]) -> Iterator[Reader]:
    """A reader whose Python is used by several tests."""
    with Reader.staying(browser, plain_cells[True], SINK) as reader:
        yield reader


@pytest.fixture
def ran(loaded: Reader) -> Reader:
    """The same, after all cells have run as in the book."""
    loaded.run_again()
    return loaded


def test_cells_run_without_a_network_once_python_is_loaded(ran: Reader) -> None:
    """After the load nothing more is asked for: cells run and are edited offline."""
    cell = ran.cell("sink-empty-line")
    cell.write("print('loaded')")
    ran.context.set_offline(offline=True)
    before = len(ran.asked())
    ran.run_from_first()
    assert cell.text() == "loaded"
    cell.write("print('offline')")
    ran.page.keyboard.press("Control+Enter")
    cell.has_run("Your version")
    assert cell.text() == "offline"
    assert ran.asked()[before:] == []
    ran.context.set_offline(offline=False)


def test_a_press_without_a_network_says_so(readers: Callable[..., Reader]) -> None:
    """Where nothing can be loaded, the page asks for the network; with it, a press works."""
    reader = readers()
    reader.expects("ERR_INTERNET_DISCONNECTED")
    reader.open(SINK)
    cell = reader.cell("sink-nothing")
    reader.context.set_offline(offline=True)
    cell.button("Run").click()
    expect(reader.status).to_contain_text("there’s no network. Press again")
    reader.context.set_offline(offline=False)
    cell.button("Edit").click()
    expect(cell.editor).to_be_focused()
    reader.context.set_offline(offline=True)
    cell.button("Run").click()
    expect(reader.status).to_contain_text("Python couldn’t be loaded")
    expect(reader.status).to_contain_text("Restart tries again.")


def test_a_page_from_a_file_says_what_to_do(readers: Callable[..., Reader]) -> None:
    """A browser loads no module from a file: each press says how to open the site."""
    reader = readers()
    reader.page.goto((reader.host.folder / f"{SINK}.html").as_uri())
    for press in (
        lambda: reader.cell("sink-nothing").button("Run").click(),
        lambda: reader.cell("sink-nothing").button("Edit").click(),
        lambda: reader.press("Run all cells"),
    ):
        press()
        expect(reader.status).to_contain_text("run “make serve” in the project’s folder")
    assert ours(reader) == []


def test_a_worker_that_breaks_is_told_of(ran: Reader) -> None:
    """An error outside of any cell ends this Python too, and Run starts another."""
    ran.expects("the worker broke")
    cell = ran.cell("sink-print-and-value")
    [worker] = ran.page.workers
    worker.evaluate("void setTimeout(() => { throw new Error('the worker broke') })")
    expect(ran.status).to_contain_text("Python has ended")
    expect(ran.status).to_contain_text("the worker broke")
    expect(cell.mark).to_have_text("From before the restart")
    cell.run("Same as on the page")
    expect(ran.status).to_contain_text("Ran 1 cell above first.")


def test_python_that_ends_by_itself_is_told_of(ran: Reader) -> None:
    """A Python that a cell has killed leaves its outputs, says so, and can be restarted."""
    ran.expects(".")  # a crash is not quiet
    kept, deadly = ran.cell("sink-print-and-value"), ran.cell("sink-long")
    deadly.write("import os\nos.abort()")
    deadly.button("Run").click()
    expect(ran.status).to_contain_text("Python has ended")
    expect(ran.status).to_contain_text("Restart starts another.")
    expect(kept.mark).to_have_text("From before the restart")
    expect(kept.output).to_be_visible()
    deadly.button("Reset").click()
    ran.press("Restart Python")
    expect(ran.bar).to_have_attribute("data-state", "ready")
    kept.run("Same as on the page")


def test_a_page_for_the_build_alone_says_why(readers: Callable[..., Reader]) -> None:
    """Such a page has no Run, no Run all and no scratch cell, and loads nothing: it says why."""
    reader = readers()
    reader.open("reference/apart")
    expect(reader.status).to_contain_text("it needs a database server")
    expect(reader.cell("apart").mark).to_have_text("Not run here: it needs a database server")
    expect(reader.cell("apart").tools.get_by_role("button")).to_have_text("Copy")
    for name in (re.compile("^Run"), re.compile("scratch"), "Restart Python", "Stop Python"):
        expect(reader.page.get_by_role("button", name=name)).to_have_count(0)
    expect(reader.cell("apart").printed).to_contain_text("1")
