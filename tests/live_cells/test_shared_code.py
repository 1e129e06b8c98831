"""Code in an address, and cells as a program, without a browser."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

from live_cells.pack.node import node
from tests.kit.shared_code import fragment

SCRIPTS = Path(__file__).parents[2] / "src" / "live_cells" / "js"
SCRIPT = """
import { decoded, encoded } from "%s/shared_code.js";
import { program } from "%s/program.js";
const { fragments, shared, cells } = JSON.parse(process.argv[2]);
const read = (each) => decoded(each).catch((error) => error.why ?? String(error));
console.log(JSON.stringify({
  read: await Promise.all(fragments.map(read)),
  again: await Promise.all(shared.map((each) => encoded(each).then(read))),
  addresses: await Promise.all(shared.map(encoded)),
  programs: cells.map(program),
}));
"""


def run(tmp_path: Path, **given: Any) -> Any:
    """What the scripts make of these."""
    script = tmp_path / "script.mjs"
    script.write_text(SCRIPT % ((SCRIPTS.as_uri(),) * 2))
    whole = {"fragments": [], "shared": [], "cells": [], **given}
    return json.loads(node(script, json.dumps(whole)))


def test_what_is_put_into_an_address_comes_out_of_it(tmp_path: Path) -> None:
    """Also what is no English; in characters that need no escape there."""
    shared = [
        {"variant": "", "cells": [["one", "x = 1\n"]]},
        {"variant": "postgresql", "cells": [["#scratch", ""], ["3", "\tä = '😀 <b>'\n" * 50]]},
    ]
    found = run(tmp_path, shared=shared)
    assert found["again"] == shared
    for address in found["addresses"]:
        assert address.startswith("#code=")
        assert address[6:].replace("-", "").replace("_", "").isalnum()
    assert len(found["addresses"][1]) < 150


GOOD = ["", [["one", "x"]]]
BROKEN = {
    "nothing": "#code=",
    "no base64": "#code=A",
    "one byte": "#code=AQ",
    "cut": fragment(GOOD)[:-4],
    "more behind": fragment(GOOD) + "AAAA",
    "no JSON": fragment(None, data=b"{"),
    "no UTF-8": fragment(None, data=b'["", [["one", "\xff"]]]'),
    "null": fragment(None),
    "a number": fragment(3),
    "an object": fragment({"length": 2}),
    "no cells": fragment(["", []]),
    "cells of no form": fragment(["", [["one"]]]),
    "code that is no text": fragment(["", [["one", {"a": 1}]]]),
    "a variant that is no text": fragment([None, [["one", "x"]]]),
}


def test_what_is_broken_is_refused(tmp_path: Path) -> None:
    """Whatever it is, with a word that says why; punctuation behind an address does no harm."""
    bomb = fragment(None, data=b'["", [["one", "' + b"a" * 50_000_000 + b'"]]]')
    assert len(bomb) > 16_000
    small_bomb = fragment(None, data=b'["", [["one", "' + b"a" * 5_000_000 + b'"]]]')
    assert len(small_bomb) < 8_000
    others = [fragment(GOOD, 2), bomb, small_bomb, fragment(GOOD) + ")."]
    found = run(tmp_path, fragments=[*BROKEN.values(), *others])["read"]
    assert dict(zip(BROKEN, found, strict=False)) == dict.fromkeys(BROKEN, "broken")
    expected = {"variant": "", "cells": [["one", "x"]]}
    assert found[len(BROKEN) :] == ["version", "long", "long", expected]


def test_no_character_hides(tmp_path: Path) -> None:
    """What turns the order of a line, or is not seen, comes as Python's escape of it."""
    code = "a = '\u202e\u2066x\u200b\x00\x7f\u2028\ufeff\ud800'\r\nb\t\rc\nd # \U000e0041é"
    [found] = run(tmp_path, fragments=[fragment(["", [["one", code]]])])["read"]
    seen = r"a = '\u202e\u2066x\u200b\u0000\u007f\u2028\ufeff\ud800'|b|c|d # \U000e0041"
    assert found["cells"][0][1].replace("\n", "|").replace("\t", "") == f"{seen}é"


def above(source: str, *, raises: bool = False, why: str = "", recorded: str = "") -> Any:
    title = "cell 1 (one)"
    return {
        "title": title, "source": source, "raises": raises, "why": why, "recorded": recorded
    }  # fmt: skip


def test_cells_as_one_program(tmp_path: Path) -> None:
    """Each with its name; imports of the future first, and none of what does not run here."""
    cells = [
        above("import os\nfrom __future__ import annotations\nx = 1"),
        above("no()", why="it needs\na server"),
        above("from __future__ import annotations\ny = 2"),
    ]
    first, nothing = run(tmp_path, cells=[cells, []])["programs"]
    assert first == (
        "from __future__ import annotations\n\n# Cell 1 (one)\nimport os\nx = 1\n\n"
        "# Left out, cell 1 (one): it needs a server\n\n# Cell 1 (one)\ny = 2"
    )
    assert nothing == "# No cell stands above this one."


RAISING = {
    "plain": (above("x = 1\n\nif x:\n    1 / 0\nx = 2", raises=True), 1),
    "a string of several lines": (above('x = """a\n  b"""\n1 / 0', raises=True), "a\n  b"),
    "no Python": (above("x = (", raises=True, recorded="SyntaxError: '(' was never closed"), 0),
}


@pytest.mark.parametrize(("cell", "value"), RAISING.values(), ids=RAISING.keys())
def test_a_cell_that_raises_does_not_end_the_program(
    tmp_path: Path, cell: Any, value: object
) -> None:
    """It does what it did up to there, and the cells below it run."""
    [code] = run(tmp_path, cells=[[above("x = 0"), cell, above("done = True")]])["programs"]
    ast.parse(code)
    names: dict[str, object] = {}
    exec(code, names)
    assert (names["x"], names["done"]) == (value, True)
