"""Every role against every address of the desk, and cases that are none of somebody's business."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from peygir.cases import may
from peygir.desk import nav
from peygir.desk.urls import urlpatterns
from peygir.people.models import Photo
from peygir.policy.model import CityPolicy
from tests.city import Make, filling, hire
from tests.desk.people import signed_in, soup

pytestmark = pytest.mark.django_db

#: A post that has this role and no other.
POSTS = {
    "reception": "reception-1",
    "executive": "d3-civil-expert",
    "executive_head": "d3-mayor",
    "feedback": "feedback-1",
    "special_follow_up": "special-follow-up-1",
    "centre_head": "centre-head",
    "deputy": "deputy-services-head",
    "mayor": "mayor",
    "admin": "ict-expert",  # also an executive
    "auditor": "auditor",
}
VALUES = {"int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-4000-8000-000000000000"}


def addresses(
    patterns: list[Any] | None = None, prefix: str = "desk:"
) -> Iterator[tuple[str, URLPattern]]:
    for one in urlpatterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, prefix)
        else:
            yield f"{prefix}{one.name}", one


def path_of(name: str, pattern: URLPattern) -> str:
    converters = pattern.pattern.converters
    values = {key: _value(converter) for key, converter in converters.items()}
    return reverse(name, kwargs=values)


def _value(converter: Any) -> Any:
    for value in ("1", "x", VALUES["uuid"]):
        try:
            return converter.to_python(value)
        except ValueError:
            continue
    return "x"


def test_every_view_says_which_page_it_is() -> None:
    for name, pattern in addresses():
        page = getattr(pattern.callback, "page", None)
        assert page is not None, name
        assert page == "" or page in may.PAGES, name


def test_strangers_are_asked_to_sign_in_everywhere(qom: CityPolicy) -> None:
    client = Client()
    for name, pattern in addresses():
        if getattr(pattern.callback, "page", "") == "":
            continue
        answer = client.get(path_of(name, pattern))
        assert answer.status_code == 302, name
        assert answer["Location"].startswith("/desk/login/"), name


def heavy(roles: Iterable[str], *, but: str) -> list[Any]:
    """A test for each role, all of them among the slow ones `but` one."""
    return [
        pytest.param(role, marks=() if role == but else pytest.mark.slow) for role in sorted(roles)
    ]


@pytest.mark.parametrize("role", heavy(POSTS, but="executive"))
def test_each_role_opens_its_own_pages_and_no_others(qom: CityPolicy, role: str) -> None:
    client = signed_in(POSTS[role])
    client.raise_request_exception = False
    roles = set(qom.organisation.posts[POSTS[role]].roles)
    for name, pattern in addresses():
        page = getattr(pattern.callback, "page", "")
        if page == "":
            continue
        for answer in (client.get(path_of(name, pattern)), client.post(path_of(name, pattern), {})):
            allowed = bool(may.PAGES[page] & roles)
            assert answer.status_code < 500, (name, answer.status_code)
            assert (answer.status_code != 403) or not allowed or _own_refusal(answer), name
            if not allowed:
                assert answer.status_code == 403, (role, name)


def _own_refusal(answer: Any) -> bool:
    """A page may still refuse one act to a role that may open it."""
    return answer.request["REQUEST_METHOD"] == "POST"


def test_somebody_without_a_post_opens_nothing(qom: CityPolicy) -> None:
    client = Client()
    client.force_login(hire("nobody"))
    for name, pattern in addresses():
        if getattr(pattern.callback, "page", ""):
            assert client.get(path_of(name, pattern)).status_code == 403, name


@pytest.mark.parametrize("role", sorted(POSTS))
def test_each_role_starts_on_a_page_that_it_may_open(qom: CityPolicy, role: str) -> None:
    client = signed_in(POSTS[role])
    target = client.get("/desk/")["Location"]
    assert client.get(target).status_code == 200
    assert client.get(f"/en{target}").status_code == 200


def test_the_menu_shows_only_what_may_be_opened(qom: CityPolicy) -> None:
    page = soup(signed_in("d3-civil-expert").get("/desk/inbox/"))
    assert "/desk/inbox/" in page
    assert 'href="/desk/console/"' not in page


def test_the_menu_has_no_page_for_what_the_policy_does_not_know(qom: CityPolicy) -> None:
    head, some = filling(qom, "centre-head"), {"objections", "outside"}
    assert some <= {entry["name"] for entry in nav.menu(head, qom)}
    organisation = replace(qom.organisation, outside_bodies={})
    plain = replace(qom, anywhere={}, organisation=organisation)
    assert not some & {entry["name"] for entry in nav.menu(head, plain)}


def test_another_districts_case_is_nowhere(story: Make, tmp_path: Any, settings: Any) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path
    now = datetime.now(UTC)
    it = story(at=now - timedelta(hours=2), district=5)
    photo = Photo.objects.create(
        id=77, case_id=it.case.id, kind="report", path="x.jpg", width=1, height=1, size_bytes=1,
        sha256="", at=now,
    )  # fmt: skip
    code = it.case.code
    client = signed_in("d3-civil-expert")
    assert client.get(f"/desk/cases/{code}/").status_code == 404
    assert client.get(f"/desk/photos/{photo.pk}/").status_code == 404
    for act in ("steps/report/", "approve/", "refuse/", "note/", "pause/", "resume/"):
        assert client.post(f"/desk/cases/{code}/{act}", {"note": "x"}).status_code == 404, act
    assert code not in soup(client.get("/desk/inbox/"))
    assert code not in soup(client.get("/desk/inbox/?unit=d5-civil&district=5"))
    found = soup(client.post("/desk/search/", {"q": code}))
    assert f"/desk/cases/{code}/" not in found
    own, merge = story(at=now - timedelta(hours=2)), {"version": "1", "merge-merged_into": code}
    assert client.post(f"/desk/cases/{own.case.code}/steps/merge/", merge).status_code == 422
