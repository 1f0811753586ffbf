"""Every contact is a record: what counts as one, how it ended, and how many there were (S11, S20).

Three numbers that are often taken for one another, each counted by one rule:

- a *contact* is one time that a citizen got in touch, whatever came of it;
- a *call* is a contact by telephone, also one that nobody took;
- a *message* is a contact by which a case was registered or joined;
- a *follow-up* is a contact about a case that was there before: a question how it stands, an
  answer, an objection. Looking at a page of the portal is no contact.

The events are the source. A registration or a joining is a contact by itself; `ended` records
every other one, and tells of those two when the telephone knew more (`of`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from peygir.boards.models import Contact
from peygir.cases.policies import by_digest
from peygir.ledger import read
from peygir.ledger.entry import Actor, Entry, Recorded
from peygir.ledger.ids import new_id
from peygir.ledger.models import Event
from peygir.ledger.projectors import project as tell
from peygir.ledger.scope import Scope
from peygir.ledger.write import append
from peygir.policy.model import CityPolicy

CASE: Final = "case"
FOLLOW_UP: Final = "follow_up"
INFORMATION: Final = "information"
OUTSIDE: Final = "outside_body"
DROPPED: Final = "dropped"
WRONG_NUMBER: Final = "wrong_number"
OUTCOMES: Final = (CASE, FOLLOW_UP, INFORMATION, OUTSIDE, DROPPED, WRONG_NUMBER)
PHONE: Final = "phone"
DAYS_MAX: Final = 92  # of one period, so that no page grows with the years
LONGEST: Final = timedelta(hours=4)  # a beginning before this was left behind by another call
KINDS: Final = ("case.registered", "case.joined", "contact.ended")
BATCH: Final = 5_000
REACH: Final = 20_000  # events within which another one tells of a registration, nearly always
FIELDS: Final = ("at", "started_at", "channel", "outcome", "case_id", "staff_id", "article", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a contact ended. `of`: the event that registered or joined its case, if one did."""

    channel: str
    outcome: str
    started_at: datetime | None = None
    case_id: int | None = None
    article: str = ""
    body: str = ""
    of: int | None = None


@transaction.atomic
def ended(policy: CityPolicy, contact: Ended, *, actor: Actor, at: datetime) -> Recorded:
    """Record a contact. Raises ValueError for an outcome that is none."""
    if contact.outcome not in OUTCOMES:
        raise ValueError(f"“{contact.outcome}” is no outcome of a contact")
    started = contact.started_at
    facts: dict[str, Any] = {
        "channel": contact.channel,
        "outcome": contact.outcome,
        "case": contact.case_id,
        "started": started.isoformat() if started and at - LONGEST <= started <= at else None,
        "article": contact.article,
        "body": contact.body,
        "of": contact.of,
    }
    entry = Entry(
        subject="contact",
        subject_id=new_id(),
        kind="contact.ended",
        actor=actor,
        happened_at=at,
        policy=policy.digest,
        facts={name: value for name, value in facts.items() if value},
    )
    recorded = append([entry])
    tell(recorded)
    return recorded[0]


def project(batch: Sequence[Recorded]) -> None:
    """A row for each contact; one that tells more of a registration completes its row."""
    rows = []
    for event in batch:
        if not _counts(event):
            continue
        if event.facts.get("of"):
            Contact.objects.filter(pk=event.facts["of"]).update(**_more(event))
        else:
            rows.append(Contact(event_id=event.id, **_row(event)))
    if rows:
        Contact.objects.bulk_create(rows)


def _counts(event: Recorded) -> bool:
    return event.kind in KINDS and (event.kind != "case.registered" or "case" in event.facts)


def _row(event: Recorded) -> dict[str, Any]:
    facts = event.facts
    registered = facts.get("case") if event.kind == "case.registered" else None
    about = facts.get("case") if event.kind == "contact.ended" else event.subject_id
    if registered and by_digest(event.policy).kinds[registered["kind"]].sealed:
        about = None
    return {
        "at": event.happened_at,
        "started_at": _instant(facts.get("started")),
        "channel": (registered or facts)["channel"],
        "outcome": facts.get("outcome", CASE),
        "case_id": about,
        "staff_id": event.actor.staff_id,
        "article": facts.get("article", ""),
        "body": facts.get("body", ""),
    }


def _more(event: Recorded) -> dict[str, Any]:
    return {
        "at": event.happened_at,
        "started_at": _instant(event.facts.get("started")),
        "article": event.facts.get("article", ""),
        "body": event.facts.get("body", ""),
    }


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of a period, in the city's own days. `days`: day -> (calls, messages, follow-ups, all).

    `heat`: seven rows from Saturday of twenty-four counts. `table`: (channel, outcome) -> count.
    `articles`, `bodies`: what was answered from and whom callers were sent to, most first.
    `talk`: mean of the telephone's contacts that were taken and whose beginning is known.
    """

    days: Mapping[date, tuple[int, int, int, int]]
    heat: Sequence[Sequence[int]]
    table: Mapping[tuple[str, str], int]
    articles: Sequence[tuple[str, int]]
    bodies: Sequence[tuple[str, int]]
    talk: timedelta | None
    timed: int

    def count(self, *, channel: str = "", outcome: str = "") -> int:
        """Contacts by a channel and with an outcome; "": any."""
        return sum(
            n
            for (one, other), n in self.table.items()
            if channel in ("", one) and outcome in ("", other)
        )


COUNT: Final = """
select (at at time zone %(zone)s)::date as day,
 extract(hour from at at time zone %(zone)s)::int as hour, channel, outcome, count(*)
from boards_contact where at >= %(since)s and at < %(until)s group by 1, 2, 3, 4
"""
NAMED: Final = """
select article, body, count(*) from boards_contact
where at >= %(since)s and at < %(until)s and (article <> '' or body <> '')
group by 1, 2 order by 3 desc, 1, 2
"""
TALK: Final = """
select avg(at - started_at), count(*) from boards_contact
where at >= %(since)s and at < %(until)s and started_at is not null
 and channel = 'phone' and outcome not in ('dropped', 'wrong_number')
"""


def figures(policy: CityPolicy, *, since: datetime, until: datetime) -> Figures:
    """All figures of one period (at most DAYS_MAX days of it, the latest) in three queries."""
    since = max(since, until - timedelta(days=DAYS_MAX))
    given: dict[str, Any] = {"zone": policy.calendar.zone, "since": since, "until": until}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, given)
        counted = cursor.fetchall()
        cursor.execute(NAMED, given)
        named = cursor.fetchall()
        cursor.execute(TALK, given)
        talk, timed = cursor.fetchone()
    return Figures(
        days=_days(counted),
        heat=_heat(counted),
        table=_table(counted),
        articles=[(article, n) for article, _, n in named if article],
        bodies=[(body, n) for _, body, n in named if body],
        talk=talk,
        timed=timed,
    )


Counted = Sequence[tuple[date, int, str, str, int]]


def _days(counted: Counted) -> dict[date, tuple[int, int, int, int]]:
    found: dict[date, list[int]] = {}
    for day, _hour, channel, outcome, n in counted:
        row = found.setdefault(day, [0, 0, 0, 0])
        for at, wanted in enumerate(
            (channel == PHONE, outcome == CASE, outcome == FOLLOW_UP, True)
        ):
            row[at] += n * wanted
    return {day: (row[0], row[1], row[2], row[3]) for day, row in sorted(found.items())}


def _heat(counted: Counted) -> list[list[int]]:
    found = [[0] * 24 for _day in range(7)]
    for day, hour, _channel, _outcome, n in counted:
        found[(day.weekday() + 2) % 7][hour] += n  # the week begins on Saturday
    return found


def _table(counted: Counted) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for _day, _hour, channel, outcome, n in counted:
        found[channel, outcome] = found.get((channel, outcome), 0) + n
    return found


def check(scope: Scope) -> Iterator[str]:
    """One line for each contact that is missing, differs, or that no event made."""
    if scope.part is not None and scope.part.events is None:  # a contact may be about no case
        return
    last, end = scope.part.events if scope.part and scope.part.events else (0, None)
    telling, done = _told(last, None if end is None else end + REACH), 0
    while end is None or last < end:
        batch = list(_source(last, end)[:BATCH])
        if not batch and end is None:
            break
        upto = end if end is not None and len(batch) < BATCH else batch[-1].id
        events = [e for e in read.values(batch) if _counts(e) and not e.facts.get("of")]
        wanted = {e.id: _row(e) | telling.get(e.id, {}) for e in events}
        found = _rows(last, upto)
        differing = {pk for pk in wanted.keys() | found.keys() if found.get(pk) != wanted.get(pk)}
        if end is not None and differing & wanted.keys():  # told of long afterwards: seldom
            later = _told(end, None)
            differing -= {pk for pk in later if found.get(pk) == wanted.get(pk, {}) | later[pk]}
        yield from (f"contact of event {pk}: is {found.get(pk)!r}" for pk in sorted(differing))
        last, done = upto, done + len(wanted)
    scope.counted["contacts"] = done


def _rows(after: int, upto: int) -> dict[int, dict[str, Any]]:
    span = Contact.objects.filter(pk__gt=after, pk__lte=upto)
    return {pk: dict(zip(FIELDS, row, strict=True)) for pk, *row in span.values_list("pk", *FIELDS)}


def _source(after: int, upto: int | None) -> Any:
    return _within(Event.objects.filter(kind__in=KINDS), after, upto).order_by("id")


def _told(after: int, upto: int | None) -> dict[int, dict[str, Any]]:
    """By event, what another event behind `after` tells more of it."""
    telling = Event.objects.filter(kind="contact.ended", facts__has_key="of")
    found = read.values(_within(telling, after, upto).order_by("id"))
    return {event.facts["of"]: _more(event) for event in found}


def _within(events: Any, after: int, upto: int | None) -> Any:
    found = events.filter(id__gt=after)
    return found if upto is None else found.filter(id__lte=upto)
