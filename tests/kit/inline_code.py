"""What is inline in a page and needs leave from a content policy."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html.parser import HTMLParser

# The types of a <script> that a browser runs, or obeys; any other makes it a block of data.
RUN = ("", "importmap", "module", "speculationrules")


@dataclass(frozen=True)
class Inline:
    """A page's scripts and styles by hash, and its attributes that no policy of ours allows."""

    scripts: frozenset[str]
    styles: frozenset[str]
    attributes: frozenset[str]


class _Reader(HTMLParser):
    """Collects what is inline in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self.attributes: set[str] = set()
        self.open = ""  # the kind of the element whose text comes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.attributes |= {
            f'<{tag} {name}="{value}">'
            for name, value in given.items()
            if name == "style" or name.startswith("on")
        }
        is_script = tag == "script" and "src" not in given and runs(given.get("type", ""))
        self.open = tag if is_script or tag == "style" else ""
        if self.open:
            self.texts[tag].append("")

    def handle_endtag(self, tag: str) -> None:
        self.open = ""

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts[self.open][-1] += data


def inline_code(markup: str) -> Inline:
    """What is inline in a page's markup."""
    reader = _Reader()
    # A browser reads each line's end as a single newline, before anything is hashed.
    reader.feed(markup.replace("\r\n", "\n").replace("\r", "\n"))
    reader.close()
    hashes = {tag: frozenset(map(sha256, texts)) for tag, texts in reader.texts.items()}
    return Inline(hashes["script"], hashes["style"], frozenset(reader.attributes))


def runs(media: str) -> bool:
    """Whether a browser runs a script of this type."""
    essence = media.partition(";")[0].strip().lower()
    return essence in RUN or essence.endswith(("/javascript", "/ecmascript"))


def sha256(text: str) -> str:
    """A hash in a policy's own words."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
