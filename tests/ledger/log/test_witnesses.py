"""Outside witnesses: asked over HTTP, believed only as far as they can sign."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from peygir.ledger.log import files, seal, status, stops, witnesses
from peygir.ledger.models import Asked, Checkpoint, Head
from peygir.verify.notes import parse_checkpoint
from peygir.verify.quorum import cosigners, parse_policy
from peygir.verify.tiles import Reader
from peygir.witness.server import Server
from tests.ledger.log.outsiders import liar, witnessed
from tests.ledger.log.play import NOON, STEP, checked, happen, sealed
from tests.witness.grown import AT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty")]

DOWN = "http://127.0.0.1:1"
SEEN_AT = datetime.fromtimestamp(AT, UTC)
Servers = dict[str, Server]


@pytest.fixture
def three(settings: Any, tmp_path: Path) -> Iterator[Servers]:
    with witnessed(settings, tmp_path) as servers:
        yield servers


def who() -> set[str]:
    """Who cosigned the published checkpoint."""
    folder = files.year_folder(Head.objects.get().year)
    asked = witnesses.quorum()
    assert asked is not None
    return set(cosigners(asked.policy, parse_checkpoint(Reader(folder).checkpoint()).note))


def failures() -> dict[str, str]:
    return dict(Asked.objects.values_list("name", "failure"))


def test_all_of_them_cosign_what_grows(three: Servers) -> None:
    at = NOON
    for count in (1, 10, 300):
        happen(*range(count))
        at = sealed(at)
        assert who() == set(three)
    last = Checkpoint.objects.order_by("size").last()
    assert last is not None
    assert last.witnessed_at == SEEN_AT, "by their clocks, not by ours"
    asked = witnesses.quorum()
    assert asked is not None
    assert checked(policy=asked.policy).witnessed_at == AT


def test_what_outsiders_need_is_published_with_it(three: Servers) -> None:
    happen(1)
    sealed()
    vkeys = (files.root() / "vkeys.txt").read_text().split()
    assert vkeys[::2] == ["checkpoint", "receipt"]
    policy = parse_policy((files.root() / "policy.txt").read_bytes())
    assert [str(key) for key in policy.logs] == [vkeys[1]]
    assert set(policy.witnesses) == set(three)
    assert "http" not in (files.root() / "policy.txt").read_text()


def test_without_witnesses_the_policy_says_so() -> None:
    happen(1)
    sealed()
    assert parse_policy((files.root() / "policy.txt").read_bytes()).quorum == "none"
    assert Checkpoint.objects.get().witnessed_at is None


class TestOneThatIsDown:
    def test_two_of_three_are_enough(self, settings: Any, tmp_path: Path) -> None:
        with witnessed(settings, tmp_path, council=DOWN):
            happen(1)
            sealed()
            assert who() == {"newspaper", "university"}
            assert failures()["council"] == witnesses.DOWN
            assert Checkpoint.objects.get().witnessed_at == SEEN_AT

    def test_it_is_left_in_peace_for_a_while(
        self, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = []
        post = witnesses._post
        monkeypatch.setattr(
            witnesses, "_post", lambda url, data: asked.append(url) or post(url, data)
        )
        with witnessed(settings, tmp_path, council=DOWN):
            happen(1)
            seal.seal(at=NOON)
            for seconds, times in ((10, 1), (29, 1), (35, 2)):
                happen(1)
                seal.seal(at=NOON + timedelta(seconds=seconds))
                assert asked.count(DOWN) == times

    def test_one_that_has_no_address_is_not_asked(self, settings: Any, tmp_path: Path) -> None:
        with witnessed(settings, tmp_path, council=" "):
            happen(1)
            sealed()
            assert who() == {"newspaper", "university"}
            assert "council" not in failures()


class TestTwoThatAreDown:
    def test_the_log_goes_on_and_says_that_nobody_saw_it(
        self, settings: Any, tmp_path: Path
    ) -> None:
        with witnessed(settings, tmp_path, council=DOWN, newspaper=DOWN):
            happen(1)
            at = sealed()
            happen(2)
            at = sealed(at)
            assert checked().checkpoint.size == 3
            assert who() == {"university"}
            now = status.status()
            assert (now.stop, now.witnessed_at) == ("", None)
            alarms = {name: found.count() for name, _, found in status.forgotten(at)}
            assert alarms["log_unwitnessed"] == 0
            late = at + status.LATE + STEP
            alarms = {name: found.count() for name, _, found in status.forgotten(late)}
            assert alarms == {"log_stopped": 0, "log_late": 0, "log_unwitnessed": 1}

    def test_new_checkpoints_do_not_hide_how_long_nobody_has_seen_one(
        self, settings: Any, tmp_path: Path
    ) -> None:
        with witnessed(settings, tmp_path):
            happen(1)
            at = sealed()
        seen = Checkpoint.objects.get().size
        with witnessed(settings, tmp_path, council=DOWN, newspaper=DOWN):
            for minute in range(17):
                happen(minute)
                at = sealed(at + timedelta(minutes=1))
                lonely = Checkpoint.objects.filter(size__gt=seen).order_by("size")[0]
                is_late = at - lonely.signed_at > status.LATE
                assert list(status.unwitnessed(at)) == [lonely] * is_late, minute
            assert is_late

    def test_they_are_asked_again_without_anything_new(self, settings: Any, tmp_path: Path) -> None:
        with witnessed(settings, tmp_path, council=DOWN, newspaper=DOWN):
            happen(1)
            at = sealed()
        with witnessed(settings, tmp_path) as servers:
            seal.seal(at=at + timedelta(seconds=15))
            assert who() == {"university"}, "it is too soon"
            seal.seal(at=at + timedelta(seconds=60))
            assert who() == set(servers)
            assert Checkpoint.objects.get().witnessed_at == SEEN_AT
            assert Checkpoint.objects.get().signed_at == at


class TestOneThatLies:
    @pytest.mark.parametrize(
        ("status", "body", "failure"),
        [
            (200, b"", witnesses.WRONG),
            (200, b"\xff\xfe", witnesses.WRONG),
            (200, "— council.test AAAAAAAA\n".encode(), witnesses.WRONG),
            (500, b"oops", witnesses.REFUSED),
            (403, b"", witnesses.REFUSED),
            (204, b"", witnesses.REFUSED),
            (302, b"", witnesses.REFUSED),
            (422, b"", witnesses.FORK),
            (409, b"", witnesses.FORK),
            (409, b"0\n", witnesses.FORK),
            (409, b"999999\n", witnesses.FORK),
            (409, b"1\n", witnesses.FORK),
            (409, b"%d", witnesses.REFUSED),
            (409, b"-5", witnesses.FORK),
        ],
    )
    def test_changes_nothing(
        self, settings: Any, tmp_path: Path, status: int, body: bytes, failure: str
    ) -> None:
        with liar(status, body) as address, witnessed(settings, tmp_path, council=address):
            happen(1, 2)
            sealed()
            assert who() == {"newspaper", "university"}
            assert failures()["council"] == failure
            assert stops.current() is None

    def test_an_answer_without_end_is_none(self, settings: Any, tmp_path: Path) -> None:
        with (
            liar(200, b"x" * 10_000, chunks=100) as address,
            witnessed(settings, tmp_path, council=address),
        ):
            happen(1)
            sealed()
            assert failures()["council"] == witnesses.DOWN

    def test_an_answer_that_drips_is_none(
        self, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(witnesses, "ANSWER_S_MAX", -1)
        with (
            liar(200, b"x") as address,
            witnessed(settings, tmp_path, council=address, newspaper=DOWN, university=DOWN),
        ):
            happen(1)
            sealed()
            assert failures()["council"] == witnesses.DOWN

    def test_headers_that_drip_hold_nothing_up(
        self, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each byte comes in time, all of them never."""
        monkeypatch.setattr(witnesses, "ANSWER_S_MAX", 0.5)
        with (
            liar(200, drips=0.05) as address,
            witnessed(settings, tmp_path, council=address, newspaper=DOWN, university=DOWN),
        ):
            happen(1)
            began = time.monotonic()
            sealed()
            assert time.monotonic() - began < 3
            assert failures()["council"] == witnesses.DOWN

    def test_a_cosignature_of_another_note_is_not_taken(self, three: Servers) -> None:
        happen(1)
        sealed()
        note = Checkpoint.objects.get().note.encode()
        asked = witnesses.quorum()
        assert asked is not None
        line = note.decode().splitlines(keepends=True)[-1].encode()
        answer = witnesses._read(asked.outsiders[0], note, line, 2)
        assert answer.failure == witnesses.WRONG


def test_one_that_remembers_another_size_is_followed(three: Servers) -> None:
    happen(1, 2, 3)
    at = sealed()
    Asked.objects.filter(name="council").update(size=0)
    Asked.objects.filter(name="newspaper").update(size=1)
    happen(4)
    sealed(at)
    assert who() == set(three)
    assert set(Asked.objects.values_list("size", flat=True)) == {5}


def test_when_too_many_saw_another_log_sealing_stops(settings: Any, tmp_path: Path) -> None:
    with liar(422) as one, liar(409) as two, witnessed(settings, tmp_path):
        happen(1)
        at = sealed()
        published = checked().checkpoint
        with witnessed(settings, tmp_path, council=one, newspaper=two):
            happen(2)
            seal.seal(at=at + STEP)
            assert stops.current().reason == stops.FORK
            assert checked().checkpoint == published
            assert not seal.seal(at=at + STEP * 100)
    assert {name for name, _, found in status.forgotten(at) if found} >= {"log_stopped"}


@pytest.mark.parametrize("text", ["quorum civic\n", "nonsense\n", "", "witness a b c d e\n"])
def test_a_policy_that_cannot_be_understood_stops_sealing(
    settings: Any, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "policy.txt"
    path.write_text(text)
    settings.PEYGIR_LOG_POLICY = str(path)
    happen(1)
    seal.seal(at=NOON)
    assert stops.current().reason == stops.POLICY
    settings.PEYGIR_LOG_POLICY = str(tmp_path / "nothing")
    seal.seal(at=NOON + STEP)
    assert stops.current() is not None
    settings.PEYGIR_LOG_POLICY = ""
    sealed()


def test_addresses_need_not_end_in_a_slash_or_may(settings: Any, tmp_path: Path) -> None:
    with witnessed(settings, tmp_path, council="{}/", newspaper="http://[::"):
        happen(1)
        sealed()
        assert who() == {"council", "university"}
        assert failures()["newspaper"] == witnesses.DOWN
    assert httpx.URL(DOWN).port == 1
