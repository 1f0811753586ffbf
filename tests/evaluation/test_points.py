"""Negative points for lateness, and what becomes of an objection."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from peygir.cases import sweep
from peygir.evaluation import appeals, points
from peygir.evaluation.appeals import AppealRefused
from peygir.evaluation.models import Point
from peygir.evaluation.project import project
from peygir.ledger.entry import SYSTEM, Recorded
from peygir.ledger.models import Event
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, Story, staff_of

pytestmark = pytest.mark.django_db

DUE = timedelta(hours=48)  # a pothole is technical and civil work


def late(it: Story, **span: float) -> None:
    """Let the deadline of the executive unit pass by `span`."""
    sweep.drain(at=NOON + DUE + timedelta(**span))


class TestPointsForLateness:
    @pytest.mark.requirement("Q10")
    def test_a_missed_deadline_costs_the_district_one_point(self, story: Make) -> None:
        it = story()
        late(it, minutes=1)
        [point] = Point.objects.all()
        assert (point.scored, point.unit, point.case_id) == ("d3", "d3-civil", it.case.id)
        assert (point.points, point.reason, point.level, point.rule_version) == (-1, "breach", 1, 1)

    @pytest.mark.requirement("Q10")
    def test_every_further_rung_costs_two(self, story: Make) -> None:
        it = story()
        for hours in (0, 24, 48):
            late(it, hours=hours, minutes=1)
        found = list(Point.objects.order_by("id").values_list("reason", "level", "points"))
        assert found == [("breach", 1, -1), ("rung", 2, -2), ("rung", 3, -2)]

    def test_rungs_passed_over_by_a_late_sweep_are_counted_too(self, story: Make) -> None:
        it = story()
        late(it, hours=49)  # warnings, breach, rung at 24 h, rung at 48 h, all at once
        [point] = Point.objects.all()
        # 1 for the breach, 2 for each of two rungs
        assert (point.level, point.levels, point.points) == (3, 3, -5)

    def test_warnings_and_the_citizens_own_clock_cost_nothing(self, story: Make) -> None:
        it = story()
        sweep.drain(at=NOON + timedelta(hours=40))  # 80 % of 48 h
        it.after(hours=41).report()
        assert not Point.objects.exists()

    def test_an_organisation_bears_its_own_points(self, story: Make, qom: CityPolicy) -> None:
        category = next(c for c in qom.categories.values() if c.function == "waste")
        story(category=category.code)
        sweep.drain(at=NOON + timedelta(hours=73))
        assert set(Point.objects.values_list("scored", flat=True)) == {"waste"}

    def test_a_point_can_be_neither_changed_nor_removed(self, story: Make) -> None:
        late(story(), minutes=1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Point.objects.update(points=0)
        with pytest.raises(IntegrityError), transaction.atomic():
            Point.objects.all().delete()

    def test_a_batch_is_one_statement(self, story: Make) -> None:
        late(story(), minutes=1)
        event = Event.objects.filter(kind="clock.fired").latest("id")
        batch = [
            Recorded(
                id=event.id + number,
                subject="case",
                subject_id=number,
                kind="clock.fired",
                happened_at=NOON,
                policy=event.policy,
                actor=SYSTEM,
                unit="d3-civil",
                clock=1,
                facts={"level": 2, "collapsed": 0},
            )
            for number in range(1, 501)
        ]
        with CaptureQueriesContext(connection) as queries:
            project(batch)
        assert len(queries) == 1


class TestObjections:
    @pytest.mark.requirement("Q10")
    def test_an_accepted_objection_adds_a_point_that_makes_up_for_it(
        self, story: Make, qom: CityPolicy
    ) -> None:
        late(story(), minutes=1)
        point = Point.objects.get()
        head, centre = staff_of(qom, "d3", head=True), staff_of(qom, "centre", head=True)
        at = NOON + DUE + timedelta(hours=2)
        appeal = appeals.file(
            policy=qom, point_id=point.pk, actor=head, at=at, reason="راه با حکم پلیس بسته بود"
        )
        appeals.decide(
            policy=qom, appeal_id=appeal.pk, actor=centre, at=at, accept=True, answer="پذیرفته شد"
        )
        assert list(Point.objects.order_by("id").values_list("points", flat=True)) == [-1, 1]
        assert points.sums(["d3"], since=NOON, until=at + timedelta(days=1)) == {"d3-civil": 0}
        events = Event.objects.filter(subject="point").order_by("id")
        kinds = list(events.values_list("kind", "facts"))
        assert [kind for kind, _ in kinds] == ["appeal.filed", "appeal.accepted"]
        assert all("پلیس" not in str(facts) for _, facts in kinds)

    def test_a_rejected_one_changes_no_sum(self, story: Make, qom: CityPolicy) -> None:
        late(story(), minutes=1)
        head, centre = staff_of(qom, "d3-civil", head=True), staff_of(qom, "centre", head=True)
        appeal = appeals.file(
            policy=qom, point_id=Point.objects.get().pk, actor=head, at=NOON, reason="چرا؟"
        )
        decision = {"policy": qom, "appeal_id": appeal.pk, "actor": centre, "at": NOON}
        appeals.decide(**decision, accept=False, answer="مهلت روشن بود")
        assert Point.objects.count() == 1
        with pytest.raises(AppealRefused, match="decided"):
            appeals.decide(**decision, accept=True, answer="نظر برگشت")

    @pytest.mark.parametrize("unit", ["d4", "feedback", "parks"])
    def test_nobody_objects_for_another_unit(self, story: Make, qom: CityPolicy, unit: str) -> None:
        late(story(), minutes=1)
        stranger = staff_of(qom, unit, head=True)
        with pytest.raises(AppealRefused, match="not_allowed"):
            appeals.file(
                policy=qom, point_id=Point.objects.get().pk, actor=stranger, at=NOON, reason="نه"
            )

    def test_an_objection_has_a_reason_and_comes_once(self, story: Make, qom: CityPolicy) -> None:
        late(story(), minutes=1)
        given = {
            "policy": qom,
            "point_id": Point.objects.get().pk,
            "actor": staff_of(qom, "d3", head=True),
            "at": NOON,
        }
        with pytest.raises(AppealRefused, match="missing"):
            appeals.file(**given, reason="   ")
        appeals.file(**given, reason="برف سنگین")
        with pytest.raises(AppealRefused, match="again"):
            appeals.file(**given, reason="برف سنگین")
