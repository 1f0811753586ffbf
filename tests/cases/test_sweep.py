"""Deadlines: warnings, breach, the ladder to the mayor, and what happens after a long silence."""

from datetime import datetime, timedelta

import pytest

from peygir.cases import acts, store
from peygir.cases.models import Clock
from peygir.cases.models.clock import PAUSED
from peygir.cases.sweep import drain, resume_expired, sweep
from peygir.ledger import read
from peygir.ledger.entry import Recorded
from peygir.ledger.models import Event
from peygir.ledger.projectors import project
from tests.city import NOON, Make, Story, staff_of

pytestmark = pytest.mark.django_db


def fired(it: Story) -> list[Recorded]:
    return [e for e in read.of("case", it.case.id) if e.kind == "clock.fired"]


def hourly(it: Story, hours: int) -> None:
    """Let `hours` pass, sweeping every hour as a living worker would."""
    for _ in range(hours):
        it.after(hours=1)
        drain(at=it.at)


def reload(it: Story) -> None:
    it.case = store.lock(it.case.id)


@pytest.mark.requirement("Q10", "Q12")
class TestLadder:
    def test_climbs_from_warnings_to_the_mayor_and_stays_there(self, story: Make) -> None:
        it = story()  # technical and civil: 48 h
        hourly(it, 48 + 72 + 73)
        unit = [e for e in fired(it) if e.clock == 1]
        told = [(e.facts["level"], e.facts["told"]) for e in unit]
        org = it.policy.organisation
        head, mayor = org.head_of("d3-civil"), org.head_of("mayor")
        district = org.head_of("d3")
        assert [t for t in told if t[0] < 1] == [(-1, head), (0, head)]
        assert told[2] == (1, head)
        assert told[3] == (2, district)
        assert told[4][0] == 3
        assert told[4][1] is not None
        assert "deputy" in org.posts[told[4][1]].roles
        assert told[5:] == [(4, mayor), (5, mayor)]  # and every 72 hours again

    def test_fires_at_the_instant_and_not_before(self, story: Make) -> None:
        it = story()
        assert drain(at=NOON + timedelta(hours=23, minutes=59)) == 0
        assert drain(at=NOON + timedelta(hours=24)) == 1  # half of 48 hours
        assert drain(at=NOON + timedelta(hours=24, seconds=1)) == 0
        assert fired(it)[0].facts["due"] == int((NOON + timedelta(hours=24)).timestamp())

    def test_an_answer_in_the_same_second_as_the_deadline_is_in_time(self, story: Make) -> None:
        it = story()
        it.after(hours=48).report()
        assert not [e for e in fired(it) if e.facts["level"] >= 1]
        assert sweep(at=it.at) == 0


class TestAfterASilence:
    """Pitfall 17: the sweeper was down for days."""

    def test_one_event_at_the_right_rung_and_no_burst(self, story: Make) -> None:
        it = story()
        assert drain(at=NOON + timedelta(days=5)) == 1
        event = fired(it)[0]
        assert (event.rung, event.facts["level"], event.facts["collapsed"]) == (6, 4, 5)

    def test_the_next_repeat_lies_ahead(self, story: Make) -> None:
        it = story()
        late = NOON + timedelta(days=100)
        drain(at=late)
        for clock in Clock.objects.filter(case_id=it.case.id):
            assert clock.next_due_at is not None
            assert clock.next_due_at > late
        assert drain(at=late) == 0


@pytest.mark.requirement("Q2")
class TestCitizenClock:
    def test_reaches_the_mayor_whatever_was_paused(self, story: Make) -> None:
        it = story()
        head = staff_of(it.policy, "centre", head=True)
        until = it.at + timedelta(days=10)
        acts.pause(
            policy=it.policy,
            case_id=it.case.id,
            actor=head,
            at=it.at,
            reason="permit",
            until=until,
        )
        drain(at=NOON + timedelta(days=9, hours=23))
        assert not fired(it)
        drain(at=NOON + timedelta(days=30))
        lived = [e for e in fired(it) if e.clock == 0]
        assert lived[-1].facts["told"] == it.policy.organisation.head_of("mayor")

    def test_goes_on_from_its_first_start_when_the_case_opens_again(self, story: Make) -> None:
        from peygir.ledger.entry import CITIZEN

        it = story()
        it.report()
        it.satisfied()
        assert drain(at=NOON + timedelta(days=9)) == 0
        it.after(days=10, hours=1).act("objection", CITIZEN, objection_reason="دوباره خراب شد")
        # Pitfall 9: the unit is not late at once; what the citizen lived through is not forgotten.
        drain(at=it.at)
        assert [(e.clock, e.facts["level"]) for e in fired(it)] == [(0, 1)]


class TestPauses:
    def pause(self, it: Story, hours: int) -> datetime:
        until: datetime = it.at + timedelta(hours=hours)
        it.case = acts.pause(
            policy=it.policy,
            case_id=it.case.id,
            actor=staff_of(it.policy, "centre", head=True),
            at=it.at,
            reason="weather",
            until=until,
        ).case
        return until

    def test_a_paused_clock_is_silent_and_the_sweep_lets_it_go_on(self, story: Make) -> None:
        it = story()
        until = self.pause(it.after(hours=10), 20)
        other = story(at=it.at - timedelta(hours=10))
        other.at = it.at
        self.pause(other, 20)
        assert drain(at=until - timedelta(seconds=1)) == 0
        assert drain(at=until, batch=1) == 0  # both go on; half of their time is not over yet
        assert not Clock.objects.filter(state=PAUSED).exists()
        assert resume_expired(at=until) == 0
        reload(it)
        assert it.case.clock(1).due_at == NOON + timedelta(hours=48 + 20)
        assert it.case.clock(1).paused_s == 20 * 3600

    def test_a_case_resolved_during_its_pause_counts_the_last_pause(self, story: Make) -> None:
        """Pitfall 10."""
        it = story()
        self.pause(it.after(hours=10), 48)
        it.after(hours=5).report()
        assert it.case.clock(1).paused_s == 5 * 3600
        assert resume_expired(at=it.at + timedelta(days=30)) == 0

    def test_a_corrected_subject_keeps_earlier_pauses(self, story: Make) -> None:
        """Pitfall 6."""
        it = story()
        until = self.pause(it.after(hours=1), 6)
        drain(at=until)
        it.at = until
        it.act("reclassify", staff_of(it.policy, "reception"), category="W01")
        lead = it.case.lead
        assert lead is not None
        assert it.case.clock(lead.number).due_at == NOON + timedelta(hours=24 + 6)

    def test_a_pause_has_a_reason_a_cap_and_an_approver(self, story: Make) -> None:
        from peygir.cases import refusals

        it = story()
        head = staff_of(it.policy, "centre", head=True)
        given = {"policy": it.policy, "case_id": it.case.id, "at": it.at}
        soon = it.at + timedelta(hours=1)
        with pytest.raises(refusals.WrongEvidence):
            acts.pause(**given, actor=head, reason="lunch", until=soon)
        with pytest.raises(refusals.NotAllowed):
            acts.pause(**given, actor=it.holder(), reason="weather", until=soon)
        for until in (it.at, it.at + timedelta(hours=73)):
            with pytest.raises(refusals.WrongEvidence):
                acts.pause(**given, actor=head, reason="weather", until=until)
        with pytest.raises(refusals.WrongStage):
            acts.resume(**given)
        self.pause(it, 2)
        with pytest.raises(refusals.WrongStage):
            acts.pause(**given, actor=head, reason="weather", until=soon)

    def test_someone_who_resumed_first_is_no_error(
        self, story: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from peygir.cases import sweep as room

        it = story()
        until = self.pause(it, 2)
        acts.resume(policy=it.policy, case_id=it.case.id, at=it.at)
        monkeypatch.setattr(
            room, "PAUSES", "select id from cases_case where %s is not null limit %s"
        )
        assert resume_expired(at=until) == 0


class TestPolicyEdits:
    def test_a_new_policy_never_moves_running_clocks(self, story: Make) -> None:
        """Pitfalls 7 and 8."""
        from dataclasses import replace

        from peygir.calendars.durations import parse
        from peygir.cases import clocks

        it = story()
        shorter = replace(it.policy.classes["technical_civil"], due=parse("1h"))
        changed = replace(it.policy, classes={**it.policy.classes, "technical_civil": shorter})
        assert clocks.allowed(changed, "execution", "technical_civil").amount == timedelta(hours=1)
        assert drain(at=NOON + timedelta(hours=2)) == 0
        reload(it)
        assert it.case.clock(1).due_at == NOON + timedelta(hours=48)


class TestMany:
    def test_all_are_fired_oldest_first_without_a_limit(self, story: Make) -> None:
        """Pitfall 16, small: the large one is in bench/ and in the worker's tests."""
        cases = [story(at=NOON + timedelta(minutes=n)) for n in range(12)]
        assert drain(at=NOON + timedelta(days=2, hours=1), batch=5) == 12
        order = Event.objects.filter(kind="clock.fired").order_by("id")
        assert [e.subject_id for e in order] == [it.case.id for it in cases]

    def test_a_second_pass_and_a_second_sweeper_find_nothing(self, story: Make) -> None:
        """Pitfalls 1 and 2."""
        story()
        at = NOON + timedelta(hours=40)
        assert sweep(at=at) == 1
        assert sweep(at=at) == 0


class TestMerged:
    def test_a_merged_case_is_silent_and_its_lead_keeps_the_earliest_start(
        self, story: Make
    ) -> None:
        """Pitfall 5."""
        child, lead = story(), story(at=NOON + timedelta(days=3))
        acts.merge(
            policy=child.policy,
            case_id=child.case.id,
            into=lead.case.id,
            actor=staff_of(child.policy, "reception"),
            at=lead.at,
        )
        drain(at=NOON + timedelta(days=10))
        assert not fired(child)
        assert 0 in [e.clock for e in fired(lead)]  # ten days since the first report


def test_working_time_keeps_what_was_left_across_a_pause(story: Make) -> None:
    """Pitfall 11: the pause of a working day adds a working day; due never lands outside hours."""
    from peygir.calendars.durations import due, parse
    from peygir.cases import clocks
    from peygir.cases.fold import clock_from

    it = story()
    calendar, span = it.policy.calendar, parse("8wh")
    start = calendar.next_open(NOON + timedelta(days=1))
    until = due(start, span, calendar)
    facts = {"due": clocks.seconds(until), "due_ats": [clocks.seconds(until)], "repeat": 3600}
    clock = clock_from(facts, number=1, unit="u", at=start)
    clock.paused_at = start + timedelta(hours=1)
    resumed = clocks.resumed(it.policy, clock, span, at=clock.paused_at + timedelta(days=1))
    later = clocks.instant(resumed["due"])
    assert calendar.working_between(clock.paused_at + timedelta(days=1), later) == timedelta(
        hours=7
    )


def test_an_old_report_merged_late_does_not_repeat_what_was_told(story: Make) -> None:
    child, lead = story(), story(at=NOON + timedelta(days=1))
    at = NOON + timedelta(days=70)
    drain(at=at)  # the citizen clocks of both have climbed past the top of their ladder
    acts.merge(
        policy=child.policy,
        case_id=child.case.id,
        into=lead.case.id,
        actor=staff_of(child.policy, "reception"),
        at=at,
    )
    reload(lead)
    clock = lead.case.clock(0)
    assert clock.started_at == NOON
    assert clock.next_due_at is not None
    drain(at=at + timedelta(days=31))
    assert [e.rung for e in fired(lead) if e.clock == 0] == [2, 3]


class TestOneThatFails:
    def test_does_not_hold_up_the_others(
        self, story: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        from peygir.cases import sweep as room

        cases = [story() for _ in range(4)]
        poison = cases[1].case.id

        def hurt(batch: list[Recorded]) -> None:
            if poison in {event.subject_id for event in batch}:
                raise ValueError("a report that cannot cope")
            project(batch)

        monkeypatch.setattr(room, "project", hurt)
        late = NOON + timedelta(days=3)
        assert sweep(at=late) == 3
        assert "could not fire: ValueError" in caplog.text
        with pytest.raises(ValueError, match="cannot cope"):
            sweep(at=late)
        assert not fired(cases[1])
        monkeypatch.setattr(room, "project", project)
        assert sweep(at=late) == 1

    def test_a_database_that_is_away_is_said_at_once(
        self, story: Make, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from django.db import OperationalError

        from peygir.cases import sweep as room

        story()

        def away(batch: list[Recorded]) -> None:
            raise OperationalError("gone")

        monkeypatch.setattr(room, "project", away)
        with pytest.raises(OperationalError):
            sweep(at=NOON + timedelta(days=3))
        with pytest.raises(OperationalError):
            room._alone(NOON + timedelta(days=3), room._due(NOON + timedelta(days=3), 1)[0])
