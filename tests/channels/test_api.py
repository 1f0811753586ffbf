"""Another system of the city hands reports over: once each, checked, and by key only."""

from typing import Any

import orjson
import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from peygir.calendars import codes
from peygir.cases.models import Case
from peygir.notices.models import Notice
from peygir.people.contacts import reporters
from peygir.policy.model import CityPolicy

pytestmark = pytest.mark.django_db
PATH = "/channels/api/cases"
GOOD = {
    "words": "چالهٔ عمیق روبه‌روی مدرسه",
    "category": "C01",
    "district": 3,
    "phone": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
    "name": "مریم",
    "lat": 34.64,
    "lon": 50.88,
    "reference": "app-1",
}


@pytest.fixture(autouse=True)
def _key(settings: Any, qom: CityPolicy) -> None:
    settings.PEYGIR_API_KEYS = "app:long-key bot:other-key"


def post(body: Any, key: str = "long-key") -> Any:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    client = Client(raise_request_exception=False)
    headers = {"Authorization": f"Bearer {key}"}
    return client.post(PATH, content, content_type="application/json", headers=headers)


@pytest.mark.requirement("Q3")
def test_a_report_becomes_a_case_that_its_reporter_hears_of() -> None:
    answer = post(GOOD)
    assert answer.status_code == 201
    case = Case.objects.get(code=answer.json()["code"])
    assert codes.check(case.code) == case.code
    assert (case.channel, case.unit, case.lat_e6) == ("app", "d3-civil", 34_640_000)
    assert answer.json()["due"] == case.clocks.get(number=1).due_at.isoformat()
    assert [r.citizen.phone for r in reporters(case.pk) if r.citizen] == ["+989123456789"]
    assert Notice.objects.get().template == "sms.registered"


def test_a_repeated_reference_is_the_same_case_and_another_clients_is_not() -> None:
    first, second = post(GOOD), post(GOOD)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["code"] == second.json()["code"]
    assert post(GOOD, key="other-key").status_code == 201
    assert Case.objects.count() == 2


def test_without_a_reference_each_request_is_a_report() -> None:
    plain = {"words": "زباله مانده است"}
    assert [post(plain).status_code for _ in range(2)] == [201, 201]
    assert set(Case.objects.values_list("stage", flat=True)) == {"reception"}


@pytest.mark.parametrize("key", ["", "wrong", "app", "app:long-key"])
def test_a_stranger_is_refused(key: str) -> None:
    assert post(GOOD, key=key).status_code == 401
    assert not Case.objects.exists()


def test_without_keys_everybody_is_refused(settings: Any) -> None:
    settings.PEYGIR_API_KEYS = ""
    assert post(GOOD, key="").status_code == 401


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"words": " "}, {"words": "missing"}),
        ({"words": 7}, {"words": "text"}),
        ({"words": "x\x00y"}, {"words": "text"}),
        ({"words": "x" * 2001}, {"words": "too_long"}),
        ({"category": "Z99"}, {"category": "unknown"}),
        ({"district": 99}, {"district": "unknown"}),
        ({"district": True}, {"district": "number"}),
        ({"lat": "34"}, {"lat": "number"}),
        ({"lon": 181}, {"lon": "number"}),
        ({"phone": "12"}, {"phone": "phone"}),
        ({"colour": "red"}, {"colour": "unknown"}),
    ],
)
def test_what_cannot_be_right_is_named_and_nothing_is_kept(change: Any, fault: Any) -> None:
    answer = post(GOOD | change)
    assert answer.status_code == 422
    assert answer.json()["errors"] == fault
    assert not Case.objects.exists()
    assert post(GOOD).status_code == 201  # the reference is still free


@pytest.mark.parametrize(
    ("body", "status"), [(b"{", 400), (b"[]", 400), (b"\xff", 400), (b" " * 70_000, 413)]
)
def test_what_is_no_object_is_refused(body: bytes, status: int) -> None:
    assert post(body).status_code == status
    assert Client().get(PATH).status_code == 405


json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.floats(allow_nan=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
quiet = [HealthCheck.function_scoped_fixture]


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=quiet)
@given(body=st.dictionaries(st.sampled_from(sorted(GOOD)) | st.text(), json, max_size=6))
def test_no_json_makes_it_fail(body: dict[str, Any]) -> None:
    content = orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)
    assert post(content).status_code in (200, 201, 422)
