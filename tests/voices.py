"""A city with several kinds of voice, for tests: its policy, and a complaint about an official."""

from pathlib import Path
from typing import Any, Final

import pytest

from peygir.cases import policies, register
from peygir.ledger.entry import SYSTEM
from peygir.people.contacts import Caller
from peygir.policy.model import CityPolicy
from tests.city import NOON, PHONE, Story, reported

FOLDER: Final = Path(__file__).resolve().parents[1] / "cities" / "tehran"
WORDS: Final = "رئیس اداره گفت گزارش مرا هرگز رسیدگی نمی‌کند؛ ققنوس"
RARE: Final = "ققنوس"  # stands in no other text


@pytest.fixture
def voices(db: None) -> CityPolicy:
    """The policy of a city with a way of its own for each kind of voice, in force."""
    policy, _ = policies.adopt(FOLDER, actor=SYSTEM, at=NOON)
    return policy


def handled(policy: CityPolicy, **fields: Any) -> Story:
    """A plain request in district 3 that somebody answers for."""
    return Story(policy, **fields)


def complaint(policy: CityPolicy, post: str, **fields: Any) -> register.Registered:
    """A complaint about `post`, told by telephone by somebody who never called before."""
    given: dict[str, Any] = {
        "kind": "complaint_official",
        "words": WORDS,
        "address": "",
        "category": "",
        "district": None,
        "about_post": post,
        "caller": Caller(phone=PHONE, name="مریم رضایی"),
    }
    return reported(policy, **(given | fields))
