"""Points of claims that work was done: each reason by itself, and what must give none."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from peygir.analysis.claims import Claim, Facts
from peygir.analysis.risk import WEIGHTS, Reason, judge
from tests.city import NOON
from tests.house.source import ROOT

CASE = 7
PLAIN = Claim(
    case_id=CASE, unit="d3-civil", category="C01", district=3, cycle=1, at=NOON,
    since=NOON - timedelta(hours=10), due_at=NOON + timedelta(hours=14), has_photo=True,
    may_photo=True, answered=False, text="",
)  # fmt: skip
QUIET = Facts(numbers=frozenset({CASE}), usual={"C01": timedelta(hours=12)})


def reasons(claim: Claim = PLAIN, known: Facts = QUIET) -> dict[str, Reason]:
    return {reason.code: reason for reason in judge(claim, known).reasons}


def test_a_plain_claim_has_no_points() -> None:
    assert reasons() == {}
    assert judge(PLAIN, QUIET).points == 0


@pytest.mark.requirement("S26")
@pytest.mark.parametrize(
    ("claim", "known", "reason"),
    [
        (PLAIN, replace(QUIET, false={"d3-civil": 0.25}), Reason("unit_false", 15, 25)),
        (PLAIN, replace(QUIET, false={"d3-civil": 0.9}), Reason("unit_false", 30, 90)),
        (replace(PLAIN, cycle=3), QUIET, Reason("returned", 20, 2)),
        (replace(PLAIN, has_photo=False), QUIET, Reason("no_photo", 15)),
        (PLAIN, replace(QUIET, copies={CASE: 3}), Reason("copied", 15, 3)),
        (PLAIN, replace(QUIET, recurs={CASE: 2}), Reason("recurs", 15, 2)),
        (PLAIN, replace(QUIET, tries={CASE: 2}), Reason("unreached", 10, 2)),
        (PLAIN, replace(QUIET, numbers=frozenset()), Reason("unreached", 10, 0)),
        (
            replace(PLAIN, due_at=NOON + timedelta(minutes=9)),
            QUIET,
            Reason("last_hour", 10, 9),
        ),
        (replace(PLAIN, since=NOON - timedelta(hours=3)), QUIET, Reason("quick", 10, 25)),
    ],
)
def test_each_reason_gives_its_points(claim: Claim, known: Facts, reason: Reason) -> None:
    assert reasons(claim, known) == {reason.code: reason}


@pytest.mark.parametrize(
    ("claim", "known"),
    [
        (PLAIN, replace(QUIET, false={"d5-civil": 0.9})),  # another unit's
        (replace(PLAIN, has_photo=False, may_photo=False), QUIET),  # the step takes no photo
        (PLAIN, replace(QUIET, copies={CASE: 2}, recurs={CASE: 1})),
        (replace(PLAIN, answered=True), replace(QUIET, tries={CASE: 2}, numbers=frozenset())),
        (replace(PLAIN, due_at=NOON - timedelta(minutes=1)), QUIET),  # late is not last
        (replace(PLAIN, due_at=NOON + timedelta(minutes=61)), QUIET),
        (replace(PLAIN, due_at=None, since=None), QUIET),
        (replace(PLAIN, since=NOON - timedelta(minutes=1)), replace(QUIET, usual={})),
    ],
)
def test_what_is_nearly_a_reason_gives_no_points(claim: Claim, known: Facts) -> None:
    assert reasons(claim, known) == {}


def test_reasons_add_up_the_weightiest_first() -> None:
    everything = replace(
        PLAIN,
        cycle=2,
        has_photo=False,
        since=NOON - timedelta(hours=1),
        due_at=NOON + timedelta(minutes=30),
    )
    known = Facts(false={"d3-civil": 0.5}, copies={CASE: 9}, recurs={CASE: 4}, usual=QUIET.usual)
    found = judge(everything, known)
    assert {one.code: one.points for one in found.reasons} == dict(WEIGHTS)
    assert found.points == sum(WEIGHTS.values())
    points = [one.points for one in found.reasons]
    assert points == sorted(points, reverse=True)


def test_the_points_are_published_as_they_are() -> None:
    page = (ROOT / "docs" / "how-to" / "inspect-claims.md").read_text("utf-8")
    written = dict(re.findall(r"\| `(\w+)` \| (?:up to )?(\d+) \|", page))
    assert {code: int(points) for code, points in written.items()} == dict(WEIGHTS)
