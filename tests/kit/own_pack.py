"""The settings of this site's pack, for conf.py of small sites: another would have to be made."""

from __future__ import annotations

import runpy
from typing import Any

from tests.kit.full_site import PARTS, ROOT

OURS = runpy.run_path(str(ROOT / "conf.py"))


def _extra(given: dict[str, Any]) -> dict[str, Any]:
    paths = {key: str(ROOT / given[key]) for key in ("make", "start")}
    return given | paths | {"packages": [str(ROOT / each) for each in given["packages"]]}


SETTINGS = {
    "live_cells_cache": str(PARTS),
    "live_cells_distributions": OURS["live_cells_distributions"],
    "live_cells_leave_out": OURS["live_cells_leave_out"],
    "live_cells_packages": [str(ROOT / each) for each in OURS["live_cells_packages"]],
    "live_cells_extras": {name: _extra(each) for name, each in OURS["live_cells_extras"].items()},
}
CONF = "".join(f"{name} = {value!r}\n" for name, value in SETTINGS.items())
