"""A city with several kinds of voice, for tests: its policy, and a complaint about an official."""

from typing import Any, Final

import pytest

from peygir.cases import register
from peygir.people.contacts import Caller
from peygir.policy.model import CityPolicy
from tests.city import PHONE, Story, reported

WORDS: Final = "رئیس اداره گفت گزارش مرا هرگز رسیدگی نمی‌کند؛ ققنوس"
RARE: Final = "ققنوس"  # stands in no other text


@pytest.fixture
def voices(tehran: CityPolicy) -> CityPolicy:
    """The policy of a city with a way of its own for each kind of voice, in force."""
    return tehran


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
