"""What shows values as a notebook does, before any of them needs IPython.

IPython takes long to import, and most pages of plain Python never need it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from myst_doctest.running.runner import REPRESENTATIONS
from myst_doctest.running.terminal_text import settle_cell

if TYPE_CHECKING:
    from myst_doctest.running.runner import Runner


class LateNotebook:
    """Shows text, and makes way for a ``Notebook`` when more is to be shown.

    That is so for a value with a representation, and once a cell has imported IPython.
    """

    def __init__(self, runner: Runner, *, is_jupyter: bool) -> None:
        self.runner = runner
        self.is_jupyter = is_jupyter
        self.widgets: dict[str, Any] = {}

    def open(self) -> None:
        """Have a notebook show what follows, or the runner itself where IPython is missing."""
        self.runner.notebook = None
        try:
            from myst_doctest.running.notebook_values import Notebook
        except ImportError:
            return
        self.runner.notebook = Notebook(self.runner, is_jupyter=self.is_jupyter)

    def begin_cell(self, code: str) -> None:
        """A cell begins to run."""

    @staticmethod
    def is_quiet(source: str) -> bool:
        """Whether a cell's last value is hidden."""
        return False

    def show(self, value: object) -> None:
        """Publish a cell's value."""
        kind = type(value)
        if "IPython" in sys.modules or any(
            callable(getattr(kind, name, None)) for name in REPRESENTATIONS
        ):
            self.open()
            self.runner._show(value)
            return
        text = repr(value)
        self.runner.take_drained()
        self.runner.add_value(text, {})

    def end_cell(self) -> None:
        """Show what waits for a cell's end, and obey what terminals obey."""
        if "IPython" in sys.modules:
            self.open()
            self.runner._end_cell("")
            return
        settle_cell(self.runner)
