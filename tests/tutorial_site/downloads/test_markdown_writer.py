"""Plain Markdown of pages: what authors write every day, and what is no Markdown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.small_site import Built, Site

CONF = """\
project = "A site"
extensions = ["myst_nb", "myst_doctest", "tutorial_site.downloads.extension"]
html_theme = "basic"
html_baseurl = "https://example.org/"
myst_enable_extensions = ["attrs_inline", "deflist", "strikethrough"]
suppress_warnings = ["myst.strikethrough"]
"""
EVERYDAY = """\
# Everyday

A word[^one], {{sub}}`2` and 10{{sup}}`3`, <kbd>Ctrl</kbd>, {{kbd}}`Alt`, {{abbr}}`ORM (mapper)`,
{{manpage}}`ls(1)`, ~~gone~~, {{download}}`a file <code (1).py>`, {{term}}`word`.

```{{epigraph}}
Wise words.

-- Somebody
```

```{{hlist}}
- one
- *two*
- three
  - inner
```

<div class="x">
as it is
</div>

```{{raw}} html
<b>raw</b>
```

```{{raw}} latex
never
```

```{{glossary}}
word
  What it means.
```

```{{centered}} In the middle
```

```{{list-table}}
:header-rows: 1

* - a
* - b
```

```{{eval-rst}}
term : its kind
   Says it.

.. productionlist::
   one: two | three
```

```{{figure}} dot.png
:alt: A dot

Below it.

More.
```

```{{code-block}} sql
:caption: Asked

SELECT 1
```

```{{versionadded}} 2
New.
```

[^one]: The first.

    Its second paragraph.
"""
MARKDOWN = """\
# Everyday

A word[^1], <sub>2</sub> and 10<sup>3</sup>, <kbd>Ctrl</kbd>, `Alt`, ORM,
ls(1), <s>gone</s>, `a file`, [word](https://example.org/index.html#term-word).

> Wise words.
>
> Somebody

- one
- *two*

- three
  - inner

<div class="x">
as it is
</div>

<b>raw</b>
"""
SPAN = """\
+---+---+
| a | b |
+---+---+
| both  |
+-------+
"""
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    site = Site(tmp_path_factory.mktemp("markdown"), CONF)
    site.write("docs/index.md", EVERYDAY.replace("{{", "{").replace("}}", "}"))
    site.write("docs/code (1).py", "code = 1\n")
    site.write("docs/dot.png", DOT)
    return site.build()


def test_everyday_markup_is_written(built: Built) -> None:
    """No warning, and the text means what the page means."""
    assert (built.status, built.said) == (0, "")
    text = built.page("index.md")
    assert text.startswith(MARKDOWN)
    for part in (
        "- **word**\n\n  What it means.\n",
        "- **term, its kind**\n\n  Says it.\n",
        "In the middle\n",
        "| a |\n| --- |\n| b |\n",
        "**one** ::= two | three\n",
        "![A dot](https://example.org/_images/dot.png)\n\n**Below it.**\n\nMore.\n",
        "**Asked**\n\n```sql\nSELECT 1\n```\n",
        "> Added in version 2: New.\n",
        "[^1]: The first.\n\n    Its second paragraph.\n",
    ):
        assert part in text
    assert "never" not in text


def test_table_that_markdown_cannot_hold_is_a_warning(tmp_path: Path) -> None:
    """A cell that spans columns would move the others: its place is named."""
    site = Site(tmp_path, CONF)
    site.write("docs/index.md", f"# Page\n\n```{{eval-rst}}\n{SPAN}```\n")
    built = site.build()
    assert built.status == 1
    assert "cannot hold a table's cell that spans others" in built.said
