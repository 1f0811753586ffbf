"""A citizen reports, keeps the receipt and finds her message in the log; an auditor opens it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from peygir.ledger.models import Note, Unsealed
from peygir.policy.model import CityPolicy
from peygir.publication import receipts
from tests.city import hire, reported
from tests.journeys.browse import Open, every_look
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _own_log(settings: Any, tmp_path: Path, folders: Path) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    Unsealed.objects.all().delete()
    Note.objects.all().delete()


def test_a_citizen_finds_her_message_in_the_log(
    qom: CityPolicy, page: Any, live_server: Any, sealed: Seal
) -> None:
    page.goto(f"{live_server.url}/report/")
    page.fill("#id_words", "چالهٔ عمیق روبه‌روی مدرسه")
    page.select_option("#id_district", "3")
    with page.expect_navigation():
        page.click("button.main:has-text('ارسال')")
    code = page.inner_text("bdi.code >> text=/^[0-9A-Z]{4}-/")
    assert every_look(page, "report-done") == []
    with page.expect_download() as file:
        page.click("a:has-text('تعهدنامه')")
    word = Path(file.value.path()).read_text().strip()
    now = datetime.now(UTC)
    sealed(now)
    page.goto(f"{live_server.url}/receipt/#{word}")
    expect(page.locator("#id_code")).to_have_value(word)
    page.click("button:has-text('جست‌وجو')")
    expect(page.locator("text=پیام شما در دفتر عمومی هست").first).to_be_visible()
    page.fill("#id_code", code.lower())
    page.click("button:has-text('جست‌وجو')")
    with page.expect_download() as proof:
        page.click("button[value=proof]")
    assert proof.value.suggested_filename == f"{code}.tlog-proof"


def test_the_pages_have_no_barriers(
    qom: CityPolicy, desk: Open, live_server: Any, sealed: Seal
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=30)
    case = reported(qom, at=at).case
    sealed(datetime.now(UTC))
    code = receipts.code_of(case.id)
    page = desk(hire("auditor", "auditor"), "/desk/openings/")
    page.fill("#id_leaf", code)
    page.click("form[action$='openings/open/'] button")
    expect(page.locator("dl.facts").first).to_be_visible()
    assert every_look(page, "openings") == []
    for typed in ("", code, "7K3M-P2QX-0000-0000"):
        page.goto(f"{live_server.url}/receipt/")
        if typed:
            page.fill("#id_code", typed)
            with page.expect_navigation():
                page.click("button.main")
        assert every_look(page, f"receipt-{typed[:4]}") == []
