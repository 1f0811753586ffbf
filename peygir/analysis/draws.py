"""The week's list of claims to inspect, most by risk and some at random, and what came of it (S26).

The random part is drawn first, from all claims alike, with a seed that nobody can choose: it comes
from the tree of the public log that belongs to an instant, and the claims are those of before. So
its share of false claims is the city's own, and the risk part must find more to be worth its
points.
"""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from peygir.analysis import risk
from peygir.analysis.checks import Check, Draw
from peygir.analysis.risk import Suspect
from peygir.calendars.working import WEEKDAYS, weekday
from peygir.ledger.entry import Actor
from peygir.ledger.models import Chain
from peygir.policy.model import CityPolicy
from peygir.verify.lots import TreeAt

WANTED_MAX: Final = 200  # claims of one list
USUAL: Final = 20  # where the policy says nothing
LOT_SHARE: Final = 0.3  # of the list, drawn at random


class Refused(Exception):
    """`code`: drawn (that list was), nothing (no claim to draw), wanted (no such number)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_due(policy: CityPolicy, at: datetime) -> bool:
    """Whether the week's own list is to be drawn now: once its first working hour has begun."""
    week = week_of(policy, at)
    start = opening(policy, week)
    if not policy.inspections_weekly or start is None or at < start:
        return False
    return not Draw.objects.filter(week=week).exists()


def opening(policy: CityPolicy, week: date) -> datetime | None:
    """When the offices first open in a week; None in one without any working day."""
    for number in range(WEEKDAYS):
        day = week + timedelta(days=number)
        hours = policy.calendar.hours_on(day)
        if hours:
            return policy.calendar.at_minute(day, hours[0][0])
    return None


def draw(
    policy: CityPolicy,
    *,
    wanted: int,
    actor: Actor,
    at: datetime,
    number: int = 1,
    until: datetime | None = None,
    tree: TreeAt | None = None,
) -> Draw:
    """Make list `number` of the week of `at`, once, from the claims made before `until`. Raises
    Refused.

    `tree`: of the public log at `until`; without one, chance is the seed.
    """
    made = ask(policy, wanted=wanted, actor=actor, at=at, number=number, until=until)
    return settle(policy, made, root=tree.root if tree else None, size=tree.size if tree else None)


@transaction.atomic
def ask(
    policy: CityPolicy,
    *,
    wanted: int,
    actor: Actor,
    at: datetime,
    number: int = 1,
    until: datetime | None = None,
) -> Draw:
    """Fix from which claims list `number` of the week of `at` will be drawn: those made before
    `until` (`at`). Its seed comes from what the public log does not have yet. Raises Refused."""
    if not 1 <= wanted <= WANTED_MAX:
        raise Refused("wanted")
    week = week_of(policy, at)
    if number != next_number(week):
        raise Refused("drawn")
    pool = sorted(one.claim.case_id for one in _new(risk.suspects(policy, at=until or at)))
    if not pool:
        raise Refused("nothing")
    try:
        with transaction.atomic():
            return Draw.objects.create(
                week=week,
                number=number,
                pool=pool,
                wanted=wanted,
                weights=risk.VERSION,
                at=at,
                staff_id=actor.staff_id,
            )
    except IntegrityError:  # somebody else drew in this very moment
        raise Refused("drawn") from None


def asked() -> list[Draw]:
    """Lists whose seed is not known yet, the oldest first; they are the caller's transaction's."""
    return list(Draw.objects.filter(seed="").order_by("pk").select_for_update(skip_locked=True))


@transaction.atomic
def settle(
    policy: CityPolicy, made: Draw, *, root: bytes | None = None, size: int | None = None
) -> Draw:
    """Draw what was asked for: the part at random from the whole pool, the rest by risk.

    `root`, `size`: of the tree that the seed comes from; without them, chance is the seed.
    """
    made.seed = seed_of(root or secrets.token_bytes(32), made.week, made.number)
    made.size = size
    pool = set(made.pool)
    found = [one for one in _new(risk.suspects(policy, at=made.at)) if one.claim.case_id in pool]
    lot = set(lots(made.seed, names_of(made.pool), lot_size(made.wanted)))
    rest = [one for one in found if one.claim.case_id not in lot]
    listed = [(one, True) for one in found if one.claim.case_id in lot]
    listed += [(one, False) for one in rest[: made.wanted - len(lot)]]
    made.by_lot = sum(by_lot for _one, by_lot in listed)  # without claims that fell since
    made.save(update_fields=["seed", "size", "by_lot"])
    Check.objects.bulk_create([_check(made, one, by_lot) for one, by_lot in listed])
    return made


def seed_of(root: bytes, week: date, number: int) -> str:
    """The seed of a list from the root of the tree of its instant."""
    return sha256(root + f"{week.isoformat()} {number}".encode("ascii")).hexdigest()


def lots(seed: str, names: Mapping[int, bytes], some: int) -> list[int]:
    """What a seed draws from these cases: those whose hash with it is smallest."""

    def place(case_id: int) -> tuple[bytes, int]:
        return sha256(bytes.fromhex(seed) + names[case_id]).digest(), case_id

    return sorted(names, key=place)[:some]


def names_of(pool: Sequence[int]) -> dict[int, bytes]:
    """Case -> its name in the public log; its number where no log is kept."""
    rows = Chain.objects.filter(subject_id__in=pool).values_list("subject_id", "public")
    known = {case_id: bytes(public) for case_id, public in rows}
    return {case_id: known.get(case_id, case_id.to_bytes(8, "big")) for case_id in pool}


def lot_size(wanted: int) -> int:
    """How many of so many are drawn at random: never none."""
    return max(1, round(LOT_SHARE * wanted))


def next_number(week: date) -> int:
    """The number of the week's next list."""
    last = Draw.objects.filter(week=week).order_by("-number").first()
    return last.number + 1 if last else 1


def week_of(policy: CityPolicy, at: datetime) -> date:
    """The Saturday that began the city's week of an instant."""
    day = at.astimezone(ZoneInfo(policy.calendar.zone)).date()
    return day - timedelta(days=weekday(day))


def _new(found: Iterable[Suspect]) -> list[Suspect]:
    """Without what a list had before: a claim is drawn once."""
    suspects = list(found)
    ids = [one.claim.case_id for one in suspects]
    listed = Check.objects.filter(case_id__in=ids)
    before = set(listed.values_list("case_id", "cycle"))
    return [one for one in suspects if (one.claim.case_id, one.claim.cycle) not in before]


def _check(made: Draw, suspect: Suspect, by_lot: bool) -> Check:
    claim = suspect.claim
    return Check(
        draw=made,
        case_id=claim.case_id,
        cycle=claim.cycle,
        unit=claim.unit,
        category=claim.category,
        district=claim.district,
        claimed_at=claim.at,
        by_lot=by_lot,
        points=suspect.points,
        reasons=[[one.code, one.points, one.n] for one in suspect.reasons],
    )
