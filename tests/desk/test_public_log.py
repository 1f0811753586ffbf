"""The page that tells how the public log stands, and the health of the web server."""

import pytest
from django.test import Client

from peygir.desk.public_log import ANSWERS, WHY
from peygir.ledger.log import seal, stops, witnesses
from peygir.ledger.models import Asked, Checkpoint, Head, Unsealed
from peygir.policy.model import CityPolicy
from peygir.verify.merkle import Frontier
from tests.city import NOON, Story
from tests.desk.people import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/en/desk/log/"


@pytest.fixture
def client(qom: CityPolicy) -> Client:
    Unsealed.objects.all().delete()  # the city may have been adopted hours ago, by the first test
    return signed_in("centre-head")


def shown(client: Client) -> str:
    return client.get(PAGE).content.decode()


def test_before_it_begins_nothing_is_alarming(client: Client) -> None:
    assert "never" in shown(client)
    assert "banner" not in shown(client).split("<h1>")[1].split("tiles")[0]


def test_where_nobody_was_asked_to_witness_it_nobody_is_late(client: Client) -> None:
    Checkpoint.objects.create(origin="a/1405", size=7, note="", signed_at=NOON)
    Head.objects.create(origin="a/1405", year=1405, size=7, frontier=Frontier().dump())
    page = shown(client)
    assert "No outside witness is named yet." in page
    assert "Too few outside" not in page


def test_it_tells_who_cosigned_and_who_did_not(client: Client) -> None:
    Head.objects.create(origin="a/1405", year=1405, size=7, frontier=Frontier().dump())
    Checkpoint.objects.create(origin="a/1405", size=7, note="", signed_at=NOON)
    for name, failure in (("council", ""), ("newspaper", "down"), ("university", "fork")):
        Asked.objects.create(origin="a/1405", name=name, failure=failure, size=7)
    page = shown(client)
    for words in ("cosigned", "did not answer", "has seen another log", "Too few outside"):
        assert words in page


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (stops.DISK, "It is tried again every second."),
        (stops.GUARD, "Whoever runs the server has to look first"),
    ],
)
def test_it_says_why_sealing_stands_still(client: Client, reason: str, words: str) -> None:
    stops.stop(reason, at=NOON)
    page = shown(client)
    assert WHY[reason] in page
    assert words in page
    assert client.get("/healthz").json() == {"database": "up", "log": "stopped"}


def test_every_reason_and_every_answer_has_words() -> None:
    assert set(WHY) == {reason for _, reason in seal.REASONS}
    told = {witnesses.DOWN, witnesses.REFUSED, witnesses.WRONG, witnesses.FORK}
    assert set(ANSWERS) == told | {""}


@pytest.mark.requirement("T7")
def test_it_never_tells_how_many_events_wait(client: Client, qom: CityPolicy) -> None:
    Story(qom)
    before = shown(client).split("<h1>")[1]
    Story(qom).report()
    assert Unsealed.objects.count() > 1
    assert shown(client).split("<h1>")[1] == before
    assert "nothing older than a quarter of an hour" in before
