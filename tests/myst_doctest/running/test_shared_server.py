"""Pages that the workers of pytest-xdist share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.kit.exercise_page import exercise, page, part
from tests.kit.variants_site import OLD, variants

if TYPE_CHECKING:
    from tests.kit.pytest_site import Site

NOTE = "with open({!r}, 'a') as file:\n    _ = file.write({!r})"


@pytest.mark.parametrize("dist", ["load", "loadfile", "worksteal"])
def test_a_page_runs_once(site: Site, dist: str) -> None:
    """Whichever workers its cells are handed to."""
    note = str(site.root / "note")
    for name in "abc":
        site.cells(f"{name}.md", NOTE.format(note, name), *(["import time\ntime.sleep(.05)"] * 6))
    done = site.pytest("-n", "3", "--dist", dist)
    assert (done.code, len(done.items)) == (0, 21)
    assert sorted((site.root / "note").read_text()) == list("abc")


def test_what_is_shared_differs_by_variant_and_page(site: Site) -> None:
    """Verdicts are those of one process, failures and exercises too."""
    variants(site, old=OLD)
    for name in ("a", "b"):
        site.page(f"{name}.md", PAGE)
    site.page("twice.md", page(exercise(part("verdict", "twice(2) is 2."))))
    alone, shared = site.pytest(), site.pytest("-n", "2", "--dist", "load")
    assert alone.states() == shared.states()
    assert "failed" in alone.states().values()


PAGE = """\
---
variants: [old]
---

# A page

```{code-cell} python
from thing import version
version()
```

```{output}
2
```

```{output} old
1
```

```{code-cell} python
version() + 1
```
"""


def test_a_page_that_cannot_run_is_told_by_each_worker(site: Site) -> None:
    """No worker waits for what another one could not begin."""
    site.settings(preload=["no_such_module"])
    for name in "ab":
        site.cells(f"{name}.md", "x = 1", "x = 2", "x = 3")
    done = site.pytest("-n", "2", "--dist", "load")
    assert set(done.states().values()) == {"failed"}
    assert sum("no_such_module" in item.report for item in done.items.values()) == 2
