"""Pages that know no stage by its code: a city without calls whose posts answer by name, and one
whose cases travel several ways at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from peygir.boards.answers import answerable
from peygir.boards.replay import Scope, differences
from peygir.cases import acts, policies, register, sweep
from peygir.cases.models import Case, Referral
from peygir.cases.state import CaseState
from peygir.channels.sms import reply
from peygir.channels.sms.commands import parse
from peygir.evaluation.models import Point
from peygir.ledger.entry import SYSTEM, Actor
from peygir.notices.models import Notice
from peygir.people import organisation
from peygir.people.contacts import Caller
from peygir.people.models import Delegation, Staff
from peygir.policy.load import load_city
from peygir.policy.model import CityPolicy
from tests.city import NOON, PHONE, hire
from tests.desk.people import soup

pytestmark = pytest.mark.django_db
CITIES = Path(settings.BASE_DIR) / "cities"


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


def adopted(name: str) -> CityPolicy:
    policies.adopt(CITIES / name, actor=SYSTEM, at=NOON)
    policies._latest.cache_clear()
    return policies.current()


@pytest.fixture
def ladder(db: None) -> CityPolicy:
    """A city in which the post that answers for a subject answers by name; nobody calls."""
    found = [n for n in _names() if not _load(n).served_by("calls")]
    return adopted(found[0])


@pytest.fixture
def tracks(db: None) -> CityPolicy:
    """A city in which a case travels several ways side by side."""
    found = [n for n in _names() if any(s.tracks for s in _load(n).stages.values())]
    return adopted(found[0])


def _names() -> list[str]:
    return sorted(path.parent.name for path in CITIES.glob("[a-z]*/policy.toml"))


def _load(name: str) -> CityPolicy:
    return load_city(CITIES / name)


def reported(policy: CityPolicy, **fields: object) -> CaseState:
    category = next(
        c
        for c in policy.categories.values()
        if policy.organisation.route(c.function, 3) and not policy.classes[c.class_code].outside
    )
    given = {"words": "چاله", "category": category.code, "district": 3, "channel": "phone"}
    caller = Caller(phone=PHONE, name="مریم رضایی")
    report = register.Report(**{**given, "caller": caller, **fields})  # type: ignore[arg-type]  # fields of a Report
    return register.register(policy=policy, report=report, actor=SYSTEM, at=NOON).case


def browser(person: Staff) -> Client:
    client = Client()
    client.force_login(person)
    return client


def actor(person: Staff) -> Actor:
    return organisation.actor_of(person, at=NOON)


def expert_of(policy: CityPolicy, unit: str) -> str:
    posts = policy.organisation.posts.values()
    return next(p.code for p in posts if p.unit == unit and not p.head)


class TestACityWithoutCalls:
    def test_menu_and_addresses_have_no_queue_of_calls_or_visits(self, ladder: CityPolicy) -> None:
        centre = next(
            p.code for p in ladder.organisation.posts.values() if "centre_head" in p.roles
        )
        client = browser(hire("centre", centre))
        page = soup(client.get("/desk/", follow=True))
        for path in ("/desk/feedback/", "/desk/field/"):
            assert f'href="{path}"' not in page
            assert client.get(path).status_code == 404

    def test_the_post_sees_the_case_as_theirs_and_the_expert_only_drafts(
        self, ladder: CityPolicy
    ) -> None:
        case = reported(ladder)
        manager, expert = hire("manager", case.post), hire("expert", expert_of(ladder, case.unit))
        assert "پاسخ با شماست" in soup(browser(manager).get("/desk/inbox/"))
        assert "پاسخ با شماست" not in soup(browser(expert).get("/desk/inbox/"))
        step = next(s for s in ladder.stages[case.stage].steps.values() if s.determines)
        texts = {f"{step.code}-{name}": "آسفالت ترمیم شد" for name in step.needs}
        address = f"/desk/cases/{case.code}/"
        sent = browser(expert).post(f"{address}steps/{step.code}/", {"version": "1", **texts})
        assert sent.status_code == 302
        assert Case.objects.get(pk=case.id).stage == case.stage, "it waits for the manager"
        assert "پیش‌نویس کارشناس" in soup(browser(manager).get(address))
        assert browser(manager).post(f"{address}approve/").status_code == 302
        assert Case.objects.get(pk=case.id).stage == step.to
        assert "پیش‌نویس کارشناس:" in soup(browser(manager).get(address))

    def test_who_stands_in_for_a_post_answers_as_that_post_and_it_shows(
        self, ladder: CityPolicy
    ) -> None:
        case = reported(ladder)
        manager = hire("manager", case.post)
        other = next(
            p.code for p in ladder.organisation.posts.values() if p.head and p.unit != case.unit
        )
        deputy = hire("stand-in", other)
        until = NOON + timedelta(days=3)
        Delegation.objects.create(
            post_id=case.post,
            staff=deputy,
            since=NOON - timedelta(days=1),
            until=until,
            given_by=manager,
        )
        step = next(s for s in ladder.stages[case.stage].steps.values() if s.determines)
        texts = {f"{step.code}-{name}": "آسفالت ترمیم شد" for name in step.needs}
        address = f"/desk/cases/{case.code}/"
        client = browser(deputy)
        client.post(f"{address}steps/{step.code}/", {"version": "1", **texts})
        assert Case.objects.get(pk=case.id).stage == step.to
        page = soup(client.get(address))
        assert "به جانشینی" in page
        assert ladder.organisation.posts[case.post].words.fa in page

    def test_the_citizen_answers_where_nobody_calls(self, ladder: CityPolicy) -> None:
        case = self._answered(ladder)
        found = answerable(ladder, case, at=NOON)
        assert found.yes is not None
        assert found.no is not None
        assert not Notice.objects.filter(template="sms.feedback_question").exists()
        reply.answer(PHONE, parse("33 هنوز هست"), ladder, NOON)
        case.refresh_from_db()
        assert case.stage != "closed"
        assert case.cycle == 2

    @pytest.mark.requirement("M8")
    def test_a_delay_is_the_posts_and_its_holders_until_the_citizen_has_the_word(
        self, ladder: CityPolicy
    ) -> None:
        case = reported(ladder)
        manager = hire("manager", case.post)
        sweep.drain(at=NOON + timedelta(days=4))
        point = Point.objects.get(case_id=case.id)
        assert (point.post, point.staff_id) == (case.post, manager.pk)
        climbed = Case.objects.get(pk=case.id)
        assert climbed.post == ladder.organisation.posts[case.post].superior
        assert list(differences(Scope())) == []

    def test_silence_of_the_citizen_costs_nobody_a_point(self, ladder: CityPolicy) -> None:
        case = self._answered(ladder)
        sweep.drain(at=NOON + timedelta(days=20))
        case.refresh_from_db()
        assert case.stage == "closed"
        assert not Point.objects.filter(case_id=case.pk).exists()

    def _answered(self, ladder: CityPolicy) -> Case:
        case = reported(ladder)
        manager = hire("manager", case.post)
        step = next(s for s in ladder.stages[case.stage].steps.values() if s.determines)
        acts.act(
            policy=ladder,
            case_id=case.id,
            step=step.code,
            actor=actor(manager),
            at=NOON,
            texts=dict.fromkeys(step.needs, "آسفالت ترمیم شد"),
        )
        return Case.objects.get(pk=case.id)


class TestACityWithTracks:
    def test_each_holder_sees_their_track_and_takes_its_own_steps(self, tracks: CityPolicy) -> None:
        case = self._urgent(tracks)
        beside = Referral.objects.filter(case_id=case.id, role="co", closed_at=None)
        assert beside.count() == len(tracks.stages[case.stage].tracks)
        for track in beside:
            post = expert_of(tracks, track.unit)
            client = browser(hire(f"t{track.number}", post))
            page = soup(client.get(f"/desk/cases/{case.code}/"))
            stage = tracks.stages[track.stage]
            for step in stage.steps.values():
                offered = f'id="step-{step.code}-{track.number}"' in page
                assert offered == (not step.after and "holder" in step.by), step.code

    def test_a_step_of_a_track_leaves_the_case_where_it_is(self, tracks: CityPolicy) -> None:
        case = self._urgent(tracks)
        track, step = next(
            (r, s)
            for r in Referral.objects.filter(case_id=case.id, role="co")
            for s in tracks.stages[r.stage].steps.values()
            if s.to == "done" and set(s.needs) <= {"action_text", "reason"}
        )
        client = browser(hire("crew", expert_of(tracks, track.unit)))
        given = {f"{step.code}-{track.number}-{name}": "تابلو نصب شد" for name in step.needs}
        address = f"/desk/cases/{case.code}/steps/{step.code}/"
        sent = client.post(address, {"version": "1", "referral": str(track.number), **given})
        assert sent.status_code == 302
        track.refresh_from_db()
        assert track.outcome == step.code
        assert Case.objects.get(pk=case.id).stage == case.stage

    def _urgent(self, tracks: CityPolicy) -> CaseState:
        assert tracks.urgent is not None
        return reported(tracks, urgent=next(iter(tracks.urgent.grounds)))
