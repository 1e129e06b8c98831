"""The events that tie scripts of different packages together are those that are listed."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = ROOT / "tools" / "javascript" / "events.d.ts"
SCRIPTS = [path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.js")]


def found(pattern: str) -> set[str]:
    """What a pattern finds in the scripts."""
    return {name for script in SCRIPTS for name in re.findall(pattern, script)}


def test_each_event_is_listed_dispatched_and_listened_to() -> None:
    """No script waits for an event that none dispatches, and the list has neither more nor less."""
    listed = set(re.findall(r'^  "?([\w-]+)"?: (?:Custom)?Event', LIST.read_text(), re.MULTILINE))
    assert len(listed) > 3
    assert found(r'new (?:Custom)?Event\(\s*"([\w-]+)"') == listed
    assert listed <= found(r'addEventListener\(\s*"([\w-]+)"')


def test_data_names_are_in_the_scripts_that_the_list_names() -> None:
    """A script that is said to write or to read a ``data-*`` name does it."""
    files = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.js")}
    rows = re.findall(r"^// data-(\w+) (.+)$", LIST.read_text(), re.MULTILINE)
    assert len(rows) > 5
    for name, row in rows:
        use = re.compile(rf"dataset\b.*\b{name}\b|data-{name}\b|\b{name}\b.*\bdataset\b")
        for script in re.findall(r"[\w-]+\.js", row):
            assert use.search(files[script]), row
