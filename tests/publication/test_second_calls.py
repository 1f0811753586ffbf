"""The worker draws second calls from a root that is signed after the day."""

import hashlib
from datetime import datetime, timedelta

import pytest

from peygir.boards import second
from peygir.boards.models import SecondCall, SecondDraw
from peygir.ledger.log import files
from peygir.ledger.models import Chain
from peygir.policy.model import CityPolicy
from peygir.publication import audits
from peygir.verify import errors
from peygir.verify.cli import main
from peygir.worker import second_calls
from tests.city import NOON, Story, reported
from tests.publication.conftest import Seal

pytestmark = pytest.mark.django_db

MIDNIGHT = NOON.replace(hour=20, minute=30)  # of Tehran


def closed(policy: CityPolicy, at: datetime = NOON) -> Story:
    it = Story(policy, at=at - timedelta(hours=5))
    it.after(hours=2).report()
    it.after(hours=1).satisfied()
    return it


def drawn(day: datetime) -> SecondDraw | None:
    return SecondDraw.objects.filter(day=day.date()).first()


def test_whoever_has_the_log_repeats_the_lot(
    qom: CityPolicy, sealed: Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [closed(qom).case.id for _one in range(8)]
    sealed(MIDNIGHT)
    reported(qom, at=MIDNIGHT + timedelta(seconds=30))
    sealed(MIDNIGHT + timedelta(minutes=1))
    monkeypatch.setattr(second, "PER_10_000", 5_000)
    assert second_calls.draw_at(MIDNIGHT + timedelta(minutes=70))
    made = SecondDraw.objects.get(day=NOON.date())
    root = audits.basis().point.root  # the report after midnight is its last leaf
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
    assert SecondDraw.objects.latest("day").day == (NOON - timedelta(days=1)).date()


def test_the_moment_of_drawing_chooses_nothing(
    qom: CityPolicy, sealed: Seal, capsys: pytest.CaptureFixture[str]
) -> None:
    """The seed is that of the first leaf after midnight, however far the log has gone since, and
    the verifier says which."""
    closed(qom)
    sealed(MIDNIGHT)
    second_calls.draw_at(MIDNIGHT + timedelta(hours=2))
    assert drawn(NOON) is None, "it waits for a leaf of the new day"
    for minutes in (3, 90, 200):
        reported(qom, at=MIDNIGHT + timedelta(minutes=minutes))
        sealed(MIDNIGHT + timedelta(minutes=minutes + 1))
        if minutes == 3:
            first = audits.basis().point
    assert second_calls.draw_at(MIDNIGHT + timedelta(hours=8))
    made = drawn(NOON)
    assert made is not None
    assert audits.basis().point.size > first.size
    assert made.seed == second.seed_of(first.root, made.day)
    given = ["--vkey", str(files.root() / "vkeys.txt"), "--jobs", "1"]
    asked = ["--at", MIDNIGHT.isoformat(), "--of", made.day.isoformat()]
    assert main(["sample", str(files.year_folder(1405)), *given, *asked]) == errors.OK
    told = capsys.readouterr().out
    assert f"Seed of {made.day}: {made.seed}" in told
    assert first.root.hex() in told


def test_days_without_a_worker_are_drawn_when_it_is_back(qom: CityPolicy, sealed: Seal) -> None:
    back, midnight = NOON - timedelta(days=20), MIDNIGHT - timedelta(days=20)
    closed(qom, at=back)
    for days in range(20):
        reported(qom, at=midnight + timedelta(days=days, minutes=5))
    sealed(midnight + timedelta(days=19, hours=1))
    assert second_calls.draw_at(midnight + timedelta(days=3, hours=2))
    made = drawn(back)
    assert made is not None
    assert made.closings == 1
    assert {one.day for one in SecondDraw.objects.all()} >= {
        (back + timedelta(days=days)).date() for days in range(4)
    }
    assert not second_calls.draw_at(midnight + timedelta(days=3, hours=3)), "each once"
    SecondCall.objects.all().delete()
    SecondDraw.objects.all().delete()
    assert second_calls.draw_at(midnight + timedelta(days=15, hours=2))
    assert drawn(back) is None, "nobody is called about so old a closing"
    assert SecondDraw.objects.count() == 14


def test_without_a_log_there_is_a_lot_all_the_same(qom: CityPolicy, folders: object) -> None:
    closed(qom)
    assert second_calls.draw_at(MIDNIGHT + timedelta(minutes=70))
    made = SecondDraw.objects.get(day=NOON.date())
    assert (made.closings, len(made.seed)) == (1, 64)


def test_where_nobody_is_called_nobody_is_called_again(mashhad: CityPolicy) -> None:
    assert not second_calls.draw_at(MIDNIGHT + timedelta(minutes=70))
    assert SecondDraw.objects.count() == 0
