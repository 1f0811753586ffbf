"""The address that the office automation calls: believed by signature only, every fault named."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from django.test import Client

from peygir.channels.office import signature
from peygir.channels.office.message import read as read_message
from peygir.channels.office.models import Handed
from peygir.ledger import read
from peygir.policy.model import CityPolicy
from tests.city import reported
from tests.office.driver import SECRET

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("M1")]
SAID = "آسفالت این نقطه امروز ترمیم شد."
OTHER = {"post": "d3-order-head", "personnel_number": "1004"}


GOOD: dict[str, Any] = {
    "id": "m-1",
    "kind": "answer",
    "referral": "11111111-1111-4111-8111-111111111111",
    "post": "d3-civil-head",
    "personnel_number": "1001",
    "at": "2026-11-21T13:00:00+03:30",
    "text": SAID,
}


def steps(handed: Handed) -> list[str]:
    """The steps that were taken on the case, oldest first."""
    return [e.step for e in read.of("case", handed.case_id) if e.kind == "case.stepped"]


def sent(body: Any, *, secret: str = SECRET, at: datetime | None = None) -> Any:
    """A request as the office automation signs it."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    return Client(raise_request_exception=False).post(
        "/channels/office/messages",
        content,
        content_type="application/json",
        headers={
            "X-Office-Timestamp": stamp,
            "X-Office-Signature": signature.sign(secret, stamp, content),
        },
    )


def message(handed: Handed, **fields: Any) -> dict[str, Any]:
    return GOOD | {"referral": str(handed.id)} | fields


@pytest.fixture
def here(city: CityPolicy, managers: Any, settings: Any, at: datetime) -> Handed:
    """A referral that waits, without the office automation running."""
    settings.PEYGIR_OFFICE_SECRETS = SECRET
    return Handed.objects.get(case_id=reported(city, at=at).case.id)


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"id": None}, {"id": "missing"}),
        ({"id": "x y"}, {"id": "format"}),
        ({"kind": "close"}, {"kind": "unknown"}),
        ({"referral": None}, {"referral": "missing"}),
        ({"referral": "1"}, {"referral": "format"}),
        ({"referral": 7}, {"referral": "format"}),
        ({"text": " "}, {"text": "missing"}),
        ({"text": "x" * 8001}, {"text": "too_long"}),
        ({"text": "a\x00b"}, {"text": "text"}),
        ({"at": "2026-11-21"}, {"at": "format"}),
        ({"at": 5}, {"at": "format"}),
        ({"personnel_number": "۱۲"}, {"personnel_number": "format"}),
        ({"kind": "forward"}, {"target_post": "missing"}),
        ({"kind": "delegate", "delegate": []}, {"delegate": "format"}),
        ({"colour": "red"}, {"colour": "unknown"}),
    ],
)
def test_what_cannot_be_right_is_named(change: Any, fields: Any) -> None:
    given = {k: v for k, v in (GOOD | change).items() if v is not None}
    assert read_message(given) == (None, fields)


def test_faults_are_told_by_field_and_in_both_languages(here: Handed) -> None:
    answer = sent(message(here, colour="red", text=""))
    assert answer.status_code == 422
    said = answer.json()["error"]
    assert said["fields"] == {"colour": "unknown", "text": "missing"}
    assert (said["code"], bool(said["fa"]), bool(said["en"])) == ("wrong_message", True, True)


REFUSED = (
    ({"referral": "00000000-0000-4000-8000-000000000000"}, 422, "unknown_referral"),
    ({"post": "mayor"}, 422, "not_their_post"),
    ({"kind": "forward", "target_post": "nobody"}, 422, "wrong_evidence"),
    (OTHER, 409, "not_allowed"),
    ({"kind": "acknowledge"} | OTHER, 409, "not_allowed"),
)


def test_what_may_not_be_is_refused(here: Handed) -> None:
    for change, status, code in REFUSED:
        answer = sent(message(here, **change))
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert steps(here) == []
    assert sent(message(here)).status_code == 200  # the id is still good


def test_what_is_no_message_is_refused(here: Handed) -> None:
    bodies = ((b"{", 400), (b"[]", 400), (b"\xff", 400), (b" " * 140_000, 413))
    for body, status in bodies:
        assert sent(body).status_code == status


def test_while_a_key_is_changed_both_count_and_a_third_does_not(
    here: Handed, settings: Any
) -> None:
    new, third = "a-new-secret-of-both-sides", "a-third-secret-of-both-sides"
    settings.PEYGIR_OFFICE_SECRETS = f"{new} {SECRET} {third}"
    assert sent(message(here), secret=third).status_code == 401
    assert sent(message(here), secret=SECRET).status_code == 200
    assert sent(message(here), secret=new).status_code == 200
    settings.PEYGIR_OFFICE_SECRETS = new
    assert sent(message(here), secret=SECRET).status_code == 401


def test_without_a_key_of_some_length_everything_is_refused(here: Handed, settings: Any) -> None:
    for keys in ("", "short"):
        settings.PEYGIR_OFFICE_SECRETS = keys
        assert sent(message(here), secret=keys).status_code == 401


def test_a_request_that_was_kept_back_is_refused(here: Handed) -> None:
    now = datetime.now(UTC)
    for minutes in (-6, 6):
        assert sent(message(here), at=now + timedelta(minutes=minutes)).status_code == 401
    for minutes in (-4, 4):
        assert sent(message(here), at=now + timedelta(minutes=minutes)).status_code == 200


def test_the_time_cannot_be_changed_without_the_key(here: Handed) -> None:
    content = orjson.dumps(message(here))
    old, now = "1700000000", str(int(datetime.now(UTC).timestamp()))
    headers = {"X-Office-Timestamp": now}
    headers["X-Office-Signature"] = signature.sign(SECRET, old, content)
    answer = Client().post(
        "/channels/office/messages", content, content_type="application/json", headers=headers
    )
    assert answer.status_code == 401


def test_nothing_personal_is_logged(here: Handed, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    sent(message(here, personnel_number="7777"))
    sent(message(here), secret="somebody-elses-secret-key")
    said = "\n".join(r.getMessage() for r in caplog.records if r.name.startswith("peygir"))
    assert "unknown_person" in said
    assert SAID not in said
    assert "7777" not in said
