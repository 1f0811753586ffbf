"""An inspector without a network: nothing is lost, nothing is counted twice (ux.md, screen 7)."""

import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from peygir.people.models import Inspection, Photo
from peygir.policy.model import CityPolicy
from tests.city import Story, hire
from tests.desk.follow import doubted, stored

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

VISITS = 10


@pytest.fixture(autouse=True)
def _photos(settings: Any, tmp_path: Path) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"


@pytest.fixture
def phone(browser: Any, live_server: Any, qom: CityPolicy) -> Iterator[Any]:
    """A phone on which an inspector is signed in; the pages of one context share its memory."""
    client = Client()
    client.force_login(hire("inspector", "special-follow-up-1"))
    context = browser.new_context(
        locale="fa-IR",
        viewport={"width": 360, "height": 780},
        geolocation={"latitude": 34.64, "longitude": 50.876, "accuracy": 8},
        permissions=["geolocation"],
        base_url=live_server.url,
    )
    name = "peygir_session"
    context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    yield context
    context.close()


def picture(folder: Path) -> str:
    """A photo larger than what is sent, so that it is made smaller on the phone."""
    out = io.BytesIO()
    Image.effect_noise((1600, 1200), 60).convert("RGB").save(out, "JPEG", quality=92)
    path = folder / "visit.jpg"
    path.write_bytes(out.getvalue())
    return str(path)


def prepared(phone: Any, cases: int) -> Any:
    """The round of today, opened once with a network, so that the worker has kept its pages."""
    page = phone.new_page()
    page.goto("/desk/field/")
    page.wait_for_selector(f"[data-kept][data-kept='{cases}']", timeout=60_000)
    return page


def counted(page: Any, waiting: int) -> None:
    """The page says that so many visits wait on this phone."""
    page.wait_for_selector(f"[data-queue-count][data-count='{waiting}']", timeout=60_000)


def visit(page: Any, it: Story, photo: str, words: str = "چاله پر نشده است") -> None:
    """Four taps and a sentence."""
    page.goto(f"/desk/field/{it.case.code}/")
    page.wait_for_selector("[data-place-words]:has-text('±')")
    page.check("[name=finding][value=not_done]", force=True)
    page.set_input_files("#id_photos", photo)
    page.fill("#id_findings", words)
    page.check("[name=outcome][value=not_confirmed]", force=True)
    page.click("#visit button.main")
    page.wait_for_url("**/desk/field/")


@pytest.mark.requirement("Q8")
def test_ten_visits_survive_a_killed_browser_and_arrive_once(
    qom: CityPolicy, phone: Any, tmp_path: Path
) -> None:
    cases = [doubted(qom, district=1 + n % 8) for n in range(VISITS)]
    photo = picture(tmp_path)
    page = prepared(phone, VISITS)
    phone.set_offline(True)
    for it in cases:
        visit(page, it, photo)
    counted(page, VISITS)
    assert not Inspection.objects.exists()
    page.close()  # the app is killed

    page = phone.new_page()
    page.goto("/desk/field/")  # still without a network
    counted(page, VISITS)
    phone.set_offline(False)
    counted(page, 0)
    assert Inspection.objects.count() == VISITS
    assert Photo.objects.filter(kind="visit").count() == VISITS
    assert {stored(it).cycle for it in cases} == {2}
    kept = Inspection.objects.order_by("id").values_list("case_id", flat=True)
    assert list(kept) == [it.case.id for it in cases]  # sent in the order in which they were made
    assert set(Inspection.objects.values_list("accuracy_m", flat=True)) == {8}


def test_a_lost_answer_makes_no_second_visit(qom: CityPolicy, phone: Any, tmp_path: Path) -> None:
    it = doubted(qom)
    page = prepared(phone, 1)
    lost: list[int] = []

    def swallow(route: Any) -> None:
        """The server keeps the visit, but its answer never reaches the phone."""
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    phone.route("**/desk/field/visits/", swallow)
    visit(page, it, picture(tmp_path))
    page.wait_for_selector("[data-queue-count]")
    page.click("[data-sync]")
    counted(page, 0)
    assert lost == [201]
    assert Inspection.objects.count() == 1
    assert Photo.objects.filter(kind="visit").count() == 1


def test_a_signature_drawn_on_the_phone_closes_the_case(
    qom: CityPolicy, phone: Any, tmp_path: Path
) -> None:
    it = doubted(qom)
    page = phone.new_page()
    page.goto(f"/desk/field/{it.case.code}/")
    page.check("[name=finding][value=done]", force=True)
    page.check("[name=outcome][value=confirmed]", force=True)
    page.locator("#signature").scroll_into_view_if_needed()
    box = page.locator("#signature").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 90, steps=8)
    page.mouse.up()
    page.click("#visit button.main")
    page.wait_for_url("**/desk/field/")
    counted(page, 0)
    assert stored(it).ending == "confirmed_in_field"
    assert Photo.objects.filter(kind="signature").count() == 1


def test_what_the_server_refuses_stays_on_the_phone_with_its_reason(
    qom: CityPolicy, phone: Any, tmp_path: Path
) -> None:
    it = doubted(qom)
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture at all")
    page = prepared(phone, 1)
    visit(page, it, str(broken))
    page.wait_for_selector("[data-queue-list] .error")
    assert not Inspection.objects.exists()
    page.click("button:has-text('ارسال بدون عکس')")
    counted(page, 0)
    assert Inspection.objects.get().photos == []


def test_a_visit_waits_for_the_person_who_made_it(
    qom: CityPolicy, phone: Any, live_server: Any, tmp_path: Path
) -> None:
    it = doubted(qom)
    page = prepared(phone, 1)
    phone.set_offline(True)
    visit(page, it, picture(tmp_path))
    other = Client()
    other.force_login(hire("other", "special-follow-up-2"))
    name = "peygir_session"
    phone.add_cookies([{"name": name, "value": other.cookies[name].value, "url": live_server.url}])
    phone.set_offline(False)
    page.goto("/desk/field/")
    page.wait_for_selector("[data-queue-list] .error")
    counted(page, 1)
    assert not Inspection.objects.exists()


def test_every_visit_has_its_own_number(qom: CityPolicy, phone: Any) -> None:
    it = doubted(qom)
    page = phone.new_page()
    numbers = set()
    for _ in range(2):
        page.goto(f"/desk/field/{it.case.code}/")
        page.wait_for_selector("[data-place-words]:has-text('±')")
        numbers.add(uuid.UUID(page.input_value("[name=visit]")))
    assert len(numbers) == 2
