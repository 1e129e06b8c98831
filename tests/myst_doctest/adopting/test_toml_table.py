"""Keys of tables in a TOML file: comments, order and layout stay."""

from __future__ import annotations

import pytest

from myst_doctest.adopting.toml_table import TomlError, TomlText

TABLE = ("tool", "myst_doctest")
TEXT = """\
# ours
[project]  # first
name = "x"

[tool.myst_doctest]  # the checker
pages = ["docs"]   # where

# of ruff
[tool.ruff]
line-length = 100
"""


def test_a_key_goes_to_the_end_of_its_table() -> None:
    """All else stays, comments above the next table too."""
    text = TomlText(TEXT)
    text.set(TABLE, "cwd", "page")
    before, after = TEXT.split("\n\n# of ruff")
    assert text.text == f'{before}\ncwd = "page"\n\n# of ruff{after}'


def test_a_table_is_added_below() -> None:
    """Where the file has none; an empty file gets one too."""
    text = TomlText('[project]\nname = "x"\n\n\n')
    text.set(TABLE, "pages", ["docs"])
    assert text.text == '[project]\nname = "x"\n\n[tool.myst_doctest]\npages = ["docs"]\n'
    empty = TomlText("")
    empty.set(TABLE, "memory", 0)
    assert empty.text == "[tool.myst_doctest]\nmemory = 0\n"


def test_a_key_is_set_anew_and_removed() -> None:
    """Its line alone changes."""
    text = TomlText(TEXT)
    path = (*TABLE, "unchecked")
    text.set(path, "a b.md", 'why "so"')
    text.set(path, "c.md", "why")
    text.set(path, "a b.md", "else")
    assert text.table(path) == {"a b.md": "else", "c.md": "why"}
    text.remove(path, "a b.md")
    text.remove(path, "c.md")
    assert text.text == TEXT


def test_the_files_line_ends_stay() -> None:
    """Those of Windows too."""
    text = TomlText(TEXT.replace("\n", "\r\n"))
    text.set(TABLE, "cwd", "page")
    assert text.text.count("\r\n") == text.text.count("\n") == TEXT.count("\n") + 1


@pytest.mark.parametrize(
    "data", ['tool = {myst_doctest = {pages = ["a"]}}\n', 'tool.myst_doctest.pages = ["a"]\n']
)
def test_what_cannot_be_changed_is_left_alone(data: str) -> None:
    """The error says what to write by hand."""
    text = TomlText(data)
    with pytest.raises(TomlError, match=r'by hand, in \[tool.myst_doctest\]: cwd = "page"'):
        text.set(TABLE, "cwd", "page")
    assert text.text == data


def test_brackets_in_a_long_value_are_no_table() -> None:
    """Nor is a line of a text."""
    data = '[tool.myst_doctest]\nsetup = """\n[tool.x]\n"""\npages = [\n  "a",\n]\n'
    text = TomlText(data)
    text.set(TABLE, "cwd", "page")
    assert text.text == f'{data}cwd = "page"\n'


def test_a_broken_file_is_an_error() -> None:
    """With the line."""
    with pytest.raises(TomlError, match="line 1"):
        TomlText("[tool\n")
