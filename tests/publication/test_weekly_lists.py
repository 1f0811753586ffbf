"""The lists of claims to inspect are drawn from the trees of instants that nobody chose."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from peygir.analysis import draws
from peygir.analysis.checks import Check, Draw
from peygir.cases.policies import current
from peygir.ledger.entry import SYSTEM
from peygir.policy.model import CityPolicy
from peygir.publication import audits
from peygir.worker import inspections
from tests.city import NOON, Make, Story, reported
from tests.desk.people import signed_in, soup
from tests.publication.conftest import Seal

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("S26")]


PAGE = "/desk/analysis/inspections/"


@pytest.fixture
def story(qom: CityPolicy) -> Make:
    return lambda **fields: Story(qom, **fields)


@pytest.fixture
def opens(qom: CityPolicy) -> datetime:
    """When the week's first working hour begins."""
    found = draws.opening(qom, draws.week_of(qom, NOON))
    assert found is not None
    return found


def claim(story: Make, at: datetime) -> None:
    it = story(at=at - timedelta(days=2)).after(hours=9)
    it.report()


def test_the_moment_of_drawing_chooses_neither_seed_nor_claims(
    story: Make, qom: CityPolicy, opens: datetime, sealed: Seal
) -> None:
    claim(story, opens)
    sealed(opens - timedelta(hours=1))
    assert not inspections.draw_at(opens + timedelta(minutes=1)), "the log has not gone on"
    reported(qom, at=opens + timedelta(minutes=2))
    sealed(opens + timedelta(minutes=3))
    first = audits.basis().point
    claim(story, opens + timedelta(days=2))  # after the opening: of the next list
    sealed(opens + timedelta(days=2))
    assert inspections.draw_at(opens + timedelta(days=2))
    made = Draw.objects.get()
    assert (made.seed, made.size) == (draws.seed_of(first.root, made.week, 1), first.size)
    assert len(made.pool) == 1


def test_a_further_list_is_drawn_from_a_leaf_later_than_its_asking(
    story: Make, qom: CityPolicy, opens: datetime, sealed: Seal
) -> None:
    claim(story, opens)
    sealed(opens)
    asked = draws.ask(qom, wanted=5, actor=SYSTEM, at=opens + timedelta(minutes=1))
    assert inspections.settle_at(opens + timedelta(minutes=5)) == 0
    reported(qom, at=opens + timedelta(minutes=6))
    sealed(opens + timedelta(minutes=7))
    root = audits.basis().point.root
    reported(qom, at=opens + timedelta(minutes=8))
    sealed(opens + timedelta(minutes=9))
    assert inspections.settle_at(opens + timedelta(hours=5)) == 1
    asked.refresh_from_db()
    assert asked.seed == draws.seed_of(root, asked.week, 1)
    assert inspections.settle_at(opens + timedelta(hours=6)) == 0


def test_without_a_log_a_list_that_was_asked_for_is_drawn_by_chance(
    story: Make, qom: CityPolicy, opens: datetime, folders: object
) -> None:
    claim(story, opens)
    draws.ask(qom, wanted=5, actor=SYSTEM, at=opens)
    assert inspections.settle_at(opens) == 1
    assert Check.objects.count() == 1


def test_the_page_says_that_a_list_waits_for_its_seed(
    story: Make, opens: datetime, sealed: Seal
) -> None:
    claim(story, timezone.now() - timedelta(hours=2))
    sealed(timezone.now() - timedelta(minutes=1))
    client = signed_in("special-follow-up-1")
    page = soup(client.post(f"{PAGE}draw/", {"wanted": "5"}, follow=True))
    assert "فهرست درخواست شد" in page
    assert "بذرش را از پیش نداند" in page
    assert not Check.objects.exists()
    reported(current(), at=timezone.now() + timedelta(seconds=2))
    sealed(timezone.now() + timedelta(seconds=5))
    assert inspections.settle_at(timezone.now()) == 1
    assert Draw.objects.get().seed in soup(client.get(PAGE))
    assert Check.objects.count() == 1
