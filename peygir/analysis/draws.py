"""The week's list of claims to inspect, most by risk and some at random, and what came of it (S26).

The random part is drawn first, from all claims alike, with a seed that the page shows. So its share
of false claims is the city's own, and the risk part must find more to be worth its points.
"""

import random
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from peygir.analysis import risk
from peygir.analysis.checks import CONFIRMED, FALSE, FOUND, UNCLEAR, Check, Draw
from peygir.analysis.risk import Suspect
from peygir.calendars.working import weekday
from peygir.cases.models import Case
from peygir.ledger.entry import Actor
from peygir.people.models import Inspection
from peygir.policy.model import CityPolicy

WANTED: Final = 20  # claims of a week, when nothing else is asked for
WANTED_MAX: Final = 200
LOT_SHARE: Final = 0.3  # of the list, drawn at random
LIST_MAX: Final = 400


class Refused(Exception):
    """`code`: drawn (this week was), nothing (no claim to draw), wanted (no such number), unknown
    (no such check, or it is recorded), own (of the actor's own unit), finding (no such one)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many checks, and what was found of those that are done."""

    drawn: int = 0
    confirmed: int = 0
    false: int = 0
    unclear: int = 0

    @property
    def told(self) -> int:
        """Checks that said something."""
        return self.confirmed + self.false

    @property
    def share(self) -> float | None:
        """False ones among them."""
        return self.false / self.told if self.told else None


@transaction.atomic
def draw(policy: CityPolicy, *, wanted: int, actor: Actor, at: datetime) -> Draw:
    """Make the list of the week of `at`, once. Raises Refused."""
    if not 1 <= wanted <= WANTED_MAX:
        raise Refused("wanted")
    week = week_of(policy, at)
    if Draw.objects.filter(pk=week).exists():
        raise Refused("drawn")
    found = _new(risk.suspects(policy, at=at))
    if not found:
        raise Refused("nothing")
    seed, some = secrets.token_hex(8), lot_size(wanted)
    pool = sorted(one.claim.case_id for one in found)
    made, is_new = Draw.objects.get_or_create(
        week=week,
        defaults={
            "seed": seed,
            "pool": pool,
            "by_lot": min(some, len(pool)),
            "weights": risk.VERSION,
            "at": at,
            "staff_id": actor.staff_id,
        },
    )
    if not is_new:  # somebody else drew in this very moment
        raise Refused("drawn")
    lot = set(lots(seed, pool, some))
    rest = [one for one in found if one.claim.case_id not in lot]
    listed = [*((one, True) for one in found if one.claim.case_id in lot)]
    listed += [(one, False) for one in rest[: wanted - len(lot)]]
    Check.objects.bulk_create([_check(made, one, by_lot) for one, by_lot in listed])
    return made


def lots(seed: str, pool: Sequence[int], some: int) -> list[int]:
    """What a seed draws from these cases, the same every time."""
    lot = random.Random(seed)  # noqa: S311 - a draw that can be repeated
    return lot.sample(sorted(pool), min(some, len(pool)))


def lot_size(wanted: int) -> int:
    """How many of so many are drawn at random: never none."""
    return max(1, round(LOT_SHARE * wanted))


@transaction.atomic
def record(check_id: int, finding: str, *, actor: Actor, at: datetime) -> Check:
    """Keep what was found, once; the visit made since the draw belongs to it. Raises Refused.

    Nobody judges a claim of their own unit. What a false one leads to is a step of the policy, and
    not taken here.
    """
    if finding not in FOUND:
        raise Refused("finding")
    waiting = Check.objects.select_for_update(of=("self",)).select_related("draw")
    check = waiting.filter(pk=check_id, finding="").first()
    if check is None:
        raise Refused("unknown")
    if check.unit in actor.units:
        raise Refused("own")
    visit = visits([check]).get(check.case_id)
    check.finding, check.found_at = finding, at
    check.post, check.staff_id = actor.post, actor.staff_id
    check.inspection = visit.pk if visit else None
    check.save()
    return check


def waiting() -> list[Check]:
    """Drawn claims that nobody has recorded yet, the newest list first, the most points first."""
    found = Check.objects.filter(finding="").select_related("draw")
    return list(found.order_by("-draw", "-points", "pk")[:LIST_MAX])


def false() -> list[Check]:
    """False claims whose case is still in the cycle in which the work was said to be done."""
    found = Check.objects.filter(finding=FALSE).order_by("-found_at")[:LIST_MAX]
    checks = list(found)
    cases = Case.objects.filter(pk__in=[one.case_id for one in checks])
    cycles = dict(cases.values_list("pk", "cycle"))
    return [one for one in checks if cycles.get(one.case_id) == one.cycle]


def visits(checks: Iterable[Check]) -> dict[int, Inspection]:
    """Case -> the last visit to it since it was drawn."""
    drawn = {one.case_id: one.draw.at for one in checks}
    found = Inspection.objects.filter(case_id__in=drawn).order_by("received_at")
    return {one.case_id: one for one in found if one.received_at >= drawn[one.case_id]}


def suggested(visit: Inspection) -> str:
    """What a visit says of the claim."""
    return CONFIRMED if visit.finding == "done" else FALSE


def rates(since: datetime) -> dict[bool, Rate]:
    """Of the checks drawn since then: the random part (True) and the risk part (False)."""
    found = _counted(since)
    return {lot: _rate(one for one in found if one.by_lot is lot) for lot in (True, False)}


def by_reason(since: datetime) -> dict[str, Rate]:
    """Of all those checks, how often each reason was right; a check counts for each of its own."""
    found = _counted(since)
    codes = {one.pk: {reason[0] for reason in one.reasons} for one in found}
    return {code: _rate(one for one in found if code in codes[one.pk]) for code in risk.WEIGHTS}


def week_of(policy: CityPolicy, at: datetime) -> date:
    """The Saturday that began the city's week of an instant."""
    day = at.astimezone(ZoneInfo(policy.calendar.zone)).date()
    return day - timedelta(days=weekday(day))


def _new(found: Sequence[Suspect]) -> list[Suspect]:
    """Without what a list had before: a claim is drawn once."""
    ids = [one.claim.case_id for one in found]
    listed = Check.objects.filter(case_id__in=ids)
    before = set(listed.values_list("case_id", "cycle"))
    return [one for one in found if (one.claim.case_id, one.claim.cycle) not in before]


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


def _counted(since: datetime) -> list[Check]:
    return list(Check.objects.filter(draw__at__gte=since))


def _rate(checks: Iterable[Check]) -> Rate:
    found = [one.finding for one in checks]
    return Rate(
        drawn=len(found),
        confirmed=found.count(CONFIRMED),
        false=found.count(FALSE),
        unclear=found.count(UNCLEAR),
    )
