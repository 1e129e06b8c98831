"""A ``_headers`` file is read as its hosts say that they read it."""

from __future__ import annotations

from pathlib import Path

from built_site.headers import headers_for, read_rules

TEXT = """\
# A comment.
/*
  X-All: 1; b: c

/*.mjs
  Content-Type: text/javascript
# Another.
  X-More: 2
/kept/a.b-*
  Cache-Control: max-age=1
"""


def test_rules_are_paths_with_indented_headers(tmp_path: Path) -> None:
    """Comments and blank lines are none; a value may hold colons."""
    (tmp_path / "_headers").write_text(TEXT)
    assert read_rules(tmp_path) == [
        ("/*", {"X-All": "1; b: c"}),
        ("/*.mjs", {"Content-Type": "text/javascript", "X-More": "2"}),
        ("/kept/a.b-*", {"Cache-Control": "max-age=1"}),
    ]


def test_a_site_without_the_file_has_no_rules(tmp_path: Path) -> None:
    """Another site may be served without it."""
    assert read_rules(tmp_path) == []


def test_an_asterisk_stands_for_anything_and_nothing_else_does(tmp_path: Path) -> None:
    """Slashes too; a dot is a dot; a path is matched whole."""
    (tmp_path / "_headers").write_text(TEXT)
    rules = read_rules(tmp_path)
    assert headers_for("/", rules) == {"X-All": "1; b: c"}
    assert headers_for("/a/b.mjs", rules)["Content-Type"] == "text/javascript"
    assert "Content-Type" not in headers_for("/a.mjs.txt", rules)
    assert "Cache-Control" in headers_for("/kept/a.b-1/c", rules)
    assert "Cache-Control" not in headers_for("/kept/axb-1", rules) | headers_for("/kept/a", rules)
