"""Meeting a citizen: who called about which case, in one statement."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import orjson

from peygir.calendars.persian import clean
from peygir.ledger.entry import Actor, blind
from peygir.ledger.statement import run
from peygir.people import papers
from peygir.people.models import Citizen, Reporter

KEY_BYTES = 32

MEET: Final = """
with given as (select %(rows)s::jsonb as rows),
 citizen as (
  insert into people_citizen (phone, name, language, first_seen_at, wants_sms)
  select %(phone)s::text, %(name)s::text, %(language)s::text, %(at)s::timestamptz, true
  where %(phone)s::text is not null
  on conflict (phone) do update
   set name = case when excluded.name = '' or (people_citizen.name <> ''
     and not %(renames)s::boolean) then people_citizen.name else excluded.name end
  returning id),
 reporter as (
  insert into people_reporter (case_id, citizen_id, channel, language, at, is_first)
  values (%(case)s::bigint, (select id from citizen), %(channel)s::text, %(language)s::text,
   %(at)s::timestamptz, %(first)s::boolean)
  returning id),
 key as (
  insert into people_casekey (case_id, key)
  select %(case)s::bigint, %(key)s::bytea where %(first)s::boolean
  on conflict do nothing),
 paper as (
  insert into people_paper (id, case_id, kind, text, search, staff_id, at)
  select id, case_id, kind, text, search, staff_id, at from given,
  jsonb_to_recordset(rows) as x(id bigint, case_id bigint, kind text, text text, search text,
   staff_id bigint, at timestamptz))
select (select id from citizen), (select id from reporter)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody who can be reached. `phone`: E.164. `renames`: whether `name` may take the place of
    one that we know."""

    phone: str
    name: str = ""
    renames: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    citizen_id: int | None
    reporter_id: int
    blinded: bytes


def meet(
    case_id: int,
    caller: Caller | None,
    texts: Mapping[str, str],
    *,
    channel: str,
    language: str,
    actor: Actor,
    at: datetime,
    first: bool = True,
) -> Met:
    """Store the citizen (None: anonymous), the report of `case_id`, its texts and, with the `first`
    report, its blinding key: an erased case never gets a new one."""
    made = [papers.paper(case_id, kind, t, actor, at) for kind, t in texts.items() if t.strip()]
    rows = [
        {
            "id": p.id,
            "case_id": p.case_id,
            "kind": p.kind,
            "text": p.text,
            "search": p.search,
            "staff_id": p.staff_id,
            "at": at.isoformat(),
        }
        for p in made
    ]
    key = secrets.token_bytes(KEY_BYTES)
    values = {
        "rows": orjson.dumps(rows).decode(),
        "phone": caller.phone if caller else None,
        "name": clean(caller.name) if caller else "",
        "renames": caller.renames if caller else False,
        "language": language,
        "at": at,
        "case": case_id,
        "channel": channel,
        "first": first,
        "key": key,
    }
    [(citizen, reporter)] = run(MEET, values)
    blinded = blind(key, *(p.text for p in made))
    return Met(citizen_id=citizen, reporter_id=reporter, blinded=blinded)


def reporters(case_id: int) -> list[Reporter]:
    """Everybody who reported this case, first one first."""
    found = Reporter.objects.filter(case_id=case_id).select_related("citizen")
    return list(found.order_by("at", "id"))


def by_phone(phone: str) -> Citizen | None:
    """The citizen with this number (E.164), if we ever met."""
    return Citizen.objects.filter(phone=phone).first()


def language_of(phone: str) -> str | None:
    """In which language the citizen with this number (E.164) is told; None if we never met."""
    rows = run("select language from people_citizen where phone = %s", [phone])
    return str(rows[0][0]) if rows else None
