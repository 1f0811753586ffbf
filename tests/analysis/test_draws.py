"""The week's list: what is claimed, what is known beside it, what is drawn, what was found."""

import uuid
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from peygir.analysis import briefs, claims, draws, found, risk
from peygir.analysis.checks import Check, Draw
from peygir.cases.checking import FALSE, HELD, UNCLEAR
from peygir.cases.models import Case
from peygir.ledger.entry import Actor
from peygir.ledger.ids import new_id
from peygir.people.contacts import Caller
from peygir.people.models import Inspection, Photo
from peygir.policy.model import CityPolicy
from peygir.verify.lots import TreeAt
from tests.city import NOON, Make, Story, staff_of

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=2)


def claimed(story: Make, *, hours: float = 10, **fields: Any) -> Story:
    """A case whose unit says that it is done."""
    it = story(**fields).after(hours=hours)
    it.report()
    return it


def suspects(policy: CityPolicy, at: datetime = LATER) -> dict[int, risk.Suspect]:
    return {one.claim.case_id: one for one in risk.suspects(policy, at=at)}


def codes(suspect: risk.Suspect) -> set[str]:
    return {reason.code for reason in suspect.reasons}


def draw(
    policy: CityPolicy, actor: Actor, *, wanted: int = 10, at: datetime = LATER, **given: Any
) -> Draw:
    return draws.draw(policy, wanted=wanted, actor=actor, at=at, **given)


def visited(case_id: int, finding: str, at: datetime) -> Inspection:
    return Inspection.objects.create(
        id=new_id(), visit=uuid.uuid4(), case_id=case_id, staff_id=1, started_at=at, saved_at=at,
        received_at=at, finding=finding,
    )  # fmt: skip


class TestClaims:
    def test_the_unit_that_said_so_with_its_time_and_deadline(
        self, story: Make, qom: CityPolicy
    ) -> None:
        it = claimed(story)
        (claim,) = claims.claims(qom, at=LATER)
        assert (claim.case_id, claim.unit, claim.category) == (it.case.id, "d3-civil", "C01")
        assert claim.at - NOON == timedelta(hours=10)
        assert claim.since == NOON
        assert claim.due_at == NOON + timedelta(hours=48)  # technical and civil
        assert claim.may_photo
        assert not claim.has_photo
        assert not claim.answered
        assert claim.text == "آسفالت ترمیم شد"

    def test_what_is_open_or_ended_without_work_claims_nothing(
        self, story: Make, qom: CityPolicy
    ) -> None:
        story()
        head = staff_of(qom, "d3-civil", head=True)
        story().after(hours=1).act(
            "infeasible", head, answer_text="عرض معبر کم است", report_to_citizen="عرض معبر کم است"
        )
        assert claims.claims(qom, at=LATER) == []

    def test_what_was_inspected_sealed_or_merged_is_no_claim_any_more(
        self, story: Make, qom: CityPolicy
    ) -> None:
        for change in ({"sealed": True}, {"inspection": 5}, {"lead_id": 9}):
            it = claimed(story)
            Case.objects.filter(pk=it.case.id).update(**change)
        assert claims.claims(qom, at=LATER) == []

    def test_a_claim_found_false_is_gone_until_it_is_made_again(
        self, story: Make, qom: CityPolicy
    ) -> None:
        it = claimed(story)
        it.after(hours=1).dissatisfied()
        it.after(hours=1).inspected("not_done")
        it.act("not_confirmed")
        assert suspects(qom) == {}
        it.after(hours=2).report()
        assert codes(suspects(qom)[it.case.id]) >= {"returned"}

    def test_a_citizens_word_is_known(self, story: Make, qom: CityPolicy) -> None:
        it = claimed(story)
        it.after(hours=1).satisfied()
        (claim,) = claims.claims(qom, at=LATER)
        assert claim.answered

    def test_old_claims_make_the_usual_time_and_are_not_drawn(
        self, story: Make, qom: CityPolicy
    ) -> None:
        old = [claimed(story, at=NOON - timedelta(days=20), hours=8) for _one in range(10)]
        new = claimed(story, hours=2)
        known = suspects(qom)
        assert set(known) == {new.case.id}
        assert "quick" in codes(known[new.case.id])
        assert len(claims.claims(qom, at=LATER)) == len(old) + 1


class TestFacts:
    @pytest.mark.requirement("S26")
    def test_each_reason_comes_from_what_happened(self, story: Make, qom: CityPolicy) -> None:
        many = [claimed(story, hours=47.5) for _one in range(3)]
        known = suspects(qom)
        for one in many:
            assert codes(known[one.case.id]) == {"no_photo", "last_hour"}, "three words are short"
        said = "چالهٔ خیابان گلستان با آسفالت گرم پر شد و نوار زرد برداشته شد"
        for one in (story(), story(), story()):
            one.after(hours=9).act("report", result_text=said, report_to_citizen=said)
            many.append(one)
        known = suspects(qom)
        assert codes(known[many[-1].case.id]) == {"no_photo", "copied"}
        assert {r.code: r.n for r in known[many[-1].case.id].reasons}["copied"] == 3

    def test_a_photo_of_the_work_takes_its_points_away(self, story: Make, qom: CityPolicy) -> None:
        it = story().after(hours=9)
        photo = Photo.objects.create(
            id=new_id(), case_id=it.case.id, kind="after", path="x.jpg", width=1, height=1,
            size_bytes=1, sha256="", at=it.at,
        )  # fmt: skip
        it.act("report", result_text="لکه‌گیری شد", report_to_citizen="لکه‌گیری شد",
               photo_after=[photo.pk])  # fmt: skip
        assert codes(suspects(qom)[it.case.id]) == set()

    def test_the_same_subject_at_the_same_place(self, story: Make, qom: CityPolicy) -> None:
        place = {"lat_e6": 34_640_000, "lon_e6": 50_880_000}
        here = [claimed(story, **place) for _one in range(3)]
        other = claimed(story, category="W01", **place)
        away = claimed(story, lat_e6=34_660_000, lon_e6=50_880_000)
        briefs.write(dict.fromkeys((one.case.id for one in (*here, other, away)), 0))
        known = suspects(qom)
        assert all("recurs" in codes(known[one.case.id]) for one in here)
        assert "recurs" not in codes(known[other.case.id]) | codes(known[away.case.id])

    def test_a_citizen_called_in_vain_or_without_a_number(
        self, story: Make, qom: CityPolicy
    ) -> None:
        vain = claimed(story)
        vain.after(hours=1).act("unreached", call={"outcome": "no_answer"})
        nobody = claimed(story, caller=Caller(phone="", name=""))
        plain = claimed(story)
        known = suspects(qom)
        reasons = {r.code: r.n for r in known[vain.case.id].reasons}
        assert reasons["unreached"] == 1
        assert "unreached" in codes(known[nobody.case.id])
        assert "unreached" not in codes(known[plain.case.id])

    def test_a_units_share_of_false_claims_is_drawn_to_the_citys(
        self, story: Make, qom: CityPolicy
    ) -> None:
        for finding, district in (("not_done", 3), ("partly", 3), ("done", 5), ("done", 5)):
            it = claimed(story, district=district)
            it.after(hours=1).dissatisfied()
            it.after(hours=1).inspected(finding)
        shares = claims.shares(at=LATER)
        # Half of the city's four were false; 20 imaginary inspections of each unit found that too.
        assert shares == {"d3-civil": (2 + 10) / 22, "d5-civil": 10 / 22}
        bad, good = claimed(story), claimed(story, district=5)
        known = suspects(qom)
        assert known[bad.case.id].points > known[good.case.id].points


class TestDraw:
    @pytest.mark.requirement("S26")
    def test_some_by_lot_the_rest_by_points(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        many = [claimed(story) for _one in range(9)]
        made = draw(qom, inspector, wanted=6)
        checks = list(Check.objects.all())
        assert len(checks) == 6
        lot = {one.case_id for one in checks if one.by_lot}
        names = draws.names_of(made.pool)
        assert lot == set(draws.lots(made.seed, names, 2)), "anybody repeats it"
        assert made.by_lot == len(lot) == 2  # three tenths of six
        assert made.pool == sorted(one.case.id for one in many)
        suspects = [one for one in risk.suspects(qom, at=LATER) if one.claim.case_id not in lot]
        by_risk = {one.case_id for one in checks if not one.by_lot}
        assert by_risk == {one.claim.case_id for one in suspects[:4]}

    def test_each_list_once_and_no_claim_twice(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        claimed(story)
        assert draw(qom, inspector).week == date(2026, 11, 21)
        with pytest.raises(draws.Refused, match="drawn"):  # asked for twice
            draw(qom, inspector)
        with pytest.raises(draws.Refused, match="nothing"):
            draw(qom, inspector, number=2)
        more = claimed(story)
        further = draw(qom, inspector, number=2)
        assert (further.week, further.number, further.pool) == (
            date(2026, 11, 21), 2, [more.case.id],
        )  # fmt: skip
        with pytest.raises(draws.Refused, match="nothing"):
            draw(qom, inspector, at=LATER + timedelta(days=7))
        new = claimed(story, at=LATER + timedelta(days=6))
        again = draw(qom, inspector, at=LATER + timedelta(days=7))
        assert again.pool == [new.case.id]

    @pytest.mark.parametrize("wanted", [0, -3, draws.WANTED_MAX + 1])
    def test_a_number_that_is_none(self, qom: CityPolicy, inspector: Actor, wanted: int) -> None:
        with pytest.raises(draws.Refused, match="wanted"):
            draw(qom, inspector, wanted=wanted)

    def test_a_week_without_claims_is_not_used_up(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        with pytest.raises(draws.Refused, match="nothing"):
            draw(qom, inspector)
        claimed(story)
        assert draw(qom, inspector).pool

    def test_a_seed_draws_the_same_from_the_same_in_any_order(self) -> None:
        names = {number: bytes([number]) * 16 for number in (3, 1, 2, 9)}
        back = dict(reversed(names.items()))
        assert draws.lots("ab", names, 2) == draws.lots("ab", back, 2)
        assert draws.lots("ab", {4: b"x"}, 3) == [4]
        assert draws.lot_size(1) == 1

    def test_the_seed_comes_from_the_signed_root_and_each_list_has_its_own(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        claimed(story)
        tree = TreeAt(416, 417, b"r" * 32)
        made = draw(qom, inspector, tree=tree)
        assert made.size == 417
        said = b"r" * 32 + b"2026-11-21 1"
        assert made.seed == sha256(said).hexdigest()
        assert draws.seed_of(tree.root, made.week, 2) != made.seed

    def test_a_list_that_waits_for_its_seed_keeps_the_claims_it_was_asked_for(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        many = [claimed(story) for _one in range(4)]
        given: dict[str, Any] = {"wanted": 3, "actor": inspector, "at": LATER}
        asked = draws.ask(qom, **given)
        assert (asked.seed, Check.objects.count()) == ("", 0)
        claimed(story)  # too late for this list
        Case.objects.filter(pk=many[0].case.id).update(cycle=2)  # goes round again meanwhile
        (waits,) = draws.asked()
        made = draws.settle(qom, waits, root=b"r" * 32, size=417)
        assert made.pool == sorted(one.case.id for one in many)
        listed = set(Check.objects.values_list("case_id", flat=True))
        assert listed <= {one.case.id for one in many[1:]}
        lot = draws.lots(made.seed, draws.names_of(made.pool), 1)
        assert set(lot) & listed == set(lot) - {many[0].case.id}
        assert draws.asked() == []

    def test_two_who_draw_at_once_make_one_list(
        self, story: Make, qom: CityPolicy, inspector: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        claimed(story)
        draw(qom, inspector)
        claimed(story)
        monkeypatch.setattr(draws, "next_number", lambda _week: 1)  # as both had read it
        with pytest.raises(draws.Refused, match="drawn"):
            draw(qom, inspector)
        assert Draw.objects.count() == 1


class TestRecord:
    def drawn(self, story: Make, policy: CityPolicy, actor: Actor, n: int = 1) -> list[Check]:
        for _one in range(n):
            claimed(story)
        draw(policy, actor)
        return found.waiting()

    @pytest.mark.requirement("S26")
    def test_what_was_found_is_kept_once(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        (check,) = self.drawn(story, qom, inspector)
        kept = found.record(qom, check.pk, FALSE, actor=inspector, at=LATER)
        assert (kept.finding, kept.post, kept.found_at) == (FALSE, inspector.post, LATER)
        assert found.waiting() == []
        for finding, code in ((HELD, "unknown"), ("perhaps", "finding")):
            with pytest.raises(found.Refused, match=code):
                found.record(qom, check.pk, finding, actor=inspector, at=LATER)

    def test_nobody_judges_a_claim_of_their_own_unit(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        (check,) = self.drawn(story, qom, inspector)
        with pytest.raises(found.Refused, match="own"):
            found.record(qom, check.pk, HELD, actor=staff_of(qom, "d3-civil"), at=LATER)

    def test_the_visit_made_since_belongs_to_it(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        (check,) = self.drawn(story, qom, inspector)
        visited(check.case_id, "done", LATER - timedelta(days=1))  # before the draw
        assert found.visits([check]) == {}
        visit = visited(check.case_id, "partly", LATER + timedelta(hours=1))
        assert found.suggested(found.visits([check])[check.case_id]) == FALSE
        kept = found.record(qom, check.pk, FALSE, actor=inspector, at=LATER + timedelta(hours=2))
        assert kept.inspection == visit.pk

    @pytest.mark.requirement("S26")
    def test_a_false_claim_stays_on_the_list_until_its_case_goes_round_again(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        (check,) = self.drawn(story, qom, inspector)
        found.record(qom, check.pk, FALSE, actor=inspector, at=LATER)
        assert [one.pk for one in found.false()] == [check.pk]
        Case.objects.filter(pk=check.case_id).update(cycle=2)
        assert found.false() == []

    def test_both_parts_are_counted_and_each_reason(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        checks = self.drawn(story, qom, inspector, n=6)
        findings = [FALSE, HELD, UNCLEAR, FALSE, HELD]
        for check, finding in zip(checks, findings, strict=False):
            found.record(qom, check.pk, finding, actor=inspector, at=LATER)
        rates = found.rates(LATER - timedelta(days=1))
        whole = [sum(getattr(rate, name) for rate in rates.values())
                 for name in ("drawn", "held", "false", "unclear")]  # fmt: skip
        assert whole == [6, 2, 2, 1]
        reason = found.by_reason(LATER - timedelta(days=1))["no_photo"]
        assert (reason.drawn, reason.told, reason.share) == (6, 4, 0.5)
        assert found.by_reason(LATER + timedelta(days=1))["no_photo"].share is None

    def test_what_was_found_counts_in_the_units_share(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        (check,) = self.drawn(story, qom, inspector)
        found.record(qom, check.pk, FALSE, actor=inspector, at=LATER)
        assert claims.shares(at=LATER) == {"d3-civil": 1.0}

    def test_a_finding_that_the_case_itself_knows_counts_once(
        self, story: Make, qom: CityPolicy, inspector: Actor
    ) -> None:
        it = claimed(story)
        draw(qom, inspector, at=LATER)
        (check,) = found.waiting()
        it.at = LATER
        it.after(hours=1).dissatisfied()
        visit = visited(it.case.id, "not_done", it.at + timedelta(hours=1))
        done = it.after(hours=1).inspected("not_done")
        sets = done.event.facts["sets"]
        Inspection.objects.filter(pk=visit.pk).update(id=sets["inspection"])
        found.record(qom, check.pk, FALSE, actor=inspector, at=it.at)
        visited(it.case.id, "not_done", NOON - timedelta(days=300))
        assert claims.shares(at=it.at) == {"d3-civil": 1.0}
        looked = claims._rows(claims.INSPECTED, floor=0, since=NOON, at=it.at)
        assert looked == [("d3-civil", 1, 1)]
