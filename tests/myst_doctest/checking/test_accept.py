"""Recording outputs: which bytes of a page change, and when none do."""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kit.pytest_site import Done, Site

CASES = Path(__file__).parent / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir())

MARKS = re.compile(r"^[ ~^]+\n", re.MULTILINE)
"""Where a traceback points within its line; Pythons differ in it."""

CELL = "```{code-cell} python\n1\n```\n"
BLOCK = "```{output}\n1\n```\n"
OLD = "```{output}\n2\n```\n"

# A page before and after.
BYTES: dict[str, tuple[str, str]] = {
    "added": (f"a\n\n{CELL}\nb\n", f"a\n\n{CELL}\n{BLOCK}\nb\n"),
    "changed": (f"a\n\n{CELL}\n{OLD}\nb\n", f"a\n\n{CELL}\n{BLOCK}\nb\n"),
    "unchanged": (f"a\n\n{CELL}\n{BLOCK}\nb\n",) * 2,
    "removed": (f"{CELL.replace('1', 'x = 1')}\n{OLD}\nb\n", f"{CELL.replace('1', 'x = 1')}\nb\n"),
    "empty-block": (
        f"{CELL.replace('1', 'x = 1')}\n```{{output}}\n```\n\nb\n",
        f"{CELL.replace('1', 'x = 1')}\n```{{output}}\n```\n\nb\n",
    ),
    "space-kept": (
        f"  \na  \n\n\n{CELL}\n\n{OLD}\n\n\nb \t\n\n",
        f"  \na  \n\n\n{CELL}\n\n{BLOCK}\n\n\nb \t\n\n",
    ),
    "no-space-kept": (f"{CELL}{OLD}b", f"{CELL}{BLOCK}b"),
    "text-right-below": (f"{CELL}b\n", f"{CELL}\n{BLOCK}b\n"),
    "no-newline-at-end": (CELL[:-1], f"{CELL}\n{BLOCK[:-1]}"),
    "no-newline-after-block": (f"{CELL}\n{OLD[:-1]}", f"{CELL}\n{BLOCK[:-1]}"),
    "no-newline-after-removed": (
        f"{CELL.replace('1', 'x = 1')}\n{OLD[:-1]}",
        CELL.replace("1", "x = 1")[:-1],
    ),
    "byte-order-mark": (f"\ufeff{CELL}", f"\ufeff{CELL}\n{BLOCK}"),
    "byte-order-mark-and-title": (f"\ufeff# T\n\n{CELL}", f"\ufeff# T\n\n{CELL}\n{BLOCK}"),
    "indented": (
        "  ```{code-cell} python\n  print('a\\n\\n  b')\n  ```\n",
        (
            "  ```{code-cell} python\n  print('a\\n\\n  b')\n  ```\n\n"
            "  ```{output}\n  a\n\n    b\n  ```\n"
        ),
    ),
    "indented-block": (
        f"{CELL}\n   ```{{output}}\n   2\n   ```\n",
        f"{CELL}\n   ```{{output}}\n   1\n   ```\n",
    ),
    "tabs": (
        "\ta\tb\n\n```{code-cell} python\nif True:\n\tprint('\\tx\\ty')\n```\n",
        (
            "\ta\tb\n\n```{code-cell} python\nif True:\n\tprint('\\tx\\ty')\n```\n\n"
            "```{output}\n\tx\ty\n```\n"
        ),
    ),
    "four-backticks": (
        "````{code-cell} python\n'''\n```\n'''\n````\n",
        "````{code-cell} python\n'''\n```\n'''\n````\n\n````{output}\n'\\n```\\n'\n````\n",
    ),
    "longer-fence": (
        f"{CELL.replace('1', 'print(chr(96) * 3)')}\n{OLD}",
        f"{CELL.replace('1', 'print(chr(96) * 3)')}\n````{{output}}\n```\n````\n",
    ),
    "fence-stays-long": (
        f"{CELL}\n`````{{output}}\n2\n`````\n",
        f"{CELL}\n`````{{output}}\n1\n`````\n",
    ),
    "tildes": (
        "~~~{code-cell} python\n1\n~~~\n\n~~~{output}\n2\n~~~\n",
        "~~~{code-cell} python\n1\n~~~\n\n~~~{output}\n1\n~~~\n",
    ),
    "longer-tildes": (
        "```{code-cell} python\nprint('~~~')\n```\n\n~~~{output}\n2\n~~~\n",
        "```{code-cell} python\nprint('~~~')\n```\n\n~~~~{output}\n~~~\n~~~~\n",
    ),
    "shown-cells": (
        f"````markdown\n{CELL}\n{OLD}````\n\n{CELL}",
        f"````markdown\n{CELL}\n{OLD}````\n\n{CELL}\n{BLOCK}",
    ),
    "commented-cells": (
        f"<!--\n{CELL}\n{OLD}-->\n\n{CELL}",
        f"<!--\n{CELL}\n{OLD}-->\n\n{CELL}\n{BLOCK}",
    ),
    "front-matter": (f"---\na: 1\n---\n\n{CELL}", f"---\na: 1\n---\n\n{CELL}\n{BLOCK}"),
    "option-like-output": (
        CELL.replace("1", "print(':ellipsis:')"),
        CELL.replace("1", "print(':ellipsis:')") + "\n```{output}\n\n:ellipsis:\n```\n",
    ),
    "several": (
        f"{CELL}\n{OLD}\n{CELL}\n{CELL.replace('1', 'x = 1')}\n{OLD}\n{CELL}\n{BLOCK}",
        f"{CELL}\n{BLOCK}\n{CELL}\n{BLOCK}\n{CELL.replace('1', 'x = 1')}\n{CELL}\n{BLOCK}",
    ),
}
# The same pages as an editor on Windows saves them.
BYTES |= {
    f"{name}-crlf": (before.replace("\n", "\r\n"), after.replace("\n", "\r\n"))
    for name, (before, after) in BYTES.items()
}


@pytest.fixture(scope="module")
def accepted(new_site: Callable[[], Site]) -> tuple[Site, Done, Done]:
    """All these pages, accepted and then checked."""
    site = new_site()
    for name, (before, _) in BYTES.items():
        site.page(f"{name}.md", before)
    return site, site.accept(), site.pytest()


@pytest.mark.parametrize("name", BYTES)
def test_bytes(accepted: tuple[Site, Done, Done], name: str) -> None:
    """The blocks of the cells that differ change, and no other byte; the page then passes."""
    site, _, checked = accepted
    assert site.read(f"{name}.md").decode() == BYTES[name][1]
    assert set(checked.states(f"{name}.md").values()) == {"passed"}


def test_changes_are_listed(accepted: tuple[Site, Done, Done]) -> None:
    """Accepting prints a line a changed block, and nothing of the others."""
    _, done, _ = accepted
    assert "docs/added.md:3: added the output of line-3\n" in done.output
    assert "docs/changed.md:3: changed the output of line-3\n" in done.output
    assert "docs/removed.md:1: removed the output of line-1\n" in done.output
    assert "docs/unchanged.md" not in done.output
    assert done.code == 0


@pytest.fixture(scope="module")
def golden(new_site: Callable[[], Site]) -> tuple[Site, Done, Done]:
    """The golden cases, checked and then accepted."""
    site = new_site()
    site.settings(max_output=200)
    for name in NAMES:
        site.page(f"{name}.md", (CASES / name / "page.md").read_bytes())
    return site, site.pytest(), site.accept()


@pytest.mark.parametrize("name", NAMES)
def test_golden_report(golden: tuple[Site, Done, Done], name: str) -> None:
    """A check before accepting reports what the case says, line by line, and nothing else."""
    _, checked, _ = golden
    report = "".join(
        f"{cell}: {outcome.state}\n{MARKS.sub('', outcome.report)}".rstrip() + "\n"
        for cell, outcome in checked.items.items()
        if cell.startswith(f"{name}.md::")
    )
    assert report == (CASES / name / "report.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_golden_page(golden: tuple[Site, Done, Done], name: str) -> None:
    """Accepting gives the page that the case says; without one, the page keeps its bytes."""
    site, _, _ = golden
    wanted = CASES / name / "accepted.md"
    if not wanted.exists():
        wanted = CASES / name / "page.md"
    assert site.read(f"{name}.md") == wanted.read_bytes()


def test_ellipsis_is_kept_while_it_matches(site: Site) -> None:
    """Lines that match keep their wildcards; a block that has none left loses its option, aloud."""
    cell = "```{{code-cell}} python\nprint('a b c')\nprint(1)\n```\n\n```{{output}}\n{}\n```\n"
    before = {
        "kept.md": ":ellipsis:\na ... c\n1",
        "mixed.md": ":ellipsis:\na ... c\n2",
        "dropped.md": ":ellipsis:\na ... d\n1",
    }
    for name, block in before.items():
        site.page(name, cell.format(block))
    done = site.accept()
    assert done.code == 0
    assert site.read("kept.md").decode() == cell.format(":ellipsis:\na ... c\n1")
    assert site.read("mixed.md").decode() == cell.format(":ellipsis:\na ... c\n1")
    assert site.read("dropped.md").decode() == cell.format("a b c\n1")
    assert "docs/mixed.md:1: changed the output of" in done.output
    said = "docs/dropped.md:1: changed, and removed :ellipsis: from, the output of line-1\n"
    assert said in done.output


@pytest.mark.parametrize("value", ["true", "1"])
def test_refused_on_ci(site: Site, value: str) -> None:
    """Nothing is accepted where CI is set; the message says what to do."""
    before = site.page("page.md", CELL).read_bytes()
    done = site.accept(env={"CI": value})
    assert done.code == 4
    assert "ERROR: --accept is for authors, not for CI: run `pytest --accept`" in done.output
    assert site.read() == before


def test_checked_on_ci(site: Site) -> None:
    """A check runs on CI as elsewhere, and CI=false is no CI."""
    site.page("page.md", CELL)
    assert site.accept(env={"CI": "false"}).code == 0
    assert site.pytest(env={"CI": "true"}).code == 0


def test_read_only_page(site: Site) -> None:
    """A read-only page is not written; the message names it, and the command fails."""
    path = site.page("page.md", CELL)
    path.chmod(0o444)
    done = site.accept()
    assert done.code == 1
    assert re.search(r"docs/page\.md: not written: the file is read-only", done.output)
    assert path.read_text() == CELL


def test_new_file_takes_the_place(site: Site) -> None:
    """The page is a new file with the old one's mode, and links to a page stay links."""
    path = site.page("page.md", CELL)
    path.chmod(0o640)
    number = path.stat().st_ino
    target = site.root / "target.md"
    target.write_text(CELL)
    (site.docs / "link.md").symlink_to(target)
    twin = site.root / "twin.md"
    twin.hardlink_to(site.page("twice.md", CELL))
    assert site.accept().code == 0
    assert path.stat().st_mode & 0o777 == 0o640
    assert path.stat().st_ino != number
    assert (site.docs / "link.md").is_symlink()
    assert target.read_text() == twin.read_text() == f"{CELL}\n{BLOCK}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away: run as root")
def test_root_leaves_a_page_to_its_owner(site: Site) -> None:
    """The new file of an accept by root has the old one's owner and group, and its mode."""
    path = site.page("page.md", CELL)
    os.chown(path, 4321, 1234)
    path.chmod(0o664)
    number = path.stat().st_ino
    assert site.accept().code == 0
    status = path.stat()
    assert status.st_ino != number
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (4321, 1234, 0o664)


def test_page_that_changes_meanwhile(site: Site) -> None:
    """A page that its author saves while its cells run keeps what was saved."""
    path = site.docs / "page.md"
    save = f"print(1, file=open({str(path)!r}, 'a'))"
    before = site.cells("page.md", save, "1").read_text()
    done = site.accept()
    assert done.code == 1
    assert "the file changed while its cells ran: run this again" in done.output
    assert path.read_text() == f"{before}1\n"


def test_two_at_once(site: Site) -> None:
    """Two accepts at the same time leave each page whole, and nothing beside it."""
    for number in range(8):
        site.page(f"page-{number}.md", CELL * 20)
    both = [site.begin("--accept", "-q", "-p", "no:cacheprovider") for _ in range(2)]
    for accept in both:
        accept.finish(60)
    for number in range(8):
        page = site.read(f"page-{number}.md").decode()
        assert page in (CELL * 20, f"{CELL}\n{BLOCK}" * 20)
    assert len(list(site.docs.glob("*.md"))) == 8
    assert list(site.docs.glob(".*")) == []


def test_killed_on_the_way(site: Site) -> None:
    """An accept that is killed leaves each page as it was, or as it should be."""
    chance = random.Random(5)
    after = f"{CELL}\n{BLOCK}" * 40
    for _ in range(3):
        for number in range(8):
            site.page(f"page-{number}.md", CELL * 40)
        watched = f"page-{chance.randrange(8)}.md"
        accept = site.begin("--accept", env={"TMPDIR": str(site.root)})
        while site.read(watched).decode() == CELL * 40 and Path(f"/proc/{accept.pid}").exists():
            time.sleep(0.001)
        accept.kill()
        assert accept.finish(60).code in {0, -signal.SIGKILL}
        for number in range(8):
            assert site.read(f"page-{number}.md").decode() in (CELL * 40, after)


def test_selected_cell_alone(site: Site) -> None:
    """With a cell selected, that cell's block changes and no other."""
    site.page("page.md", f"{CELL}\n{CELL}\n{CELL}")
    assert site.accept("docs/page.md::line-5").code == 0
    assert site.read().decode() == f"{CELL}\n{CELL}\n{BLOCK}\n{CELL}"
