"""The operations wall in a browser: new messages within seconds, acts by key, hours without end."""

import gzip
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from playwright.sync_api import expect

from peygir.boards.models import Urgency
from peygir.cases.models import Case
from peygir.policy.model import CityPolicy
from tests.city import Story, hire, staff_of
from tests.journeys.browse import SIZES, Open, every_look
from tests.journeys.test_desk_live_call import _listens, live
from tests.kannel.gateway import wait_until
from tests.urgent import ACTION, CREW, hazard, on_track, urgent_city

__all__ = ["live", "urgent_city"]

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

WALL = "/desk/operations/"
BYTES_MAX = 150_000
SOON_S = 3  # from the operator's key to the wall
ASKS_MS = 8_000  # until a wall shows what it was not told
#: Many hours of a wall: every update brings new numbers, a row that goes and a row that comes.
HOURS = """async (updates) => {
  const { apply } = await import(document.querySelector('script[src*="wall.js"]').src);
  const html = await (await fetch(document.getElementById("wall").dataset.board)).text();
  for (let n = 0; n < updates; n++) {
    let i = 0;
    apply(html.replace(/data-item="\\d+" data-event="\\d+"/g, () =>
      `data-item="${i++ ? 100 + i : n % 7}" data-event="${n}"`));
    if (n % 200 === 0) await new Promise((go) => setTimeout(go));
  }
  apply(html);
}"""


@pytest.fixture
def danger(urgent_city: CityPolicy) -> Story:
    return hazard(urgent_city, at=datetime.now(UTC) - timedelta(minutes=10))


@pytest.mark.requirement("I1", "I2", "I4")
def test_from_the_operators_key_to_the_first_action_on_the_wall(
    urgent_city: CityPolicy, live: None, desk: Open
) -> None:
    wall = desk(hire("dispatcher", "operations-1"), WALL)
    wait_until(_listens)
    console = desk(hire("operator", "reception-1"), "/desk/console/")
    console.wait_for_selector("#id_phone:focus")
    console.keyboard.type("09123456789")
    console.keyboard.press("F2")
    console.keyboard.type("چالهٔ عمیق در مسیر پرسرعت")
    console.wait_for_selector("#hints input[type=radio]")
    console.wait_for_selector("#route .urgent")  # the subject says when it is urgent
    console.keyboard.press("Alt+KeyU")
    console.keyboard.press("Digit2")
    expect(console.locator("[name=urgent]:checked")).to_have_value("hazard")
    console.keyboard.press("Control+Enter")
    console.wait_for_selector(".panel.done")
    began = time.monotonic()
    wall.wait_for_selector(".urgent-item.unseen", timeout=SOON_S * 1_000)
    assert time.monotonic() - began < SOON_S
    case = Case.objects.get()
    assert (case.urgent, case.stage, case.unit) == ("hazard", "operations", "operations")
    wall.keyboard.press("KeyA")
    wall.wait_for_selector(".urgent-item:not(.unseen)")
    for step, words in (("اعزام اکیپ", CREW), ("ثبت اقدام اولیه", ACTION)):
        wall.click(f"summary:text-is('{step}')")
        wall.fill("details[open] textarea", words)
        wall.click("details[open] form button")
        wall.wait_for_selector(f".done-so-far >> text={words}")
    row = Urgency.objects.get()
    assert row.seen_at is not None
    assert row.acted_at is not None
    expect(wall.locator(".face.done")).to_have_count(1)


@pytest.mark.requirement("I1")
def test_without_the_live_server_the_wall_asks_by_itself(danger: Story, desk: Open) -> None:
    page = desk(hire("dispatcher", "operations-1"), WALL)
    page.wait_for_selector(".urgent-item.unseen")
    on_track(danger.after(minutes=1), "acknowledged", staff_of(danger.policy, "operations"))
    page.wait_for_selector(".urgent-item:not(.unseen)", timeout=ASKS_MS)


def test_what_somebody_writes_stays_while_the_row_changes(danger: Story, desk: Open) -> None:
    page = desk(hire("dispatcher", "operations-1"), WALL)
    page.click("summary:text-is('اعزام اکیپ')")
    page.fill("details[open] textarea", CREW)
    on_track(danger.after(minutes=1), "acknowledged", staff_of(danger.policy, "operations"))
    page.wait_for_selector(".urgent-item:not(.unseen)", timeout=ASKS_MS)
    assert page.input_value("details[open] textarea") == CREW
    page.click("details[open] form button")
    page.wait_for_selector(f".done-so-far >> text={CREW}")


@pytest.mark.requirement("I1")
def test_old_data_says_so_and_takes_it_back(danger: Story, desk: Open) -> None:
    page = desk(hire("dispatcher", "operations-1"), "/desk/account/")
    page.clock.install(time=datetime.now(UTC))
    page.route("**/live?**", lambda route: route.abort())
    page.goto(page.url.replace("/account/", "/operations/"))
    page.wait_for_selector(".urgent-item")
    expect(page.locator("#old").first).to_be_hidden()
    page.route("**/operations/board/*", lambda route: route.abort())
    page.clock.run_for(14_000)
    expect(page.locator("#old")).to_contain_text("۱")
    page.unroute("**/operations/board/*")
    page.clock.run_for(4_000)
    page.wait_for_selector("#old", state="hidden")


@pytest.mark.requirement("I1")
def test_hours_of_updates_leave_no_trace_in_the_page(danger: Story, desk: Open) -> None:
    for minutes in range(1, 3):
        hazard(danger.policy, at=datetime.now(UTC) - timedelta(minutes=minutes))
    page = desk(hire("dispatcher", "operations-1"), WALL)
    page.wait_for_selector(".urgent-item")
    page.evaluate(HOURS, 50)
    before = measured(page)
    page.evaluate(HOURS, 2_000)
    after = measured(page)
    assert after["Nodes"] - before["Nodes"] < 500
    assert after["JSEventListeners"] - before["JSEventListeners"] < 20
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 5_000_000  # of 20 MB allowed


def measured(page: Any) -> dict[str, float]:
    page.wait_for_timeout(7_500)  # the flash of what was new is over, and its timers gone
    session = page.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    found = session.send("Performance.getMetrics")["metrics"]
    session.detach()
    return {one["name"]: one["value"] for one in found}


def test_the_wall_is_accessible(danger: Story, desk: Open) -> None:
    late = hazard(danger.policy, at=datetime.now(UTC) - timedelta(hours=3))
    centre = staff_of(danger.policy, "operations")
    on_track(late.after(minutes=5), "acknowledged", centre)
    on_track(late.after(minutes=5), "crew_sent", centre, crew=CREW)
    page = desk(hire("dispatcher", "operations-1"), WALL)
    page.click("main summary >> nth=0")
    page.wait_for_timeout(300)
    assert every_look(page, sizes=[*SIZES, (1920, 1080)]) == []


def test_the_wall_needs_no_script(danger: Story, browser: Any, live_server: Any) -> None:
    client = Client()
    client.force_login(hire("dispatcher", "operations-1"))
    context = browser.new_context(java_script_enabled=False)
    name = "peygir_session"
    value = client.cookies[name].value
    context.add_cookies([{"name": name, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}{WALL}?still")
    page.click("button:text-is('رؤیت شد')")
    page.wait_for_selector(".urgent-item:not(.unseen)")
    assert Urgency.objects.get(pk=danger.case.id).seen_by == "operations-1"
    context.close()


def test_the_wall_fits_its_budget(danger: Story) -> None:
    for minutes in range(1, 51):
        hazard(danger.policy, at=datetime.now(UTC) - timedelta(minutes=minutes))
    client = Client()
    client.force_login(hire("dispatcher", "operations-1"))
    body = client.get(WALL).content
    total = len(gzip.compress(body))
    for path in set(re.findall(rb'(?:href|src)="/static/([^"]+)"', body)):
        found = finders.find(path.decode())
        assert isinstance(found, str)
        data = Path(found).read_bytes()
        total += len(data) if found.endswith(".woff2") else len(gzip.compress(data))
    assert total <= BYTES_MAX
