"""Sessions of the staff, in the database as Django keeps them, read by a prepared statement.

Every page of the staff reads one. Nothing is remembered between requests: who is signed out is
out at once.
"""

from typing import Any, Final

from django.contrib.sessions.backends import db
from django.utils import timezone

from peygir.ledger.statement import run

READ: Final = """
select session_data from django_session
where session_key = %s::text and expire_date > %s::timestamptz
"""


class SessionStore(db.SessionStore):
    """What SESSION_ENGINE names."""

    def load(self) -> dict[str, Any]:
        rows = run(READ, [self.session_key, timezone.now()])
        if not rows:
            self._session_key = None
            return {}
        return self.decode(rows[0][0])
