"""Replaying the last days with a draft: counted again by hand here."""

from datetime import timedelta
from typing import Any

import pytest

from peygir.boards import rehearsal
from peygir.boards.rehearsal import rehearse
from peygir.cases import drafts, sweep
from peygir.cases.drafts import By
from peygir.cases.models import Draft
from peygir.ledger.entry import Actor
from peygir.policy import edit
from peygir.policy.load import load_city, load_files
from peygir.policy.model import CityPolicy
from peygir.worker import rehearsals
from tests.city import NOON, Story
from tests.fixtures import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("M5")]

AT = NOON + timedelta(days=10)


def services(policy: CityPolicy, due: str) -> CityPolicy:
    return load_files(
        "qom",
        edit.put_classes(
            policy.files, {"services": {"due": due, "fa": "خدماتی", "en": "Services"}}
        ),
    )


def answered(policy: CityPolicy, hours: float, district: int = 3, **fields: Any) -> Story:
    it = Story(policy, category="W01", district=district, **fields)
    it.after(hours=hours).report()
    return it


def unit(found: dict[str, Any], code: str) -> dict[str, Any]:
    (row,) = [row for row in found["units"] if row["unit"] == code]
    return dict(row)


def test_a_shorter_time_makes_answers_late_that_were_not(qom: CityPolicy) -> None:
    for hours in (5, 20, 30):
        answered(qom, hours)
    found = rehearse(qom, services(qom, "12h"), at=NOON + timedelta(hours=30, minutes=1))
    assert (found["newly_late"], found["no_longer"]) == (1, 0)
    assert found["cases"] == 3
    assert found["referrals"] == 6  # each with its wait for the feedback call
    third = unit(found, "d3")
    assert (third["n"], third["late"]) == ([3, 3], [1, 2])
    assert third["points"] == [-0 + 1, 2]


def test_a_longer_time_excuses_and_saves_points(qom: CityPolicy) -> None:
    answered(qom, 24 + 24 + 1)  # late by a day: the breach, and the first rung
    found = rehearse(qom, services(qom, "48h"), at=NOON + timedelta(hours=49, minutes=1))
    assert found["newly_late"] == 0
    assert unit(found, "d3")["points"] == [1 + 2, 1]


def test_silence_costs_every_rung_and_every_repeat(qom: CityPolicy) -> None:
    Story(qom, category="W01")
    at = NOON + timedelta(hours=24 + 72 + 72 + 1)
    found = rehearse(qom, qom, at=at)
    assert unit(found, "d3")["points"] == [1 + 2 * 4] * 2
    assert (found["newly_late"], found["no_longer"], found["moved"]) == (0, 0, 0)


def test_a_subject_in_another_class_has_its_time(qom: CityPolicy) -> None:
    answered(qom, 30)
    new = load_files("qom", edit.put_category(qom.files, "W01", {"class": "technical_civil"}))
    assert rehearse(qom, new, at=AT)["no_longer"] == 1


def test_another_route_moves_the_burden(qom: CityPolicy) -> None:
    it = Story(qom, category="G01", district=3)
    it.after(hours=60).report()
    new = load_files("qom", edit.put_routes(qom.files, {"green": "parks"}))
    found = rehearse(qom, new, at=NOON + timedelta(hours=61))
    assert found["elsewhere"] == 1
    assert unit(found, "d3")["n"] == [1, 0]
    assert unit(found, "parks")["n"] == [0, 1]


def test_a_stage_that_is_gone_is_counted_as_untimed(qom: CityPolicy) -> None:
    Story(qom, category="", district=None)
    policy = load_city(ROOT / "cities" / "_template")
    found = rehearse(qom, policy, at=AT)
    assert found["referrals"] == 1
    assert found["untimed"] in (0, 1)


def test_working_hours_count_the_calendar(qom: CityPolicy) -> None:
    answered(qom, 30)
    found = rehearse(qom, services(qom, "20wh"), at=NOON + timedelta(hours=31))
    assert found["no_longer"] == 1


def test_a_promised_day_is_not_judged_anew(qom: CityPolicy) -> None:
    it = Story(qom, category="C02")
    promised = int((NOON + timedelta(days=5)).timestamp())
    said = "لوله‌گذاری در دست اجراست"
    it.act("promise", by=it.holder(head=True), report_to_citizen=said, promised_for=promised)
    it.after(days=4).report()
    shorter = edit.put_classes(
        qom.files, {"technical_civil": {"due": "1h", "fa": "فنی", "en": "Technical"}}
    )
    found = rehearse(qom, load_files("qom", shorter), at=AT)
    assert found["newly_late"] == 0


def test_what_a_citizen_is_waited_for_is_nobodys_lateness() -> None:
    isfahan = load_city(ROOT / "cities" / "mashhad")
    silent = [code for code, stage in isfahan.stages.items() if stage.waits_for_citizen]
    side = rehearsal._Side(isfahan, isfahan)
    rows = [_row(stage=code) for code in silent]
    assert [side.late_s(row) for row in rows] == [None] * len(silent)


def test_ranks_need_enough_and_share_equal_places() -> None:
    def counted(n: int, points: int) -> rehearsal.Unit:
        return rehearsal.Unit(n=[n, n], late=[0, 0], points=[points, 0])

    units = {"a": counted(100, 10), "b": counted(100, 5), "c": counted(100, 5), "d": counted(9, 0)}
    assert rehearsal._ranks(units, 0) == {"a": 3, "b": 1, "c": 1}
    assert rehearsal._ranks(units, 1) == {"a": 1, "b": 1, "c": 1}


def test_says_how_far_it_is(qom: CityPolicy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rehearsal, "BATCH", 2)
    for day in range(4):
        answered(qom, 5, at=NOON + timedelta(days=day))
    shares: list[float] = []
    rehearse(qom, qom, at=AT, since=NOON - timedelta(days=1), advance=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] <= 1


class TestTheWorker:
    by = By(actor=Actor(kind="post", post="centre-head", staff_id=1), at=AT)

    def draft(self) -> Draft:
        made = drafts.begin(self.by)
        files = edit.put_classes(
            made.files, {"services": {"due": "12h", "fa": "خدماتی", "en": "Services"}}
        )
        return drafts.change(made.pk, self.by, files)

    def test_replays_what_was_asked_for(
        self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rehearsals, "TELLS_EVERY_S", 0)
        answered(qom, 20)
        first, second = self.draft(), self.draft()
        for one in (first, second):
            drafts.ask(one.pk, self.by)
        assert rehearsals.turn() is True
        assert rehearsals.turn() is False
        assert rehearsals.turn() is False
        for one in (first, second):
            one.refresh_from_db()
            assert one.asked_at is None
            assert one.rehearsal["newly_late"] == 1
            assert one.rehearsal["seconds"] >= 0

    def test_forgets_what_it_found_when_the_draft_was_changed_meanwhile(
        self, qom: CityPolicy
    ) -> None:
        draft = self.draft()
        drafts.ask(draft.pk, self.by)
        drafts.change(draft.pk, self.by, qom.files)
        assert rehearsals.turn() is False
        rehearsals._replay(draft.pk)  # claimed by two at once: the second finds nothing to do
        draft.refresh_from_db()
        assert draft.rehearsal is None


def test_climbing_is_late_under_the_version_that_let_it_climb(qom: CityPolicy) -> None:
    side = rehearsal._Side(qom, qom)
    late = side.late_s(_row(climbed=True, ended=100 * 3600))
    assert late is not None
    assert late > 0
    assert side.bears(_row(unit="nowhere")) == "nowhere"
    sweep.drain(at=NOON)


def _row(**fields: Any) -> rehearsal._Row:
    given: dict[str, Any] = {
        "stage": "execution", "unit": "d3-services", "post": "", "climbed": False, "before": "",
        "category": "W01", "class_code": "services", "district": 3, "started": 0, "due": 0,
        "ended": 0, "paused": 0, "case": 1, "opened": 0,
    }  # fmt: skip
    return rehearsal._Row(**(given | fields))
