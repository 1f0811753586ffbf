"""Whatever anybody sends to any address, the answer is never a 5xx and never half-written."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peygir.cases.models import Case
from peygir.policy.model import CityPolicy
from tests.city import hire, reported

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]

ACCOUNTS = {
    "operator": "reception",
    "executive": "d3-civil",
    "feedback": "feedback",
    "inspector": "special-follow-up",
    "centre": "centre",
    "mayor": "mayor",
    "nobody": "",
}
HOSTILE = (
    "",
    " ",
    "0",
    "-1",
    "9" * 40,
    "1e309",
    "NaN",
    "۱۲۳۴",
    "'; drop table cases_case; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "../../etc/passwd",
    "\x00",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "\u202e\u200f",
    "x" * 20_000,
    "09123456789",
    "1405/13/45",
    "satisfied",
    "report",
    "[]",
    '{"a": 1}',
    "true",
)


def patterns(resolver: Any, before: str = "") -> Iterator[str]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        elif isinstance(each, URLPattern):
            yield "/" + route.lstrip("^").rstrip("$").lstrip("/")


ROUTES = sorted({r for r in patterns(get_resolver()) if "(?P" not in r})
PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
NAMES = sorted(
    {
        name
        for path in (ROOT / "peygir").rglob("*.html")
        for name in re.findall(r'name="([a-z_0-9]+)"', path.read_text(encoding="utf-8"))
    }
    | {"step", "words", "phone", "category", "district", "code", "q", "before", "after", "version"}
)

values = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=30), st.integers().map(str))
files = st.sampled_from(
    [
        None,
        ("x.jpg", b"", "image/jpeg"),
        ("x.jpg", b"\xff\xd8\xff\xe0 not a picture", "image/jpeg"),
        ("x.svg", b"<svg onload=alert(1)>", "image/svg+xml"),
        ("../../x.html", b"<html>", "text/html"),
    ]
)
requests = st.tuples(
    st.sampled_from(ROUTES),
    st.sampled_from(["get", "post"]),
    st.sampled_from(sorted(ACCOUNTS)),
    st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=8),
    values,
    files,
    st.booleans(),
)


@pytest.fixture
def clients(qom: CityPolicy) -> dict[str, Client]:
    made = {}
    for name, unit in ACCOUNTS.items():
        client = Client(raise_request_exception=False)
        if unit:
            posts = [p.code for p in qom.organisation.posts.values() if p.unit == unit]
            client.force_login(hire(f"hostile-{name}", *posts[:2]))
        made[name] = client
    return made


def address(route: str, value: str, case: Case) -> str:
    """`route` with its parameters filled: the real case's code or number where that fits."""

    def fill(found: re.Match[str]) -> str:
        kind, name = found[1] or "str", found[2]
        if name in ("code", "number"):
            return case.code
        if kind == "int":
            return str(case.pk) if value == "" else "7"
        if kind == "uuid":
            return "00000000-0000-0000-0000-000000000000"
        return re.sub(r"[^\w-]", "", value)[:60] or "x"

    return PARAMETER.sub(fill, route)


def send(clients: dict[str, Client], case: Case, request: Any) -> None:
    route, method, account, fields, value, upload, htmx = request
    data: dict[str, Any] = dict(fields)
    if upload and method == "post":
        data |= {"photo": SimpleUploadedFile(*upload), "photo_after": SimpleUploadedFile(*upload)}
    headers = {"HX-Request": "true"} if htmx else {}
    with transaction.atomic():
        answer = getattr(clients[account], method)(
            address(route, value, case), data, headers=headers
        )
        assert answer.status_code < 500, (method, route, account, data, answer.status_code)
        with connection.cursor() as cursor:
            cursor.execute("set constraints all immediate")
        transaction.set_rollback(True)


quiet = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def test_there_are_addresses_to_try() -> None:
    assert len(ROUTES) > 30
    assert "words" in NAMES


@settings(max_examples=60, deadline=None, suppress_health_check=quiet)
@given(request=requests)
def test_hostile_requests(clients: dict[str, Client], qom: CityPolicy, request: Any) -> None:
    send(clients, _case(qom), request)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None, suppress_health_check=quiet)
@given(request=requests)
def test_very_many_hostile_requests(
    clients: dict[str, Client], qom: CityPolicy, request: Any
) -> None:
    send(clients, _case(qom), request)


def _case(policy: CityPolicy) -> Case:
    case = Case.objects.order_by("-pk").first()
    return case or Case.objects.get(pk=reported(policy).case.id)
