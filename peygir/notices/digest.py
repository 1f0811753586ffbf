"""One message to each person about everything that they must know of this hour."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from django.db import connection, transaction

from peygir.notices import recipients
from peygir.notices.models import FAILED, Notice
from peygir.people.models import Post, Staff

LINES_MAX: Final = 30  # cases named in one message; the inbox has them all
LOCK: Final = 0x70657967  # "peyg": one digest run at a time, whichever worker makes it

# What was settled or paused since it was noted is cancelled here, in the statement that takes it.
TAKE: Final = """
with due as (
  select id from notices_notice
  where state = 'queued' and digest and not_before <= %(at)s for update skip locked),
 taken as (
  update notices_notice n set
   state = case when t.still_true then 'digested' else 'cancelled' end,
   failure = case when t.still_true then '' else 'settled' end
  from (
    select d.id,
     case when m.template = 'mail.approval' then exists (
        select 1 from cases_referral r
        where r.case_id = m.case_id and r.closed_at is null and r.proposal is not null)
      when m.template = 'mail.letter' then exists (
        select 1 from people_letter l
        where l.id = (m.params->>'letter')::bigint and l.state = 'sent')
      else m.clock is null or exists (
        select 1 from cases_clock k
        where k.case_id = m.case_id and k.number = m.clock and k.state = 1) end as still_true
    from due d join notices_notice m on m.id = d.id) t
  where n.id = t.id
  returning n.id, n.post, n.unit, n.case_id, n.template, n.level, n.clock, n.params, n.simulated,
   n.state)
select t.id, t.post, t.unit, t.case_id, t.template, coalesce(t.level, 0), t.clock, t.params,
 t.simulated, c.code, c.sealed
from taken t join cases_case c on c.id = t.case_id
where t.state = 'digested' order by coalesce(t.level, 0), t.id
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to know: the notice as it was taken, and the code of its case."""

    id: int
    post: str
    unit: str
    case_id: int
    template: str
    level: int
    clock: int | None
    params: dict[str, Any]
    simulated: bool
    code: str
    sealed: bool


@dataclass(slots=True)
class Pile:
    """What one person is told: of each case the gravest, since it was taken in order of gravity."""

    staff: Staff
    unit: str
    by_case: dict[int, Item] = field(default_factory=dict)


@transaction.atomic
def digest(*, at: datetime) -> int:
    """Queue one message per person from what waits for a digest at `at`; gives how many."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(TAKE, {"at": at})
        items = [_item(row) for row in cursor.fetchall()]
    if not items:
        return 0
    notices = [_notice(pile, at) for pile in _piles(items, at)]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    return len(notices)


def _item(row: tuple[Any, ...]) -> Item:
    values = list(row)
    if isinstance(values[7], str):
        values[7] = orjson.loads(values[7])
    return Item(*values)


def _piles(items: list[Item], at: datetime) -> list[Pile]:
    by_target: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        by_target[item.post, item.unit].append(item)
    piles: dict[int, Pile] = {}
    for (post, unit), told in by_target.items():
        known = recipients.of(post, unit, at)
        heard = {i.id: _hears(known, i, at) for i in told}
        if lost := [number for number, staff in heard.items() if not staff]:
            Notice.objects.filter(pk__in=lost).update(state=FAILED, failure="nobody")
        place = unit or _unit_of(post)
        for item in told:
            for person in heard[item.id]:
                pile = piles.setdefault(person.pk, Pile(person, place))
                worst = pile.by_case.get(item.case_id)
                if worst is None or worst.level <= item.level:
                    pile.by_case[item.case_id] = item
    return list(piles.values())


def _hears(staff: list[Staff], item: Item, at: datetime) -> list[Staff]:
    return recipients.impartial(staff, item.case_id, at) if item.sealed else staff


def _unit_of(post: str) -> str:
    return Post.objects.filter(pk=post).values_list("unit", flat=True).first() or ""


def _notice(pile: Pile, at: datetime) -> Notice:
    items = sorted(pile.by_case.values(), key=lambda i: (-i.level, i.code))
    notice = Notice(
        dedupe_key=f"digest:{pile.staff.pk}:{min(i.id for i in items)}",
        audience="staff",
        staff_id=pile.staff.pk,
        channel="email",
        language=pile.staff.language,
        simulated=all(i.simulated for i in items),
        made_at=at,
        not_before=at,
    )
    if len(items) == 1:
        only = items[0]
        notice.template, notice.params = only.template, only.params
        notice.case_id, notice.clock, notice.level = only.case_id, only.clock, only.level
        notice.post, notice.unit = only.post, only.unit
        return notice
    notice.template = "mail.digest"
    notice.params = {
        "unit": pile.unit,
        "count": len(items),
        "overdue": sum(i.level >= 1 for i in items),
        "warning": sum(i.template == "mail.warning" for i in items),
        "cases": [[i.code, i.template] for i in items[:LINES_MAX]],
    }
    return notice
