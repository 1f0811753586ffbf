"""The pages of figures: each number is the file's, with its n, its date and its definition."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

pytestmark = [pytest.mark.django_db]

PATHS = [
    "/observatory/",
    "/observatory/units/",
    "/observatory/units/d1/",
    "/observatory/units/d1-civil/",
    "/observatory/managers/",
    "/observatory/managers/d1-civil-head/",
    "/observatory/districts/",
    "/observatory/districts/1/",
    "/observatory/subjects/",
    "/observatory/subjects/lights/",
    "/observatory/kinds/",
    "/observatory/classes/civil/",
    "/observatory/ranking/",
    "/observatory/ranking/?of=managers&by=satisfaction",
    "/observatory/trends/",
    "/observatory/entries/",
    "/observatory/how/",
    "/observatory/corrections/",
    "/observatory/check/",
    "/observatory/data/",
]
EVERY = [*PATHS, *(f"/en{path}" for path in PATHS)]


def get(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


class TestAllPages:
    @pytest.mark.parametrize("path", EVERY)
    def test_is_public_small_and_kept(self, published: Path, path: str) -> None:
        answer = get(path)
        assert answer.status_code == 200, answer.content[:500]
        assert "public" in answer["Cache-Control"]
        assert not answer.cookies
        packed = get(path, **{"accept-encoding": "gzip"})
        assert len(packed.content) < 20_000
