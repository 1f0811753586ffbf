"""A special message of a city with three tracks, for the pages that serve them."""

from datetime import timedelta
from pathlib import Path

import pytest

from peygir.cases import acts
from peygir.cases.models import Case
from peygir.policy.model import CityPolicy
from tests.city import NOON, Story, filling

FOLDER = Path(__file__).resolve().parents[2] / "cities" / "isfahan"
BEFORE = NOON - timedelta(days=2)


@pytest.fixture
def special(isfahan: CityPolicy) -> Story:
    """A message of a dissatisfied citizen with its three tracks open."""
    return made(isfahan)


def made(policy: CityPolicy) -> Story:
    it = Story(policy, at=BEFORE, category="C01", district=5)
    it.after(hours=1).report()
    it.after(hours=1).dissatisfied()
    return it


def track(it: Story, stage: str) -> int:
    """The number of the open referral of this track."""
    return next(r.number for r in it.case.referrals if r.stage == stage and r.is_open)


def invited(it: Story, post: str = "council-1") -> None:
    actor = filling(it.policy, "centre-head")
    acts.invite(policy=it.policy, case_id=it.case.id, actor=actor, at=it.at, post=post)


def stored(it: Story) -> Case:
    return Case.objects.get(pk=it.case.id)
