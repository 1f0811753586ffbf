"""Erasing takes a closed case and two people, or time; never one person alone."""

import io
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from peygir.cases import acts, erasing, policies
from peygir.cases.erasing import CannotErase
from peygir.cases.models import Case
from peygir.cases.refusals import WrongStage
from peygir.ledger.entry import CITIZEN, SYSTEM, Actor
from peygir.ledger.models import Event
from peygir.ledger.statement import run
from peygir.people import contacts, papers
from peygir.people import erasing as people_erasing
from peygir.people.models import Call, CaseKey, Citizen, Erasure, OneTimeCode, Reporter
from peygir.people.models.erasures import ASKED, DONE, WITHDRAWN
from peygir.policy.model import CityPolicy
from peygir.worker import turns
from tests.city import NOON, Make, Story, filling, hire, reported

pytestmark = pytest.mark.django_db


def person(policy: CityPolicy, post: str, number: int) -> Actor:
    return replace(filling(policy, post), staff_id=number)


@pytest.fixture
def head(qom: CityPolicy) -> Actor:
    return person(qom, "centre-head", 11)


@pytest.fixture
def mayor(qom: CityPolicy) -> Actor:
    return person(qom, "mayor", 12)


@pytest.fixture
def closed(story: Make) -> Story:
    it = story()
    it.after(hours=1).report()
    it.after(hours=1).satisfied()
    return it


def texts(it: Story) -> set[str]:
    return {paper.text for paper in papers.of(it.case.id)}


def refused(code: str, wanted: str, **given: Any) -> None:
    reason = given.pop("reason", "request")
    with pytest.raises(CannotErase) as caught:
        erasing.ask(code, reason, at=NOON, **given)
    assert caught.value.code == wanted


class TestTwoPeople:
    def test_one_asks_and_another_confirms(self, closed: Story, head: Actor, mayor: Actor) -> None:
        code = closed.case.code
        erasing.ask(code, "request", actor=head, at=NOON)
        assert "" not in texts(closed)
        assert [(w.reason, c.code) for w, c in erasing.wishes(mayor)] == [("request", code)]
        erasing.confirm(code, actor=mayor, at=NOON + timedelta(minutes=5))
        assert texts(closed) == {""}
        assert erasing.wishes(mayor) == []
        [(wish, _case)] = erasing.done(head, 9)
        assert (wish.state, wish.asked_by, wish.ended_by) == (DONE, 11, 12)
        told = Event.objects.filter(subject="erasure").order_by("id")
        assert [(e.kind, e.staff_id, e.facts) for e in told] == [
            ("erasure.asked", 11, {"reason": "request"}),
            ("papers.erased", 12, {"reason": "request"}),
        ]

    def test_whoever_asked_cannot_confirm(
        self, closed: Story, head: Actor, qom: CityPolicy
    ) -> None:
        code = closed.case.code
        erasing.ask(code, "order", actor=head, at=NOON)
        same_person_other_post = person(qom, "mayor", 11)
        for actor in (head, same_person_other_post, replace(same_person_other_post, staff_id=None)):
            with pytest.raises(CannotErase, match="same_person"):
                erasing.confirm(code, actor=actor, at=NOON)
        assert "" not in texts(closed)

    def test_either_may_say_no(self, closed: Story, head: Actor, mayor: Actor) -> None:
        code = closed.case.code
        for actor in (head, mayor):
            erasing.ask(code, "mistake", actor=head, at=NOON)
            erasing.withdraw(code, actor=actor, at=NOON)
        assert set(Erasure.objects.values_list("state", flat=True)) == {WITHDRAWN}
        for decide in (erasing.confirm, erasing.withdraw):
            with pytest.raises(CannotErase, match="nobody_asked"):
                decide(code, actor=mayor, at=NOON)
        assert Event.objects.filter(kind="erasure.withdrawn").count() == 2
        assert "" not in texts(closed)


class TestWhatIsRefused:
    def test_a_case_that_is_open_or_erased_or_asked_for(
        self, qom: CityPolicy, closed: Story, head: Actor, mayor: Actor
    ) -> None:
        refused(reported(qom).case.code, "open", actor=head)
        refused("137", "unknown", actor=head)
        refused(closed.case.code, "unknown", actor=head, reason="because")
        erasing.ask(closed.case.code, "request", actor=head, at=NOON)
        refused(closed.case.code, "already", actor=mayor)
        erasing.confirm(closed.case.code, actor=mayor, at=NOON)
        refused(closed.case.code, "erased", actor=head)

    def test_somebody_who_may_not(self, closed: Story, qom: CityPolicy, head: Actor) -> None:
        refused(closed.case.code, "not_allowed", actor=person(qom, "reception-1", 13))
        erasing.ask(closed.case.code, "request", actor=head, at=NOON)
        for decide in (erasing.confirm, erasing.withdraw):
            with pytest.raises(CannotErase, match="not_allowed"):
                decide(closed.case.code, actor=person(qom, "feedback-1", 13), at=NOON)

    def test_whoever_keeps_the_system_is_shown_only_what_is_not_sealed(
        self, closed: Story, qom: CityPolicy, head: Actor
    ) -> None:
        admin = person(qom, "ict-expert", 14)
        erasing.ask(closed.case.code, "request", actor=head, at=NOON)
        assert [case.pk for _, case in erasing.wishes(admin)] == [closed.case.id]
        erasing.withdraw(closed.case.code, actor=head, at=NOON)
        assert [case.pk for _, case in erasing.done(admin, 5)] == [closed.case.id]
        Case.objects.filter(pk=closed.case.id).update(sealed=True)
        assert erasing.done(admin, 5) == []

    @pytest.mark.requirement("T7")
    def test_a_complaint_by_whom_it_is_about_or_who_may_not_see_it(
        self, closed: Story, qom: CityPolicy, head: Actor, mayor: Actor
    ) -> None:
        Case.objects.filter(pk=closed.case.id).update(sealed=True, about_post="centre-head")
        admin = person(qom, "ict-expert", 14)
        for actor in (head, admin):
            refused(closed.case.code, "unknown", actor=actor)
        Erasure.objects.create(
            case_id=closed.case.id, reason="order", asked_post="x", asked_by=1, asked_at=NOON
        )
        assert erasing.wishes(head) == []
        with pytest.raises(CannotErase, match="unknown"):
            erasing.confirm(closed.case.code, actor=head, at=NOON)

    def test_whoever_keeps_the_system_sees_no_case_and_may_erase_one(
        self, closed: Story, qom: CityPolicy, head: Actor
    ) -> None:
        admin = person(qom, "ict-expert", 14)
        assert not Case.objects.visible_to(replace(admin, sees=frozenset())).exists()
        erasing.ask(closed.case.code, "order", actor=head, at=NOON)
        erasing.confirm(closed.case.code, actor=replace(admin, sees=frozenset()), at=NOON)
        assert texts(closed) == {""}


class TestAFurtherReport:
    """Of what was erased is a case of its own; a second key would make openings say "changed"."""

    def test_is_refused_by_an_erased_case_that_is_open(self, qom: CityPolicy) -> None:
        """As one that was opened again after it was erased."""
        case = reported(qom).case
        people_erasing.erase(case.id, at=NOON)
        caller = contacts.Caller(phone="+989121112233")
        given: dict[str, Any] = {"channel": "web", "actor": CITIZEN, "at": NOON}
        contacts.meet(case.id, caller, {}, language="fa", first=False, **given)
        assert not CaseKey.objects.filter(case_id=case.id).exists()
        with pytest.raises(WrongStage):
            acts.join(policy=qom, case_id=case.id, **given)

    def test_is_taken_by_a_case_that_was_not(self, qom: CityPolicy) -> None:
        case = reported(qom).case
        key = bytes(CaseKey.objects.get(case_id=case.id).key)
        given: dict[str, Any] = {"channel": "web", "actor": CITIZEN, "at": NOON}
        contacts.meet(case.id, None, {}, language="fa", first=False, **given)
        acts.join(policy=qom, case_id=case.id, **given)
        assert bytes(CaseKey.objects.get(case_id=case.id).key) == key


class TestByAge:
    def test_a_closed_case_loses_its_words_when_the_citys_time_is_over(
        self, closed: Story, qom: CityPolicy, head: Actor
    ) -> None:
        is_open = reported(qom).case
        assert erasing.kept_months() == 60
        five_years = closed.at.replace(year=closed.at.year + 5)
        assert erasing.by_age(at=five_years - timedelta(minutes=1)) == 0
        erasing.ask(closed.case.code, "request", actor=head, at=five_years)
        assert erasing.by_age(at=five_years + timedelta(minutes=1)) == 1
        assert erasing.by_age(at=five_years + timedelta(minutes=1)) == 0
        assert texts(closed) == {""}
        assert CaseKey.objects.filter(case_id=is_open.id).exists(), "it is open"
        assert [(e.reason, e.state, e.asked_by) for e in Erasure.objects.all()] == [
            ("age", DONE, None)
        ]
        event = Event.objects.get(kind="papers.erased")
        assert (event.actor_kind, event.facts) == ("system", {"reason": "age"})

    def test_only_what_is_due_and_not_erased_is_read(self, story: Make) -> None:
        """However many cases lost their words before, and however many are not old yet."""
        made = []
        for days in range(6):
            it = story(at=NOON + timedelta(days=days))
            it.after(hours=1).report()
            it.after(hours=1).satisfied()
            made.append(it)
        late = made[3].at.replace(year=made[3].at.year + 5) + timedelta(minutes=1)
        assert erasing.by_age(at=late) == 4
        given = [made[4].at + timedelta(minutes=1), erasing.BATCH]
        for other in ("seqscan", "bitmapscan", "sort"):  # of six rows no index is worth it
            run(f"set local enable_{other} = off", [])
        [(explained,)] = run(f"explain (analyze, format json) {erasing.OLD}", given)
        found = orjson.loads(explained) if isinstance(explained, str) else explained
        scan = found[0]["Plan"]["Plans"][0]
        assert scan["Index Name"] == "case_kept"
        assert scan["Actual Rows"] == 1
        assert "Rows Removed by Filter" not in scan

    def test_what_is_said_after_an_erased_case_was_opened_again_is_erased_in_its_time(
        self, closed: Story
    ) -> None:
        late = closed.at.replace(year=closed.at.year + 6)
        assert erasing.by_age(at=late) == 1
        papers.write(closed.case.id, {"note": "دوباره"}, actor=SYSTEM, at=late)
        assert erasing.by_age(at=late) == 0
        earlier = closed.at - timedelta(days=1)  # than it was closed again
        Case.objects.filter(pk=closed.case.id).update(erased_at=earlier)
        assert erasing.by_age(at=late) == 1
        assert texts(closed) == {""}
        assert Event.objects.filter(kind="papers.erased").count() == 1

    def test_a_case_that_another_worker_erased_or_that_was_opened_again_is_left(
        self, closed: Story, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Between the list of what is old and the lock on each of it."""
        again = reported(qom)
        late = closed.at.replace(year=closed.at.year + 6)
        assert erasing.by_age(at=late) == 1
        monkeypatch.setattr(erasing, "run", lambda *_: [(closed.case.id,), (again.case.id,)])
        erasing.by_age(at=late)
        assert Erasure.objects.get().case_id == closed.case.id, "each once"
        assert CaseKey.objects.filter(case_id=again.case.id).exists()

    def test_who_only_called_is_forgotten_as_well(self, qom: CityPolicy) -> None:
        now = NOON.replace(year=NOON.year + 6)
        given = {"first_seen_at": NOON, "name": "مینا"}
        people = [Citizen.objects.create(phone=f"+98912000000{n}", **given) for n in range(4)]
        stranger, caller, asked, reporter = people
        Call.objects.create(id=1, direction="in", phone="+989120000000", rang_at=NOON)
        Call.objects.create(id=2, direction="in", citizen=caller, phone="+98912", rang_at=now)
        Call.objects.create(id=3, direction="in", phone="+98913", case_id=7, rang_at=NOON)
        OneTimeCode.objects.create(
            purpose="phone", citizen=asked, digest=b"", made_at=now, expires_at=now
        )
        Reporter.objects.create(case_id=7, citizen=reporter, channel="web", at=NOON)
        assert erasing.by_age(at=now) == 0
        known = Citizen.objects.exclude(phone=None).values_list("pk", flat=True)
        assert set(known) == {caller.pk, asked.pk, reporter.pk}
        stranger.refresh_from_db()
        assert (stranger.phone, stranger.name) == (None, "")
        phones = Call.objects.order_by("id").values_list("phone", flat=True)
        assert list(phones) == ["", "+98912", "+98913"]

    def test_months_end_where_a_month_has_no_such_day(self) -> None:
        at = datetime(2026, 5, 31, 12, tzinfo=UTC)
        assert erasing.months_before(at, 3) == at.replace(month=2, day=28)
        assert erasing.months_before(at, 5) == at.replace(year=2025, month=12)
        assert erasing.months_before(at, 24) == at.replace(year=2024)

    def test_a_city_that_says_nothing_keeps_words(
        self, closed: Story, qom: CityPolicy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        limits = {k: v for k, v in dict(qom.city["limits"]).items() if k != "keep_months"}  # type: ignore[call-overload]  # read from a file
        plain = replace(qom, city=dict(qom.city) | {"limits": limits})
        monkeypatch.setattr(policies, "current", lambda: plain)
        assert erasing.by_age(at=closed.at.replace(year=2100)) == 0
        with pytest.raises(CommandError, match=r"no limits\.keep_months"):
            call_command("erase")

    def test_the_worker_does_it(self, closed: Story, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(turns, "now", lambda: closed.at.replace(year=closed.at.year + 6))
        monkeypatch.setattr(erasing, "BATCH", 1)
        assert turns.cleaning() is True, "there may be more"
        assert texts(closed) == {""}
        assert turns.cleaning() is False


@pytest.mark.django_db(transaction=True)
def test_who_reports_at_this_moment_is_not_forgotten(closed: Story) -> None:
    citizen = Reporter.objects.get(case_id=closed.case.id).citizen
    assert citizen is not None
    assert citizen.phone

    def erase() -> None:
        try:
            people_erasing.erase(closed.case.id, at=NOON)
        finally:
            connection.close()

    thread = threading.Thread(target=erase)
    with transaction.atomic():
        caller = contacts.Caller(phone=citizen.phone)
        contacts.meet(7, caller, {}, channel="web", language="fa", actor=SYSTEM, at=NOON)
        thread.start()
        while not run("select pid from pg_locks where not granted", []) and thread.is_alive():
            time.sleep(0.01)
    thread.join()
    assert Citizen.objects.get(pk=citizen.pk).phone == citizen.phone
    assert not Reporter.objects.filter(case_id=closed.case.id).exclude(citizen=None).exists()


class TestAtTheServer:
    def erase(self, *words: str) -> str:
        said = io.StringIO()
        call_command("erase", *words, stdout=said)
        return said.getvalue()

    def test_two_people_are_named(self, closed: Story) -> None:
        head, mayor = hire("head", "centre-head"), hire("mayor", "mayor")
        code = closed.case.code
        same = ("--asked-by", "head", "--confirmed-by", "head")
        with pytest.raises(CommandError, match="two different people"):
            self.erase(code, *same)
        assert not Erasure.objects.filter(state=ASKED).exists(), "nothing is left half done"
        with pytest.raises(CommandError, match="name two people"):
            self.erase(code, "--asked-by", "head")
        hire("clerk", "reception-1")
        with pytest.raises(CommandError, match="may not erase"):
            self.erase(code, "--asked-by", "clerk", "--confirmed-by", "mayor")
        assert (
            self.erase(code, "--reason", "order", "--asked-by", "head", "--confirmed-by", "mayor")
            == "1 case erased.\n"
        )
        assert texts(closed) == {""}
        wish = Erasure.objects.get()
        assert (wish.reason, wish.asked_by, wish.ended_by) == ("order", head.pk, mayor.pk)

    def test_without_a_case_it_is_by_age(
        self, closed: Story, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.erase() == "0 cases erased.\n"
        monkeypatch.setattr(erasing, "months_before", lambda at, months: at)
        assert self.erase() == "1 cases erased.\n"
        assert texts(closed) == {""}
