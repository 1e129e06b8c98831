"""Pages in their processes: what ends one, what it sees, and what is left of it."""

from __future__ import annotations

import os
import re
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from myst_doctest.running.page_runs import BACKEND, ForkServer
from myst_doctest.settings import Settings

if TYPE_CHECKING:
    from tests.kit.pytest_site import Done, Site

RAISES = ":tags: [raises-exception]\n\n"
LIMITED = ":tags: [timeout-1]\n\n"  # a limit for all would end innocent cells on a busy machine
PLAIN = "a page is plain Python"


@dataclass(frozen=True)
class Bad:
    """A cell that fails whatever is recorded: what its report says, and of which line of code.

    Line 0 is the cell's fence.
    """

    source: str
    report: str
    line: int = 1


BAD: dict[str, Bad] = {
    "syntax": Bad("x = 1\ndef f(:\n    pass", r"SyntaxError: .*\n.*x = 1\n> +\d+ def f\(:", 2),
    "null": Bad("compile('\\0', '', 'exec')", "(SyntaxError|ValueError): .*null"),
    "raises": Bad("x = 1\n1 / 0", r"ZeroDivisionError: division by zero \(no tag", 2),
    "raises-in-function": Bad(
        "def f():\n    raise ValueError('no')\n\nf()", "ValueError: no .*tag", 4
    ),
    "raises-controls": Bad(
        "raise ValueError('\\x1b[31m\\ud800')", r"ValueError: \\x1b\[31m\\ud800 \(no tag"
    ),
    "raises-megabytes": Bad("raise ValueError('x' * 5_000_000)", r"ValueError: x+\.\.\. \(no tag"),
    "raises-nameless": Bad("raise type('', (Exception,), {})", r":8:  \(no tag"),
    "raises-nothing": Bad(RAISES + "1 + 1", "raised nothing: remove the tag", 0),
    "exit": Bad("import sys\nsys.exit()", "SystemExit.*does not end its process", 2),
    "exit-tagged": Bad(RAISES + "import sys\nsys.exit(3)", "SystemExit: 3 .*does not end", 2),
    "interrupt-tagged": Bad(RAISES + "raise KeyboardInterrupt", "was interrupted"),
    "os-exit": Bad("import os\nos._exit(1)", "process ended itself with status 1", 0),
    "os-exit-0": Bad(RAISES + "import os\nos._exit(0)", "process ended itself with status 0", 0),
    "segfault": Bad("import ctypes\nctypes.string_at(0)", r"ended by signal 11 \(SIGSEGV\)", 0),
    "killed": Bad("import os\nos.kill(os.getpid(), 9)", r"ended by signal 9 \(SIGKILL\)", 0),
    "garbage": Bad(
        "import os\n"
        "for number in range(3, 64):\n"
        "    try:\n"
        "        _ = os.write(number, b'garbage\\n')\n"
        "    except OSError:\n"
        "        pass",
        "process wrote to its connection with this tool",
        0,
    ),
    "closes-all": Bad("import os\nos.closerange(3, 64)", "lost its connection with this tool", 0),
    "endless": Bad(LIMITED + "while True:\n    pass", "stopped after 1 s, the cell's limit", 0),
    "endless-tagged": Bad(
        ":tags: [raises-exception, timeout-0.5]\n\nimport time\ntime.sleep(60)",
        r"stopped after 0\.5 s, the cell's limit",
        0,
    ),
    "endless-print": Bad(LIMITED + "while True:\n    print('x' * 100)", "stopped after 1 s", 0),
    "endless-child": Bad(
        LIMITED + "import subprocess\nsubprocess.run(['sleep', '60'])", "stopped after 1 s", 0
    ),
    "megabytes": Bad(
        "print('x' * 5_000_000)", r"more than 2000 characters \(max_output\): its output is cut", 0
    ),
    "megabytes-tagged": Bad(
        RAISES + "print('x' * 5_000_000)\n1 / 0",
        r"more than 2000 characters \(max_output\): its output is cut",
        0,
    ),
    "megabytes-in-pieces": Bad("for _ in range(50_000):\n    print('x' * 100)", "max_output", 0),
    "megabytes-of-child": Bad(
        "import subprocess, sys\n"
        "code = 'print(\"x\" * 5_000_000)'\n"
        "done = subprocess.run([sys.executable, '-c', code])",
        "max_output",
        0,
    ),
    "megabytes-of-value": Bad("'x' * 5_000_000", "max_output", 0),
    "magic": Bad("%timeit 1", PLAIN),
    "magic-below": Bad("x = 1\n%matplotlib inline", PLAIN, 2),
    "cell-magic": Bad("%%time\n1 + 1", PLAIN),
    "shell": Bad("!ls", PLAIN),
    "shell-assigned": Bad("x = 1\ny = !ls", PLAIN, 2),
    "magic-assigned": Bad("x = %pwd", PLAIN),
    "await": Bad("x = 1\nawait x", "can't be used in 'await' expression", 2),
    "magic-name": Bad("pwd", PLAIN),
    "magics-assigned": Bad("x, y = %pwd", PLAIN),
    "help": Bad("print?", PLAIN),
    "display": Bad("x = 1\ndisplay(x)", PLAIN, 2),
    "display-tagged": Bad(RAISES + "display(1)", PLAIN),
    "get-ipython": Bad("get_ipython()", PLAIN),
    "glue": Bad("glue('x', 1)", PLAIN),
    "import-display": Bad("from IPython.display import display", PLAIN),
    "import-glue": Bad("x = 1\nimport os, myst_nb", "imports myst_nb .a page is plain", 2),
    "input": Bad("input('name? ')", PLAIN),
    "input-tagged": Bad(RAISES + "x = 1\ninput()", PLAIN, 2),
}
ABORTED = "import os, signal\nos.kill(os.getpid(), signal.SIGTRAP)"
if sys.platform == "linux":
    BAD["aborted"] = Bad(
        ABORTED, r"\(SIGTRAP\); perhaps it wants more than the 512 MiB of memory in \[tool.myst", 0
    )
    BAD["memory"] = Bad("x = bytearray(600 << 20)", "MemoryError.*limit: memory in .tool")
    BAD["memory-tagged"] = Bad(
        RAISES + "x = bytearray(600 << 20)", "MemoryError.*limit: memory in .tool"
    )


@dataclass(frozen=True)
class Gallery:
    """Bad pages beside a good one, after ``pytest`` and after ``pytest --accept``."""

    site: Site
    before: dict[str, bytes]
    checked: Done
    accepted: Done


@pytest.fixture(scope="module")
def gallery(new_site: Callable[[], Site]) -> Gallery:
    """A page a bad cell, with a good cell above it and another below."""
    site = new_site()
    site.settings(timeout=20, memory=512, max_output=2000)
    for name, bad in BAD.items():
        site.cells(f"{name}.md", "x = 0", bad.source, ":name: below\n\ny = 0")
    site.cells("good.md", "x = 1")
    before = {name: site.read(f"{name}.md") for name in BAD}
    return Gallery(site, before, site.pytest(), site.accept())


@pytest.mark.parametrize("name", BAD)
def test_bad_cell_fails(gallery: Gallery, name: str) -> None:
    """The cell fails, at its file and line, and says what is wrong."""
    bad = BAD[name]
    options = 2 if bad.source.startswith(":") else 0
    line = 7 + (options + bad.line if bad.line else 0)
    outcome = gallery.checked.items[f"{name}.md::line-7"]
    assert outcome.state == "failed"
    assert outcome.report.startswith(f"docs/{name}.md:{line}: "), outcome.report
    assert re.search(bad.report, outcome.report), outcome.report
    assert len(outcome.report) < 30_000


@pytest.mark.parametrize("name", BAD)
def test_cells_around_a_bad_one(gallery: Gallery, name: str) -> None:
    """The cell above passes; the one below is not run where the bad one ended the page.

    It uses nothing of the bad one.
    """
    assert gallery.checked.items[f"{name}.md::line-3"].state == "passed"
    below = gallery.checked.items[f"{name}.md::below"]
    ended = r"(os-)?exit|interrupt|segfault|killed|abort|garbage|closes|endless|memory"
    if not re.match(ended, name):
        assert below.state == "passed"
    else:
        assert below.state == "failed"
        assert below.report.endswith("not run, since the cell at line 7 failed")


@pytest.mark.parametrize("name", BAD)
def test_bad_page_is_left_alone(gallery: Gallery, name: str) -> None:
    """Neither a check nor --accept touches a byte, and --accept says why it does not."""
    assert gallery.site.read(f"{name}.md") == gallery.before[name]
    assert gallery.accepted.items[f"{name}.md::line-7"].state == "failed"
    assert re.search(rf"docs/{name}\.md:\d+: not accepted: ", gallery.accepted.output)


def test_other_pages_go_on(gallery: Gallery) -> None:
    """A good page passes beside bad ones, and the command fails all the same."""
    assert gallery.checked.items["good.md::line-3"].state == "passed"
    assert gallery.checked.code == 1
    assert gallery.accepted.code == 1


def test_environment(site: Site) -> None:
    """A page sees the same zone, language, width and colours whoever runs it."""
    site.cells(
        "page.md",
        "import os\n"
        "names = ['TZ', 'LANG', 'LC_ALL', 'COLUMNS', 'NO_COLOR', 'FORCE_COLOR', 'LC_TIME']\n"
        "names += ['DISPLAY', 'PYTEST_VERSION', 'PYTHONOPTIMIZE', 'MPLBACKEND']\n"
        "[os.environ.get(name) for name in names]",
        "import time\ntime.tzname",
        "import shutil\ntuple(shutil.get_terminal_size())",
        "import warnings\nwarnings.warn('shown')",
    )
    noise = {
        "TZ": "Asia/Tokyo",
        "LANG": "C",
        "LC_ALL": "C",
        "LC_TIME": "C",
        "COLUMNS": "200",
        "FORCE_COLOR": "1",
        "PYTHONWARNINGS": "ignore",
        "DISPLAY": ":7",
        "MPLBACKEND": "nonesuch",
        "PYTHONOPTIMIZE": "1",
    }
    site.accept(env=noise)
    assert site.recorded() == [
        f"['UTC', 'C.UTF-8', 'C.UTF-8', '80', '1', {'None, ' * 5}'{BACKEND}']\n",
        "('UTC', 'UTC')\n",
        "(80, 24)\n",
        "UserWarning: shown\n",
    ]


def test_working_directory(site: Site) -> None:
    """A page's folder is fresh, empty, its own, never named in output, and gone afterwards."""
    note = site.root / "folders"
    sources = [
        "import os, subprocess, sys\nos.listdir()",
        f"with open({str(note)!r}, 'a') as file:\n    print(os.getcwd(), file=file)",
        "with open('made', 'w') as file:\n    file.write('kept')",
        "os.path.abspath('made'), open('made').read()",
        "done = subprocess.run(['pwd'])",
        RAISES + "raise ValueError(os.getcwd())",
        "print(os.path.abspath('made'), file=sys.stderr)",
    ]
    site.cells("one.md", *sources)
    site.cells("two.md", *sources)
    site.accept()
    shown = ["[]\n", "", "", "('./made', 'kept')\n", ".\n", "ValueError: .\n", "./made\n"]
    assert site.recorded("one.md") == shown
    assert site.recorded("two.md") == shown
    folders = note.read_text().split()
    assert len(set(folders)) == 4  # what was accepted runs twice
    assert [folder for folder in folders if Path(folder).exists()] == []


def test_what_a_page_starts_ends_with_it(site: Site) -> None:
    """The fork server, the page and what it started, in whatever session, end with pytest."""
    note = site.root / "processes"
    site.cells(
        "page.md",
        "import os, subprocess",
        "quiet = {'stdout': subprocess.DEVNULL, 'stderr': subprocess.DEVNULL}\n"
        "group = subprocess.Popen(['sleep', '60'], **quiet)\n"
        "session = subprocess.Popen(['sleep', '60'], start_new_session=True, **quiet)",
        f"with open({str(note)!r}, 'w') as file:\n"
        "    print(os.getpid(), os.getppid(), group.pid, session.pid, file=file)",
    )
    assert site.pytest().code == 0
    pids = note.read_text().split()
    assert len(pids) == 4
    if sys.platform != "linux":
        pids.pop()  # no other system lets the fork server adopt it
    _wait_for(lambda: not any(map(_lives, pids)))


def test_killed_pytest_leaves_no_process(site: Site) -> None:
    """Where pytest itself is killed, the fork server and the pages end."""
    note = site.root / "processes"
    site.cells(
        "page.md",
        "import os, time",
        f"with open({str(note)!r}, 'w') as file:\n    print(os.getpid(), os.getppid(), file=file)",
        "time.sleep(60)",
    )
    with site.start("pytest", env={"TMPDIR": str(site.root)}) as pytest_process:
        _wait_for(lambda: note.exists() and note.read_text().endswith("\n"))
        pytest_process.kill()
    _wait_for(lambda: not any(map(_lives, note.read_text().split())))


def _lives(pid: str) -> bool:
    """Whether a process runs; one that only waits for its parent to look does not."""
    stat = Path("/proc", pid, "stat")
    if Path("/proc/self").exists():
        return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    return True


PATIENCE = 60
"""Seconds that a condition may take on a busy machine; none is waited for in vain."""


def _wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.03)


def test_pages_run_as_their_own(site: Site) -> None:
    """Pages share no name, no imported module's state and no environment."""
    change = "import os, string\nstring.mark = os.environ['MARK'] = 'set'\nmark = 1"
    look = "import os, string\n[hasattr(string, 'mark'), 'MARK' in os.environ, 'mark' in dir()]"
    for name in ("one.md", "two.md", "three.md"):
        site.cells(name, look, change)
    site.accept()
    for name in ("one.md", "two.md", "three.md"):
        assert site.recorded(name) == ["[False, False, False]\n", ""]


def test_setup_function(site: Site) -> None:
    """The function named in the settings runs before the first cell and can show things."""
    (site.root / "lib").mkdir()
    (site.root / "lib" / "helper.py").write_text(
        "def install(publish):\n"
        "    import builtins\n"
        "    builtins.log = lambda text: publish('sql', text)\n"
    )
    site.settings(pythonpath=["lib"], setup="helper:install")
    site.cells("page.md", "print('a')\nlog('\\nSELECT 1\\n  FROM x\\n')\nprint('b')")
    site.accept()
    assert site.recorded() == ["a\n│ SELECT 1\n│   FROM x\nb\n"]


def test_setup_that_fails(site: Site) -> None:
    """A set-up function that cannot be called fails each page, with its reason."""
    site.settings(setup="nonesuch:install")
    before = site.cells("page.md", "1", "2").read_bytes()
    done = site.accept()
    assert done.states() == {"page.md::line-3": "failed", "page.md::line-7": "failed"}
    report = done.items["page.md::line-3"].report
    assert report.startswith("docs/page.md:3: setup 'nonesuch:install' failed: ModuleNotFound")
    assert site.read() == before


def test_preload_that_fails(site: Site) -> None:
    """A module that cannot be preloaded is named, once a page, and nothing hangs."""
    site.settings(preload=["json", "nonesuch"])
    site.cells("page.md", "1", "2")
    done = site.pytest(env={"TMPDIR": str(site.root)})
    assert list(site.root.glob("pages-*")) == []
    assert done.code == 1
    assert "Traceback" not in done.output
    assert done.states() == {"page.md::line-3": "failed", "page.md::line-7": "failed"}
    report = done.items["page.md::line-3"].report
    message = "preload: nonesuch: ModuleNotFoundError: No module named 'nonesuch'"
    assert report.startswith(
        f"docs/page.md:3: the fork server ended with status 1: [tool.myst_doctest] {message}\n"
    )
    below = done.items["page.md::line-7"].report
    assert below == "docs/page.md:7: not run, since the cell at line 3 failed"


def test_preloaded_module_is_there(site: Site) -> None:
    """A preloaded module is imported before a page begins; one that raises fails in a page."""
    site.settings(preload=["colorsys", "mine", "broken"], pythonpath=["."])
    (site.root / "mine.py").touch()
    (site.root / "broken.py").write_text("1 / 0", encoding="utf-8")
    site.cells(
        "page.md",
        "import sys\nassert {'colorsys', 'mine'} <= sys.modules.keys()",
        "import broken",
    )
    done = site.pytest()
    assert done.states() == {"page.md::line-3": "passed", "page.md::line-8": "failed"}
    assert "broken.py" in done.items["page.md::line-8"].report


def test_page_that_kills_its_watcher(site: Site) -> None:
    """It fails and ends with the process above it; the pages beside it run on."""
    note = site.root / "process"
    site.cells(
        "page.md",
        "import os, signal",
        f"with open({str(note)!r}, 'w') as file:\n    print(os.getpid(), file=file)",
        "os.kill(os.getppid(), signal.SIGKILL)\nwhile True:\n    pass",
    )
    site.cells("good.md", "x = 1")
    done = site.pytest(env={"TMPDIR": str(site.root)})
    assert "process ended with the one above it, which a cell ended" in done.output
    assert done.items["good.md::line-3"].state == "passed"
    assert list(site.root.glob("pages-*")) == []
    _wait_for(lambda: not _lives(note.read_text().strip()))


@pytest.mark.parametrize("signal", ["TERM", "INT", "STOP"])
def test_page_that_ends_or_stops_the_process_above_it(site: Site, signal: str) -> None:
    """It fails; the pages beside and after it run."""
    code = f"import os, signal\nos.kill(os.getppid(), signal.SIG{signal})\nsignal.pause()"
    site.cells("bad.md", LIMITED + code)
    names = [f"good-{number}.md" for number in range(4)]
    for name in names:
        site.cells(name, "x = 1")
    done = site.pytest(env={"TMPDIR": str(site.root)})
    failed = [name for name, item in done.items.items() if item.state == "failed"]
    assert failed == ["bad.md::line-3"], done.output
    assert done.items["good-3.md::line-3"].state == "passed"
    assert list(site.root.glob("pages-*")) == []


@pytest.mark.skipif(sys.platform != "linux", reason="the page finds the fork server in /proc")
def test_fork_server_that_dies(site: Site) -> None:
    """Where a page finds and kills the fork server, pages not yet begun fail, and all end."""
    note = site.root / "process"
    site.cells(
        "page.md",
        "import os\n"
        "status = open(f'/proc/{os.getppid()}/stat').read()\n"
        "server = int(status.rpartition(')')[2].split()[1])",
        f"with open({str(note)!r}, 'w') as file:\n    print(os.getpid(), file=file)",
        ":tags: [timeout-1]\n\nos.kill(server, 9)\nwhile True:\n    pass",
    )
    for number in range(8):
        site.cells(f"z-{number}.md", "import time\ntime.sleep(0.2)")
    done = site.pytest(env={"TMPDIR": str(site.root)})
    assert done.code == 1
    assert done.items["z-7.md::line-3"].report.startswith(
        "docs/z-7.md:3: the fork server ended with status -9"
    )
    assert list(site.root.glob("pages-*")) == []
    _wait_for(lambda: not _lives(note.read_text().strip()))


def test_cells_that_replace_what_this_tool_uses(site: Site) -> None:
    """A cell may patch the modules with which its process reports what it did."""
    site.cells(
        "page.md",
        "import dataclasses, gc, json, os\n"
        "from unittest import mock\n"
        "for name in ('dumps', 'JSONEncoder.encode', 'JSONEncoder.iterencode'):\n"
        "    _ = mock.patch(f'json.{name}').start()\n"
        "for name in ('dataclasses.asdict', 'os.getpid', 'os.fstat', 'gc.collect'):\n"
        "    _ = mock.patch(name).start()",
        "x = 1",
    )
    done = site.pytest()
    assert set(done.states().values()) == {"passed"}, done.output


def test_last_limit(site: Site) -> None:
    """A cell's own limit, longer than the project's, is the one that counts."""
    site.settings(timeout=0.5)
    site.cells("page.md", ":tags: [timeout-20]\n\nimport time\ntime.sleep(0.8)")
    assert site.pytest().code == 0


def test_folder_is_not_in_a_picture(site: Site) -> None:
    """The working directory's path is not in a value's markup either."""
    site.settings(rich=["__main__.Picture"])
    site.cells(
        "index.md",
        "import os\n"
        "class Picture:\n"
        "    def __repr__(self):\n"
        "        return 'a picture'\n"
        "    def _repr_html_(self):\n"
        "        return '<p>drawn in ' + os.getcwd() + '</p>'\n"
        "Picture()",
    )
    assert site.accept().code == 0
    done = site.build()
    assert done.code == 0, done.output
    assert "<p>drawn in .</p>" in (site.root / "_build/html/index.html").read_text()


def test_all_pages_hang(site: Site) -> None:
    """Where nothing but hanging pages runs, they are stopped all the same."""
    site.settings(timeout=0.5)
    site.cells("page.md", "import time\ntime.sleep(60)")
    report = site.pytest().items["page.md::line-3"].report
    assert report.startswith("docs/page.md:3: stopped after 0.5 s, the cell's limit (tag ")


def test_threads_have_room(site: Site) -> None:
    """The default limit on memory leaves room for some dozens of threads."""
    site.cells(
        "page.md",
        "import threading\n"
        "end = threading.Event()\n"
        "def work():\n"
        "    bytearray(100_000)\n"
        "    end.wait()\n"
        "threads = [threading.Thread(target=work) for _ in range(50)]\n"
        "for thread in threads:\n"
        "    thread.start()\n"
        "end.set()",
    )
    done = site.pytest()
    assert done.code == 0, done.output


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the memory of a page")
def test_memory_that_the_system_refuses(site: Site) -> None:
    """What says so as an error of the system is told to be the limit, too."""
    site.cells("page.md", "import mmap\nmmap.mmap(-1, 4 << 30)", "x = 1")
    done = site.pytest()
    assert "Cannot allocate memory (the page reached its memory limit: memory in [" in done.output
    assert "1 failed, 1 passed" in done.output


def test_memory_without_a_limit(site: Site) -> None:
    """With ``memory = 0`` a page has what its author's shell has, and nothing is said of it."""
    site.settings(memory=0)
    name = "RLIMIT_AS" if sys.platform == "linux" else "RLIMIT_DATA"
    site.cells("page.md", f"import resource\nresource.getrlimit(resource.{name})", ABORTED)
    own = resource.getrlimit(getattr(resource, name))
    text = site.read().decode()
    site.page("page.md", text.replace("```\n\n", f"```\n\n```{{output}}\n{own}\n```\n\n", 1))
    items = site.pytest().items
    assert items["page.md::line-3"].state == "passed", items["page.md::line-3"].report
    (crash,) = (item for item in items.values() if item.state == "failed")
    assert crash.report.splitlines()[0].endswith("ended by signal 5 (SIGTRAP)")


@pytest.mark.skipif(sys.platform != "linux", reason="open files are counted in /proc")
def test_a_page_that_comes_after_the_end_leaves_nothing_open(tmp_path: Path) -> None:
    """As when a thread was about to start it while its server was closed."""
    server = ForkServer(Settings(tmp_path))
    server.end()
    server.close()
    before = len([*Path("/proc/self/fd").iterdir()])
    with pytest.raises(FileNotFoundError) as raised:
        server.run([])
    assert len([*Path("/proc/self/fd").iterdir()]) == before, raised
