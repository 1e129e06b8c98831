"""Commands of a page: with values of its names in them, and what they print."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from collections.abc import Iterator
from typing import Any


def expanded(text: str, names: dict[str, Any]) -> str:
    """A command with the values of ``{expressions}`` and ``$names`` in it."""
    try:
        return _Expander(names).format(text)
    except Exception:
        return text  # as a notebook: braces and dollars may be the command's own


def fed(command: list[str], text: str) -> None:
    """Run a command, which reads a text; that it fails is an error, as in a notebook."""
    sys.stdout.flush()
    subprocess.run(command, input=text.encode(), check=True)


class Lines(list[str]):
    """The lines that a command printed."""

    @property
    def n(self) -> str:
        """As one text of lines."""
        return "\n".join(self)

    nlstr = n

    @property
    def s(self) -> str:
        """As one text with blanks between the lines."""
        return " ".join(self)

    spstr = s

    @property
    def l(self) -> list[str]:  # noqa: E743
        """As a list."""
        return list(self)


class _Expander(string.Formatter):
    """Puts values into a command: of ``{expressions}``, and of ``$names`` between them."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> tuple[Any, str]:
        return eval(field_name, self.names), ""

    def parse(self, format_string: Any) -> Iterator[Any]:
        for text, *field in super().parse(format_string):
            done = 0
            for match in re.finditer(r"(?<!\$)\$(\w+)", text):
                if match[1] in self.names:
                    yield text[done : match.start()], match[1], "", None
                    done = match.end()
            yield text[done:].replace("$$", "$"), *field
