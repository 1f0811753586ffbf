"""A report from a phone, and the citizen's yes from the same phone, from another, from none."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from peygir.cases import acts
from peygir.cases.models import Case
from peygir.ledger.models import Head
from peygir.policy.model import CityPolicy
from peygir.verify.canonical import from_base64url, to_base64url
from peygir.verify.merkle import Frontier
from tests.city import staff_of
from tests.publication import told

pytestmark = [
    pytest.mark.journey,
    pytest.mark.django_db(transaction=True),
    pytest.mark.requirement("T13"),
]
PHONE = {"locale": "fa-IR", "viewport": {"width": 360, "height": 780}}


@pytest.fixture(autouse=True)
def folders(transactional_db: None, tmp_path: Path, settings: Any) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    settings.PEYGIR_LOG_DIR = tmp_path / "log"
    settings.PEYGIR_KEY_DIR = tmp_path / "keys"
    if not Head.objects.exists():
        Head.objects.create(origin="ledger.test/137/1405", year=1405, frontier=Frontier().dump())


@pytest.fixture
def phones(browser: Any) -> Iterator[list[Any]]:
    """Two telephones, each with a store of its own."""
    contexts = [browser.new_context(**PHONE) for _ in range(2)]
    problems: list[str] = []
    pages = [context.new_page() for context in contexts]
    for page in pages:
        page.on("pageerror", lambda error: problems.append(str(error)))
    yield pages
    for context in contexts:
        context.close()
    assert not problems, problems


def report(page: Any, url: str, words: str) -> Case:
    """Report and have the work done."""
    before = set(Case.objects.values_list("pk", flat=True))
    page.goto(f"{url}/report/")
    expect(page.locator("[name=device]")).not_to_have_value("")
    page.fill("#id_words", words)
    page.fill("#id_address", "گلستان ۱۲")
    page.select_option("#id_district", "3")
    page.fill("#id_phone", "۰۹۱۲۳۴۵۶۷۸۹")
    page.evaluate("document.querySelector('#id_category').value = 'C01'")
    page.click("text=ارسال پیام")
    expect(page.locator(".panel .code")).to_have_count(1)
    return Case.objects.exclude(pk__in=before).get()


def work(qom: CityPolicy, case: Case) -> None:
    said = "آسفالت ترمیم شد"
    acts.act(
        policy=qom,
        case_id=case.pk,
        step="report",
        actor=staff_of(qom, case.unit),
        at=timezone.now(),
        texts={"result_text": said, "report_to_citizen": said},
    )


def say_yes(page: Any, url: str, case: Case) -> None:
    page.goto(f"{url}/t/{case.code}")
    if page.locator("#id_last4").count():
        page.fill("#id_last4", "۶۷۸۹")
        page.click("main form .button.main")
    page.click("#answer button[value=yes]")
    expect(page.locator("text=سپاسگزاریم. پیام با نظر شما خاتمه یافت.")).to_have_count(1)
    page.wait_for_url(f"**{case.code}**")
    assert "secret" not in page.url


def leaves_of(kind: str) -> list[dict[str, Any]]:
    return [leaf for leaf in told.bodies() if leaf["t"] == kind]


def test_the_yes_of_the_phone_that_reported_reveals_its_secret(
    qom: CityPolicy, live_server: Any, phones: list[Any]
) -> None:
    mine, other = phones
    first = report(mine, live_server.url, "چاله وسط خیابان")
    second = report(mine, live_server.url, "چالهٔ دیگری در کوچه")
    stored = {f"device:{first.code}", f"device:{second.code}"}
    mine.wait_for_function("n => Object.keys(localStorage).length >= n", arg=2)
    kept = json.loads(mine.evaluate("JSON.stringify({...localStorage})"))
    assert {name for name in kept if name.startswith("device:")} == stored
    hashes = [leaf["cc"] for leaf in leaves_of("case.registered")]
    assert len(set(hashes)) == 2, "two reports show not that they came from one device"
    for case in (first, second):
        work(qom, case)
    say_yes(mine, live_server.url, first)
    say_yes(other, live_server.url, second)
    closed = leaves_of("case.closed")
    assert [leaf["mode"] for leaf in closed] == ["web", "web"]
    assert ["cs" in leaf for leaf in closed] == [True, False]
    secret = from_base64url(closed[0]["cs"], 32)
    assert to_base64url(hashlib.sha256(secret).digest()) == hashes[0]
    assert closed[0]["cs"] == kept[f"device:{first.code}"]


def test_a_form_that_was_refused_keeps_its_secret(
    qom: CityPolicy, live_server: Any, phones: list[Any]
) -> None:
    page = phones[0]
    page.goto(f"{live_server.url}/report/")
    expect(page.locator("[name=device]")).not_to_have_value("")
    made = page.input_value("[name=device]")
    page.fill("#id_words", "چاله")
    page.fill("#id_phone", "0912")
    page.click("text=ارسال پیام")
    expect(page.locator(".errors")).to_have_count(1)
    expect(page.locator("[name=device]")).to_have_value(made)


def test_without_a_store_the_report_is_taken_all_the_same(
    qom: CityPolicy, live_server: Any, phones: list[Any]
) -> None:
    page = phones[0]
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); };")
    page.goto(f"{live_server.url}/report/")
    page.fill("#id_words", "چاله وسط خیابان")
    page.select_option("#id_district", "3")
    page.click("text=ارسال پیام")
    expect(page.locator(".panel .code")).to_have_count(1)
    assert "cc" not in leaves_of("case.registered")[0]
