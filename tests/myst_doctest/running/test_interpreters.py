"""The interpreters of variants: another Python, one that cannot be had, and one that is lost."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from myst_parser.config.main import MdParserConfig

from myst_doctest.pages.page import Page
from myst_doctest.running.page_runs import ExecutionError, Server, UnavailableError
from myst_doctest.settings import Settings
from tests.kit import variants_site
from tests.kit.other_pythons import other_pythons
from tests.kit.small_site import cell

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

TABLE = """\
[tool.myst_doctest]

[tool.myst_doctest.variants.other]
title = "Other"
python = "python"
"""
NO_PAGE = "python runs no page, as a Python 3.11 or later would"
PAGE = "---\nvariants: [other]\n---\n\n"


def server(root: Path, program: str) -> Server:
    """Pages of a project whose variant has this program for its interpreter."""
    (root / "docs").mkdir(exist_ok=True)
    (root / "docs/conf.py").touch()
    (root / "pyproject.toml").write_text(TABLE)
    (root / "python").write_text(program)
    (root / "python").chmod(0o755 if program else 0o644)
    return Server(Settings.find(root))


def page(pages: Server, code: str = "1") -> Page:
    """A page on that variant."""
    return Page.parse(PAGE + cell(code), Path("p.md"), MdParserConfig(), pages.settings.variants)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("", "python cannot be run: Permission denied"),
        ("#!/no/such/program\n", "python cannot be run: No such file or directory"),
        (
            "#!/bin/sh\necho no >&2; exit 3\n",
            f"{NO_PAGE}: the fork server ended with status 3: no",
        ),
    ],
    ids=["no-program", "no-interpreter", "another-program"],
)
def test_a_program_that_is_no_interpreter(tmp_path: Path, program: str, said: str) -> None:
    """The variant cannot be had: the message has the line of the key, and the reason."""
    with server(tmp_path, program) as pages, pytest.raises(UnavailableError) as raised:
        pages.run(page(pages), variant="other").result()
    assert str(raised.value) == f"pyproject.toml:5: {said}"


def test_an_interpreter_that_is_lost_later(tmp_path: Path) -> None:
    """Once a page has run on it, its loss is an error and no reason to skip what is recorded."""
    program = f'#!/bin/sh\nexec {sys.executable} "$@"\n'
    code = "import os\nos.kill(int(open(f'/proc/{os.getppid()}/stat').read().split()[3]), 9)"
    with server(tmp_path, program) as pages:
        assert pages.run(page(pages), variant="other").result().ran
        pages.run(page(pages, code), variant="other").result()
        os.waitid(os.P_PID, pages.forks["python", ()].process.pid, os.WEXITED | os.WNOWAIT)
        with pytest.raises(ExecutionError, match="fork server ended with status -9") as raised:
            pages.run(page(pages), variant="other").result()
    assert not isinstance(raised.value, UnavailableError)


def test_another_interpreter_has_its_own_packages_alone(tmp_path: Path) -> None:
    """What is installed beside this tool is none of its business: its versions are others."""
    code = "import sys\nfrom pathlib import Path\n"
    code += "[path for path in sys.path if Path(path, 'myst_doctest').is_dir()]"
    program = f'#!/bin/sh\nexec {sys.executable} -S "$@"\n'
    with server(tmp_path, program) as pages:
        run = pages.run(page(pages, code), variant="other").result()
    assert [each.text for each in run.cells[0].segments] == ["[]"]


def test_another_interpreter(site: Site) -> None:
    """It needs the standard library alone; a missing one is a visible reason to skip."""
    found = other_pythons()
    if not found:
        pytest.skip("no other Python than the one of this run is installed")
    variants_site.variants(site, other={"title": "Another Python", "python": found[0]})
    code = "import sys\nsys.executable == sys.orig_argv[0], sys.version_info[:2]"
    site.page("index.md", variants_site.page(variants_site.cell(code), names="other"))
    assert site.accept().code == 0
    assert site.read("index.other.md")
    assert site.pytest("--variant", "other").code == 0


def test_a_variant_preloads_what_others_do_not(site: Site) -> None:
    """A module of its key ``preload`` is imported before a page begins, on this variant alone."""
    variants_site.variants(site, old={"title": "Old", "preload": ["colorsys"]})
    cell = variants_site.cell("import sys\n'colorsys' in sys.modules", ":False", "old:True")
    site.page("index.md", variants_site.page(cell))
    assert [*site.pytest().states().values()] == ["passed", "passed"]


def test_a_variant_whose_module_is_not_there_cannot_run(site: Site) -> None:
    """Its tests are skipped, and the reason has the line of the key and the module's name."""
    variants_site.variants(site, old={"title": "Old", "preload": ["nonesuch"]})
    site.page("index.md", variants_site.page(variants_site.cell("1", ":1")))
    said = site.pytest("-rs").output
    assert "1 passed, 1 skipped" in said
    lines = (site.root / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    line = lines.index('preload = ["nonesuch"]') + 1
    assert re.search(rf"toml:{line}: preload: nonesuch: ModuleNotFoundError", said)
    assert "[tool.myst_doctest]" not in said  # it is the variant's own table
