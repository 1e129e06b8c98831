"""Templates without their indents, which no page shows: 150 bytes of each page, compressed."""

import re
from collections.abc import Callable
from typing import Any

from sphinx.jinja2glue import BuiltinTemplateLoader

INDENT = re.compile(r"\n\s+")


class Templates(BuiltinTemplateLoader):
    """Sphinx's templates; ``template_bridge`` in ``conf.py`` names this class."""

    def get_source(self, environment: Any, template: str) -> tuple[str, str, Callable[[], bool]]:
        """A template's text: what is left of a line is a blank to HTML, as the line break is."""
        text, file, is_current = super().get_source(environment, template)
        return INDENT.sub("\n", text), file, is_current
