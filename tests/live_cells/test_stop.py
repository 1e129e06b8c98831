"""A Stop is taken once, and none is lost, whenever it comes; test_stopping.py has what it does."""

from __future__ import annotations

import json
from pathlib import Path

from live_cells.pack.node import node

MODULE = Path(__file__).parents[2] / "src" / "live_cells" / "js" / "stop.js"
# Pyodide's own way to take a signal: tests/test_private_names.py holds that it is this one.
SCRIPT = """
import { Stop } from "%s";
const memory = new Uint8Array(new SharedArrayBuffer(1));
const stop = new Stop(memory);
const press = () => (memory[0] = 2);
const take = (between = () => {}) => {
  const found = stop[0];
  between();
  stop[0] = 0;
  return found;
};
const found = { nothing: take() };
found.between = [take(press), take(), take()];
stop.again();
found.again = [take(press), take()];
memory[0] = 0;
stop.again();
found.next = [take(), stop[0], take(press), take(), take()];
console.log(JSON.stringify(found));
"""


def test_a_stop_that_comes_while_pyodide_looks_for_one_is_not_lost(tmp_path: Path) -> None:
    """Pyodide reads a number and then writes 0, whatever was written in between."""
    script = tmp_path / "script.mjs"
    script.write_text(SCRIPT % MODULE.as_uri())
    assert json.loads(node(script)) == {
        "nothing": 0,
        "between": [0, 2, 0],
        "again": [2, 0],
        "next": [0, 0, 0, 2, 0],
    }
