"""Everything anew from the cases, and whether the rows are what the cases say."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from peygir.analysis import briefs, keeping
from peygir.analysis.briefs import (
    ADDED,
    COUNTS,
    DERIVED,
    FRESH,
    HANDED,
    PLACE,
    SUMMED,
    WANTED,
    WEEK,
)
from peygir.analysis.keeping import CHUNK
from peygir.analysis.models import Brief, Hop, Mark, Pair, Tally
from peygir.analysis.pairs import PAIR, PAIRS, paired
from peygir.cases import policies
from peygir.cases.models import Case

Advance = Callable[[int, int], None]  # told: cases done, cases in all

HOPS: Final = f"""
select {PLACE}, sum(n)::int as n from ({HANDED.format(kept="analysis_brief", sign="1")}) moved
group by {PLACE}
"""  # noqa: S608 - constants only
#: A case of which the worker has not read the newest event yet may differ.
DIFFERS: Final = f"""
with wanted as ({WANTED}), fresh as ({FRESH})
select count(*) from wanted w left join fresh f using (case_id)
left join analysis_brief b using (case_id)
where ({", ".join(f"b.{name}" for name in DERIVED)})
  is distinct from ({", ".join(f"f.{name}" for name in DERIVED)})
 and not exists (select from ledger_event e where e.subject_id = w.case_id and e.id > %(read)s)
"""  # noqa: S608 - constants only
HOPS_DIFFER: Final = f"""
select count(*) from ({HOPS}) now full join analysis_hop h using ({PLACE})
where coalesce(now.n, 0) <> coalesce(h.n, 0)
"""  # noqa: S608 - constants only


TALLIES: Final = f"""
select {WEEK}, {SUMMED} from ({ADDED.format(kept="analysis_brief", sign=1)}) each group by {WEEK}
"""  # noqa: S608 - constants only
TALLIES_DIFFER: Final = f"""
select count(*) from ({TALLIES}) now({WEEK}, {COUNTS})
full join analysis_tally t using ({WEEK})
where ({", ".join(f"coalesce(now.{name}, 0)" for name in COUNTS.split(", "))})
 <> ({", ".join(f"coalesce(t.{name}, 0)" for name in COUNTS.split(", "))})
"""  # noqa: S608 - constants only


#: Of one pair: there are too many sums for all at once.
PAIRS_DIFFER: Final = f"""
select count(*) from (select {PAIR}, {SUMMED} from ({{added}}) each group by {PAIR})
  now({PAIR}, {COUNTS})
full join (select * from analysis_pair where pair = %(pair)s) t using ({PAIR})
where ({", ".join(f"coalesce(now.{name}, 0)" for name in COUNTS.split(", "))})
 <> ({", ".join(f"coalesce(t.{name}, 0)" for name in COUNTS.split(", "))})
"""  # noqa: S608 - constants only


class NotFilled(LookupError):
    """The worker has not taken up the cases yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What differs: rows that are not what their case says, and sums that are not of the rows."""

    cases: int
    rows: int
    sums: int

    @property
    def is_right(self) -> bool:
        return not (self.rows or self.sums)


def rebuild(advance: Advance, *, at: datetime) -> int:
    """Write every row anew in chunks, then the sums; how many rows were wrong.

    Pages go on showing what is there, and the worker takes its turns between the chunks. Where it
    has not taken up all cases yet, it need not any more: it goes on with the events since `at`.
    """
    changed, done, total = 0, 0, Case.objects.count()
    begins = keeping.first_step(at)
    for ids in _chunks():
        with transaction.atomic():
            _hold()
            changed += briefs.write(dict.fromkeys(ids, 0))
        done += len(ids)
        advance(done, total)
    with transaction.atomic(), connection.cursor() as cursor:
        _hold()
        zone = {"zone": policies.current().calendar.zone}
        Hop.objects.all().delete()
        cursor.execute(f"insert into analysis_hop ({PLACE}, n) {HOPS}", zone)
        sum_up()
        new = Mark.objects.exclude(filling=None)
        new.update(filling=None, reading=None, at=at, steps=[begins])
    return changed


def sum_up() -> None:
    """Make the sums of all rows anew."""
    Tally.objects.all().delete()
    Pair.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"insert into analysis_tally ({WEEK}, {COUNTS}) {TALLIES}", {})
        for number in range(len(PAIRS)):
            added = paired("analysis_brief", pairs=range(number, number + 1))
            cursor.execute(
                f"insert into analysis_pair ({PAIR}, {COUNTS}) "  # noqa: S608 - constants
                f"select {PAIR}, {SUMMED} from ({added}) each group by {PAIR}",
                {},
            )


def check(advance: Advance) -> Found:
    """Compare every row with its case, as far as the worker has read; changes nothing.

    Raises NotFilled before the first filling is done.
    """
    mark = Mark.objects.filter(filling=None).first()
    if mark is None or not mark.steps:
        raise NotFilled
    read = mark.steps[-1][1]
    rows, done, total = _orphans(), 0, Case.objects.count()
    for ids in _chunks():
        rows += _number(DIFFERS, briefs.given_for(dict.fromkeys(ids, 0)) | {"read": read})
        done += len(ids)
        advance(done, total)
    sums = _number(HOPS_DIFFER, {"zone": policies.current().calendar.zone})
    sums += _number(TALLIES_DIFFER, {})
    for number in range(len(PAIRS)):
        added = paired("analysis_brief", pairs=range(number, number + 1))
        sums += _number(PAIRS_DIFFER.format(added=added), {"pair": number})
    return Found(cases=done, rows=rows, sums=sums)


def _orphans() -> int:
    """Rows of no case: nothing of ours makes one."""
    return Brief.objects.exclude(Exists(Case.objects.filter(pk=OuterRef("pk")))).count()


def _chunks() -> Iterator[list[int]]:
    last = 0
    while True:
        known = Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        ids = [*known[:CHUNK]]
        if not ids:
            return
        yield ids
        last = ids[-1]


def _hold() -> None:
    """Wait for the worker's chunk to end; one writer at a time."""
    Mark.objects.get_or_create(pk=1)
    Mark.objects.select_for_update().get(pk=1)


def _number(query: str, given: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        [(found,)] = cursor.fetchall()
    return int(found)
