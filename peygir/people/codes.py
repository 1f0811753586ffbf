"""One-time codes that prove a phone, and the short links that text messages carry.

Only digests of codes are kept. A used code's row stands for the sign-in that it opened, so that
signing out (deleting the row) ends it everywhere at once.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db import transaction
from django.utils.crypto import salted_hmac

from peygir.ledger.statement import run
from peygir.people import throttle
from peygir.people.models import Citizen, OneTimeCode

DIGITS: Final = 5
LIFE: Final = timedelta(minutes=5)
RESEND_AFTER: Final = timedelta(seconds=90)
ATTEMPTS_MAX: Final = 5
SIGNED_IN_FOR: Final = timedelta(days=30)
KEPT_FOR: Final = timedelta(days=2)  # unused codes; used ones as long as the sign-in lasts
SIGNATURE_LETTERS: Final = 16  # 64 bits, tried over the network only
ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"

# `tried` counts as throttle.COUNT does, but not a try that comes too soon after the last.
ISSUE: Final = """
with last as (
  select max(made_at) as at from people_onetimecode
  where citizen_id = %(citizen)s::bigint and purpose = %(purpose)s::text and used_at is null),
 tried as (
  insert into people_throttle as t (key, window_ends_at, count)
  select %(key)s::text, %(ends)s::timestamptz, 1 from last
  where at is null or at <= %(too_new)s::timestamptz
  on conflict (key) do update set
   count = case when t.window_ends_at <= %(at)s::timestamptz then 1
    else least(t.count, 1000000) + 1 end,
   window_ends_at = case when t.window_ends_at <= %(at)s::timestamptz
    then excluded.window_ends_at else t.window_ends_at end
  returning count, window_ends_at),
 allowed as (select 1 from tried where count <= %(most)s::int),
 ended as (
  update people_onetimecode set expires_at = %(at)s::timestamptz
  where citizen_id = %(citizen)s::bigint and purpose = %(purpose)s::text and used_at is null
   and expires_at > %(at)s::timestamptz and exists (select 1 from allowed)),
 made as (
  insert into people_onetimecode
   (purpose, citizen_id, case_id, digest, made_at, expires_at, attempts)
  select %(purpose)s::text, %(citizen)s::bigint, %(case)s::bigint, %(digest)s::bytea,
   %(at)s::timestamptz, %(expires)s::timestamptz, 0 from allowed
  returning id)
select (select id from made), (select at from last), (select window_ends_at from tried)
"""

Outcome = Literal["ok", "wrong", "expired", "too_many"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of a code: `row` is the used code, only when `outcome` is "ok"."""

    outcome: Outcome
    row: OneTimeCode | None = None


def issue(
    citizen_id: int, purpose: str, *, per_hour: int, at: datetime, case_id: int | None = None
) -> str:
    """A new code for `purpose` (phone, visit); older unused ones stop working.

    Raises throttle.TooOften: within RESEND_AFTER of the last one, or beyond `per_hour`.
    """
    limit = throttle.Limit(what=f"code-{purpose}", most=per_hour, per=timedelta(hours=1))
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    values = {
        "citizen": citizen_id,
        "purpose": purpose,
        "case": case_id,
        "digest": _digest(citizen_id, purpose, code),
        "at": at,
        "expires": at + LIFE,
        "too_new": at - RESEND_AFTER,
        "key": throttle.key(limit, str(citizen_id)),
        "ends": at + limit.per,
        "most": per_hour,
    }
    [(made, last, until)] = run(ISSUE, values)
    if made is None:
        raise throttle.TooOften(until or last + RESEND_AFTER)
    return code


def verify(citizen_id: int, purpose: str, code: str, *, at: datetime) -> Checked:
    """Try `code` (Latin digits). Each try counts; a right one is used up and proves the phone."""
    with transaction.atomic():
        rows = OneTimeCode.objects.select_for_update().filter(
            citizen_id=citizen_id, purpose=purpose, used_at=None
        )
        row = rows.order_by("-made_at").first()
        if row is None or row.expires_at <= at:
            return Checked(outcome="expired")
        if row.attempts >= ATTEMPTS_MAX:
            return Checked(outcome="too_many")
        row.attempts += 1
        right = hmac.compare_digest(bytes(row.digest), _digest(citizen_id, purpose, code))
        if right:
            row.used_at = at
        row.save(update_fields=["attempts", "used_at"])
        if not right:
            return Checked(outcome="wrong" if row.attempts < ATTEMPTS_MAX else "too_many")
        if purpose == "phone":
            Citizen.objects.filter(pk=citizen_id).update(confirmed_at=at)
        return Checked(outcome="ok", row=row)


def resend_at(citizen_id: int, purpose: str) -> datetime | None:
    """From when another code may be asked for; None when none was sent yet."""
    rows = OneTimeCode.objects.filter(citizen_id=citizen_id, purpose=purpose, used_at=None)
    last = rows.order_by("-made_at").first()
    return last.made_at + RESEND_AFTER if last else None


def signed_in(row_id: int, *, at: datetime) -> Citizen | None:
    """Whose sign-in this used code opened; None once it is over or was ended."""
    rows = OneTimeCode.objects.filter(pk=row_id, purpose="phone", used_at__gt=at - SIGNED_IN_FOR)
    row = rows.select_related("citizen").first()
    return row.citizen if row else None


def sign_out(row_id: int) -> None:
    OneTimeCode.objects.filter(pk=row_id, purpose="phone").delete()


def sweep(*, at: datetime) -> int:
    """Delete codes that neither work nor stand for a sign-in any more; gives how many."""
    gone, _ = OneTimeCode.objects.filter(used_at=None, made_at__lt=at - KEPT_FOR).delete()
    old, _ = OneTimeCode.objects.filter(used_at__lt=at - SIGNED_IN_FOR).delete()
    return gone + old


def link(case_id: int, reporter_id: int) -> str:
    """A short token for a text message: it opens this case's page for this reporter, no more."""
    body = f"{_short(case_id)}-{_short(reporter_id)}"
    return f"{body}-{_signature(body)}"


def read_link(token: str) -> tuple[int, int] | None:
    """(case id, reporter id) of a token that `link` made; None for anything else."""
    body, _, signature = token.rpartition("-")
    if not hmac.compare_digest(signature.encode(), _signature(body).encode()):
        return None
    case_id, _, reporter_id = body.partition("-")
    return int(case_id, 36), int(reporter_id, 36)


def _digest(citizen_id: int, purpose: str, code: str) -> bytes:
    value = f"{citizen_id}:{purpose}:{code}"
    return salted_hmac("peygir.code", value, algorithm="sha256").digest()


def _signature(body: str) -> str:
    return salted_hmac("peygir.link", body, algorithm="sha256").hexdigest()[:SIGNATURE_LETTERS]


def _short(number: int) -> str:
    """A number in base 36."""
    letters = ""
    while number:
        number, at = divmod(number, len(ALPHABET))
        letters = ALPHABET[at] + letters
    return letters or "0"
