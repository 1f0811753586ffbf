"""A case's story in sentences, and refusals that say what to do."""

from datetime import timedelta
from uuid import uuid4

import pytest

from peygir.cases import acts, refusals, words
from peygir.cases.sweep import drain
from peygir.ledger.entry import SYSTEM, Recorded
from peygir.people import papers
from peygir.people.models import Inspection, Paper
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, Story, hire, staff_of

pytestmark = pytest.mark.django_db


def a_full_story(story: Make) -> Story:
    """One case through almost everything that can be told."""
    it = story(category="C02", photos=[11])
    acts.join(policy=it.policy, case_id=it.case.id, actor=it.holder(), at=it.at, channel="phone")
    acts.note(
        policy=it.policy, case_id=it.case.id, actor=it.holder(), at=it.at, text="همسایه‌ها شاکی‌اند"
    )
    centre = staff_of(it.policy, "centre", head=True)
    acts.pause(
        policy=it.policy,
        case_id=it.case.id,
        actor=centre,
        at=it.at,
        reason="weather",
        until=it.at + timedelta(hours=5),
    )
    it.after(hours=6)
    drain(at=it.at)
    date = int((it.at + timedelta(days=1)).timestamp())
    it.act("promise", report_to_citizen="فردا انجام می‌شود", promised_for=date)
    head = it.holder(head=True)
    acts.refuse(policy=it.policy, case_id=it.case.id, actor=head, at=it.at, reason="زودتر")
    it.after(days=7)
    drain(at=it.at)
    it.after(days=6)
    drain(at=it.at)
    it.report()
    it.dissatisfied()
    it.inspected("partly")
    it.inspected("done")
    it.act("confirmed", citizen_word={"via": "code"})
    return it


class TestTimeline:
    def test_staff_read_everything_and_who_did_it(self, story: Make) -> None:
        hire("sara", fa="سارا محمدی", en="Sara")
        it = a_full_story(story)
        lines = words.timeline(it.case.id, it.policy, "fa")
        assert len(lines) == 15
        assert all(line.words for line in lines)
        assert lines[0].photos == (11,)
        assert "چالهٔ عمیق" in lines[0].text
        assert "همسایه‌ها" in lines[2].text

    def test_citizens_read_what_is_theirs(self, story: Make) -> None:
        it = a_full_story(story)
        lines = words.timeline(it.case.id, it.policy, "en", "citizen")
        kinds = [line.kind for line in lines]
        assert not (words.INTERNAL - words.RETOLD) & set(kinds)
        assert "همسایه‌ها" not in "".join(line.text for line in lines)
        assert "آسفالت ترمیم شد" in "".join(line.text for line in lines)
        assert any("Still late with" in line.words for line in lines)
        assert not any(line.words.startswith("The deadline of") for line in lines)
        assert lines[-1].words.endswith("Closed: Confirmed by the citizen at the inspection.")

    def test_staff_read_what_a_visit_found_and_what_the_citizen_was_told(self, story: Make) -> None:
        it = story()
        it.act("report", result_text="قیر ریخته شد", report_to_citizen="چاله پر شد")
        it.dissatisfied()
        done = it.inspected("not_done")
        papers.write(it.case.id, {"findings": "هنوز خالی است"}, actor=it.holder(), at=it.at)
        Inspection.objects.create(
            id=done.event.facts["evidence"]["inspection"],
            visit=uuid4(),
            case_id=it.case.id,
            staff_id=1,
            started_at=it.at,
            saved_at=it.at,
            received_at=it.at,
            finding="not_done",
            findings=Paper.objects.get(case_id=it.case.id, kind="findings"),
            photos=[7],
        )
        lines = {line.kind: line for line in words.timeline(it.case.id, it.policy, "en")}
        assert (lines["case.inspected"].text, lines["case.inspected"].photos) == (
            "هنوز خالی است",
            (7,),
        )
        told = [line.text for line in words.timeline(it.case.id, it.policy, "en")]
        assert "قیر ریخته شد\nTo the citizen: چاله پر شد" in told
        citizens = words.timeline(it.case.id, it.policy, "en", "citizen")
        assert "چاله پر شد" in [line.text for line in citizens]

    def test_the_citizens_own_acts_are_named_as_theirs(self, story: Make) -> None:
        from peygir.ledger.entry import CITIZEN

        it = story()
        it.act("objection", CITIZEN, objection_reason="پیگیری نشد")
        both = [
            words.timeline(it.case.id, it.policy, "en", a)[-1].who for a in ("staff", "citizen")
        ]
        assert both == ["the citizen", "you or another reporter"]

    def test_a_merge_is_told_on_both_sides(self, story: Make) -> None:
        child, lead = story(), story()
        reception = staff_of(child.policy, "reception")
        acts.merge(
            policy=child.policy,
            case_id=child.case.id,
            into=lead.case.id,
            actor=reception,
            at=child.at,
        )
        said = words.timeline(lead.case.id, lead.policy, "en")[-1].words
        assert said == "Another report of the same event was merged into this case."

    def test_a_warning_is_told_to_staff(self, story: Make) -> None:
        it = story()
        drain(at=NOON + timedelta(hours=30))
        assert "comes near" in words.timeline(it.case.id, it.policy, "en")[-1].words
        drain(at=NOON + timedelta(hours=48))
        last = words.timeline(it.case.id, it.policy, "en", "citizen")[-1].words
        assert "missed its deadline" in last

    def test_an_unknown_kind_and_unknown_codes_are_shown_as_they_are(self, qom: CityPolicy) -> None:
        event = Recorded(
            id=1,
            subject="case",
            subject_id=1,
            kind="case.sung",
            happened_at=NOON,
            policy="",
            actor=SYSTEM,
        )
        assert words.sentence(event, qom, "en") == "case.sung"
        assert words.unit_name(qom, "gone", "en") == "gone"
        assert words.post_name(qom, "gone", "en") == "gone"
        assert words.finding("odd") == "odd"


class TestRefusals:
    @pytest.mark.parametrize("language", ["fa", "en"])
    @pytest.mark.parametrize(
        "kind",
        [
            refusals.NotAllowed,
            refusals.WrongStage,
            refusals.Stale,
            refusals.LimitReached,
            refusals.TooLate,
            refusals.Refused,
        ],
    )
    def test_each_says_what_to_do(
        self, qom: CityPolicy, kind: type[refusals.Refused], language: str
    ) -> None:
        said = words.refusal(kind(), qom, language)
        assert said.endswith(".")
        assert (said == words.refusal(kind(), qom, "en")) == (language == "en")
        assert words.refusal_fields(kind(), qom, language) == {}

    def test_fields_are_named_one_by_one(self, qom: CityPolicy) -> None:
        refused = refusals.WrongEvidence({"note": "missing", "x": "odd"})
        assert words.refusal_fields(refused, qom, "en") == {"note": "This is needed.", "x": "odd"}
        assert "correct the marked fields" in words.refusal(refused, qom, "en")

    def test_co_units_are_named(self, qom: CityPolicy) -> None:
        said = words.refusal(refusals.WaitsForCoUnits(["waste", "gone"]), qom, "en")
        assert qom.organisation.units["waste"].words.en in said
