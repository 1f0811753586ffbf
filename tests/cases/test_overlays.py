"""A crisis: switched on by two, for a time, within its scope; and everything it changes shows."""

from datetime import timedelta
from typing import Any

import pytest

from peygir.cases import acts, overlay_tasks, overlays, switching
from peygir.cases.models import Case, Clock, OverlayRun, OverlayTask
from peygir.cases.models.clock import PAUSED
from peygir.cases.switching import SwitchError
from peygir.ledger.entry import Actor
from peygir.ledger.models import Event
from peygir.notices import deliver
from peygir.notices.models import DevMessage, Notice
from peygir.people import organisation
from peygir.policy.model import CityPolicy
from peygir.policy.overlay import Scope
from tests.city import NOON, hire, reported

pytestmark = pytest.mark.django_db

WEEK = NOON + timedelta(days=5)


@pytest.fixture
def head(isfahan: CityPolicy) -> Actor:
    return organisation.actor_of(hire("head", _post(isfahan, "centre_head")), at=NOON)


@pytest.fixture
def deputy(isfahan: CityPolicy) -> Actor:
    return organisation.actor_of(hire("deputy", _post(isfahan, "deputy")), at=NOON)


def _post(policy: CityPolicy, role: str) -> str:
    return next(p.code for p in policy.organisation.posts.values() if role in p.roles)


def asked(policy: CityPolicy, head: Actor, **given: Any) -> OverlayRun:
    scope, until = given.get("scope", Scope()), given.get("until", WEEK)
    return switching.propose(policy, "storm", scope=scope, until=until, actor=head, at=NOON)


def switched_on(policy: CityPolicy, head: Actor, deputy: Actor, **given: Any) -> OverlayRun:
    run = asked(policy, head, **given)
    return switching.confirm(run.pk, actor=deputy, at=NOON + timedelta(seconds=12))


@pytest.mark.requirement("I13")
def test_nothing_holds_until_a_second_person_confirms(
    isfahan: CityPolicy, head: Actor, deputy: Actor
) -> None:
    run = asked(isfahan, head)
    assert overlays.holding(NOON + timedelta(seconds=5)) == ()
    with pytest.raises(SwitchError, match="not_allowed"):
        switching.confirm(run.pk, actor=head, at=NOON)
    switching.confirm(run.pk, actor=deputy, at=NOON + timedelta(seconds=30))
    assert [each.overlay.code for each in overlays.holding(NOON + timedelta(minutes=1))] == [
        "storm"
    ]


def test_whoever_asked_cannot_confirm_even_with_both_posts(isfahan: CityPolicy) -> None:
    both = hire("both", _post(isfahan, "centre_head"), _post(isfahan, "deputy"))
    actor = organisation.actor_of(both, at=NOON)
    run = asked(isfahan, actor)
    with pytest.raises(SwitchError, match="same_person"):
        switching.confirm(run.pk, actor=actor, at=NOON)


def test_a_confirmation_after_thirty_seconds_comes_too_late(
    isfahan: CityPolicy, head: Actor, deputy: Actor
) -> None:
    run = asked(isfahan, head)
    with pytest.raises(SwitchError, match="too_late"):
        switching.confirm(run.pk, actor=deputy, at=NOON + timedelta(seconds=31))
    assert switching.settle(at=NOON + timedelta(seconds=31)) == 1
    assert OverlayRun.objects.get(pk=run.pk).state == "lapsed"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"until": NOON + timedelta(days=8)}, "expiry"),
        ({"until": NOON}, "expiry"),
        ({"scope": Scope(districts=(99,))}, "scope"),
        ({"scope": Scope(classes=("nothing",))}, "scope"),
    ],
)
def test_scope_and_end_must_be_right(
    isfahan: CityPolicy, head: Actor, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(SwitchError, match=code):
        asked(isfahan, head, **given)


def test_an_overlay_is_not_asked_for_twice(isfahan: CityPolicy, head: Actor, deputy: Actor) -> None:
    asked(isfahan, head)
    with pytest.raises(SwitchError, match="already"):
        asked(isfahan, head)
    with pytest.raises(SwitchError, match="not_allowed"):
        asked(isfahan, deputy)


def test_it_ends_by_itself_or_by_hand(isfahan: CityPolicy, head: Actor, deputy: Actor) -> None:
    run = switched_on(isfahan, head, deputy)
    assert overlays.holding(WEEK) == ()  # even before the worker comes round
    assert switching.settle(at=WEEK) == 1
    assert switching.settle(at=WEEK) == 0
    run.refresh_from_db()
    assert run.state == "expired"
    again = switching.propose(
        isfahan, "storm", scope=Scope(), until=WEEK + timedelta(days=2), actor=head, at=WEEK
    )
    switching.confirm(again.pk, actor=deputy, at=WEEK)
    switching.switch_off(again.pk, actor=deputy, at=WEEK + timedelta(hours=1))
    assert overlays.holding(WEEK + timedelta(hours=1)) == ()


def test_rows_are_what_the_events_make(isfahan: CityPolicy, head: Actor, deputy: Actor) -> None:
    from peygir.ledger import read

    run = switched_on(isfahan, head, deputy, scope=Scope(districts=(3,)))
    switching.switch_off(run.pk, actor=head, at=NOON + timedelta(hours=2))
    made: dict[str, Any] = {}
    for event in read.of("overlay", run.pk):
        made = switching.applied(made, event)
    run.refresh_from_db()
    assert made == {name: getattr(run, name) for name in made}
    assert made["scope"]["districts"] == [3]


@pytest.mark.requirement("I13")
def test_new_cases_in_scope_get_the_time_of_the_crisis(
    isfahan: CityPolicy, head: Actor, deputy: Actor
) -> None:
    switched_on(isfahan, head, deputy, scope=Scope(districts=(3,)))
    at = NOON + timedelta(minutes=5)
    within = reported(isfahan, category="W01", district=3, at=at)
    beside = reported(isfahan, category="W01", district=4, at=at)
    assert within.case.clock(1).due_at - at == timedelta(hours=72)
    assert beside.case.clock(1).due_at - at == timedelta(hours=24)
    plain = within.event.facts["overlay"]["dues"]
    assert plain == [{"number": 1, "plain": int((at + timedelta(hours=24)).timestamp())}]
    assert "overlay" not in beside.event.facts


def test_a_case_sorted_later_gets_it_too(isfahan: CityPolicy, head: Actor, deputy: Actor) -> None:
    switched_on(isfahan, head, deputy)
    at = NOON + timedelta(minutes=5)
    made = reported(isfahan, category="", district=None, at=at)
    assert made.case.clock(1).due_at - at == timedelta(hours=6)
    done = acts.act(
        policy=isfahan,
        case_id=made.case.id,
        step="refer",
        actor=organisation.actor_of(hire("r", _post(isfahan, "reception")), at=at),
        at=at,
        evidence={"category": "W01", "district": 3},
    )
    assert done.case.clock(2).due_at - at == timedelta(hours=72)
    assert done.event.facts["overlay"]["dues"][0]["number"] == 2


@pytest.mark.requirement("I13")
def test_messages_say_what_held_when_they_were_made(
    isfahan: CityPolicy, head: Actor, deputy: Actor
) -> None:
    switched_on(isfahan, head, deputy, scope=Scope(districts=(3,)))
    at = NOON + timedelta(minutes=5)
    reported(isfahan, category="W01", district=3, at=at)
    reported(isfahan, category="W01", district=4, at=at)
    deliver.deliver(at=at + timedelta(minutes=1))
    said = list(DevMessage.objects.order_by("id").values_list("body", flat=True))
    assert sum("توفان" in each for each in said) == 1
    assert len(said) == 2


@pytest.mark.requirement("I13")
def test_reports_of_one_incident_become_one_and_everybody_is_told_once(
    isfahan: CityPolicy, head: Actor, deputy: Actor
) -> None:
    from peygir.people.contacts import Caller

    run = switched_on(isfahan, head, deputy)
    at = NOON + timedelta(minutes=5)
    made = [
        reported(
            isfahan,
            category="R02",
            district=3,
            at=at,
            caller=Caller(phone=f"+98912000000{n % 3}", name=""),
        )
        for n in range(5)
    ]
    other = reported(isfahan, category="R02", district=4, at=at)
    lead = Case.objects.get(pk=made[0].case.id)
    Notice.objects.all().delete()
    task = overlay_tasks.group(run.pk, lead=lead, district=3, actor=head, at=at)
    assert task.total == 4
    while overlay_tasks.turn(at=at):
        pass
    task = OverlayTask.objects.get(pk=task.pk)
    assert (task.done, task.passed_over) == (4, 0)
    assert Case.objects.filter(lead_id=lead.pk).count() == 4
    assert Case.objects.get(pk=other.case.id).is_open
    assert Case.objects.get(pk=lead.pk).reporters == 5
    told = list(Notice.objects.filter(audience="citizen").values_list("template", "citizen_id"))
    assert sorted(set(told)) == sorted(told)
    assert {template for template, _ in told} == {"sms.incident"}
    assert len(told) == 3
    deliver.deliver(at=at + timedelta(hours=1))
    assert DevMessage.objects.filter(body__contains="یک رویداد").count() == 3


@pytest.mark.requirement("I13")
def test_clocks_stand_still_for_the_crisis_and_each_is_listed(
    isfahan: CityPolicy, head: Actor, deputy: Actor
) -> None:
    planned = reported(isfahan, category="U03", district=3)
    street = reported(isfahan, category="W01", district=3)
    run = switched_on(isfahan, head, deputy)
    at = NOON + timedelta(minutes=5)
    until = at + timedelta(hours=24)
    task = overlay_tasks.pause(run.pk, until=until, actor=head, at=at)
    while overlay_tasks.turn(at=at):
        pass
    assert OverlayTask.objects.get(pk=task.pk).done == 1
    assert Clock.objects.get(case=planned.case.id, number=1).state == PAUSED
    assert Clock.objects.get(case=street.case.id, number=1).state != PAUSED
    event = Event.objects.get(kind="case.paused")
    assert event.facts["overlay"] == {"run": run.pk}
    with pytest.raises(SwitchError, match="expiry"):
        overlay_tasks.pause(run.pk, until=at + timedelta(days=4), actor=head, at=at)
