"""Whatever is sent, the answer is a page that says what to do: never an error of the server."""

import re
from itertools import count
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peygir.people.models import Reporter
from peygir.policy.model import CityPolicy
from peygir.portal import report_form
from tests.city import Story
from tests.portal.citizens import once, photo

pytestmark = pytest.mark.usefixtures("city")
ANY = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
addresses = count()
NASTY = st.sampled_from(
    [
        "", "\x00", "\u202e\u2066", "'; drop table people_citizen; --", "<script>alert(1)</script>",
        "{{ 7*7 }}", "%(n)s %s {}", "۱۲۳", "-0", "1e309", "nan", "٣٤٫٦", "🚧" * 50, "ا" * 5000,
        "../../etc/passwd", "9" * 400, "34.64", "50.88", "09123456789", "C01", "request", "3", "-",
    ]
)  # fmt: skip
WORDS = st.one_of(NASTY, st.text(max_size=60))
FIELDS = st.fixed_dictionaries(
    {},
    optional=dict.fromkeys(
        [*report_form.FIELDS, "drop_photos"],
        WORDS,
    ),
)
FILE = st.one_of(st.none(), st.binary(max_size=200), st.just(photo().read()))


def client() -> Client:
    """Somebody else's computer, so that limits do not hide what is behind them."""
    number = next(addresses)
    return Client(REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}")


@ANY
@given(fields=FIELDS, file=FILE, name=st.text(max_size=30))
def test_no_report_makes_the_server_fail(
    fields: dict[str, str], file: bytes | None, name: str
) -> None:
    sent: dict[str, Any] = dict(fields)
    if file is not None:
        is_name = name.rpartition("/")[2] not in ("", ".", "..")  # else it cannot even be made
        sent["photo"] = SimpleUploadedFile(name if is_name else "x", file)
    answer = client().post("/report/", sent)
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        page = answer.content.decode()
        assert 'role="alert"' in page
        assert "<script>alert" not in page


@ANY
@given(fields=FIELDS)
def test_no_typing_makes_the_hints_fail(fields: dict[str, str]) -> None:
    assert client().post("/report/hints/", fields).status_code == 200


@ANY
@given(typed=WORDS)
def test_no_code_makes_tracking_fail(typed: str) -> None:
    assert client().get("/track/", {"code": typed}).status_code in (302, 422)


@ANY
@given(typed=WORDS)
def test_no_address_makes_tracking_fail(typed: str) -> None:
    from urllib.parse import quote

    here = client()
    for path in (f"/t/{quote(typed, safe='')}", f"/a/{quote(typed, safe='')}"):
        assert here.get(path).status_code in (200, 301, 302, 404)
    assert here.post(f"/t/{quote(typed, safe='')}/open/", {"last4": typed}).status_code in (
        302,
        404,
    )


@pytest.mark.slow
@ANY
@given(answer=WORDS, reason=WORDS, text=WORDS, file=FILE)
def test_no_answer_makes_the_page_fail(
    city: CityPolicy, answer: str, reason: str, text: str, file: bytes | None
) -> None:
    story, here = Story(city), client()
    story.report()
    here.post(f"/t/{story.case.code}/open/", {"last4": "6789"})
    assert Reporter.objects.filter(case_id=story.case.id).exists()
    sent: dict[str, Any] = {"answer": answer, "reason": reason, "text": text}
    if file is not None:
        sent["photo"] = SimpleUploadedFile("x", file)
    assert here.post(f"/t/{story.case.code}/answer/", sent).status_code in (302, 422)
    objected = here.post(f"/t/{story.case.code}/object/", {"text": text})
    assert objected.status_code in (302, 422)


@pytest.mark.slow
@ANY
@given(phone=WORDS, otp=WORDS, name=WORDS)
def test_no_sign_in_makes_the_page_fail(phone: str, otp: str, name: str) -> None:
    here = client()
    assert here.post("/mine/", {"phone": phone}).status_code in (302, 422)
    assert here.post("/confirm/", {"otp": otp}).status_code in (302, 422)
    assert here.post("/mine/settings/", {"name": name}).status_code == 302
    assert here.get("/mine/", {"before": name}).status_code == 200


def test_a_flood_of_fields_files_or_letters_is_a_client_error() -> None:
    here = client()
    assert here.post("/report/", {f"f{n}": "x" for n in range(400)}).status_code == 400
    many = [photo(f"{n}.jpg") for n in range(11)]
    assert here.post("/report/", {"photo": many, "once": once(here)}).status_code == 400
    assert here.post("/report/", {"words": "x" * 3_000_000}).status_code == 400


def test_a_body_that_is_no_form_is_a_client_error() -> None:
    here = client()
    for kind in ("multipart/form-data; boundary=", "multipart/form-data; boundary=x", "text/xml"):
        answer = here.generic("POST", "/report/", b"\xff\xfe--x\r\n", content_type=kind)
        assert answer.status_code in (400, 422)
    assert here.delete("/report/").status_code == 405


def test_error_pages_repeat_nothing_that_could_run() -> None:
    page = client().get("/track/", {"code": '"><img src=x onerror=alert(1)>'}).content.decode()
    assert not re.search(r"<img src=x", page)
