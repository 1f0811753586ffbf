"""The few statements that a busy minute repeats: prepared by the server once per connection.

Planning one of them takes PostgreSQL longer than running it. Django's own cursor pastes the values
into the text, so that every call is planned anew; these go through psycopg's.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from django.db import connection, models
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


def insert(row: models.Model) -> None:
    """Write a new row, as `row.save()` does, and give it the id that the database chose."""
    query, fields = _inserting(type(row))
    values = [each.get_db_prep_save(each.pre_save(row, True), connection) for each in fields]
    [(row.pk,)] = run(query, values)
    row._state.adding = False  # noqa: SLF001 - Django documents it


@cache
def _inserting(model: type[models.Model]) -> tuple[str, Sequence["models.Field[Any, Any]"]]:
    """The statement, and the fields that it wants the values of."""
    meta = model._meta
    fields = [each for each in meta.concrete_fields if not each.primary_key]
    columns = ", ".join(f'"{each.column}"' for each in fields)
    places = ", ".join("%s" for _ in fields)
    key = meta.pk.column
    query = f'insert into {meta.db_table} ({columns}) values ({places}) returning "{key}"'  # noqa: S608 - names of our own tables
    return query, fields
