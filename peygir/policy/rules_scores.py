"""What must hold for scores: parts that make a whole, weights for classes that there are; and for
inspections."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from peygir.policy.asking import claims_work
from peygir.policy.findings import Finding, Rule, flow
from peygir.policy.model import CityPolicy, Words

WHOLE: Final = 100
LATE_MOST: Final = timedelta(days=31)
TOLERANCE_MOST: Final = timedelta(hours=72)


def parts_make_a_whole(policy: CityPolicy) -> Iterator[Finding]:
    total = sum(policy.scores.parts.values())
    if total != WHOLE:
        yield flow("scores", f"its parts are {total} together and must be {WHOLE}")
    for code in policy.scores.classes:
        if code not in policy.classes:
            yield flow(f"scores.classes.{code}", "is no class")


def times_stay_bounded(policy: CityPolicy) -> Iterator[Finding]:
    """A wide tolerance would give back what witnesses take from whoever dates a closing back."""
    scores = policy.scores
    if scores.late_window > LATE_MOST:
        yield flow("scores.late_window", "must be at most 31 days")
    for name, span in (("online", scores.online), ("handset", scores.handset)):
        if span > TOLERANCE_MOST:
            yield flow(f"scores.{name}", "must be at most 72 hours")


def inspections_find_claims(policy: CityPolicy) -> Iterator[Finding]:
    if policy.inspections_weekly and not claims_work(policy):
        yield flow("inspections.weekly", "no step says that work is done")


SCORES = (
    Rule(
        Words(
            fa="بخش‌های امتیاز واحدها صد می‌شود و وزن‌ها از طبقه‌های همین شهر است",
            en="The parts of a unit's score make a hundred, and its weights name classes there are",
        ),
        parts_make_a_whole,
    ),
    Rule(
        Words(
            fa="رواداری زمان‌ها و مهلت رخدادهای دیررسیده محدود است",
            en="Tolerances of time and the wait for late events are bounded",
        ),
        times_stay_bounded,
    ),
    Rule(
        Words(
            fa="بازرسی هفتگی جایی است که واحدی انجام کار را اعلام کند",
            en="A week's inspections are drawn where units say that work is done",
        ),
        inspections_find_claims,
    ),
)
