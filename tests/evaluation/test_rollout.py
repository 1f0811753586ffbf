"""Speed and satisfaction before and after a version took force at a unit."""

from datetime import timedelta

import pytest

from peygir.cases import policies
from peygir.cases.policies import EVERYWHERE, Start
from peygir.evaluation import rollout
from peygir.ledger.entry import SYSTEM
from peygir.policy import edit
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("M3", "M11")]

SINCE = NOON + timedelta(days=10)


def answered(policy: CityPolicy, day: float, hours: float, *, satisfied: bool) -> None:
    it = Story(policy, category="W01", at=NOON + timedelta(days=day))
    it.after(hours=hours).report()
    it.after(hours=1)
    if satisfied:
        it.satisfied()
    else:
        it.dissatisfied()


@pytest.fixture
def new(qom: CityPolicy) -> CityPolicy:
    files = edit.put_classes(
        qom.files, {"services": {"due": "12h", "fa": "خدماتی", "en": "Services"}}
    )
    start = Start(at=SINCE, units={"d3": SINCE, "d5": SINCE + timedelta(days=90)})
    return policies.adopt_files("qom", files, actor=SYSTEM, at=NOON, start=start)


def test_both_sides_are_equally_long_and_counted_alike(qom: CityPolicy, new: CityPolicy) -> None:
    for day, hours in ((5, 20), (6, 22), (7, 40)):
        answered(qom, day, hours, satisfied=hours < 22)
    for day, hours in ((11, 5), (12, 6), (13, 7)):
        answered(new, day, hours, satisfied=True)
    at = SINCE + timedelta(days=5)
    dates = {"d3": SINCE, "d5": SINCE + timedelta(days=90)}
    third, fifth = rollout.compare([new, qom], dates, at=at)
    assert (fifth.unit, fifth.before, fifth.after) == ("d5", None, None)
    assert third.before is not None
    assert third.after is not None
    assert third.before.until - third.before.since == third.after.until - third.after.since
    assert (third.before.n, third.before.determined) == (3, timedelta(hours=22))
    assert (third.after.n, third.after.determined) == (3, timedelta(hours=6))
    assert third.after.closed == timedelta(hours=7)
    assert third.before.closed is None  # two of three are not satisfied, and still open
    assert (third.before.satisfied.closed, third.before.satisfied.satisfied) == (1, 1)
    assert (third.after.satisfied.closed, third.after.satisfied.rate) == (3, 1)


def test_what_was_answered_after_the_span_counts_in_neither(
    qom: CityPolicy, new: CityPolicy
) -> None:
    answered(qom, 9.5, 24, satisfied=True)
    (row,) = rollout.compare([new, qom], {"d3": SINCE}, at=SINCE + timedelta(days=5))
    assert row.before is not None
    assert (row.before.n, row.before.determined) == (1, None)


def test_everywhere_means_every_unit(qom: CityPolicy, new: CityPolicy) -> None:
    answered(qom, 7, 5, satisfied=True)
    (row,) = rollout.compare([new, qom], {EVERYWHERE: SINCE}, at=SINCE + timedelta(days=5))
    assert row.before is not None
    assert row.before.n == 1
    assert rollout.compare([new, qom], {}, at=SINCE) == []


def test_open_cases_are_counted_by_version(qom: CityPolicy, new: CityPolicy) -> None:
    Story(qom, category="W01", district=2)
    Story(qom, category="W01", district=3, at=SINCE)
    Story(qom, category="W01", district=5, at=SINCE)
    assert rollout.open_by_version() == {qom.digest: 2, new.digest: 1}
