"""What a cell can show: a Session, an object's states, a result, the SQL that was sent.

Each function gives a small object with a text form, which a page records, and with a picture,
which is published.
"""

from .board import session_board
from .statements import statements
from .states import object_states
from .table import result_table

__all__ = ["object_states", "result_table", "session_board", "statements"]
