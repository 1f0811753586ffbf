"""Roles that the first city does not have, against every address of the desk."""

import pytest

from peygir.cases import may
from peygir.policy.model import CityPolicy
from peygir.policy.vocabulary import ROLES
from tests.desk.people import signed_in
from tests.desk.test_matrix import POSTS as PLAIN
from tests.desk.test_matrix import addresses, heavy, path_of

pytestmark = pytest.mark.django_db
POSTS = {
    "operations": ("operations-1", "/desk/operations/"),
    "supervisor": ("supervisors-1", "/desk/operations/"),
    "correspondence": ("letters-1", "/desk/letters/"),
    "social_media": ("social-media-1", "/desk/social/"),
    "council": ("council-1", "/desk/council/"),
    "inspection": ("council-oversight-1", "/desk/account/"),
}


def test_no_role_is_left_out() -> None:
    assert {*POSTS, *PLAIN} == {*ROLES}


@pytest.mark.parametrize("role", heavy(POSTS, but="supervisor"))
def test_each_role_opens_its_own_pages_and_no_others(isfahan: CityPolicy, role: str) -> None:
    post, _home = POSTS[role]
    client = signed_in(post)
    client.raise_request_exception = False
    roles = set(isfahan.organisation.posts[post].roles)
    assert role in roles
    for name, pattern in addresses():
        page = getattr(pattern.callback, "page", "")
        if page == "":
            continue
        allowed = bool(may.PAGES[page] & roles)
        for answer in (client.get(path_of(name, pattern)), client.post(path_of(name, pattern), {})):
            assert answer.status_code < 500, (name, answer.status_code)
            assert allowed or answer.status_code == 403, (role, name, answer.status_code)


@pytest.mark.parametrize("role", sorted({*POSTS} - {"inspection"}))
def test_each_role_starts_where_its_work_is(isfahan: CityPolicy, role: str) -> None:
    post, home = POSTS[role]
    client = signed_in(post)
    assert client.get("/desk/")["Location"] == home
    assert client.get(home).status_code == 200
    assert client.get(f"/en{home}").status_code == 200
