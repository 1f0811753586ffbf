"""Ask of all rows what the triggers ask of each: nothing may be left open, lost or made up."""

from collections.abc import Callable
from typing import Final

import psycopg

OF_EVERYTHING: Final = {
    "open cases without an open lead referral": """
        select count(*) from cases_case c where c.closed_at is null and not exists (
         select 1 from cases_referral r
         where r.case_id = c.id and r.closed_at is null and r.role = 'lead')""",
    "open cases without a running citizen clock": """
        select count(*) from cases_case c where c.closed_at is null and not exists (
         select 1 from cases_clock k where k.case_id = c.id and k.number = 0 and k.state = 1)""",
    "closed cases with an open referral": """
        select count(*) from cases_referral r join cases_case c on c.id = r.case_id
        where c.closed_at is not null and r.closed_at is null""",
    "closed cases with a live clock": """
        select count(*) from cases_clock k join cases_case c on c.id = k.case_id
        where c.closed_at is not null and k.state in (1, 2)""",
    "open referrals without a live clock": """
        select count(*) from cases_referral r where r.closed_at is null and not exists (
         select 1 from cases_clock k
         where k.case_id = r.case_id and k.number = r.number and k.state in (1, 2))""",
    "endings without the evidence that the policy demands": """
        select count(*) from cases_case c where c.closed_at is not null and not exists (
         select 1 from ledger_event e join cases_ending n
          on n.policy_id = e.policy and n.code = c.ending
         where e.subject_id = c.id and e.subject = 'case' and e.kind = 'case.stepped'
          and e.happened_at = c.closed_at and e.facts->>'ending' = c.ending
          and jsonb_strip_nulls(e.facts->'evidence') ?& n.needs::text[])""",
    "cases without the event that registered them": """
        select count(*) from cases_case c where not exists (
         select 1 from ledger_event e where e.subject_id = c.id and e.kind = 'case.registered')""",
    "reporters of nobody's case or of no citizen": """
        select count(*) from people_reporter r left join people_citizen p on p.id = r.citizen_id
        where not exists (select 1 from cases_case c where c.id = r.case_id)
         or (r.citizen_id is not null and p.id is null)""",
    "points without their event": """
        select count(*) from evaluation_point p
        where not exists (select 1 from ledger_event e where e.id = p.event_id)""",
}
SAMPLE: Final = 300


def verify(dsn: str, say: Callable[[str], None]) -> None:
    """Raises AssertionError naming the promise that some row breaks."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("set work_mem = '256MB'")
        for promise, query in OF_EVERYTHING.items():
            found = connection.execute(query).fetchone()
            assert found == (0,), f"{promise}: {found}"
    say(f"  verified over all rows: {len(OF_EVERYTHING)} promises")
    _texts(dsn)
    _replayed(say)


def _texts(dsn: str) -> None:
    """Codes, search keys and stored forms of a sample are those that the code itself makes."""
    from peygir.calendars import codes
    from peygir.calendars.persian import clean, search_key

    with psycopg.connect(dsn, autocommit=True) as connection:
        rows = connection.execute(
            "select c.code, p.text, p.search from cases_case c tablesample system (1) "
            "join people_paper p on p.case_id = c.id and p.kind in ('words', 'address') limit 3000"
        ).fetchall()
    for code, text, search in rows:
        assert codes.check(code) == code, code
        assert clean(text) == text, text
        assert search_key(text) == search, (text, search, search_key(text))


def _replayed(say: Callable[[str], None]) -> None:
    """Cases at random made anew from their events, compared with their rows."""
    from peygir.boards import replay

    scope = replay.Scope(sample=SAMPLE)
    found = list(replay.differences(scope))
    assert not found, found[:3]
    say(f"  replayed from events: {scope.counted}")
