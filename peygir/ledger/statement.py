"""The few statements that a busy minute repeats: prepared by the server once per connection.

Planning one of them takes PostgreSQL longer than running it. Django's own cursor pastes the values
into the text, so that every call is planned anew; these go through psycopg's.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection
from psycopg import Cursor
from psycopg.rows import tuple_row

PREPARE_AFTER: Final = 2  # uses by one connection


def run(query: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows that `query` gives, [] for one that gives none.

    Runs in the transaction under way. Raises Django's database errors, as its own cursor does.
    """
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    link = connection.connection
    link.prepare_threshold = PREPARE_AFTER
    with connection.wrap_database_errors, Cursor(link, row_factory=tuple_row) as cursor:
        cursor.execute(query.encode(), values)
        return cursor.fetchall() if cursor.description else []
