"""Every city in cities/ is played and looked at: each account's pages open, and none is dead."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from peygir.boards.replay import Scope, differences
from peygir.cases import policies
from peygir.cases.models import Case, Referral
from peygir.demo import texts
from peygir.desk import nav
from peygir.desk.nav import SERVES
from peygir.ledger.entry import SYSTEM
from peygir.ledger.models import Event
from peygir.people import organisation
from peygir.people.models import Citizen, Reporter, Staff
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

CITIES = Path(configured.BASE_DIR) / "cities"
NAMES = sorted(path.parent.name for path in CITIES.glob("[a-z]*/demo.toml"))
LINK = re.compile(r'href="(/desk/[^"#]*)"')
NOT_PAGES = re.compile(r"/(photos|export|people|staff|logout)/|\.csv|\.pdf|/case\.|\?")
LINKS_MAX = 5  # of one page that are followed


@pytest.fixture(params=NAMES)
def city(request: pytest.FixtureRequest, db: None, settings: Any, tmp_path: Path) -> CityPolicy:
    """A city in force, with a simulated past of three days."""
    folder = CITIES / request.param
    settings.PEYGIR_CITY, settings.PEYGIR_CITY_DIR = request.param, folder
    settings.PEYGIR_PHOTO_DIR = tmp_path
    policies.adopt(folder, actor=SYSTEM, at=timezone.now())
    if policies.current().name != request.param:  # adopted before this test, by the run itself
        policies._latest.cache_clear()
    policy = policies.current()
    call_command("demo", "--days=4", "--per-day=30", verbosity=0)
    return policy


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Nothing is logged as an error while pages are looked at."""
    caplog.set_level(logging.ERROR)
    yield caplog
    assert not [record.getMessage() for record in caplog.records]


def test_the_city_lives_and_every_page_opens(
    city: CityPolicy, quiet: pytest.LogCaptureFixture
) -> None:
    _lives(city)
    words = texts.load(CITIES / city.name, city)
    posts = city.organisation.posts
    with_account = {role for post in words.accounts.values() for role in posts[post].roles}
    assert with_account == {r for r in ROLES if any(r in p.roles for p in posts.values())}
    for username in words.accounts:
        _looks_around(city, Staff.objects.get(username=username))
    _citizens_look(city)


def _lives(city: CityPolicy) -> None:
    cases = Case.objects.filter(simulated=True)
    assert cases.count() > 60
    assert cases.exclude(closed_at=None).exists()
    assert Event.objects.filter(kind="case.stepped").count() > cases.count() / 2
    stages = set(Referral.objects.values_list("stage", flat=True))
    assert city.start in stages
    if city.urgent is not None:
        assert cases.exclude(urgent="").exists()
    assert list(differences(Scope())) == []


def _looks_around(city: CityPolicy, person: Staff) -> None:
    client = Client(raise_request_exception=True)
    client.force_login(person)
    home = client.get("/desk/", follow=True)
    assert home.status_code == 200, f"{person.username} starts at {home.redirect_chain}"
    actor = organisation.actor_of(person, at=timezone.now())
    entries = [(one["name"], one["path"]) for one in nav.menu(actor, city)]
    assert all(f'href="{path}"' in home.content.decode() for _, path in entries)
    for name, path in entries:
        assert name not in SERVES or city.served_by(SERVES[name]), f"{name} is dead here"
        page = client.get(path, follow=True)
        assert page.status_code == 200, f"{person.username}: {path} gives {page.status_code}"
        assert client.get(f"/en{path}", follow=True).status_code == 200
        links = dict.fromkeys(LINK.findall(page.content.decode()))
        for link in [one for one in links if not NOT_PAGES.search(one)][:LINKS_MAX]:
            answer = client.get(link)
            assert answer.status_code in (200, 302), f"{person.username}: {link} from {path}"


def _citizens_look(city: CityPolicy) -> None:
    visitor = Client()
    for path in ("/", "/report/", "/track/", "/en/"):
        assert visitor.get(path, follow=True).status_code == 200, path
    stages = [*city.stages, "closed"]
    for stage in stages:
        case = Case.objects.filter(stage=stage).first()
        if case is None:
            continue
        assert visitor.get(f"/t/{case.code}", follow=True).status_code == 200
        mine = Reporter.objects.filter(case_id=case.pk, citizen__phone__isnull=False).first()
        if mine is None:
            continue
        assert isinstance(mine.citizen, Citizen)
        digits = {"last4": str(mine.citizen.phone)[-4:]}
        opened = visitor.post(f"/t/{case.code}/open/", digits, follow=True)
        assert opened.status_code == 200, f"{stage}: {opened.redirect_chain}"
