"""The corners of the heart: odd evidence, clashes of codes, caches, and who sees what."""

import shutil
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from peygir.cases import acts, may, policies, refusals, register, store
from peygir.cases.evidence import finding
from peygir.cases.fold import fold
from peygir.cases.models import Case, Clock, Ending, InForce, PolicyVersion, Referral
from peygir.ledger.entry import SYSTEM, Actor
from peygir.ledger.models import Event
from peygir.people import erasing, papers
from peygir.policy.model import CityPolicy
from tests.city import NOON, Make, hire, reported, staff_of

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


class TestEvidence:
    @pytest.mark.parametrize(
        ("step", "given", "fault"),
        [
            ("satisfied", {"citizen_word": "yes"}, {"citizen_word": "unknown"}),
            ("unreached", {"call": {"outcome": "reached"}}, {"call": "unknown_outcome"}),
            ("unreached", {"call": 5}, {"call": "unknown_outcome"}),
            (
                "satisfied",
                {"citizen_word": {"via": "call"}, "call": {"outcome": "no_answer"}},
                {"call": "not_reached"},
            ),
            (
                "satisfied",
                {"citizen_word": {"via": "sms"}, "district": 1},
                {"district": "not_asked_for"},
            ),
            (
                "call_back",
                {"call": {"outcome": "reached"}, "callback_at": "soon"},
                {"callback_at": "not_ahead"},
            ),
        ],
    )
    def test_is_refused_by_name(self, story: Make, step: str, given: Any, fault: Any) -> None:
        it = story()
        it.report()
        with pytest.raises(refusals.WrongEvidence) as refused:
            it.act(step, **given)
        assert refused.value.fields == fault

    def test_a_promise_lies_ahead(self, story: Make) -> None:
        it = story(category="C02")
        for when in ("tomorrow", int(NOON.timestamp()) - 5):
            with pytest.raises(refusals.WrongEvidence) as refused:
                it.act("promise", report_to_citizen="بعداً انجام می‌شود", promised_for=when)
            assert "promised_for" in refused.value.fields

    def test_unknown_codes_are_refused_by_name(self, story: Make) -> None:
        it = story(category="", district=None)
        with pytest.raises(refusals.WrongEvidence) as refused:
            it.act("refer", category="Z9", district=99, target_unit="nowhere")
        assert refused.value.fields == {
            "category": "unknown",
            "district": "unknown",
            "target_unit": "unknown",
        }
        with pytest.raises(refusals.WrongEvidence) as refused:
            story(category="N01").act("hand_over", outside_body="x", report_to_citizen="به x گفتیم")
        assert refused.value.fields == {"outside_body": "unknown"}

    def test_a_finding_is_one_of_three(self) -> None:
        with pytest.raises(refusals.WrongEvidence):
            finding("maybe")

    def test_a_corrected_subject_must_lead_somewhere(self, story: Make) -> None:
        it = story(category="", district=None)
        with pytest.raises(refusals.WrongEvidence) as refused:
            it.act("reclassify", staff_of(it.policy, "reception"), category="C01")
        assert refused.value.fields == {"district": "missing"}

    def test_a_note_needs_words(self, story: Make) -> None:
        it = story()
        with pytest.raises(refusals.WrongEvidence):
            acts.note(policy=it.policy, case_id=it.case.id, actor=it.holder(), at=it.at, text=" ")


class TestRegister:
    def test_a_clash_of_codes_takes_the_next_serial(
        self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        serials = iter([7, 7, 7, 8])
        monkeypatch.setattr(register, "_serial", lambda: next(serials))
        assert reported(qom).code != reported(qom).code

    def test_endless_clashes_are_an_error_and_others_are_not_retried(
        self, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(register, "_serial", lambda: 7)
        first = reported(qom)
        with pytest.raises(IntegrityError, match="code"):
            reported(qom)
        monkeypatch.setattr(register, "_serial", lambda: 8)
        with pytest.raises(IntegrityError, match="pkey"):
            reported(qom, case_id=first.case.id)

    def test_keeps_photos_source_and_no_caller(self, qom: CityPolicy) -> None:
        done = reported(qom, photos=[1, 2], source="x-1", caller=None)
        assert done.citizen_id is None
        assert done.event.facts["photos"] == [1, 2]
        assert done.event.facts["source"] == "x-1"


class TestPolicies:
    def test_the_city_is_adopted_once(self, qom: CityPolicy) -> None:
        out = StringIO()
        call_command("load_city", "qom", stdout=out)
        assert "already in force" in out.getvalue()
        assert policies.current() is policies.by_digest(qom.digest)

    def test_a_refused_policy_changes_nothing(self, qom: CityPolicy) -> None:
        before = PolicyVersion.objects.count()
        with pytest.raises(CommandError):
            call_command("load_city", "_no_such_city")
        assert PolicyVersion.objects.count() == before

    def test_a_database_belongs_to_one_city(self, qom: CityPolicy) -> None:
        before = PolicyVersion.objects.count()
        with pytest.raises(CommandError, match="a database of its own"):
            call_command("load_city", "tehran")
        assert PolicyVersion.objects.count() == before

    def test_an_unknown_digest_is_no_policy(self, db: None) -> None:
        with pytest.raises(policies.NoPolicy):
            policies.by_digest("0" * 64)

    def test_an_empty_database_has_no_policy(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        policies._latest.cache_clear()
        monkeypatch.setattr(InForce, "objects", InForce.objects.none())
        with pytest.raises(policies.NoPolicy):
            policies.current()
        policies._latest.cache_clear()


class TestWhoSees:
    def test_the_centre_sees_all_and_a_unit_its_own(self, story: Make) -> None:
        here, there = story(district=3), story(district=5)
        seen = Case.objects.visible_to(staff_of(here.policy, "d3-civil"))
        assert [c.pk for c in seen] == [here.case.id]
        assert Case.objects.visible_to(staff_of(here.policy, "d3", head=True)).count() == 1
        assert Case.objects.visible_to(staff_of(here.policy, "feedback")).count() == 2
        assert Case.objects.open().in_district(5).get().pk == there.case.id

    def test_pages_follow_roles(self) -> None:
        assert may.open_page(Actor(kind="post", roles=frozenset({"reception"})), "console")
        assert not may.open_page(Actor(kind="post", roles=frozenset({"executive"})), "console")


def test_a_case_that_does_not_exist_is_said_so(db: None) -> None:
    with pytest.raises(store.NoSuchCase):
        store.lock(1)
    with pytest.raises(ValueError, match="no case"):
        fold([])


def test_rows_name_themselves(story: Make) -> None:
    it = story()
    assert str(Case.objects.get()) == it.case.code
    assert Case.objects.get().is_open
    assert str(Referral.objects.get()) == f"{it.case.id}#1"
    assert str(Clock.objects.get(number=0)) == f"{it.case.id}@0"
    assert str(Event.objects.filter(subject="case").get()) == f"case.registered case:{it.case.id}"
    assert str(PolicyVersion.objects.get()) == "qom 1"
    assert str(Ending.objects.get(code="satisfied")) == "satisfied"


def test_an_erased_case_keeps_its_events(story: Make) -> None:
    it = story()
    erasing.erase(it.case.id, at=it.at)
    assert {p.text for p in papers.of(it.case.id)} == {""}
    it.after(hours=1)
    assert it.report().event.papers is None
    assert Event.objects.filter(subject="case", subject_id=it.case.id).count() == 2


def test_a_person_acts_for_the_posts_they_fill_and_stand_in_for(qom: CityPolicy) -> None:
    from peygir.people import organisation
    from peygir.people.models import Delegation

    head = qom.organisation.head_of("d3-civil")
    other = qom.organisation.head_of("d5-civil")
    assert head
    assert other
    holder, stand_in = hire("reza", head), hire("nima", other)
    actor = organisation.actor_of(holder, at=NOON)
    assert actor.units == actor.heads == frozenset({"d3-civil"})
    assert organisation.holders(head, at=NOON) == [holder]
    Delegation.objects.create(
        post_id=head,
        staff=stand_in,
        given_by=holder,
        since=NOON,
        until=NOON + timedelta(days=2),
    )
    assert organisation.holders(head, at=NOON) == [stand_in]
    assert organisation.actor_of(stand_in, at=NOON).units == {"d3-civil", "d5-civil"}
    assert organisation.holders(head, at=NOON + timedelta(days=3)) == [holder]
    assert organisation.below(["d3"]) >= {"d3", "d3-civil", "d3-services"}
    assert SYSTEM.roles == frozenset()


class TestTwoVersions:
    def test_a_case_keeps_the_flow_it_was_registered_under(
        self, story: Make, tmp_path: Path
    ) -> None:
        """Pitfall 7: a new version moves no running clock and closes no way that was open."""
        old = story()
        folder = tmp_path / "qom"
        shutil.copytree(ROOT / "cities" / "qom", folder)
        file = folder / "policy.toml"
        text = file.read_text("utf-8").replace('due = "48h", fa = "فنی', 'due = "36h", fa = "فنی')
        file.write_text(text.replace("limit = 2\n", "limit = 1\n"), "utf-8")
        policy, new = policies.adopt(folder, actor=SYSTEM, at=NOON)
        assert new
        assert policies.current().digest == policy.digest
        fresh = story(policy=policy)
        assert fresh.case.clock(1).due_at == NOON + timedelta(hours=36)
        for it in (old, fresh):
            it.policy = policy
            it.act("return", return_reason="این محل در حوزهٔ ما نیست")
            it.act("refer", category="C01", district=3)
        lead = old.case.lead
        assert lead is not None
        assert old.case.clock(lead.number).due_at == NOON + timedelta(hours=48)
        old.act("return", return_reason="باز هم در حوزهٔ ما نیست")
        with pytest.raises(refusals.LimitReached):
            fresh.act("return", return_reason="باز هم در حوزهٔ ما نیست")
        policies._latest.cache_clear()
