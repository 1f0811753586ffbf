"""The browser of the journeys reaches our own server, under our own content policy."""

from typing import Any

import pytest


@pytest.mark.journey
@pytest.mark.django_db(transaction=True)
def test_the_browser_reads_a_page_of_ours(live_server: Any, page: Any) -> None:
    answer = page.goto(f"{live_server.url}/healthz")
    assert answer.status == 200
    assert "up" in page.content()
