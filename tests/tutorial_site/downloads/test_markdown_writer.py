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
myst_enable_extensions = ["attrs_inline", "deflist", "strikethrough", "tasklist", "dollarmath"]
suppress_warnings = ["myst.strikethrough"]
"""
EVERYDAY = """\
# Everyday

A word[^one], {{sub}}`2` and 10{{sup}}`3`, <kbd>Ctrl</kbd>, {{kbd}}`Alt`, {{abbr}}`ORM (mapper)`,
{{manpage}}`ls(1)`, ~~gone~~, {{download}}`a file <code (1).py>`, {{term}}`word`, {{eq}}`sum`.

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

```{{math}}
:label: sum
1 + 1
```

- [ ] to do
- [x] done

```{{list-table}}
:header-rows: 1

* - a
* - b
```

```{{eval-rst}}
-a, --all  Everything.

term : its kind
   Says it.

.. productionlist::
   one: two | three

.. acks::

   * Ann
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
*ls(1)*, <s>gone</s>, [`a file`](https://example.org/_downloads/{code}/code%20%281%29.py), \
[word](https://example.org/index.html#term-word), \
[(1)](https://example.org/index.html#equation-sum).

> Wise words.
>
> \N{EM DASH} Somebody

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
    (code,) = (path.parent.name for path in built.folder.glob("_downloads/*/code*"))
    assert text.startswith(MARKDOWN.replace("{code}", code))
    for part in (
        "- **word**\n\n  What it means.\n",
        "- **term, its kind**\n\n  Says it.\n",
        "- [ ] to do\n- [x] done\n",
        "**In the middle**\n",
        "$$\n1 + 1\n$$\n",
        "| a |\n| --- |\n| b |\n",
        "- **`-a, --all`**\n\n  Everything.\n",
        "one ::= two | three\n",
        "- Ann\n",
        "![A dot](https://example.org/_images/dot.png)\n\n**Below it.**\n\nMore.\n",
        "**Asked**\n\n```sql\nSELECT 1\n```\n",
        "Added in version 2: New.\n",
        "[^1]: The first.\n\n    Its second paragraph.\n",
    ):
        assert part in text
    assert "never" not in text


def test_unknown_node_is_a_warning(tmp_path: Path) -> None:
    """What the Markdown would lack is said, with its place."""
    site = Site(tmp_path, CONF)
    site.write("docs/index.md", f"# Page\n\n```{{eval-rst}}\n{SPAN}```\n")
    built = site.build()
    assert built.status == 1
    assert "cannot hold <entry>" in built.said
