"""Quotes and apostrophes in words that no document has, where Sphinx curls those of documents."""

import re

from docutils.utils import smartquotes
from sphinx.config import Config

CODE = re.compile(r"(`[^`]*`)")


def curly(text: str, config: Config) -> str:
    """Words with the quotes of the site's language, if ``smartquotes`` is on.

    What is in backticks is code, and keeps its own.
    """
    language = config.language
    if not config.smartquotes or language not in smartquotes.smartchars.quotes:
        return text
    kinds = ("plain", "literal")
    parts = ((kinds[number % 2], part) for number, part in enumerate(CODE.split(text)))
    return "".join(smartquotes.educate_tokens(parts, "q", language))
