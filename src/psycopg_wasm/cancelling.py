"""``PGcancel``, which has nothing to cancel.

A statement has ended before Python goes on: there is no moment at which one could be cancelled.
A server to which a request comes too late passes over it without an error, and so does this.
"""


class PGcancel:
    """A request to cancel."""

    def free(self) -> None:
        """Forget the request."""

    def cancel(self) -> None:
        """Do nothing: no statement is running."""
