"""The worker's turn: rows follow the events, and an existing database is taken up in chunks.

A turn reads the events since the turn a quarter of an hour before the last one, so that what had
not committed when that one read is not passed over; what did not change is not written again.
Each night the events of two days are read once more, for what took longer to commit, and so many
cases of a round over all of them are compared and mended.
Nothing that it does grows with the number of closed cases.
"""

import time
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Max

from peygir.analysis import briefs
from peygir.analysis.models import Mark
from peygir.cases import policies
from peygir.cases.models import Case
from peygir.ledger.models import Event

OVERLAP_S: Final = 15 * 60  # the longest that a transaction may take
CHUNK: Final = 2000  # cases of one statement
EVENTS: Final = 10_000  # read at once
TURN_S: Final = 1.0  # of a turn: others wait behind it
NIGHT: Final = range(1, 5)  # hours of the city's clock
CASES_A_NIGHT: Final = 50_000  # looked at again: a round over a million takes twenty nights


def turn(*, at: datetime) -> bool:
    """Go on for about a second; True when more waits. Another worker may hold the mark: then
    nothing is to be done."""
    Mark.objects.get_or_create(pk=1)
    began = time.monotonic()
    while True:
        with transaction.atomic():
            mark = Mark.objects.select_for_update(skip_locked=True).filter(pk=1).first()
            if mark is None:
                return False
            more = _go_on(mark, at)
            mark.save()
        if not more or time.monotonic() - began >= TURN_S:
            return more


def again(*, at: datetime) -> bool:
    """Go on with tonight's share of the round for about a second; True when more of it waits."""
    local, began = at.astimezone(ZoneInfo(policies.current().calendar.zone)), time.monotonic()
    while True:
        with transaction.atomic():
            marks = Mark.objects.select_for_update(skip_locked=True)
            mark = marks.filter(pk=1, filling=None).first()
            if mark is None or (mark.night != local.date() and local.hour not in NIGHT):
                return False
            if mark.night != local.date():
                _begin_night(mark, local.date(), at)
            _look_again(mark)
            mark.save()
        if not mark.left or time.monotonic() - began >= TURN_S:
            return mark.left > 0


def _begin_night(mark: Mark, day: date, at: datetime) -> None:
    newest = Event.objects.aggregate(newest=Max("id"))["newest"] or 0
    since = min([*mark.nights, _since(mark.steps)])
    mark.reading = {"at": _seconds(at), "upto": newest, "done": since}
    mark.night, mark.left, mark.nights = day, CASES_A_NIGHT, [*mark.nights, newest][-2:]


def _look_again(mark: Mark) -> None:
    """Some more cases of the round."""
    count = min(CHUNK, mark.left)
    if not count:
        return
    known = Case.objects.filter(pk__gt=mark.seen).order_by("pk").values_list("pk", flat=True)
    ids = [*known[:count]]
    if ids:
        briefs.write(dict.fromkeys(ids, 0))
    is_over = len(ids) < count
    mark.seen, mark.left = (0, 0) if is_over else (ids[-1], mark.left - count)


def _go_on(mark: Mark, at: datetime) -> bool:
    """One chunk; whether more waits."""
    if mark.filling is None:
        return _read(mark, at)
    if not mark.steps:
        mark.steps = [first_step(at)]
    ids = [
        *Case.objects.filter(pk__gt=mark.filling)
        .order_by("pk")
        .values_list("pk", flat=True)[:CHUNK]
    ]
    if ids:
        briefs.write(dict.fromkeys(ids, 0))
    mark.filling = ids[-1] if len(ids) == CHUNK else None
    return True


def first_step(at: datetime) -> list[int]:
    """What is older than the overlap is seen by the filling itself."""
    settled = Event.objects.filter(recorded_at__lt=at - timedelta(seconds=OVERLAP_S))
    newest = settled.order_by("-id").values_list("id", flat=True).first()
    return [_seconds(at), newest or 0]


# Acts of one case wait for each other, so its events become visible in their order.
NEWER: Final = """
with found as materialized (
 select id, subject, subject_id from ledger_event where id > %(done)s and id <= %(upto)s
 order by id limit %(events)s),
newest as (
 select subject_id as case_id, max(id) as event from found where subject = 'case' group by 1),
behind as (
 select n.case_id, n.event from newest n
 where coalesce((select b.event from analysis_brief b where b.case_id = n.case_id), -1) < n.event)
select (select max(id) from found), (select count(*) from found),
 array(select case_id from behind order by case_id),
 array(select event from behind order by case_id)
"""


def _read(mark: Mark, at: datetime) -> bool:
    """Take up the cases of some events that their rows do not contain yet."""
    reading = mark.reading
    if reading is None:
        upto = Event.objects.aggregate(newest=Max("id"))["newest"] or 0
        reading = {"at": _seconds(at), "upto": upto, "done": _since(mark.steps)}
    with connection.cursor() as cursor:
        cursor.execute(NEWER, reading | {"events": EVENTS})
        [(done, count, ids, events)] = cursor.fetchall()
    for start in range(0, len(ids), CHUNK):
        part = slice(start, start + CHUNK)
        briefs.write(dict(zip(ids[part], events[part], strict=True)))
    if count == EVENTS:
        mark.reading = reading | {"done": done}
        return True
    mark.reading = None
    mark.at = datetime.fromtimestamp(reading["at"], at.tzinfo)
    mark.steps = _kept([*mark.steps, [reading["at"], reading["upto"]]])
    return False


def _since(steps: list[list[int]]) -> int:
    """The newest event of the last turn that the overlap before the newest turn leaves behind:
    whatever had not committed when that one read is younger."""
    behind = [newest for taken, newest in steps if taken <= steps[-1][0] - OVERLAP_S]
    return max(behind) if behind else steps[0][1]


def _kept(steps: list[list[int]]) -> list[list[int]]:
    """Those that a later turn may begin from."""
    overlap = [step for step in steps if step[0] > steps[-1][0] - OVERLAP_S]
    return steps[: -len(overlap)][-1:] + overlap


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
