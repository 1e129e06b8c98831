"""``PGcancel`` and ``PGcancelConn``, which have nothing to cancel.

A statement has ended before Python goes on: there is no moment at which one could be cancelled.
A server to which a request comes too late passes over it without an error, and so do these.
"""

from psycopg.errors import OperationalError
from psycopg.pq import ConnStatus, PollingStatus


class PGcancel:
    """A request to cancel, sent by a call that waits."""

    def free(self) -> None:
        """Forget the request."""

    def cancel(self) -> None:
        """Do nothing: no statement is running."""


class PGcancelConn:
    """A request to cancel, sent over a connection of its own."""

    def __init__(self) -> None:
        self.status = ConnStatus.ALLOCATED
        self.error_message = b""

    def start(self) -> None:
        """Do nothing: no statement is running."""
        self.status = ConnStatus.OK

    def blocking(self) -> None:
        """Do nothing: no statement is running."""
        self.status = ConnStatus.OK

    def poll(self) -> int:
        """The request is done."""
        return PollingStatus.OK

    @property
    def socket(self) -> int:
        """There is none to wait for."""
        raise OperationalError("cancel connection not opened")

    def get_error_message(self, encoding: str = "utf-8") -> str:
        """No error happens here."""
        return "no error details available"

    def reset(self) -> None:
        """Make the request new."""
        self.status = ConnStatus.ALLOCATED

    def finish(self) -> None:
        """Forget the request."""
        self.status = ConnStatus.BAD
