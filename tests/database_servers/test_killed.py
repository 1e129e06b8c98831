"""Commands that are killed while a page waits on PostgreSQL leave no server and no folder."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.kit.machine import ended
from tests.kit.pytest_site import Site

VARIANT = """
[tool.myst_doctest.variants.postgresql]
title = "PostgreSQL"
service = "served:service"
"""
SERVED = """\
import contextlib, os
from pathlib import Path
from database_servers import postgresql

@contextlib.contextmanager
def service(folder):
    with postgresql.service(folder) as run:
        pid = next(folder.glob("*/data/postmaster.pid")).read_text().split()[0]
        Path("note").write_text(f"{folder} {pid} {os.getpid()} {os.getppid()}")
        yield run
"""
PAGE = """\
---
variants: [postgresql]
---

# A page that waits

```{{code-cell}} python
:only-on: {{postgresql: "it waits"}}
import os, psycopg
connection = psycopg.connect()
_, fork_server, *_ = open(f"/proc/{{os.getppid()}}/stat").read().rpartition(")")[2].split()
open({runs!r}, "w").write(f"{{os.getcwd()}} {{fork_server}}")
connection.execute("SELECT pg_sleep(1000)")
```
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells when any process has ended")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_pytest_is_killed(tmp_path: Path, how: signal.Signals) -> None:
    """Or interrupted: nothing of the server, of its folder or of the page's is left."""
    site = Site(tmp_path / "site")
    site.settings(pythonpath=["."])
    with (site.root / "pyproject.toml").open("a") as file:
        file.write(VARIANT)
    (site.root / "served.py").write_text(SERVED)
    runs = site.root / "runs"
    os.mkfifo(runs)
    before = site.page("index.md", PAGE.format(runs=str(runs))).read_bytes()
    checked = site.start("pytest", "-p", "no:cacheprovider", "docs")
    page, fork_server = runs.read_text().split()  # it waits for the server now
    folder, *processes = (site.root / "note").read_text().split()
    with ended(int(fork_server), *map(int, processes)) as wait:
        checked.send_signal(how)
        checked.communicate()
        wait()
    assert [path for path in (page, folder) if Path(path).exists()] == []
    assert site.read("index.md") == before
