"""Who is behind a session: one prepared statement for the person and their second factor.

Asked for every page and never remembered: who is barred is refused with their next click.
"""

from functools import cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django_otp import device_classes, user_has_device

from peygir.ledger.statement import run
from peygir.people.models import Staff


class Backend(ModelBackend):
    """What AUTHENTICATION_BACKENDS names: passwords as Django checks them."""

    def get_user(self, user_id: int) -> Staff | None:
        """The person with this id, knowing `has_factor`; None once they may not sign in."""
        query, names = _reading()
        rows = run(query, [user_id])
        if not rows:
            return None
        *values, has_factor = rows[0]
        staff = Staff.from_db("default", names, values)
        staff.has_factor = has_factor
        return staff


def has_factor(staff: Staff) -> bool:
    """Whether a second factor is set up that this person has to show."""
    known = staff.has_factor
    return bool(user_has_device(staff)) if known is None else known


@cache
def _reading() -> tuple[str, list[str]]:
    """The statement, and the fields of Staff in its order."""
    fields = Staff._meta.concrete_fields
    tables: list[Any] = [device._meta.db_table for device in device_classes()]
    factors = " or ".join(
        f"exists (select 1 from {table} d where d.user_id = s.id and d.confirmed)"  # noqa: S608 - names of installed tables
        for table in tables
    )
    columns = ", ".join(f"s.{each.column}" for each in fields)
    query = f"select {columns}, {factors or 'false'} from people_staff s "  # noqa: S608 - as above
    return f"{query} where s.id = %s::bigint and s.is_active", [each.attname for each in fields]
