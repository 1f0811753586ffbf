"""Official letters whose answer is overdue: their holder is told, and again after each week."""

from datetime import datetime
from typing import Any, Final

from django.db import connection

from peygir.cases import policies
from peygir.notices import quiet
from peygir.notices.project import COLUMNS

TEMPLATE: Final = "mail.letter"

# The unit that has the letter's track, or had it: an answer is awaited until somebody says that
# none will come, whatever became of the track. `due` is a minute of the last day in time.
REMIND: Final = f"""
insert into notices_notice ({COLUMNS})
select t.key, 'staff', null, '', t.unit, 'email', %(template)s,
 jsonb_build_object('due', extract(epoch from t.reply_by)::bigint - 60, 'letter', t.id), null,
 t.case_id, null, 1, '', 'fa', false, true, t.simulated, %(at)s, %(digest_at)s, 0, 'queued', '', ''
from (
  select l.id, l.case_id, l.reply_by, r.unit, c.simulated, 'l' || l.id || ':'
   || floor(extract(epoch from %(at)s::timestamptz - l.reply_by) / (7 * 86400))::int as key
  from people_letter l
  join cases_case c on c.id = l.case_id and c.closed_at is null
  join cases_referral r on r.case_id = l.case_id and r.number = l.referral
  where l.state = 'sent' and l.reply_by < %(at)s and l.erased_at is null) t
where not exists (select 1 from notices_notice n where n.dedupe_key = t.key)
on conflict (dedupe_key) do nothing
"""  # noqa: S608 - constants only


def remind(*, at: datetime) -> int:
    """Queue what is due at `at` for the digests of the letters' holders; gives how many."""
    calendar = policies.current().calendar
    values: dict[str, Any] = {
        "at": at,
        "digest_at": quiet.digest_time(at, calendar),
        "template": TEMPLATE,
    }
    with connection.cursor() as cursor:
        cursor.execute(REMIND, values)
        return int(cursor.rowcount)
