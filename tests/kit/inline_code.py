"""What is inline in a page and needs leave from a content policy."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from bs4 import BeautifulSoup

# The types of a <script> that a browser runs, or obeys; any other makes it a block of data.
RUN = ("", "importmap", "module", "speculationrules")


@dataclass(frozen=True)
class Inline:
    """A page's scripts and styles by hash, and its attributes that no policy of ours allows."""

    scripts: frozenset[str]
    styles: frozenset[str]
    attributes: frozenset[str]


def inline_code(markup: str) -> Inline:
    """What is inline in a page's markup."""
    # A browser reads each line's end as a single newline, before anything is hashed.
    page = BeautifulSoup(markup.replace("\r\n", "\n").replace("\r", "\n"), "html.parser")
    scripts = [script for script in page("script", src=False) if runs(str(script.get("type", "")))]
    return Inline(
        frozenset(sha256("".join(map(str, script.contents))) for script in scripts),
        frozenset(sha256("".join(map(str, style.contents))) for style in page("style")),
        frozenset(
            f'<{tag.name} {name}="{value}">'
            for tag in page(True)
            for name, value in tag.attrs.items()
            if name == "style" or name.startswith("on")
        ),
    )


def runs(media: str) -> bool:
    """Whether a browser runs a script of this type."""
    essence = media.partition(";")[0].strip().lower()
    return essence in RUN or essence.endswith(("/javascript", "/ecmascript"))


def sha256(text: str) -> str:
    """A hash in a policy's own words."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
