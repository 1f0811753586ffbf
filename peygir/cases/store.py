"""Rows from and to plain values: one statement to read a case under its lock, one to write all of
it."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.db import connection

from peygir.cases.state import (
    CASE_FIELDS,
    CLOCK_FIELDS,
    REFERRAL_FIELDS,
    CaseState,
    ClockState,
    ReferralState,
)
from peygir.ledger.entry import Entry, Recorded, recorded
from peygir.ledger.statement import run
from peygir.ledger.write import COLUMNS, SHAPE, as_json

CASE_SHAPE: Final = (
    "id bigint, code text, kind text, category text, class_code text, district smallint, "
    "lat_e6 int, lon_e6 int, channel text, stage text, status text, unit text, "
    "executive_unit text, cycle smallint, "
    "opened_at timestamptz, closed_at timestamptz, ending text, determined_at timestamptz, "
    "informed_at timestamptz, promised_for timestamptz, inspection bigint, finding text, "
    "satisfied boolean, lead_id bigint, reporters int, returns smallint, objections smallint, "
    "policy text, version int, simulated boolean, post text, urgent text, sealed boolean, "
    "about_case bigint, about_post text, about_unit text, counts jsonb, council text[]"
)
REFERRAL_SHAPE: Final = (
    "number smallint, role text, stage text, unit text, cycle smallint, opened_at timestamptz, "
    "not_before timestamptz, closed_at timestamptz, outcome text, proposal jsonb, post text"
)
CLOCK_SHAPE: Final = (
    "number smallint, unit text, state smallint, generation int, rung smallint, "
    "started_at timestamptz, "
    "due_at timestamptz, due_ats timestamptz[], next_due_at timestamptz, repeat_s int, "
    "warnings smallint, "
    "paused_at timestamptz, paused_until timestamptz, paused_s int, pause_reason text, "
    "stopped_at timestamptz"
)


def _updates(names: Sequence[str], key: Sequence[str]) -> str:
    return ", ".join(f"{n} = excluded.{n}" for n in names if n not in key)


_CASE = ", ".join(CASE_FIELDS)
_REFERRAL = ", ".join(REFERRAL_FIELDS)
_CLOCK = ", ".join(CLOCK_FIELDS)

# Only constants of this module are pasted in; every value travels as a parameter.
_WRITE: Final = f"""
with given as (select %s::jsonb as rows),
 events as (
  insert into ledger_event ({COLUMNS}) select {COLUMNS}
  from jsonb_to_recordset(%s::jsonb) as x({SHAPE})
  returning id),
 cases as (
  insert into cases_case ({_CASE})
  select {_CASE} from given, jsonb_to_record(rows->'case') as x({CASE_SHAPE})
  /* known */),
 referrals as (
  insert into cases_referral (case_id, {_REFERRAL})
  select (rows->'case'->>'id')::bigint, x.*
  from given, jsonb_to_recordset(rows->'referrals') as x({REFERRAL_SHAPE})
  on conflict (case_id, number) do update set {_updates(REFERRAL_FIELDS, ("number",))}),
 clocks as (
  insert into cases_clock (case_id, {_CLOCK})
  select (rows->'case'->>'id')::bigint, x.*
  from given, jsonb_to_recordset(rows->'clocks') as x({CLOCK_SHAPE})
  on conflict (case_id, number) do update set {_updates(CLOCK_FIELDS, ("number",))})
select id from events
"""  # noqa: S608 - names are constants of this module

# A new case never overwrites one that exists, whatever number a door was made to send.
WRITE_NEW: Final = _WRITE
WRITE_KNOWN: Final = _WRITE.replace(
    "/* known */",
    f"on conflict (id) do update set {_updates(CASE_FIELDS, ('id', 'code', 'opened_at'))}",
)
LOCK: Final = f"select {_CASE} from cases_case where id = %s for update"  # noqa: S608 - constants
REFERRALS: Final = (
    f"select {_REFERRAL} from cases_referral "  # noqa: S608 - names are constants
    "where case_id = %s order by number"
)
CLOCKS: Final = (
    f"select {_CLOCK} from cases_clock "  # noqa: S608 - names are constants
    "where case_id = %s order by number for update"
)


class NoSuchCase(LookupError):
    """There is no case with this id."""


def lock(case_id: int) -> CaseState:
    """The case as it stands, locked until the transaction ends. Raises NoSuchCase."""
    assert connection.in_atomic_block, "a case is locked for a change, not for looking"
    with connection.cursor() as cursor:
        cursor.execute(LOCK, [case_id])
        found = cursor.fetchone()
        if found is None:
            raise NoSuchCase(case_id)
        named = dict(zip(CASE_FIELDS, found, strict=True))
        named["counts"] = orjson.loads(named["counts"])  # Django leaves jsonb as text here
        state = CaseState(**named)
        cursor.execute(REFERRALS, [case_id])
        state.referrals = [_referral(row) for row in cursor.fetchall()]
        cursor.execute(CLOCKS, [case_id])
        state.clocks = [
            ClockState(**dict(zip(CLOCK_FIELDS, row, strict=True))) for row in cursor.fetchall()
        ]
    return state


def write(
    state: CaseState, entries: Sequence[Entry], *, before: CaseState | None
) -> list[Recorded]:
    """Write `entries` and the case that they made, in one statement; rows that did not change
    stay."""
    rows = {
        "case": {n: getattr(state, n) for n in CASE_FIELDS},
        "referrals": _changed(state.referrals, before.referrals if before else []),
        "clocks": _changed(state.clocks, before.clocks if before else []),
    }
    statement = WRITE_KNOWN if before else WRITE_NEW
    numbers = run(statement, [orjson.dumps(rows).decode(), as_json(entries)])
    return [recorded(e, n) for e, (n,) in zip(entries, numbers, strict=True)]


def _referral(row: tuple[Any, ...]) -> ReferralState:
    named = dict(zip(REFERRAL_FIELDS, row, strict=True))
    if isinstance(named["proposal"], str):
        named["proposal"] = orjson.loads(named["proposal"])
    return ReferralState(**named)


def _changed(
    now: Sequence[ReferralState] | Sequence[ClockState],
    then: Sequence[ReferralState] | Sequence[ClockState],
) -> list[ReferralState | ClockState]:
    known = {each.number: each for each in then}
    return [each for each in now if known.get(each.number) != each]
