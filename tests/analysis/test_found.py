"""What was found of a claim is told by the case itself: once, put right in public, compared."""

from datetime import timedelta

import pytest

from peygir.analysis import claims, draws, found
from peygir.analysis.checks import Check
from peygir.cases.checking import FALSE, HELD, UNCLEAR
from peygir.cases.models import Case
from peygir.ledger.entry import Actor
from peygir.ledger.models import Event
from peygir.ledger.scope import Part, Scope
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, staff_of

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S26")]

LATER = NOON + timedelta(days=2)


@pytest.fixture
def checks(story: Make, qom: CityPolicy, inspector: Actor) -> list[Check]:
    """Four drawn claims, one of them by lot."""
    for _one in range(4):
        story().after(hours=10).report()
    draws.draw(qom, wanted=4, actor=inspector, at=LATER)
    return found.waiting()


def told(check: Check) -> list[dict[str, object]]:
    events = Event.objects.filter(kind="case.checked", subject_id=check.case_id).order_by("pk")
    return [event.facts["checked"] for event in events]


def test_a_finding_is_an_event_of_its_case(
    checks: list[Check], qom: CityPolicy, inspector: Actor
) -> None:
    check = next(one for one in checks if one.by_lot)
    kept = found.record(qom, check.pk, FALSE, actor=inspector, at=LATER)
    assert kept.event == Event.objects.get(kind="case.checked").pk
    assert told(check) == [{"cycle": 1, "unit": "d3-civil", "found": "false", "way": "lot"}]
    other = next(one for one in checks if not one.by_lot)
    found.record(qom, other.pk, UNCLEAR, actor=inspector, at=LATER)
    assert told(other)[0]["way"] == "risk"


def test_what_was_wrong_is_put_right_by_a_further_event(
    checks: list[Check], qom: CityPolicy, inspector: Actor
) -> None:
    check, later = checks[0], LATER + timedelta(hours=3)
    with pytest.raises(found.Refused, match="unknown"):  # nothing is there to be put right
        found.record(qom, check.pk, HELD, actor=inspector, at=LATER, again=True)
    first = found.record(qom, check.pk, FALSE, actor=inspector, at=LATER)
    with pytest.raises(found.Refused, match="unchanged"):
        found.record(qom, check.pk, FALSE, actor=inspector, at=later, again=True)
    kept = found.record(qom, check.pk, HELD, actor=inspector, at=later, again=True)
    assert (kept.finding, kept.found_at) == (HELD, later)
    assert [one["found"] for one in told(check)] == ["false", "held"]
    assert told(check)[1]["corrects"] == first.event
    assert found.false() == []
    assert [one.pk for one in found.recent(at=later)] == [check.pk]
    assert found.recent(at=later + timedelta(days=29)) == []


def test_where_the_case_refuses_nothing_is_kept(
    checks: list[Check], qom: CityPolicy, inspector: Actor
) -> None:
    check = checks[0]
    Case.objects.filter(pk=check.case_id).update(sealed=True)
    with pytest.raises(found.Refused, match="gone"):
        found.record(qom, check.pk, FALSE, actor=inspector, at=LATER)
    own = staff_of(qom, "d3-civil")
    with pytest.raises(found.Refused, match="own"):
        found.record(qom, checks[1].pk, HELD, actor=own, at=LATER)
    assert not Check.objects.exclude(finding="").exists()


def test_what_risk_found_does_not_feed_the_risk(
    checks: list[Check], qom: CityPolicy, inspector: Actor
) -> None:
    for check in checks:
        finding = HELD if check.by_lot else FALSE
        found.record(qom, check.pk, finding, actor=inspector, at=LATER)
    assert claims.shares(at=LATER) == {"d3-civil": 0.0}


def test_rows_that_the_events_do_not_tell_are_named(
    checks: list[Check], qom: CityPolicy, inspector: Actor
) -> None:
    for finding, again in ((FALSE, False), (HELD, True)):
        found.record(qom, checks[0].pk, finding, actor=inspector, at=LATER, again=again)
    kept = found.record(qom, checks[1].pk, FALSE, actor=inspector, at=LATER)
    scope = Scope()
    assert list(found.check(scope)) == []
    assert scope.counted["findings"] == 2
    Check.objects.filter(pk=kept.pk).update(finding=HELD)
    (line,) = found.check(Scope(part=Part(cases=[kept.case_id])))
    assert f"event {kept.event}" in line
    assert list(found.check(Scope(part=Part(cases=[checks[0].case_id])))) == []
    Check.objects.filter(pk=kept.pk).update(finding="", found_at=None, event=None)
    assert len(list(found.check(Scope()))) == 1
