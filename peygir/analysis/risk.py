"""Which claims that work was done are worth a look first (S26: smart inspection).

A claim gets points for what often goes with a false one; every point has a reason in words, and
the weights stand in one table that the page shows. Points say where to look, never that somebody
lied: a share of what is inspected is drawn at random, so that the points themselves are judged
(`draws`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from peygir.analysis.claims import CLAIMS_DAYS, Claim, Facts, claims, facts, usual
from peygir.policy.model import CityPolicy

VERSION: Final = 2  # of WEIGHTS and of what each means; a change is a new version

#: Reason -> points, at most. The first grows with the share; each other is there or not.
WEIGHTS: Final[Mapping[str, int]] = {
    "unit_false": 30,
    "returned": 20,
    "no_photo": 15,
    "copied": 15,
    "recurs": 15,
    "unreached": 10,
    "last_hour": 10,
    "quick": 10,
}
FULL_SHARE: Final = 0.5  # half of a unit's inspected claims false: all points of `unit_false`
COPIES_MIN: Final = 3  # cases with nearly the same words
RECURS_MIN: Final = 2  # other cases of the subject at the place
LAST: Final = timedelta(hours=1)  # before the deadline
QUICK: Final = 0.25  # of the subject's median time


@dataclass(frozen=True, slots=True)
class Reason:
    """`n`: what the sentence names: percent, cases, cycles, calls, minutes."""

    code: str
    points: int
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A claim with its points, the weightiest reason first."""

    claim: Claim
    reasons: tuple[Reason, ...]

    @property
    def points(self) -> int:
        return sum(reason.points for reason in self.reasons)


def suspects(policy: CityPolicy, *, at: datetime) -> list[Suspect]:
    """Every claim of the last CLAIMS_DAYS that still stands and that nobody inspected, most points
    first. What belongs to a sealed complaint is not among them."""
    found = claims(policy, at=at)
    fresh = [one for one in found if one.at >= at - timedelta(days=CLAIMS_DAYS)]
    known = facts(fresh, usual(found), at=at)
    judged = [judge(one, known) for one in fresh]
    return sorted(judged, key=lambda one: (-one.points, one.claim.case_id))


def judge(claim: Claim, known: Facts) -> Suspect:
    """The points of one claim. Pure: the same facts give the same points."""
    made = [
        _false(claim, known),
        _there("returned", claim.cycle > 1, claim.cycle - 1),
        _there("no_photo", claim.may_photo and not claim.has_photo),
        _least("copied", known.copies.get(claim.case_id, 0), COPIES_MIN),
        _least("recurs", known.recurs.get(claim.case_id, 0), RECURS_MIN),
        _unreached(claim, known),
        _last(claim),
        _quick(claim, known),
    ]
    reasons = [reason for reason in made if reason is not None]
    return Suspect(
        claim=claim, reasons=tuple(sorted(reasons, key=lambda one: (-one.points, one.code)))
    )


def _false(claim: Claim, known: Facts) -> Reason | None:
    share = known.false.get(claim.unit, 0.0)
    points = round(WEIGHTS["unit_false"] * min(1.0, share / FULL_SHARE))
    return Reason("unit_false", points, round(100 * share)) if points else None


def _there(code: str, is_so: bool, n: int = 0) -> Reason | None:
    return Reason(code, WEIGHTS[code], n) if is_so else None


def _least(code: str, n: int, least: int) -> Reason | None:
    return _there(code, n >= least, n)


def _unreached(claim: Claim, known: Facts) -> Reason | None:
    """The citizen has not said a word: called in vain, or nobody left a number."""
    tries = known.tries.get(claim.case_id, 0)
    silent = not claim.answered and (tries > 0 or claim.case_id not in known.numbers)
    return _there("unreached", silent, tries)


def _last(claim: Claim) -> Reason | None:
    if claim.due_at is None:
        return None
    left = claim.due_at - claim.at
    return _there("last_hour", timedelta() <= left <= LAST, left // timedelta(minutes=1))


def _quick(claim: Claim, known: Facts) -> Reason | None:
    usual_time = known.usual.get(claim.category)
    if claim.since is None or not usual_time:
        return None
    share = (claim.at - claim.since) / usual_time
    return _there("quick", share <= QUICK, round(100 * share))
