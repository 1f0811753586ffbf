"""Versions with dates, and versions that take force unit by unit (M11)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from peygir.boards.replay import Scope
from peygir.boards.replay import policies as replayed
from peygir.cases import policies, sweep
from peygir.cases.models import InForce, PolicyVersion, Rollout, Told
from peygir.cases.policies import EVERYWHERE, Start
from peygir.cases.state import CaseState
from peygir.ledger.entry import SYSTEM
from peygir.ledger.models import Event
from peygir.people.models import Post, Unit
from peygir.policy.errors import PolicyError
from peygir.policy.model import CityPolicy
from peygir.worker import turns
from tests.city import NOON, reported
from tests.fixtures import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("M11")]

LATER = NOON + timedelta(days=3)
TWELVE = {"policy.toml": ('due = "24h", fa = "خدماتی"', 'due = "12h", fa = "خدماتی"')}
MAYOR_FIRST = {
    "policy.toml": (
        'district_head" }, { after = "48h", told = "deputy" }, { after = "72h", told = "mayor" }]',
        'mayor" }]',
    )
}
NIGHT = """
night = { kind = "desk", parent = "centre", fa = "شب", en = "Night" }

[posts]
night-1 = { unit = "night", superior = "centre-head", head = true, roles = ["reception"], \
fa = "مسئول شب", en = "Night desk" }
mayor = { unit = "mayor", head = true,"""
A_DESK = {
    "organisation.toml": (
        '\n[posts]\nmayor = { unit = "mayor", head = true,',
        NIGHT,
    )
}


def changed(policy: CityPolicy, *edits: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    files = dict(policy.files)
    for edit in edits:
        for name, (old, new) in edit.items():
            assert old in files[name], old
            files[name] = files[name].replace(old, new)
    return files


def adopt(
    policy: CityPolicy, *edits: Mapping[str, tuple[str, str]], start: Start | None = None
) -> CityPolicy:
    return policies.adopt_files("qom", changed(policy, *edits), actor=SYSTEM, at=NOON, start=start)


def staged(
    policy: CityPolicy, *edits: Mapping[str, tuple[str, str]], **units: datetime
) -> CityPolicy:
    return adopt(policy, *edits, start=Start(at=NOON, units=units))


def waste_in(policy: CityPolicy, district: int, at: datetime) -> CaseState:
    return reported(policy, category="W01", district=district, at=at).case


def hours_allowed(case: CaseState) -> float:
    return (case.clock(1).due_at - case.opened_at) / timedelta(hours=1)


class TestADateAhead:
    def test_a_version_waits_for_its_day(self, qom: CityPolicy) -> None:
        new = adopt(qom, TWELVE, start=Start(at=LATER, units={}))
        assert policies.current() is policies.by_digest(qom.digest)
        assert policies.settle(at=LATER - timedelta(seconds=1)) == 0
        assert policies.settle(at=LATER) == 1
        assert policies.current().digest == new.digest
        assert policies.settle(at=LATER) == 0
        assert list(replayed(Scope())) == []

    def test_a_later_version_is_not_undone_when_an_earlier_ones_day_comes(
        self, qom: CityPolicy
    ) -> None:
        adopt(qom, TWELVE, start=Start(at=LATER, units={}))
        newest = adopt(qom, MAYOR_FIRST)
        assert policies.settle(at=LATER) == 1
        assert policies.current().digest == newest.digest
        assert list(replayed(Scope())) == []

    def test_two_workers_take_it_once(self, qom: CityPolicy) -> None:
        new = adopt(qom, TWELVE, start=Start(at=LATER, units={}))
        assert policies.settle(at=LATER) == 1
        assert not policies._settle(new.digest, LATER)
        assert Event.objects.filter(kind="policy.took_force").count() == 1

    def test_the_worker_takes_it(self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
        new = adopt(qom, TWELVE, start=Start(at=LATER, units={}))
        monkeypatch.setattr(turns, "now", lambda: LATER)
        assert turns.versions() is False
        assert policies.current().digest == new.digest

    def test_words_adopted_before_are_not_adopted_again(self, qom: CityPolicy) -> None:
        with pytest.raises(PolicyError, match="word for word"):
            adopt(qom)


class TestUnitByUnit:
    def test_both_flows_run_side_by_side(self, qom: CityPolicy) -> None:
        new = staged(qom, TWELVE, d3=NOON, d5=LATER)
        assert policies.current() is policies.by_digest(qom.digest)
        assert hours_allowed(waste_in(qom, 3, NOON)) == 12
        assert hours_allowed(waste_in(qom, 5, NOON)) == 24
        fifth = waste_in(qom, 5, LATER)
        assert hours_allowed(fifth) == 12
        assert fifth.policy == new.digest
        assert hours_allowed(waste_in(qom, 2, LATER)) == 24
        assert list(replayed(Scope())) == []

    def test_a_case_that_nobody_can_refer_yet_follows_the_version_in_force(
        self, qom: CityPolicy
    ) -> None:
        staged(qom, TWELVE, d3=NOON)
        assert reported(qom, category="", district=3).case.policy == qom.digest
        assert policies.for_new("", 3, at=NOON).digest == qom.digest

    def test_it_goes_on_to_further_units_and_at_last_everywhere(self, qom: CityPolicy) -> None:
        new = staged(qom, TWELVE, d3=NOON)
        policies.extend(new.digest, {"d5": LATER}, actor=SYSTEM, at=NOON)
        assert hours_allowed(waste_in(qom, 5, LATER)) == 12
        with pytest.raises(PolicyError, match="its date already"):
            policies.extend(new.digest, {"d5": LATER}, actor=SYSTEM, at=NOON)
        with pytest.raises(PolicyError, match="no unit"):
            policies.extend(new.digest, {"d99": LATER}, actor=SYSTEM, at=NOON)
        policies.extend(new.digest, {EVERYWHERE: LATER}, actor=SYSTEM, at=NOON)
        assert policies.settle(at=LATER) == 1
        assert policies.current().digest == new.digest
        assert hours_allowed(waste_in(new, 2, LATER)) == 12
        assert list(replayed(Scope())) == []

    def test_a_version_everywhere_has_no_stages_to_add(self, qom: CityPolicy) -> None:
        new = adopt(qom, TWELVE)
        with pytest.raises(PolicyError):
            policies.extend(new.digest, {"d5": LATER}, actor=SYSTEM, at=NOON)

    def test_a_registration_asks_the_database_nothing_more(
        self, qom: CityPolicy, django_assert_max_num_queries: Any
    ) -> None:
        staged(qom, TWELVE, d3=NOON)
        policies.current()
        policies.for_new("W01", 3, at=NOON)  # reads the newer version once
        with django_assert_max_num_queries(0):
            policies.for_new("W01", 3, at=NOON)
            policies.for_new("W01", 5, at=NOON)

    def test_it_may_add_units_but_not_change_those_there_are(self, qom: CityPolicy) -> None:
        renamed = {"organisation.toml": ('fa = "واحد دریافت"', 'fa = "واحد پذیرش"')}
        with pytest.raises(PolicyError, match=r"units\.reception: cannot change"):
            staged(qom, renamed, d3=NOON)
        staged(qom, A_DESK, d3=NOON)
        assert Unit.objects.get(code="night").is_open
        assert Post.objects.get(code="night-1").is_open
        assert Unit.objects.get(code="reception").is_open
        assert list(replayed(Scope())) == []

    def test_loading_the_city_again_closes_none_of_its_new_units(self, qom: CityPolicy) -> None:
        staged(qom, A_DESK, d3=NOON)
        policies.adopt(ROOT / "cities" / "qom", actor=SYSTEM, at=NOON)
        assert Unit.objects.get(code="night").is_open

    def test_one_at_a_time(self, qom: CityPolicy) -> None:
        staged(qom, TWELVE, d3=NOON)
        with pytest.raises(PolicyError, match="still on its way"):
            staged(qom, MAYOR_FIRST, d5=NOON)
        with pytest.raises(PolicyError, match="no unit"):
            staged(qom, MAYOR_FIRST, d99=NOON)


class TestWhoIsTold:
    def test_the_ladder_of_the_cases_own_version_decides(self, qom: CityPolicy) -> None:
        old = waste_in(qom, 3, NOON)
        new = staged(qom, MAYOR_FIRST, d5=NOON)
        young = waste_in(qom, 5, NOON)
        sweep.drain(at=NOON + timedelta(hours=49))
        assert _told(old) == "d3-mayor"
        assert _told(young) == "mayor"
        policies.extend(new.digest, {EVERYWHERE: NOON}, actor=SYSTEM, at=NOON)
        policies.settle(at=NOON)
        third = waste_in(new, 3, NOON)
        sweep.drain(at=NOON + timedelta(hours=73))
        assert _told(old) == "deputy-services-head"
        assert _told(third) == "mayor"
        assert Told.objects.filter(policy=qom.digest, unit="d3-services").exists()
        assert not Told.objects.filter(policy=new.digest).exists()


class TestNothingIsChangedAfterwards:
    @pytest.mark.parametrize("model", [PolicyVersion, Rollout, InForce])
    def test_by_nobody(self, qom: CityPolicy, model: Any) -> None:
        staged(qom, TWELVE, d3=NOON)
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.all().delete()


def test_replay_finds_rows_that_no_event_made(qom: CityPolicy) -> None:
    new = staged(qom, TWELVE, d3=NOON)
    Rollout.objects.create(version_id=new.digest, unit="d7", since=NOON)
    InForce.objects.create(version_id=new.digest, since=NOON)
    found = " ".join(replayed(Scope()))
    assert "d7" in found
    assert "in force since" in found


def test_rows_name_themselves(qom: CityPolicy) -> None:
    new = staged(qom, MAYOR_FIRST, d3=NOON)
    assert str(Rollout.objects.get()) == "d3 2026-11-21"
    assert str(InForce.objects.get()).startswith(qom.digest[:12])
    assert str(Told.objects.first()).startswith(new.digest[:12])


def _told(case: CaseState) -> str:
    fired = Event.objects.filter(kind="clock.fired", subject_id=case.id, clock=1).order_by("-id")
    return str(fired[0].facts["told"])
