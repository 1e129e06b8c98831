"""The event loop of a page whose cells await outside of functions.

There is none until the first of them, and then one for the page, as a notebook has. A cell that
does not await runs outside of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio


class EventLoop:
    """Runs coroutines to their end, one after the other, on one loop."""

    def __init__(self) -> None:
        self.runner: asyncio.Runner | None = None

    def run(self, coroutine: Any) -> Any:
        """The result of a coroutine; tasks that it began go on in the next one."""
        if self.runner is None:
            import asyncio  # most pages await nothing

            self.runner = asyncio.Runner()
        return self.runner.run(coroutine)

    def close(self) -> None:
        """Cancel what is left."""
        if self.runner is not None:
            self.runner.close()
