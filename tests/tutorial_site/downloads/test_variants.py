"""Downloads of a page with variants, on a small site."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Built, Site, cell

CONF = f"""\
project = copyright = "A site"
extensions = ["myst_nb", "myst_doctest", "tutorial_site.downloads.extension"]
html_theme = "furo"
templates_path = [{str(TEMPLATES)!r}]  # the menu's place
"""
TABLE = """\
title = "One"
[tool.myst_doctest.variants.two]
title = "Two <2>"
replace = { "one" = "two" }
"""
PAGE = "\n".join([
    "---\nvariants: [two]\n---\n# Page\n",
    cell('x = 1\nprint("one")', "one") + "\n```{output} two\ntwo\n```\n",
    cell("print('all')", "all"),
    cell('if "one" != "tw" + "o":\n    print("shown")', "shown") + "\n```{output} two\n```\n",
    cell("print('slow')", "slow", ':not-on: {two: "it is *slow*"}'),
    cell("print(new)", "", ':only-on: {two: "it has it"}', ":raises-on: [two]")
    + "\n```{output} two\nNameError: name 'new' is not defined\n```\n",
])  # fmt: skip
MARKDOWN = """\
# Page

The cells of this page were run on One, and also on Two \\<2>.

```python
x = 1
print("one")
```

Output:

```text
one
```

Code that differs on Two \\<2>:

```python
print("two")
```

Output on Two \\<2>:

```text
two
```

```python
print('all')
```

Output:

```text
all
```

```python
if "one" != "tw" + "o":
    print("shown")
```

Output:

```text
shown
```

Code that differs on Two \\<2>:

```python
if "two" != "tw" + "o":
```

No output on Two \\<2>.

```python
print('slow')
```

Output:

```text
slow
```

Not run on Two \\<2>: it is \\*slow\\*

```python
print(new)
```

Left out of the main run: it has it

Output on Two \\<2>:

```text
NameError: name 'new' is not defined
```
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    site = Site(tmp_path_factory.mktemp("variants"), CONF, TABLE)
    site.pages(page=PAGE)
    done = site.build()
    assert (done.status, done.said) == (0, "")
    return done


def test_markdown_has_what_differs_below_each_cell(built: Built) -> None:
    """Lines of code, output and reasons, under the variant's title; nothing twice."""
    assert built.page("page.md") == MARKDOWN
    assert MARKDOWN in built.page("llms-full.txt")
    assert '"Output on NAME:"' in " ".join(built.page("llms.txt").split())


def test_notebook_has_what_differs_in_cells_of_text(built: Built) -> None:
    """What runs is the main run's: a cell that is in no main run is text."""
    cells = json.loads(built.page("page.ipynb"))["cells"][1:]
    ids = [each["id"] for each in cells]
    assert ids == [
        *("text-1", "cell-1", "variants-1", "cell-2", "cell-3", "variants-3"),
        *("cell-4", "variants-4", "cell-5"),
    ]
    assert cells[2]["source"].startswith("Code that differs on Two \\<2>:")
    assert (cells[8]["cell_type"], "NameError" in cells[8]["source"]) == ("markdown", True)


def test_script_runs_without_the_variant(built: Built) -> None:
    """A cell that is in no main run is a comment."""
    script = Path(built.folder, "page-page.py")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout == "one\nall\nshown\nslow\n"
