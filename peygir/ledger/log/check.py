"""Is the log what the database says, and the database what the log says?"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from peygir.ledger.log import files, guard, keys, tiles, witnesses
from peygir.ledger.log import head as heads
from peygir.ledger.models import Head
from peygir.ledger.scope import Scope
from peygir.ledger.statement import run
from peygir.verify.errors import Fault
from peygir.verify.logcheck import Asked, Progress, check_log
from peygir.verify.tiles import Reader, widths

SHOWN_MAX: Final = 20

# (what is wrong, the numbers of what is wrong); `{of}`: of all, or those of a part.
EVENTS: Final = (
    (
        "event {} does not say where its leaf is",
        (
            "select l.event_id from ledger_leaf l left join ledger_event e on e.id = l.event_id "
            'where l.event_id is not null and e.leaf_index is distinct from l."index" {leaves}'
        ),
    ),
    (
        "event {} says it has a leaf, but no leaf is its",
        (
            "select e.id from ledger_event e where e.leaf_index is not null and not exists "
            "(select from ledger_leaf l where l.event_id = e.id) {events}"
        ),
    ),
    (
        "leaf {} is missing before others",
        (
            'select l."index" - 1 from ledger_leaf l where l."index" > 0 and not exists '
            '(select from ledger_leaf b where b."index" = l."index" - 1) {places}'
        ),
    ),
)
CASES: Final = (
    (
        "the chain of subject {} does not end at its last leaf",
        """select c.subject_id from ledger_chain c left join lateral (
            select l.body from ledger_event e join ledger_leaf l on l.event_id = e.id
            where e.subject_id = c.subject_id and e.subject = 'case'
            order by l."index" desc limit 1) last on true
           where last.body is not null and (
            (convert_from(last.body, 'utf8')::jsonb->>'n')::int >= c.n
            or ((convert_from(last.body, 'utf8')::jsonb->>'n')::int = c.n - 1
             and substr(sha256('\\x00'::bytea || last.body), 1, 16) <> c.prev)) {cases}""",
    ),
)
ENDS: Final = (
    (
        "event {} has a leaf and waits for one",
        "select u.event_id from ledger_unsealed u join ledger_leaf l on l.event_id = u.event_id",
    ),
    (
        "the head does not stand behind the last leaf, {}",
        (
            'select l."index" from ledger_head h, lateral (select max("index") as "index" '
            'from ledger_leaf) l where l."index" <> h.base + h.size - 1'
        ),
    ),
)
#: What `{…}` of a part says. Leaves have about the order of their events.
WITHIN: Final = {
    "leaves": "and l.event_id > %(after)s and l.event_id <= %(upto)s",
    "events": "and e.id > %(after)s and e.id <= %(upto)s",
    "places": """and l."index" between
        (select min(p."index") from ledger_leaf p
         where p.event_id > %(after)s and p.event_id <= %(upto)s) and
        (select max(p."index") + 1 from ledger_leaf p
         where p.event_id > %(after)s and p.event_id <= %(upto)s)""",
    "cases": "and c.subject_id = any(%(cases)s)",
}
COUNT: Final = "select count(*) from ledger_leaf l where true {leaves}"


def replay(scope: Scope) -> Iterator[str]:
    """Where events, leaves and chains do not fit; for `manage.py replay --check`."""
    part = scope.part
    asked: Sequence[tuple[str, str]] = EVENTS + CASES + ENDS
    given: dict[str, Any] = {}
    if part is not None:
        asked = EVENTS * (part.events is not None) + CASES * bool(part.cases) + ENDS * part.rules
        after, upto = part.events or (0, 0)
        given = {"after": after, "upto": upto, "cases": [*part.cases]}
    within = WITHIN if part is not None else dict.fromkeys(WITHIN, "")
    for words, query in asked:
        for (number,) in run(f"{query.format(**within)} limit {SHOWN_MAX}", given):
            yield f"public log: {words.format(number)}"
    if part is None or part.events is not None:
        scope.counted["leaves"] = run(COUNT.format(**within), given)[0][0]


def check(*, progress: Progress | None = None) -> Iterator[str]:
    """Every fault of this year's published log, and where it is not what the database has."""
    head = heads.current()
    if head is None:
        yield "the log has not begun"
        return
    folder = files.year_folder(head.year)
    yield from _files(folder, head, progress)
    known = guard.known(head.origin)
    if known is None:
        yield "the guard's file says nothing about this log"
    elif known[0] > head.size:
        yield f"the guard has let {known[0]} leaves through; the database has {head.size}"


def _files(folder: Path, head: Head, progress: Progress | None) -> Iterator[str]:
    years = _years_before(head)
    origins = [*map(heads.origin_of, years), head.origin]
    trusted = tuple(vkey for origin in origins for vkey in keys.checkpoint_vkeys(origin))
    asked = witnesses.quorum()
    ask = Asked(keys=trusted, policy=asked.policy if asked else None, progress=progress)
    try:
        checked = check_log(folder, ask, [files.year_folder(year) for year in years])
    except Fault as fault:
        yield str(fault)
        return
    if asked is not None and checked.witnessed_at is None:
        yield "too few witnesses have seen the last checkpoint"
    reader = Reader(folder)
    for number, width in widths(checked.checkpoint.size):
        first = head.base + (number << 8)
        if reader.entries(number, width) != tiles.bodies(first, first + width):
            yield f"bundle {number} is not what the database has"


def _years_before(head: Head) -> list[int]:
    """The years before this one whose logs are published, oldest first."""
    years = [int(each.name) for each in files.root().glob("[0-9]*") if each.name.isdigit()]
    return sorted(year for year in years if year < head.year)
