"""The worker draws second calls from a root that is signed after the day."""

import hashlib
from datetime import timedelta

import pytest

from peygir.boards import second
from peygir.boards.models import SecondCall, SecondDraw
from peygir.ledger.models import Chain
from peygir.policy.model import CityPolicy
from peygir.publication import audits
from peygir.worker import second_calls
from tests.city import NOON, Story
from tests.publication.conftest import Seal

pytestmark = pytest.mark.django_db

MIDNIGHT = NOON.replace(hour=20, minute=30)  # of Tehran


def closed(policy: CityPolicy) -> Story:
    it = Story(policy, at=NOON - timedelta(hours=5))
    it.after(hours=2).report()
    it.after(hours=1).satisfied()
    return it


def test_whoever_has_the_log_repeats_the_lot(
    qom: CityPolicy, sealed: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [closed(qom).case.id for _one in range(8)]
    sealed(MIDNIGHT)
    monkeypatch.setattr(second, "PER_10_000", 5_000)
    assert second_calls.draw_at(MIDNIGHT + timedelta(minutes=70))
    made = SecondDraw.objects.get()
    root = audits.basis().point.root
    assert made.seed == hashlib.sha256(root + made.day.isoformat().encode()).hexdigest()
    names = {row.subject_id: bytes(row.public) for row in Chain.objects.filter(pk__in=cases)}
    assert len(names) == 8
    wanted = {
        case_id
        for case_id, name in names.items()
        if int.from_bytes(hashlib.sha256(bytes.fromhex(made.seed) + name).digest(), "big") % 10_000
        < 5_000
    }
    assert set(SecondCall.objects.values_list("case_id", flat=True)) == wanted
    assert not second_calls.draw_at(MIDNIGHT + timedelta(hours=5)), "once a day"


def test_a_day_that_has_not_settled_is_not_drawn_yet(qom: CityPolicy, sealed: Seal) -> None:
    closed(qom)
    sealed(MIDNIGHT)
    second_calls.draw_at(MIDNIGHT + timedelta(minutes=50))
    assert SecondDraw.objects.get().day == (NOON - timedelta(days=1)).date()


def test_without_a_log_there_is_a_lot_all_the_same(qom: CityPolicy, folders: object) -> None:
    closed(qom)
    assert second_calls.draw_at(MIDNIGHT + timedelta(minutes=70))
    made = SecondDraw.objects.get()
    assert (made.closings, len(made.seed)) == (1, 64)


def test_where_nobody_is_called_nobody_is_called_again(mashhad: CityPolicy) -> None:
    assert not second_calls.draw_at(MIDNIGHT + timedelta(minutes=70))
    assert SecondDraw.objects.count() == 0
