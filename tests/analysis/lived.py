"""A city that has lived for two months: cases by real acts, and what plain counting gives."""

from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from peygir.analysis import keeping
from peygir.cases import acts
from peygir.cases.models import Case, Clock, Referral
from peygir.cases.sweep import drain
from peygir.ledger.entry import CITIZEN
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, staff_of

TEHRAN: Final = ZoneInfo("Asia/Tehran")
DAYS: Final = 60
START: Final = NOON - timedelta(days=DAYS)
SINCE, UNTIL = date(2026, 9, 1), date(2026, 12, 31)  # all of it
SUBJECTS: Final = ("C01", "W01", "W02", "G01")
CHANNELS: Final = ("phone", "web", "in_person")
#: Three places about a kilometre apart, where the same happens again and again.
PLACES: Final = ((34_640_000, 50_880_000), (34_650_000, 50_890_000), (34_630_000, 50_870_000))


def live(policy: CityPolicy, *, cases: int = 36, seed: int = 137) -> list[Story]:
    """Cases of every fate, each moved along at its own pace; nothing is in the order of time."""
    rng = Random(seed)
    told = [_reported(policy, rng) for _ in range(cases)]
    for n, story in enumerate(told):
        FATES[n % len(FATES)](story, rng)
    drain(at=NOON)
    return told


def town(policy: CityPolicy, *, cases: int = 36) -> list[Story]:
    """Cases, and the rows kept of them."""
    stories = live(policy, cases=cases)
    kept()
    return stories


def kept(at: datetime = NOON) -> None:
    """Rows up to date, as after some turns of the worker."""
    while keeping.turn(at=at):
        continue


def _reported(policy: CityPolicy, rng: Random) -> Story:
    lat, lon = rng.choice(PLACES)
    return Story(
        policy,
        at=START + timedelta(minutes=rng.randrange(DAYS * 24 * 60)),
        category=rng.choice(SUBJECTS),
        district=rng.choice((1, 2, 3)),
        channel=rng.choice(CHANNELS),
        kind=rng.choice(("request", "report")),
        lat_e6=lat + rng.randrange(30),
        lon_e6=lon + rng.randrange(30),
    )


def _waits(story: Story, rng: Random) -> None:
    """Nobody does anything."""


def _closed(story: Story, rng: Random) -> None:
    story.after(hours=rng.randrange(1, 100)).report()
    story.after(hours=rng.randrange(1, 30)).satisfied()


def _again(story: Story, rng: Random) -> None:
    """The citizen is not satisfied: it goes back."""
    story.after(hours=rng.randrange(1, 100)).report()
    story.after(hours=rng.randrange(1, 30)).dissatisfied()


def _reopened(story: Story, rng: Random) -> None:
    _closed(story, rng)
    story.after(days=2).act("objection", CITIZEN, objection_reason="دوباره خراب شد")


def _merged(story: Story, rng: Random) -> None:
    lead = Story(story.policy, at=story.at, category="C01", district=1)
    acts.merge(
        policy=story.policy,
        actor=staff_of(story.policy, "reception"),
        at=story.after(hours=1).at,
        case_id=story.case.id,
        into=lead.case.id,
    )


FATES: Final = (_closed, _waits, _closed, _again, _merged, _closed, _reopened, _closed)


def local_day(at: datetime) -> date:
    return at.astimezone(TEHRAN).date()


def slot(at: datetime) -> int:
    """Hours since Saturday midnight."""
    local = at.astimezone(TEHRAN)
    return (local.weekday() + 2) % 7 * 24 + local.hour


def is_late(case: Case) -> bool:
    """By the plainest words: a clock of a unit went past its warnings. Nobody waits for a citizen
    in this city."""
    clocks = Clock.objects.filter(case=case, number__gt=0)
    return any(clock.rung > clock.warnings for clock in clocks)


def handed_over() -> Counter[tuple[str, str]]:
    """From unit, to unit: of cases that are not sealed."""
    found: Counter[tuple[str, str]] = Counter()
    for case in Case.objects.filter(sealed=False):
        path = [r.unit for r in Referral.objects.filter(case=case, role="lead").order_by("number")]
        found.update((a, b) for a, b in pairwise(path) if a != b)
    return found
