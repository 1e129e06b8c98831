"""Pages that were written for a notebook: ``compatibility = "jupyter"``."""

from __future__ import annotations

import sys

import pytest

from tests.kit.pytest_site import Site

SHOWN = {
    "python": ("1 + 1", "2\n"),
    "assigned": ("x = %pwd\nx", "'.'\n"),
    "lines": ("files = !printf 'a\\nb'\nfiles", "['a', 'b']\n"),
    "command": ("x = 'one'\n!echo {x} $x two", "one one two\n"),
    "command-joined": ("!echo one \\\n  two\nprint(3)", "one two\n3\n"),
    "written": ("%%writefile note.txt\none\ntwo", "Writing note.txt\n"),
    "no-ops": ("%matplotlib inline\n%config InlineBackend.x = 1\n%load_ext autoreload", ""),
    "install": ("!pip install nothing-of-that-name\n%pip install x", ""),
    "digits": ("%precision 3\n[3.14159, 2 / 3]", "[3.142, 0.667]\n"),
    "digits-said": ("%precision 2", "'%.2f'\n"),
    "help": ("?print", ""),
    "help-after": ("print?\nprint??", ""),
    "help-unknown": ("nothing_here?", "Object `nothing_here` not found.\n"),
    "whos": (
        "names = [1, 2]\nword = 'x'\n%whos",
        (
            "Variable   Type   Data/Info\n----------------------------\n"
            "names      list   n=2\nword       str    x\n"
        ),
    ),
    "captured": ("%%capture kept\nprint('a')", ""),
    "captured-kept": ("%%capture kept\n%pwd\nprint('a')\n\n1", ""),
    "bash": ("%%bash\nfor x in 1 2; do echo $x; done", "1\n2\n"),
    "environment": ("%env WORD=x\nimport os\nos.environ['WORD']", "env: WORD=x\n'x'\n"),
    "prompts": (">>> 1 + 1", "2\n"),
    "blank-lines": ("\n\n!echo x", "x\n"),
    "in-a-block": ("for x in range(2):\n    !echo {x}", "0\n1\n"),
    "called": ("get_ipython().run_line_magic('pwd', '')", "'.'\n"),
    "asked-as-rich-does": ("get_ipython().__class__.__name__", "'ZMQInteractiveShell'\n"),
    "kernel": ("from IPython.core.error import UsageError\nUsageError.__name__", "'UsageError'\n"),
    "run": ("%%writefile a.py\nfound = 3", "Writing a.py\n"),
}
TIMES = {
    "time": ("%time 1 + 1", "Ran in 0.0", "2"),
    "time-cell": ("%%time\nx = 1\n\nx + 1", "Ran in 0.0", "2"),
    "time-setup": ("%%time\nif 1:\n    %time x = 5\nx", "Ran in 0.0", "5"),
    "timeit": ("%timeit -n 10 -r 2 len('a')", "Ran in 0.0", "several runs"),
    "timeit-cell": ("%%timeit x = 3\nx + 1", "Ran in 0.0", "several runs"),
    "timeit-kept": ("t = %timeit -o -q len('a')\n0 < t.best <= t.average", "True", ""),
}
WRONG = {
    "unknown": ("x = 1\n%sql select 1", 9, "no magic %sql works here"),
    "unknown-cell": ("%%cython\nx", 8, "no magic %%cython works here"),
    "raised": ("%%time\nx = 1\n1 / 0", 10, "ZeroDivisionError"),
    "raised-below": ("%pwd\n!echo a \\\n b\n1 / 0", 11, "ZeroDivisionError"),
    "syntax": ("x = = 1", 8, "SyntaxError"),
}


@pytest.fixture(scope="module")
def accepted(new_site: object) -> tuple[Site, object, object]:
    """All pages recorded, and checked once more."""
    site: Site = new_site()  # type: ignore[operator]
    site.settings(compatibility="jupyter")
    for name, (code, *_) in (SHOWN | TIMES).items():
        site.cells(f"{name}.md", code)
    for name, (code, *_) in WRONG.items():
        site.cells(f"wrong-{name}.md", "x = 1", code)
    return site, site.accept(), site.pytest()


@pytest.mark.parametrize("name", SHOWN)
def test_what_a_notebook_knows_is_run(accepted: tuple[Site, object, object], name: str) -> None:
    """The cell shows what it shows in a notebook, and passes in the next run."""
    site, _, checked = accepted
    assert site.recorded(f"{name}.md") == [SHOWN[name][1]]
    assert set(checked.states(f"{name}.md").values()) == {"passed"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", TIMES)
def test_a_time_is_recorded_by_its_form(accepted: tuple[Site, object, object], name: str) -> None:
    """The next run takes another, and passes."""
    site, _, checked = accepted
    (shown,) = site.recorded(f"{name}.md")
    assert shown.startswith(TIMES[name][1])
    assert TIMES[name][2] in shown
    assert set(checked.states(f"{name}.md").values()) == {"passed"}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_work_says_so_at_its_line(
    accepted: tuple[Site, object, object], name: str
) -> None:
    """Lines are those of the page, whatever was made of the cell."""
    _, line, message = WRONG[name]
    _, _, checked = accepted
    reports = "\n".join(
        item.report
        for key, item in checked.items.items()  # type: ignore[attr-defined]
        if key.startswith(f"wrong-{name}.md")
    )
    assert f"docs/wrong-{name}.md:{line}: {message}" in reports


def test_what_does_nothing_is_said_once_a_page(accepted: tuple[Site, object, object]) -> None:
    """With the line of the first."""
    _, _, checked = accepted
    said = checked.output  # type: ignore[attr-defined]
    assert "what does nothing here" in said
    assert said.count("docs/no-ops.md:4: %matplotlib does nothing here") == 1
    assert "%config does nothing here" not in said, "it says how figures are drawn"
    assert said.count("docs/install.md:4: a page installs nothing") == 1


def test_a_page_is_plain_python_without_it(site: Site) -> None:
    """The report says what to set."""
    site.cells("page.md", "%time 1")
    assert 'or set compatibility = "jupyter"' in site.pytest().output


def test_a_script_and_its_names(site: Site) -> None:
    """``%run`` finds a file of the page, and its names."""
    site.settings(compatibility="jupyter")
    site.cells(
        "page.md", "%%writefile a.py\nimport sys\nfound = sys.argv[1:]", "%run a.py b\nfound"
    )
    assert site.accept().code == 0
    assert site.recorded()[1] == "['b']\n"


@pytest.mark.parametrize("cwd", ["empty", "page"])
def test_a_module_that_the_page_writes(site: Site, cwd: str) -> None:
    """It is found, as in a notebook's folder."""
    site.settings(compatibility="jupyter", cwd=cwd)
    site.cells("page.md", "%%file mine.py\nvalue = 3", "import mine\nmine.value")
    assert site.accept().code == 0
    assert site.recorded()[1] == "3\n"
    assert not (site.docs / "mine.py").exists()


def test_libraries_may_ask_for_ipythons_printers(site: Site) -> None:
    """As sympy does; values show themselves all the same."""
    site.settings(compatibility="jupyter")
    code = "ip = get_ipython()\nprint(ip.colors)"
    code += "\nip.display_formatter.formatters['text/plain'].for_type(int, str)"
    site.cells("page.md", code)
    assert site.accept().code == 0
    assert site.recorded() == ["nocolor\n"]


def test_a_command_that_fails_fails_where_a_notebook_fails(site: Site) -> None:
    """``%%bash`` raises, and ``!`` shows what the command said."""
    site.settings(compatibility="jupyter")
    site.cells("page.md", "!exit 3\n_exit_code", ":tags: [raises-exception]\n%%bash\nexit 4")
    assert site.accept().code == 0
    assert site.recorded()[0] == "3\n"
    assert "exit status 4" in site.recorded()[1]


def test_the_transformer_is_ipythons() -> None:
    """What it makes of a cell has as many lines as the cell."""
    from myst_doctest.pages.notebook_code import as_python

    assert as_python("a = !ls \\\n -l\nb") == "a = get_ipython().getoutput('ls   -l')\n\nb"
    assert as_python("x = 1") == "x = 1"
    assert "IPython" in sys.modules
