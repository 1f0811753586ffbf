"""A city with an urgent lane, for tests: the policy of its folder, and a hazard on a road."""

from typing import Any

import pytest

from peygir.cases import acts
from peygir.ledger.entry import Actor
from peygir.policy.model import CityPolicy
from tests.city import Story

CREW = "اکیپ ۳ با بیل مکانیکی"
ACTION = "مسیر بسته شد و علائم نصب شد"
REASON = "خطر از پیش برطرف شده بود"


@pytest.fixture
def urgent_city(isfahan: CityPolicy) -> CityPolicy:
    """The policy of a city with an urgent lane, in force."""
    return isfahan


def hazard(policy: CityPolicy, **fields: Any) -> Story:
    """An urgent case: a danger that the operator recognised as such."""
    return Story(policy, **({"category": "C01", "district": 3, "urgent": "hazard"} | fields))


def on_track(story: Story, step: str, actor: Actor, **texts: str) -> acts.Done:
    """Take the step of whichever open track has it."""
    done = acts.act(
        policy=story.policy,
        case_id=story.case.id,
        step=step,
        actor=actor,
        at=story.at,
        texts=texts,
    )
    story.case = done.case
    return done
