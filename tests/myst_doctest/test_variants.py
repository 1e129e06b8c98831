"""Variants on a small foreign site: two versions of a package, another Python, a service."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from myst_doctest.settings import Settings, SettingsError
from myst_doctest.variants import Variant, VariantError

if TYPE_CHECKING:
    from tests.kit.pytest_site import Done, Site

OLD = {"title": "Thing 1", "setup": "old_thing:install"}
SETUP = """\
import sys
from pathlib import Path

def install(publish):
    sys.path.insert(0, str(Path(__file__).parent / "thing-1"))
"""
SERVICE = """\
import contextlib, os
from pathlib import Path

@contextlib.contextmanager
def start(folder):
    (folder / "data").write_text("here")
    numbers = iter(range(1, 100))

    @contextlib.contextmanager
    def page(code):
        yield {
            "SERVED": f"database {next(numbers)}",
            "FOLDER": str(folder),
            "CELLS": str("served" in code),
        }

    yield page

@contextlib.contextmanager
def taken(folder):
    import socket
    with socket.socket() as server:
        server.bind(("127.0.0.1", int(Path("port").read_text())))
        yield {}

@contextlib.contextmanager
def dies(folder):
    def page(code):
        if not Path("begun").exists():
            Path("begun").touch()
            return contextlib.nullcontext({})
        raise ConnectionError("the server is gone")

    yield page

@contextlib.contextmanager
def killed(folder):
    yield lambda code: os._exit(3)

@contextlib.contextmanager
def held(folder):
    import subprocess
    open("held", "w")  # this process and the next hold it as long as they live
    stay = ["sh", "-c", "trap '' TERM; sleep 1000 & wait"]
    subprocess.Popen(stay, pass_fds=[], start_new_session=True)
    globals()["file"] = os.open("held", os.O_WRONLY)
    os.set_inheritable(globals()["file"], True)
    Path("folder").write_text(str(folder))
    yield {}
"""


def variants(site: Site, **tables: dict[str, object]) -> None:
    """Add the tables of variants to a site's pyproject.toml, and the modules that they name."""
    (site.root / "src").mkdir(exist_ok=True)
    (site.root / "src/old_thing.py").write_text(SETUP)
    (site.root / "src/serve.py").write_text(SERVICE)
    for folder, version in (("src", 2), ("src/thing-1", 1)):
        (site.root / folder).mkdir(exist_ok=True)
        (site.root / folder / "thing.py").write_text(f"def version():\n    return {version}\n")
    site.settings(pythonpath=["src"])
    with (site.root / "pyproject.toml").open("a") as file:
        for name, table in tables.items():
            file.write(f'\n[tool.myst_doctest.variants."{name}"]\n')
            for key, value in table.items():
                shown = json.dumps(value)
                if isinstance(value, dict):
                    pairs = (f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())
                    shown = f"{{ {', '.join(pairs)} }}"
                file.write(f"{key} = {shown}\n")


def page(*cells: str, names: str = "old") -> str:
    head = f"---\nvariants: [{names}]\n---\n\n" if names else ""
    return f"{head}# A page\n\n" + "\n".join(cells)


def cell(code: str, *blocks: str) -> str:
    """A cell and its blocks: what each records, after the name of a variant and a colon."""
    text = f"```{{code-cell}} python\n{code}\n```\n"
    for block in blocks:
        name, _, shown = block.partition(":")
        text += f"\n```{{output}}{' ' * bool(name)}{name}\n{shown}\n```\n"
    return text


VERSION = "from thing import version\nversion()"


@pytest.fixture(scope="module")
def recorded(new_site: Callable[[], Site]) -> tuple[Site, Done, Done]:
    """A page on an older version of a package, accepted and then checked."""
    site = new_site()
    variants(site, old=OLD)
    site.page("index.md", page(cell(VERSION), cell("'the same'"), cell("version() + 1", "old:")))
    return site, site.accept(), site.pytest("-v")


def test_what_differs_is_recorded_beside_the_page(recorded: tuple[Site, Done, Done]) -> None:
    """A cell that shows the same has no entry, and one with a block in the page has it there."""
    site, done, _ = recorded
    assert done.code == 0, done.output
    assert site.read("index.old.md").decode() == (
        "# index.md on Thing 1\n\n"
        "Written by `pytest --accept`: what cells show there, where it is not what index.md"
        " records.\n\n"
        "### from thing import version\n\n```{output}\n1\n```\n"
    )
    text = site.read("index.md").decode()
    assert text.endswith("```{output}\n3\n```\n\n```{output} old\n2\n```\n")
    assert "docs/index.md:7: added the output of line-7 on Thing 1\n" in done.output


def test_a_test_for_each_cell_and_variant(recorded: tuple[Site, Done, Done]) -> None:
    """Named as parameters are, and chosen by them or by --variant."""
    site, _, checked = recorded
    cells = ["line-7", "line-16", "line-24"]
    assert [name.removeprefix("index.md::") for name in checked.states()] == [
        *cells,
        *(f"{name}[old]" for name in cells),
    ]
    assert set(checked.states().values()) == {"passed"}
    assert set(site.pytest("docs/index.md::line-7[old]").states()) == {"index.md::line-7[old]"}
    assert len(site.pytest("--variant", "old").states()) == 3
    assert "[" not in str(site.pytest("--variant", "main").states())
    done = site.pytest("--variant", "odl")
    assert (done.code, "--variant odl: there are main, old" in done.output) == (4, True)


@pytest.mark.parametrize(
    ("file", "old", "line"),
    [
        ("index.old.md", "\n1\n", 8),
        ("index.md", "\n2\n```\n\n", 13),
        ("index.md", "\n2\n```\n", 33),
    ],
    ids=["beside", "everybody's", "in-the-page"],
)
def test_a_mutated_record_is_caught(
    recorded: tuple[Site, Done, Done], tmp_path: Path, file: str, old: str, line: int
) -> None:
    """In whichever file it is, by pytest and by a build, with its line."""
    site, _, _ = recorded
    copy = type(site)(tmp_path / "copy")
    shutil.copytree(site.root, copy.root, dirs_exist_ok=True)
    path = copy.docs / file
    before = path.read_text()
    at = before.rindex(old) if line == 33 else before.index(old)
    path.write_text(before[:at] + old.replace(old.strip("\n`"), "9") + before[at + len(old) :])
    assert f"docs/{file}:{line}: " in copy.pytest().output
    built = copy.build()
    assert built.code == 1
    assert f"docs/{file}:{line}: " in built.output


def test_accepting_again_changes_nothing(recorded: tuple[Site, Done, Done]) -> None:
    """Both files keep their bytes."""
    site, _, _ = recorded
    before = site.read("index.md"), site.read("index.old.md")
    assert site.accept().code == 0
    assert (site.read("index.md"), site.read("index.old.md")) == before


def test_a_record_that_is_not_needed_goes(site: Site) -> None:
    """With its file, when the cell shows the same on both; an entry of no cell goes too."""
    variants(site, old=OLD)
    site.page("index.md", page(cell(VERSION), cell("1")))
    assert site.accept().code == 0
    site.page("index.md", page(cell("'no version'"), cell("1")))
    done = site.pytest()
    assert "docs/index.old.md:5: the page has no cell 'from thing import version'" in done.output
    assert site.accept().code == 0
    assert not (site.docs / "index.old.md").exists()
    assert site.pytest().code == 0


def test_a_block_asks_for_one_cell(site: Site) -> None:
    """The page runs as far as that cell; what the others do there is not looked at."""
    variants(site, old=OLD)
    cells = [cell(VERSION), cell("if version() < 2:\n    raise ValueError"), cell(VERSION, "old:")]
    site.page("index.md", page(*cells, cell("1 / (version() - 1)"), names=""))
    assert site.accept().code == 0
    assert [name for name in site.pytest().states() if "[" in name] == ["index.md::line-17[old]"]
    assert not (site.docs / "index.old.md").exists()
    assert "```{output} old\n1\n```\n" in site.read("index.md").decode()


def test_cells_of_some_variants(site: Site) -> None:
    """Left out, there alone, or raising there alone; the reasons are published."""
    variants(site, old=OLD, new={"title": "Thing 3"})
    options = (
        ":not-on: {old: it has none}\n1",
        ":only-on: {old: it alone has one}\nversion()",
        ":raises-on: [old]\n1 / (version() - 1)",
        ":tags: [raises-exception]\n:raises-not-on: [old]\n1 / (version() - 2)",
    )
    site.page("index.md", page(cell(VERSION), *map(cell, options), names="old, new"))
    done = site.accept()
    assert done.code == 0, done.output
    states = site.pytest().states()
    assert set(states.values()) == {"passed"}
    assert {name: sum(f"[{name}]" in each for each in states) for name in ("old", "new")} == {
        "old": 4,
        "new": 4,
    }
    assert "version()\n```\n\n```{output} old\n1\n```\n" in site.read("index.md").decode()
    assert "ZeroDivisionError" in site.read("index.old.md").decode()
    assert site.build().code == 0
    text = (site.root / "_build/html/index.html").read_text()
    assert "Not run on Thing 1: it has none" in text
    assert "Not run on Default: it alone has one" in text


REPLACED = {"title": "The other", "replace": {'"x"': '"y"'}, "environment": {"OTHER": "1"}}


def test_replaced_code_is_shown(site: Site) -> None:
    """What a page shows on a variant is what ran there."""
    variants(site, other=REPLACED)
    site.page("index.md", page(cell('import os\n"x", os.getenv("OTHER")'), names="other"))
    assert site.accept().code == 0
    assert "\n('y', '1')\n" in site.read("index.other.md").decode()
    assert site.build().code == 0
    text = re.sub("<[^>]+>", "", (site.root / "_build/html/index.html").read_text())
    assert '"y", os.getenv("OTHER")' in text


def test_another_interpreter(site: Site) -> None:
    """It needs the standard library alone; a missing one is a visible reason to skip."""
    others = ("python3.12", "python3.13", "python3.14", "python3.11")
    found = [path for path in map(_interpreter, others) if path]
    if not found:
        pytest.skip("no other Python than the one of this run is installed")
    variants(site, other={"title": "Another Python", "python": found[0]})
    code = "import sys\nsys.executable == sys.orig_argv[0], sys.version_info[:2]"
    site.page("index.md", page(cell(code), names="other"))
    assert site.accept().code == 0
    assert site.read("index.other.md")
    assert site.pytest("--variant", "other").code == 0


def _interpreter(name: str) -> str:
    """The path of another Python that works."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    number = name.removeprefix("python")
    paths = [*sorted(pyenv.glob(f"{number}.*/bin/python")), Path(shutil.which(name) or "/none")]
    own = Path(sys.executable).resolve()
    return next((str(p) for p in paths if p.is_file() and p.resolve() != own and _works(p)), "")


def _works(path: Path) -> bool:
    import subprocess

    return subprocess.run([path, "-c", "1"], check=False, capture_output=True).returncode == 0


@pytest.mark.parametrize("key", ["python", "service"])
def test_a_variant_that_cannot_run_here(site: Site, key: str) -> None:
    """Its tests are skipped with the reason; the build publishes what is recorded, and says so."""
    value, why = {
        "python": ("no-python", "pyproject.toml:10: no-python cannot be run: No such file"),
        "service": (["no-command"], "FileNotFoundError"),
    }[key]
    variants(site, old=OLD)
    for name in ("index.md", "other.md"):
        site.page(name, page(cell(VERSION)) + ("\n```{toctree}\nother\n```\n" * (name[0] == "i")))
    assert site.accept().code == 0
    variants(site, old={**OLD, key: value})
    done = site.pytest("-v")
    assert done.code == 0
    assert "2 passed, 2 skipped" in done.output
    assert "variants not checked" in done.output
    assert why in done.output
    before = site.read("index.old.md")
    assert site.accept().code == 0
    assert site.read("index.old.md") == before
    chosen = site.pytest("--variant", "old")
    assert chosen.code == 1
    assert "docs/index.md:7: variant old cannot run here: " in chosen.output
    built = site.build()
    assert (built.code, built.output.count("its recorded outputs are published")) == (0, 1)
    text = re.sub("<[^>]+>", "", (site.root / "_build/html/index.html").read_text())
    assert re.search(r"Thing 1\s+1\n", text)
    variants(site, old={**OLD, key: value, "required": True})
    assert site.pytest().code == 1
    built = site.build("-E")
    assert (built.code, why in built.output) == (1, True)


def test_a_service(site: Site) -> None:
    """It is started once, each page has what is its own, and its folder is gone afterwards."""
    variants(site, served={"title": "Served", "service": "serve:start"})
    code = 'import os, pathlib  # served\nos.environ.get("SERVED", "")[:8], os.environ.get("CELLS")'
    look = (
        'folder = os.environ.get("FOLDER")\nfolder and (pathlib.Path(folder) / "data").read_text()'
    )
    write = 'folder and print(folder, file=open(os.environ["NOTE"], "a")) or None'
    for name in ("a.md", "b.md"):
        site.page(name, page(cell(code), cell(look), cell(write), names="served"))
    note = site.root / "note"
    done = site.accept(env={"NOTE": str(note)})
    assert done.code == 0, done.output
    assert "\n('database', 'True')\n" in site.read("a.served.md").decode()
    assert "\n'here'\n" in site.read("a.served.md").decode()
    (folder,) = set(note.read_text().split())
    assert not Path(folder).exists()


@pytest.mark.parametrize(
    ("service", "said"),
    [
        ("serve:taken", "Address already in use"),
        ("serve:killed", "the service of Served failed: its process is gone"),
        ("serve:dies", "the service of Served failed: ConnectionError: the server is gone"),
        ("no_module:start", "No module named 'no_module'"),
        (["sh", "-c", "exit 3"], "sh ended with status 3"),
        (["sh", "-c", "echo A=1; echo ready; echo no >&2"], "sh ended with status 0"),
    ],
    ids=["port", "killed", "dies", "no-module", "no-start", "command-ends"],
)
def test_a_service_that_fails(site: Site, service: object, said: str) -> None:
    """The report has the reason and a line of the page; pages keep their bytes."""
    variants(site, served={"title": "Served", "service": service, "required": True})
    for name in ("a.md", "b.md"):
        site.page(name, page(cell("import time\n1"), names="served"))
    before = site.read("a.md")
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        (site.root / "port").write_text(str(busy.getsockname()[1]))
        done = site.pytest("-n0")
    assert done.code == 1
    assert said in done.output
    assert re.search(r"docs/[ab]\.md:7: ", done.output)
    assert site.read("a.md") == before


def test_a_command_as_a_service(site: Site) -> None:
    """It says its variables, then ``ready``; it gets a folder, and SIGTERM at the end."""
    command = [
        *("sh", "-c"),
        (
            'echo "PLACE=$MYST_DOCTEST_FOLDER"; trap "touch ended; exit" TERM; echo ready;'
            " while :; do sleep 0.05; done"
        ),
    ]
    variants(site, served={"title": "Served", "service": command})
    site.page("a.md", page(cell('import os\nbool(os.environ.get("PLACE"))'), names="served"))
    assert site.accept().code == 0
    assert "\nTrue\n" in site.read("a.served.md").decode()
    assert (site.root / "ended").exists()


def test_no_service_outlives_a_killed_build(site: Site) -> None:
    """Nor its folder: its process ends with the build, also where the build cannot clean up."""
    variants(site, served={"title": "Served", "service": "serve:held"})
    os.mkfifo(site.root / "held")
    os.mkfifo(site.root / "runs")
    wait = f"import time\nopen({str(site.root / 'runs')!r}, 'w').close()\ntime.sleep(1000)"
    site.page("index.md", page(cell(":only-on: {served: it waits}\n" + wait), names="served"))
    build = site.start("sphinx", "-q", "docs", "_build/html")
    try:
        with (site.root / "held").open() as held:
            (site.root / "runs").open().close()  # the page runs
            build.send_signal(signal.SIGKILL)
            assert held.read() == ""  # all who held the other end are gone
    finally:
        build.kill()
        build.communicate()
    assert not Path((site.root / "folder").read_text()).exists()


WRONG: dict[str, tuple[str, str]] = {
    "unknown-block": (
        cell("1", ":1", "odl:1"),
        "11: an {output} for the unknown variant 'odl': perhaps old?",
    ),
    "twice": (cell("1", ":1", "old:1", "old:1"), "15: an {output} below another one"),
    "not-there": (
        cell(":not-on: {old: it has none}\n1", ":1", "old:1"),
        "12: an {output} of a cell that does not run on old",
    ),
    "not-asked": (
        cell(":not-on: {new: it has none}\n1", ":1"),
        "3: not-on: the page does not ask for the variant new",
    ),
    "unknown-option": (
        cell(":only-on: {odl: it has none}\n1"),
        "3: only-on: [tool.myst_doctest.variants] has no 'odl'",
    ),
    "no-reason": (
        cell(":not-on: [old]\n1", ":1"),
        "3: the cell's option not-on must be {variant: reason}",
    ),
    "empty-reason": (cell(':not-on: {old: ""}\n1', ":1"), "3: the cell's option not-on must be"),
    "no-list": (
        cell(":raises-on: old\n1", ":1"),
        "3: the cell's option raises-on must be [variant]",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_a_page_may_not_say(site: Site, name: str) -> None:
    """Each fault is reported with its line, and accepting leaves the page alone."""
    variants(site, old=OLD, new={"title": "New"})
    text, said = WRONG[name]
    asks = "" if name in ("unknown-block", "twice") else cell("1", ":1", "old:1")
    before = site.page("page.md", f"# A page\n\n{text}\n{asks}").read_bytes()
    done = site.accept()
    assert done.code == 1
    assert f"docs/page.md:{said}" in done.output
    assert site.read() == before


def test_what_front_matter_may_not_say(site: Site) -> None:
    """An unknown variant, no list, and a record of a variant that the page does not name."""
    variants(site, old=OLD)
    site.page("a.md", page(cell("x = 1"), names="old, odl"))
    site.page("b.md", "---\na: 1\nvariants: old\n---\n\n" + cell("x = 1"))
    site.page("c.md", page(cell("x = 1"), names=""))
    site.page("c.old.md", "# c.md on Thing 1\n")
    output = site.pytest().output
    assert "docs/a.md:2: variants: [tool.myst_doctest.variants] has no 'odl'" in output
    assert "docs/b.md:3: variants: must be a list of names" in output
    assert "docs/c.md:1: c.old.md is there, but `variants` does not name old" in output


def test_a_record_that_cannot_be_read(site: Site) -> None:
    """It is reported with its line, and not written over."""
    variants(site, old=OLD)
    site.page("page.md", page(cell(VERSION)))
    before = site.page("page.old.md", "# T\n\n### from thing import version\n\nno block\n")
    text = before.read_bytes()
    done = site.accept()
    assert "docs/page.old.md:3: no heading with an {output} block" in done.output
    assert done.code == 1
    assert before.read_bytes() == text


def test_a_cell_that_raises_on_a_variant_alone(site: Site) -> None:
    """The report names the option that would allow it."""
    variants(site, old=OLD)
    site.page("page.md", page(cell("from thing import version\nx = 1 / (version() - 1)")))
    output = site.accept().output
    assert "docs/page.md:9: on Thing 1: ZeroDivisionError: division by zero" in output
    assert "no option `:raises-on: [old]`" in output


@pytest.mark.parametrize(
    ("table", "line", "message"),
    [
        ('title = "T"\nbogus = 1', 3, "bogus: no such key; there are title, replace"),
        ('setup = "a:b"', 1, "title: is missing"),
        ("title = 1", 2, "title: must be a string, not 1"),
        ('title = "T"\nreplace = { "a" = "b\\nc" }', 3, "replace: must be a table of strings"),
        ('title = "T"\n\nservice = "serve"', 4, "service: must be a string, module:function"),
        ('title = "T"\nrequired = "yes"', 3, "required: must be true or false"),
    ],
)
def test_wrong_keys(tmp_path: Path, table: str, line: int, message: str) -> None:
    """A message has the file and the line of the key, or of its table."""
    file = tmp_path / "pyproject.toml"
    file.write_text(f'[tool.myst_doctest.variants."a-1.0"]\n{table}\n')
    with pytest.raises(SettingsError, match=re.escape(f"{file}:{line}: ")) as raised:
        Settings.find(tmp_path)
    assert f"tool.myst_doctest.variants.a-1.0.{message}" in str(raised.value)


@pytest.mark.parametrize("name", ["main", "A", "a b", "a/b", ".a", ""])
def test_wrong_names(name: str) -> None:
    """A name is a part of file names and of test names."""
    with pytest.raises(VariantError):
        Variant.of(name, {"title": "T"})
