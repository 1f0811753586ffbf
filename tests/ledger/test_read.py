"""Where the events of an instant begin, found without reading those before."""

from datetime import timedelta

import pytest
from django.db.models import Max, Min

from peygir.ledger import read
from peygir.ledger.models import Event
from peygir.policy.model import CityPolicy
from tests.city import Story

pytestmark = pytest.mark.django_db


def test_it_lies_before_what_may_have_happened_since_and_after_all_else(qom: CityPolicy) -> None:
    Story(qom).report()
    ends = Event.objects.aggregate(
        low=Min("pk"), high=Max("pk"), first=Min("recorded_at"), last=Max("recorded_at")
    )
    assert read.floor(ends["first"]) == ends["low"]
    assert read.floor(ends["last"] + read.SLOW) <= ends["high"], "a transaction may be that slow"
    later = ends["last"] + read.SLOW + timedelta(seconds=1)
    assert read.floor(later) == ends["high"] + 1
