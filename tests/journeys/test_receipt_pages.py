"""A citizen reports, keeps the receipt and finds her message in the log; an auditor opens it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from peygir.ledger.models import Note, Unsealed
from peygir.policy.model import CityPolicy
from peygir.publication import receipts
from tests.city import hire, reported
from tests.journeys.browse import SIZES, Open, faults
from tests.publication.conftest import Seal, folders, sealed

__all__ = ["folders", "sealed"]
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
LOOKS = [(size, dark) for size in SIZES for dark in (False, True)]


@pytest.fixture(autouse=True)
def _own_log(settings: Any, tmp_path: Path, folders: Path) -> None:
    settings.PEYGIR_PHOTO_DIR = tmp_path / "photos"
    Unsealed.objects.all().delete()
    Note.objects.all().delete()


def _shot(page: Any, name: str) -> None:
    """Keep a picture where the environment asks for it, to be looked at."""
    folder = os.environ.get("PEYGIR_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_citizen_finds_her_message_in_the_log(
    qom: CityPolicy, page: Any, live_server: Any, sealed: Seal
) -> None:
    page.goto(f"{live_server.url}/report/")
    page.fill("#id_words", "چالهٔ عمیق روبه‌روی مدرسه")
    page.select_option("#id_district", "3")
    with page.expect_navigation():
        page.click("button.main:has-text('ارسال')")
    code = page.inner_text("bdi.code >> text=/^[0-9A-Z]{4}-/")
    _shot(page, "done")
    with page.expect_download() as file:
        page.click("a:has-text('تعهدنامه')")
    word = Path(file.value.path()).read_text().strip()
    now = datetime.now(UTC)
    sealed(now)
    page.goto(f"{live_server.url}/receipt/#{word}")
    assert page.input_value("#id_code") == word
    page.click("button:has-text('جست‌وجو')")
    assert page.is_visible("text=پیام شما در دفتر عمومی هست")
    page.fill("#id_code", code.lower())
    page.click("button:has-text('جست‌وجو')")
    with page.expect_download() as proof:
        page.click("button[value=proof]")
    assert proof.value.suggested_filename == f"{code}.tlog-proof"


@pytest.mark.parametrize(("size", "dark"), LOOKS)
def test_the_pages_have_no_barriers(
    qom: CityPolicy, desk: Open, live_server: Any, sealed: Seal, size: Any, dark: bool
) -> None:
    at = datetime.now(UTC) - timedelta(minutes=30)
    case = reported(qom, at=at).case
    sealed(datetime.now(UTC))
    code, name = receipts.code_of(case.id), f"{size[0]}-{'dark' if dark else 'light'}"
    page = desk(hire("auditor", "auditor"), "/desk/openings/", size=size, dark=dark)
    page.fill("#id_leaf", code)
    page.click("form[action$='openings/open/'] button")
    assert page.is_visible("dl.facts")
    _shot(page, f"openings-{name}")
    assert faults(page) == []
    for typed in ("", code, "7K3M-P2QX-0000-0000"):
        page.goto(f"{live_server.url}/receipt/")
        if typed:
            page.fill("#id_code", typed)
            page.click("button.main")
        _shot(page, f"receipt-{name}-{typed[:4]}")
        assert faults(page) == []
