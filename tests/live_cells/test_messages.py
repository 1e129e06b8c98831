"""What the bar says of a run: the verdict first, and of cells that the page shows alone."""

from __future__ import annotations

import json
from pathlib import Path

from live_cells.pack.node import node

SCRIPT = """
import { raised, ran, running } from "%s";
const cell = { title: "cell sum", ran: { result: {} } };
const said = (...above) => ran(cell, above, "Same as on the page");
const [hidden, shown] = [{ view: null }, { view: {} }];
const failed = { title: "cell sum", ran: { result: { raised: { text: "E: no" } } } };
console.log(JSON.stringify([
  said(), said(hidden), said(hidden, shown, shown),
  running([hidden, shown, shown]), running([hidden, { view: {}, title: "cell sum" }]),
  raised(failed, [hidden]), raised(failed, [hidden, shown]),
]));
"""
MODULE = Path(__file__).parents[2] / "src" / "live_cells" / "js" / "messages.js"


def test_a_cell_that_is_not_shown_is_not_counted(tmp_path: Path) -> None:
    """A reader who sees no cell above is told that the page was prepared."""
    script = tmp_path / "script.mjs"
    script.write_text(SCRIPT % MODULE.as_uri())
    assert json.loads(node(script)) == [
        "Same as on the page: cell sum.",
        "Same as on the page: cell sum. Prepared the page first.",
        "Same as on the page: cell sum. Ran 2 cells above first.",
        "Running 2 cells",
        "Running cell sum",
        "Cell sum raised E: no.",
        "Cell sum raised E: no. 1 cell not run.",
    ]
