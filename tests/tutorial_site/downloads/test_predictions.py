"""A page with a prediction and something to try, as Markdown."""

from __future__ import annotations

from pathlib import Path

from tests.kit.full_site import TEMPLATES
from tests.kit.small_site import Site, cell

CONF = f"""\
project = copyright = "A site"
extensions = ["myst_nb", "myst_doctest", "tutorial_site.downloads.extension"]
html_theme = "furo"
templates_path = [{str(TEMPLATES)!r}]  # the menu's place
"""
PAGE = f"""\
# Page

````{{predict}}
What is *it*?

- [x] `1`
  One.

  And more.
- [ ]
  ```
  2
  3
  ```
  No.
- [ ] Something else.
  No.

It is one.
````

{cell("1", "1")}
````{{try}}
Ask for `2`.

```{{changed}}
2
```

```{{output}}
2
```

It is *two*.
````
"""
MARKDOWN = """\
# Page

**Predict.**

What is *it*?

- `1`
- ```text
  2
  3
  ```
- Something else.

```python
1
```

Output:

```text
1
```

**Answers.**

- `1`

  **Right.** One.

  And more.

- ```text
  2
  3
  ```

  **Not quite.** No.

- Something else.

  **Not quite.** No.

It is one.

> **Try this:** Ask for `2`.
>
> ```python
> 2
> ```
>
> Output:
>
> ```text
> 2
> ```
>
> It is *two*.
"""


def test_markdown(tmp_path: Path) -> None:
    """The question and its options come before the cell, what is said of them after it.

    What readers may try is set apart from the page's own cells.
    """
    site = Site(tmp_path, CONF)
    site.pages(page=PAGE)
    done = site.build()
    assert (done.status, done.said) == (0, "")
    assert done.page("page.md") == MARKDOWN
