"""Labels that several pages use."""

from __future__ import annotations

from pathlib import Path

from tests.kit.small_site import CONF, Site, cell

LATE = """
import os
import time


def setup(app):
    def wait(app, docname, source):
        if docname == "page7":
            open("last", "w").close()
        while app.parallel > 1 and docname == "page0" and not os.path.exists("last"):
            time.sleep(0.01)

    app.connect("source-read", wait)
"""


def test_the_last_page_by_name_has_a_label_in_a_parallel_build_too(tmp_path: Path) -> None:
    """Also where a process that reads the first pages ends last."""
    site = Site(tmp_path, f"{CONF}{LATE}")
    named = cell("1", "1", ":name: same")
    site.pages(**{f"page{number}": f"# Page {number}\n\n{named}" for number in range(8)})
    alone = site.build(out="alone")
    (site.root / "last").unlink()
    beside = site.build("-j", "2", out="beside")
    assert (alone.status, beside.status) == (0, 0), beside.said
    inventories = [(built.folder / "objects.inv").read_bytes() for built in (alone, beside)]
    assert inventories[0] == inventories[1]
