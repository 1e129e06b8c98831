"""What a cell can show: a Session, a result, a schema, the SQL that was sent, and more.

Each function gives a small object with a text form, which a page records, and with a picture,
which is published.
"""

from .board import session_board
from .dialects import in_dialects
from .er_schema import schema_diagram
from .expected import expected
from .film import film
from .loading import loading_table
from .statements import statements
from .states import object_states
from .table import result_table

__all__ = [
    "expected",
    "film",
    "in_dialects",
    "loading_table",
    "object_states",
    "result_table",
    "schema_diagram",
    "session_board",
    "statements",
]
