"""A complaint about an official is kept from whom it is about, from all below and from everybody
who does not hold it: every staff page answers as if there were none (T7)."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, reverse

from peygir.calendars import codes
from peygir.cases import sweep
from peygir.cases.models import Case
from peygir.desk.urls import urlpatterns
from peygir.notices import digest
from peygir.notices.models import FAILED, Notice
from peygir.people.models import Photo
from peygir.policy.model import CityPolicy
from tests.city import NOON, PHONE, Story, hire
from tests.voices import RARE, WORDS, complaint, handled, voices

__all__ = ["voices"]

#: Who is complained of -> who must not learn of it: the accused, those below, and other desks.
LEVELS: Final = {
    "d3-civil-head": ("d3-civil-head", "inspection-2 d3-civil-expert"),
    "d3-mayor": ("d3-mayor", "d3-civil-expert", "deputy-civil-head"),
    "deputy-civil-head": ("deputy-civil-head", "feedback-1", "ict-admin"),
    "centre-head": ("centre-head", "reception-1", "special-follow-up-1"),
    "inspection-1": ("inspection-1", "inspection-head"),
    "mayor": ("mayor", "inspection-head", "deputy-civil-head", "council-liaison-1 centre-head"),
}
LATER: Final = NOON + timedelta(days=12)  # the inquiry is late by then, and the ladder has told
SEARCHED: Final = ("search", "inbox")
#: Figures of how often anybody got in touch: that somebody did is counted, without any case.
CONTACTS: Final = re.compile(r"(GET|POST) contact")
CHANGING: Final = re.compile(
    r'name="csrfmiddlewaretoken" value="[^"]*"|token=[^"&]*|nonce-[^"\' ;]*'
    r"|/undelivered/\d+/|/drafts/\d+/|#[۰-۹0-9]+</|\b[0-9a-f]{16}\b|\b(?:[a-z0-9]{4}-){3}[a-z0-9]{4}\b"
    r'|"token": "[^"]*"'
    r"|name=\"once\" value=\"[^\"]*\""
)

pytestmark = pytest.mark.slow  # every page of the staff, twice, for each of six officials


@pytest.fixture(autouse=True)
def _quick(settings: Any, tmp_path: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.PEYGIR_PHOTO_DIR = tmp_path


def signed_in(*posts: str) -> Client:
    """Somebody who fills `posts`, signed in when the pages are looked at."""
    client = Client(raise_request_exception=False)  # faults are another test's matter
    with time_machine.travel(LATER - timedelta(minutes=1), tick=False):
        client.force_login(hire("-".join(posts)[:50], *posts))
    return client


def addresses(code: str) -> Iterator[tuple[str, str]]:
    """Every address of the staff pages, its parts filled so that they lead to the case."""
    fillings = {"code": code, "photo_id": 1, "step": "complaint_decided", "point_id": 99_999}
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name == "logout":
            continue
        names = pattern.pattern.regex.groupindex
        given = {name: fillings.get(name, 1) for name in names}
        yield str(pattern.name), reverse(f"desk:{pattern.name}", kwargs=given)


def said(client: Client, code: str) -> dict[str, str]:
    """What every address answers to a look, to a form, and to a search for the case."""
    typed = {
        "phone": PHONE, "words": WORDS, "do": f"join:{code}", "case": code, "code": code,
        "note": WORDS, "reason": WORDS, "decision": "approve", "days": "3", "until": "3",
    }  # fmt: skip
    found = {}
    for name, address in addresses(code):
        asked = (code, RARE, PHONE, code[:7]) if name in SEARCHED else ()
        for query in ({}, *({"q": one, "words": one} for one in asked)):
            found[f"GET {name} {query}"] = plain(client.get(address, query))
        found[f"POST {name}"] = plain(client.post(address, typed))
    return found


def plain(answer: Any) -> str:
    if answer.streaming:
        return f"{answer.status_code} {b''.join(answer.streaming_content)!r}"
    if answer.status_code >= 500:
        return "fault"
    text = answer.content.decode(errors="replace")
    return f"{answer.status_code} {CHANGING.sub('', answer.get('Location', '') + text)}"


def unknown_code() -> str:
    return codes.make((NOON - timedelta(days=400)).date(), 7)


def world(
    policy: CityPolicy, first: Story, accused: str | None, readers: Mapping[str, Client]
) -> dict[str, dict[str, str]]:
    """What each reader is told in a city where `accused` was complained of (None: nobody was)."""
    code = unknown_code()
    if accused is not None:
        made = complaint(policy, accused, about_case=first.case.id)
        Case.objects.filter(pk=made.case.id).update(code=code)
        Photo.objects.create(
            id=1, case_id=made.case.id, kind="report", path="none.jpg", width=1, height=1,
            size_bytes=1, sha256="", at=NOON,
        )  # fmt: skip
    with time_machine.travel(LATER, tick=False):
        sweep.drain(at=LATER)
        if accused is not None:
            Notice.objects.filter(case_id=made.case.id, audience="citizen").update(state=FAILED)
            digest.digest(at=LATER)
            tell_nobody_below(made.case.id, accused, policy)
        found = {}
        for reader, client in readers.items():
            about_first = plain(client.get(reverse("desk:case", args=[first.case.code])))
            found[reader] = said(client, code) | {"first case": about_first}
        return found


def tell_nobody_below(case_id: int, accused: str, policy: CityPolicy) -> None:
    """No notice about the case is for the accused or for a post below."""
    chain = policy.organisation.chain
    told = Notice.objects.filter(case_id=case_id, audience="staff")
    assert told.exists()
    for notice in told:
        assert accused not in chain(notice.post or None)
        unit = [p.code for p in policy.organisation.posts.values() if p.unit == notice.unit]
        assert notice.post or not any(accused in chain(post) for post in unit)


@pytest.mark.requirement("T7")
@pytest.mark.parametrize("accused", LEVELS)
def test_every_page_answers_as_if_there_were_no_complaint(voices: CityPolicy, accused: str) -> None:
    first = handled(voices, caller=None)
    readers = {posts: signed_in(*posts.split()) for posts in LEVELS[accused]}
    with transaction.atomic():
        with_it = world(voices, first, accused, readers)
        transaction.set_rollback(True)
    without = world(voices, first, None, readers)
    assert all(told["GET account {}"].startswith("200") for told in without.values())
    for reader in readers:
        for where, answer in without[reader].items():
            told = with_it[reader][where]
            if CONTACTS.match(where):
                assert not {code for code in (RARE, unknown_code()) if code in told}, where
            else:
                assert told == answer, (reader, where)
