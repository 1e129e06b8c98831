"""Pages with two variants, with one, and with none: what they show, and what a reader chooses."""

from __future__ import annotations

from pathlib import Path

from tests.kit.small_site import CONF, Built, Site, cell

TABLE = """\
setup = "logs:setup"
pythonpath = ["."]
title = "One"
[tool.myst_doctest.variants.two]
title = "Two <2>"
replace = { "one" = "two", "commit" = "rollback" }
[tool.myst_doctest.variants."three.0"]
title = "Three"
replace = { "one" = "three" }
"""
LOGS = """
def setup(function):
    global publish
    publish = function


def log(part):
    publish("sql", part.upper(), part=part, lane="0")
"""
WORDS = "Some words to read between two cells, and then some more. " * 12


def on(name: str, output: str) -> str:
    """A block that records what a cell shows on a variant."""
    return f"\n```{{output}} {name}\n{output}\n```\n"


PAGE = "\n".join([
    "---\nvariants: [two]\n---\n# Page\n\nWords.\n",
    cell('print("one")', "one", ":name: print") + on("two", "two"),
    WORDS,
    cell('print("one is same")', "one is same", ":tags: [hide-output]") + on("two", "two is same"),
    cell("print('all')", "all"),
    cell('_ = "one"'),
    cell('len("one")', "3") + on("three.0", "5"),
    cell("print('slow')", "slow", ':not-on: {two: "it is <b>slow</b>"}'),
    cell("print('new')", "", ':only-on: {two: "it has it"}') + on("two", "new"),
    cell('if "one" != "tw" + "o":\n    print("shown")', "shown") + "\n```{output} two\n```\n",
    cell('print("one")', "one", ":tags: [remove-output]") + on("two", "two"),
    cell("_ = 1", "", ':not-on: {two: "it needs none"}'),
    cell('if "one" == "tw" + "o":\n    print("there")') + on("two", "there"),
])  # fmt: skip
LANES = "\n".join([
    "---\nvariants: [two]\n---\n# Lanes\n",
    cell("from logs import *\nlog('begin')", "│ BEGIN"),
    "between\n",
    cell("log('commit')", "│ COMMIT") + on("two", "│ ROLLBACK"),
    "below\n",
])  # fmt: skip


def build(root: Path, conf: str = CONF) -> Built:
    """The site of the pages."""
    site = Site(root, conf, TABLE)
    site.write("logs.py", LOGS)
    long = PAGE.replace("# Page", "# Long").replace("Words.\n", WORDS * 3)
    plain = f"# Plain\n\n{cell('1', '1')}"
    site.pages(page=PAGE, long=long, lanes=LANES, plain=plain)
    done = site.build()
    assert (done.status, done.said) == (0, "")
    return done
