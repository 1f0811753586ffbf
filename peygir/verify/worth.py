"""What counts how much: parts of a score, what is good and what is not, what is too late."""

from __future__ import annotations

from typing import Any

from peygir.verify.months import jalali_of, month_start

FULL = 10_000  # basis points
SLOPE = 2  # times the time allowed that work may be late until it counts for nothing
LAST_DAYS = 2  # of a month
OWN_ACT = frozenset({"sms", "web", "code", "signature"})
ENDED = {"merged": "merged", "handed_over": "handed_over", "exception": "voided"}
WORD_VALUE = {"yes": FULL, "partly": FULL // 2, "no": 0}

#: Sums of which others are made, and no figures of their own.
INNER = frozenset({"stock", "over", "over_due", "inherited_stock"})
#: What is better the more there is of it, and what is worse; all else is neither.
GOODNESS = {
    "answered": 1,
    "answered_late": -2,
    "closed_on_time": 1,
    "closed_late": -1,
    "yes": 1,
    "no": -1,
    "inspected_false": -1,
    "points": 1,  # they are negative, and positive when they are given back
    "second_cycles": -1,
    "reopened": -1,
}

#: Parts of a score: each is a sum of basis points and how many they are of.
TIMELY, RESOLVED, SATISFIED, QUALITY, POINTS_PART = (
    "timely",
    "resolved",
    "satisfied",
    "quality",
    "points",
)


def confirmed_by(leaf: dict[str, Any]) -> str:
    """By whom the ending of a case is borne out: the code of its measure."""
    mode = leaf.get("mode", "none") if leaf["end"] == "by_word" else "none"
    if mode in OWN_ACT:
        return "confirmed"
    return {"call": "by_call", "ivr": "by_ivr"}.get(mode, "unconfirmed")


def timely_worth(late: int, allowed: int) -> int:
    """Basis points of work that was `late` seconds: no cliff, nothing left at three times the time
    that was allowed (clocks.md §3)."""
    if late <= 0:
        return FULL
    return max(0, FULL - FULL * late // (SLOPE * max(1, allowed)))


def is_month_end(day: int) -> bool:
    year, month, _ = jalali_of(day)
    return day >= month_start(year * 12 + month) - LAST_DAYS
