"""Who is calling: what this citizen reported before, where, and how the newest open case stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peygir.boards.cases import Said, said
from peygir.cases.models import Case, Clock
from peygir.cases.models.clock import PAUSED, RUNNING
from peygir.ledger.entry import Actor
from peygir.people.models import Call, Citizen, Reporter

CASES_MAX = 12
READ_MAX = 50  # of them, whose words are read
ADDRESSES_MAX = 4
RINGS_FOR = timedelta(minutes=15)  # a call that never ended in our books is no longer on the line


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address that this citizen gave before, with the point and district of its case."""

    address: str
    district: int | None
    lat_e6: int | None
    lon_e6: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """`citizen` None: nobody with this number ever called. `clocks`: of the open cases' holders."""

    phone: str
    citizen: Citizen | None
    cases: Sequence[Case]
    said: Mapping[int, Said]
    clocks: Mapping[int, Clock]
    total: int
    places: Sequence[Place]

    @property
    def open(self) -> Sequence[Case]:
        return [case for case in self.cases if case.is_open]

    @property
    def newest_open(self) -> Case | None:
        return next(iter(self.open), None)


def caller(actor: Actor, phone: str) -> Caller:
    """What is known of the citizen with this number (E.164), in at most five queries."""
    citizen = Citizen.objects.filter(phone=phone).first()
    if citizen is None:
        return Caller(phone=phone, citizen=None, cases=[], said={}, clocks={}, total=0, places=[])
    reports = Reporter.objects.filter(citizen=citizen).order_by("-case_id")
    ids = list(dict.fromkeys(reports.values_list("case_id", flat=True)[:200]))
    visible = Case.objects.visible_to(actor)
    cases = list(visible.filter(pk__in=ids).order_by("-opened_at"))
    if not cases:  # somebody who only complained of an official is a stranger to everybody else
        return Caller(phone=phone, citizen=None, cases=[], said={}, clocks={}, total=0, places=[])
    total = len(cases)
    cases = cases[:READ_MAX]
    cases.sort(key=lambda case: not case.is_open)  # open ones first, each group newest first
    words = said(case.pk for case in cases)
    waiting = [case.pk for case in cases if case.is_open]
    live = Clock.objects.filter(case__in=waiting, number__gt=0, state__in=(RUNNING, PAUSED))
    return Caller(
        phone=phone,
        citizen=citizen,
        cases=cases[:CASES_MAX],
        said=words,
        clocks={clock.case_id: clock for clock in live.order_by("-number")},
        total=total,
        places=_places(sorted(cases, key=lambda case: case.opened_at, reverse=True), words),
    )


def ringing(extension: str, *, at: datetime) -> Call | None:
    """The call that this extension has on the line, newest first; None when nobody calls."""
    if not extension:
        return None
    calls = Call.objects.filter(extension=extension, direction="in", ended_at=None)
    return calls.filter(rang_at__gt=at - RINGS_FOR).order_by("-rang_at").first()


def _places(cases: Sequence[Case], words: Mapping[int, Said]) -> list[Place]:
    found: dict[str, Place] = {}
    for case in cases:
        address = words.get(case.pk, Said()).address
        if address:
            place = Place(
                address=address, district=case.district, lat_e6=case.lat_e6, lon_e6=case.lon_e6
            )
            found.setdefault(address, place)
    return list(found.values())[:ADDRESSES_MAX]
