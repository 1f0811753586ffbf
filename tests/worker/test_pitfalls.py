"""What breaks in other engines (their own bug reports), played against ours by name."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction

from peygir.cases import acts
from peygir.cases.sweep import drain, sweep
from peygir.ledger.models import Event
from peygir.notices import digest
from peygir.notices.models import Notice
from tests.city import NOON, Make, hire, staff_of

BREACH = NOON + timedelta(hours=48, minutes=1)


def fired(case_id: int, *, clock: int = 1) -> list[int]:
    found = Event.objects.filter(subject_id=case_id, kind="clock.fired", clock=clock)
    return list(found.order_by("id").values_list("rung", flat=True))


@pytest.mark.django_db(transaction=True)
def test_pitfall_1_two_sweepers_and_one_deadline_make_one_event_and_one_notice(story: Make) -> None:
    cases = [story().case.id for _ in range(20)]
    gate = threading.Barrier(4)

    def race() -> None:
        gate.wait()
        while sweep(at=BREACH, batch=3):
            pass
        connections.close_all()

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    drain(at=BREACH)
    assert [fired(case) for case in cases] == [[3]] * 20
    assert Notice.objects.filter(audience="staff").count() == 20


@pytest.mark.django_db
def test_pitfall_2_the_same_rung_never_speaks_twice_but_a_new_cycle_does(story: Make) -> None:
    it = story()
    for minute in range(3):
        drain(at=BREACH + timedelta(minutes=minute))
    assert Notice.objects.filter(template="mail.breach").count() == 1
    it.at = BREACH + timedelta(minutes=5)
    it.report()
    it.after(hours=1).dissatisfied()
    it.after(hours=1).inspected("not_done")
    it.act("not_confirmed")
    assert it.case.cycle == 2
    drain(at=it.at + timedelta(hours=48, minutes=1))
    assert Notice.objects.filter(template="mail.breach").count() == 2


@pytest.mark.django_db
def test_pitfall_4_closed_between_claim_and_act_fires_nothing(story: Make) -> None:
    it = story()
    it.after(hours=47).report()
    it.after(minutes=30).satisfied()
    drain(at=BREACH + timedelta(days=40))
    assert fired(it.case.id) == fired(it.case.id, clock=2) == fired(it.case.id, clock=0) == []
    assert not Notice.objects.filter(audience="staff").exists()


@pytest.mark.django_db(transaction=True)
def test_pitfall_4_a_sweep_passes_over_a_case_that_is_being_settled(story: Make) -> None:
    it = story()
    swept: list[int] = []

    def race() -> None:
        swept.append(sweep(at=BREACH))
        connections.close_all()

    with transaction.atomic():
        it.at = BREACH - timedelta(minutes=2)
        it.report()
        thread = threading.Thread(target=race)
        thread.start()
        thread.join()
    assert swept == [0]
    assert sweep(at=BREACH) == 0


@pytest.mark.django_db
def test_pitfall_4_paused_before_the_deadline_fires_nothing(story: Make) -> None:
    it = story()
    it.after(hours=40)
    head = next(
        staff_of(it.policy, p.unit, head=p.head)
        for p in it.policy.organisation.posts.values()
        if "centre_head" in p.roles
    )
    acts.pause(
        policy=it.policy,
        case_id=it.case.id,
        actor=head,
        at=it.at,
        reason="weather",
        until=it.at + timedelta(hours=48),
    )
    sweep(at=BREACH)
    assert 3 not in fired(it.case.id)


@pytest.mark.django_db
def test_pitfall_4_a_breach_settled_before_its_digest_alarms_nobody(story: Make) -> None:
    it = story()
    hire("sara", it.policy.organisation.head_of("d3-civil") or "")
    drain(at=BREACH)
    it.at = BREACH + timedelta(minutes=2)
    it.report()
    digest.digest(at=BREACH + timedelta(hours=1))
    breach = Notice.objects.get(template="mail.breach")
    assert (breach.state, breach.failure) == ("cancelled", "settled")


@pytest.mark.django_db
def test_pitfall_16_a_hundred_due_at_once_are_all_told_oldest_first(story: Make) -> None:
    cases = [story(at=NOON + timedelta(seconds=n)).case.id for n in range(100)]
    sweep(at=BREACH + timedelta(minutes=5), batch=30)
    assert [bool(fired(case)) for case in cases] == [True] * 30 + [False] * 70
    drain(at=BREACH + timedelta(minutes=5), batch=30)
    assert all(fired(case) == [3] for case in cases)
    assert Notice.objects.filter(template="mail.breach").count() == 100


@pytest.mark.django_db
def test_pitfall_17_five_days_of_silence_bring_one_notice_at_the_right_rung(story: Make) -> None:
    it = story()
    drain(at=NOON + timedelta(days=5))
    (rung,) = fired(it.case.id)
    assert rung == 6, "48 h + 72 h are over: the mayor's rung, none of those below"
    (told,) = Notice.objects.filter(case_id=it.case.id, clock=1)
    assert (told.template, told.level) == ("mail.rung", 4)
    mayor = it.policy.organisation.posts[told.post]
    assert "mayor" in mayor.roles
