"""The simulated fortnight: real acts with history, and a second run that adds nothing."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.test import Client
from PIL import Image

from peygir.boards.replay import Scope, differences
from peygir.cases.models import Case, Clock
from peygir.demo import banner, cast, life, texts
from peygir.demo.models import Simulator
from peygir.demo.town import Town
from peygir.ledger.models import Event
from peygir.notices.models import QUEUED, Notice
from peygir.people import organisation
from peygir.people.models import Citizen, Inspection, Photo, Post, Staff, Tenure
from peygir.policy.model import CityPolicy
from peygir.publication import terms
from peygir.publication.models import ToldTerm
from tests.city import NOON, reported

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def demo(*words: str) -> str:
    out = StringIO()
    call_command("demo", *words, stdout=out)
    return out.getvalue()


@pytest.fixture
def photos(tmp_path: Path, settings: Any) -> Path:
    settings.PEYGIR_PHOTO_DIR = tmp_path
    return tmp_path


@pytest.mark.slow
def test_four_days_hold_every_kind_of_story(qom: CityPolicy, photos: Path) -> None:
    said = demo("--days=5", "--per-day=90")
    cases = Case.objects.all()
    assert 300 < cases.count() < 600
    assert not cases.filter(simulated=False).exists()
    steps = set(Event.objects.values_list("step", flat=True))
    assert {"report", "satisfied", "dissatisfied", "unreached", "promise", "refer"} <= steps
    assert {"clock.fired", "case.joined", "case.inspected", "case.proposed"} <= set(
        Event.objects.values_list("kind", flat=True)
    )
    assert Inspection.objects.exists()
    assert cases.filter(cycle__gt=1).exists()
    # Time moved: nothing that was due before the end has been passed over.
    end = Simulator.objects.get().finished_at
    assert end is not None
    assert not Clock.objects.filter(state=1, next_due_at__lte=end - life.SLICE).exists()
    assert not Notice.objects.filter(state=QUEUED, not_before__lte=end).exists()
    assert not Notice.objects.filter(simulated=False).exists()
    assert all(f"    {name} " in said for name in ("operator", "mayor", "admin"))
    assert list(differences(Scope())) == []


@pytest.mark.slow
def test_a_second_run_adds_nothing(qom: CityPolicy, photos: Path) -> None:
    first = demo("--days=1", "--per-day=15")
    before = (Case.objects.count(), Event.objects.count(), Staff.objects.count())
    assert demo("--days=1", "--per-day=15") == first
    assert (Case.objects.count(), Event.objects.count(), Staff.objects.count()) == before


@pytest.mark.slow
def test_a_run_that_was_killed_goes_on_where_it_stopped(qom: CityPolicy, photos: Path) -> None:
    demo("--days=1", "--per-day=10")
    stopped = datetime.now(UTC) - timedelta(hours=6)
    Simulator.objects.update(finished_at=stopped)
    before = list(Case.objects.values_list("id", flat=True))
    demo("--days=1", "--per-day=400")
    added = Case.objects.exclude(pk__in=before)
    assert added.exists()
    assert added.earliest("opened_at").opened_at >= stopped - timedelta(hours=1)


def test_real_cases_and_a_demo_do_not_mix(qom: CityPolicy) -> None:
    reported(qom)
    with pytest.raises(CommandError, match="real cases"):
        demo()


def test_numbers_out_of_range_are_refused(qom: CityPolicy) -> None:
    with pytest.raises(CommandError, match="--days"):
        demo("--days=0")
    with pytest.raises(CommandError, match="--per-day"):
        demo("--per-day=1000000")


class TestThePeople:
    def hire(self, qom: CityPolicy) -> texts.Texts:
        words = texts.load(ROOT / "cities" / qom.name, qom)
        cast.hire(qom, words, at=NOON, rng=Random(1))
        return words

    def test_every_post_is_filled_once(self, qom: CityPolicy) -> None:
        words = self.hire(qom)
        assert Tenure.objects.count() == Post.objects.count()
        assert cast.hire(qom, words, at=NOON, rng=Random(2)) == 0
        assert not Staff.objects.filter(is_demo=False).exists()
        assert not Staff.objects.filter(en="").exists()

    @pytest.mark.requirement("T12", "S13")
    def test_some_offices_change_hands_in_the_past(self, qom: CityPolicy) -> None:
        words, start = self.hire(qom), NOON - timedelta(days=30)
        cast.change_hands(qom, words, start=start, at=NOON, rng=Random(1))
        assert terms.tell(qom, at=start) == len(terms.offices(qom))
        assert terms.tell(qom, at=NOON) == cast.CHANGES
        changed = ToldTerm.objects.filter(number=2)
        assert all(start < each.since < NOON for each in changed)
        assert ToldTerm.objects.filter(number=1).count() == len(terms.offices(qom))
        assert not set(changed.values_list("post", flat=True)) & set(words.accounts.values())
        assert Tenure.objects.filter(until=None).count() == Post.objects.count()

    def test_there_is_one_account_for_each_role(self, qom: CityPolicy) -> None:
        words = self.hire(qom)
        roles: set[str] = set()
        secrets: set[str] = set()
        for username, post in words.accounts.items():
            person = Staff.objects.get(username=username)
            secrets.add(person.password)
            actor = organisation.actor_of(person, at=NOON)
            assert actor.post == post
            roles |= actor.roles
        assert check_password(cast.PASSWORD, secrets.pop())
        assert not secrets, "one password, hashed once"
        assert roles == {r for p in qom.organisation.posts.values() for r in p.roles}
        others = Staff.objects.exclude(username__in=words.accounts)
        assert not any(person.has_usable_password() for person in others)

    def test_an_actor_is_what_the_organisation_says(self, qom: CityPolicy) -> None:
        self.hire(qom)
        made = cast.Cast(qom)
        for unit in ("d3-services", "reception", "mayor"):
            actor = made.head(unit)
            person = Staff.objects.get(pk=actor.staff_id)
            assert organisation.actor_of(person, at=NOON) == actor

    def test_telephones_look_unassigned(self, qom: CityPolicy) -> None:
        words = self.hire(qom)
        town = Town(qom, words, cast.Cast(qom), Random(3))
        for _ in range(20):
            town.arrive(NOON)
        phones = Citizen.objects.values_list("phone", flat=True)
        assert all(str(phone).startswith("+98900000") for phone in phones)


class TestTheTexts:
    def test_a_city_without_them_is_named(self, qom: CityPolicy, tmp_path: Path) -> None:
        with pytest.raises(texts.NoTexts, match=r"demo\.toml is missing"):
            texts.load(tmp_path, qom)

    def test_a_subject_that_the_policy_lacks_is_named(
        self, qom: CityPolicy, tmp_path: Path
    ) -> None:
        good = (ROOT / "cities" / qom.name / "demo.toml").read_text("utf-8")
        (tmp_path / "demo.toml").write_text(good.replace("\nW01 =", "\nZ99 =", 1), "utf-8")
        with pytest.raises(texts.NoTexts, match="messages names unknown Z99"):
            texts.load(tmp_path, qom)

    def test_a_table_that_is_missing_is_named(self, qom: CityPolicy, tmp_path: Path) -> None:
        (tmp_path / "demo.toml").write_text('phones = "1"\n', "utf-8")
        with pytest.raises(texts.NoTexts, match="places"):
            texts.load(tmp_path, qom)

    def test_a_file_that_is_no_toml_is_named(self, qom: CityPolicy, tmp_path: Path) -> None:
        (tmp_path / "demo.toml").write_text("[[[", "utf-8")
        with pytest.raises(texts.NoTexts, match="not TOML"):
            texts.load(tmp_path, qom)


def test_pictures_are_drawn_and_stored(qom: CityPolicy, photos: Path) -> None:
    words = texts.load(ROOT / "cities" / qom.name, qom)
    cast.hire(qom, words, at=NOON, rng=Random(1))
    town = Town(qom, words, cast.Cast(qom), Random(1))
    town.picture(1, "streets", "after", town.cast.head("d1-civil"), NOON)
    photo = Photo.objects.get()
    with Image.open(photos / photo.path) as image:
        assert image.size == (800, 600)
        assert image.getpixel((10, 10)) != image.getpixel((10, 100)), "it carries a label"


class TestTheBanner:
    def test_pages_say_nothing_without_simulated_cases(self, qom: CityPolicy) -> None:
        banner.forget()
        assert banner.exists() is False
        banner.know(False)

    def test_pages_say_so_when_there_are_some(self, qom: CityPolicy, client: Client) -> None:
        Simulator.objects.create(changed_at=NOON)
        banner.forget()
        try:
            page = client.get("/desk/login/").content.decode()
            assert 'class="simulated"' in page
        finally:
            banner.know(False)
